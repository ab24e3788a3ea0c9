"""Commands through the real door, one at a time and sixty-four at once, beside pgbench."""

import asyncio
import random
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID

from bench.figures import REPETITIONS
from bench.ledgers import KINDS, Archive, Noted, Report, archive, moved_by_another, settled
from bench.peers import NAME, pgbench, scripts
from onecity.drills.figures import Figure, beside
from onecity.drills.load.meters import Meter
from onecity.kernel.refusal import Refused
from onecity.machinery.postgres import Cluster

_SECONDS: Final = 3
_CLIENTS: Final = 64
_STALE: Final = (0.0, 0.01, 0.05)
_MOVED: Final = 2_000
"""Histories that another process moved on; each is hit once or twice in a run."""
_NO_STALE: Final = "the same without stale versions"


async def rate(
    archive: Archive,
    kinds: Sequence[type[Report]],
    *,
    clients: int,
    seconds: float = _SECONDS,
    stale: float = 0.0,
    sent: dict[UUID, float] | None = None,
    moved: Sequence[UUID] = (),
) -> float:
    """Commands per second that were answered, refused ones included; `sent` takes the moment of each report.

    The stale share is of histories that were written just before, or of those in `moved`.
    """
    dice, numbers, taken = random.Random(7), count(), list(moved)
    began = time.perf_counter()
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() - began < seconds:
            number = next(numbers)
            late = dice.choice(taken) if taken and dice.random() < stale else None
            at = time.perf_counter()
            answer = await archive.report(kinds[number % len(kinds)], number, taken=late)
            assert isinstance(answer, Noted if late is None else Refused), "only stale commands are refused"
            if isinstance(answer, Noted) and len(taken) < 1_000:
                taken.append(answer.report)
            if isinstance(answer, Noted) and sent is not None:
                sent[answer.report] = at
            done += 1

    await asyncio.gather(*(client() for _ in range(clients)))
    return done / (time.perf_counter() - began)


async def measure_appends(cluster: Cluster) -> list[Figure]:
    """The ledger and pgbench by turns, each on a database of its own."""
    async with archive(cluster, "appends") as ours, archive(cluster, "peer") as peer:
        files = scripts(peer, KINDS, cluster.folder.parent)
        return [
            await _one_client(cluster, ours, files[:1]),
            *await _many_clients(cluster, ours, KINDS[:1], files[:1], "one kind"),
            *await _many_clients(cluster, ours, KINDS, files, "eight kinds"),
        ]


async def _one_client(cluster: Cluster, ours: Archive, files: Sequence[Path]) -> Figure:
    runs, peer_runs = [], []
    for _ in range(REPETITIONS):
        await settled(cluster)
        meter = Meter(cluster)
        peer_runs.append(pgbench(cluster, "peer", files, clients=1, seconds=_SECONDS))
        peer_cost = meter.of_postgres(peer_runs[-1] * _SECONDS, "command")
        await settled(cluster)
        meter = Meter(cluster)
        runs.append(await rate(ours, KINDS[:1], clients=1))
    note = f"{meter.of_each(runs[-1] * _SECONDS, 'command')}; peer: {peer_cost}"
    return beside("ledger append, one client", runs, "/s", NAME, peer_runs, 0.5, note=note)


async def _many_clients(
    cluster: Cluster, ours: Archive, kinds: Sequence[type[Report]], files: Sequence[Path], called: str
) -> list[Figure]:
    peer_runs: list[float] = []
    runs: dict[float, list[float]] = {share: [] for share in _STALE}
    rival: dict[float, list[float]] = {share: [] for share in _STALE if share}
    for _ in range(REPETITIONS):
        await settled(cluster)
        meter = Meter(cluster)
        peer_runs.append(pgbench(cluster, "peer", files, clients=_CLIENTS, seconds=_SECONDS))
        peer_cost = meter.of_postgres(peer_runs[-1] * _SECONDS, "command")
        notes = {}
        for share in _STALE:
            await settled(cluster)
            meter = Meter(cluster)
            runs[share].append(await rate(ours, kinds, clients=_CLIENTS, stale=share))
            notes[share] = meter.of_each(runs[share][-1] * _SECONDS, "command")
        for share, found in rival.items():
            moved = await moved_by_another(ours, kinds, _MOVED)
            await settled(cluster)
            found.append(await rate(ours, kinds, clients=_CLIENTS, stale=share, moved=moved))
    name = f"ledger append, 64 clients, {called}"
    return [
        beside(name, runs[0.0], "/s", NAME, peer_runs, 1.5, note=f"{notes[0.0]}; peer: {peer_cost}"),
        *(
            beside(f"{name}, {share:.0%} stale", runs[share], "/s", _NO_STALE, runs[0.0], 0.9, note=notes[share])
            for share in _STALE
            if share
        ),
        *(
            beside(f"{name}, {share:.0%} stale, written by another", found, "/s", _NO_STALE, runs[0.0], 0.9)
            for share, found in rival.items()
        ),
    ]
