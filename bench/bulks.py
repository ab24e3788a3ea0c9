"""Commands of many facts, and how long a fact waits for its place in the tree."""

import asyncio
import time
from typing import Final
from uuid import UUID

from bench.appends import rate
from bench.figures import REPETITIONS
from bench.ledgers import KINDS, Archive, Noted, archive, settled
from onecity.drills.figures import Figure, at_least, at_most
from onecity.drills.load.meters import Meter
from onecity.ledger import Seal, Sealer
from onecity.machinery.postgres import Cluster, connect

_FACTS_EACH: Final = 256
_COMMANDS: Final = 120
_AUTHORS: Final = 4
_LOAD_S: Final = 10


async def filled(archive: Archive, commands: int) -> float:
    """Seconds until so many commands of 256 facts are written and every fact of them is sealed and published."""
    numbers, stopping, began = iter(range(commands)), asyncio.Event(), time.perf_counter()
    sealing = asyncio.create_task(archive.sealer.run(stopping))

    async def author() -> None:
        for number in numbers:
            assert isinstance(await archive.bulk(_FACTS_EACH, number), Noted), "nothing is in the way"

    await asyncio.gather(*(author() for _ in range(_AUTHORS)))
    stopping.set()
    await sealing
    return time.perf_counter() - began


async def measure_bulks(cluster: Cluster) -> list[Figure]:
    """Facts per second, tree included, without projections and with three rows a fact."""
    figures = []
    for rows, limit in ((0, 30_000), (3, 12_000)):
        async with archive(cluster, f"bulk_{rows}", rows=rows) as ours:
            runs = []
            for _ in range(REPETITIONS):
                await settled(cluster)
                meter = Meter(cluster)
                runs.append(_COMMANDS * _FACTS_EACH / await filled(ours, _COMMANDS))
            note = meter.of_each(_COMMANDS * _FACTS_EACH, "fact")
        figures.append(at_least(f"bulk append, tree included, {rows} rows a fact", runs, "facts/s", limit, note=note))
    return figures


class _Watched(Sealer):
    """A sealer that notes when which size was sealed and published."""

    def watch(self) -> list[tuple[float, int]]:
        self._seen: list[tuple[float, int]] = []
        return self._seen

    async def seal(self) -> Seal:
        found = await super().seal()
        self._seen.append((time.perf_counter(), found.size))
        return found


async def measure_sealing(cluster: Cluster) -> list[Figure]:
    """Under 64 clients: from the moment a command is sent until its fact is sealed and the checkpoint published."""
    async with archive(cluster, "sealing", sealer=_Watched) as ours:
        assert isinstance(ours.sealer, _Watched)
        rounds, stopping, sent = ours.sealer.watch(), asyncio.Event(), dict[UUID, float]()
        sealing = asyncio.create_task(ours.sealer.run(stopping))
        reached = await rate(ours, KINDS, clients=64, seconds=_LOAD_S, sent=sent)
        stopping.set()
        await sealing
        waits = await _waits(ours, sent, rounds)
    note = f"at {reached:,.0f} commands/s, {len(waits):,} facts; median {waits[len(waits) // 2]:.0f} ms"
    return [
        at_most("fact sent → sealed and published, full load, p99", waits[len(waits) * 99 // 100], "ms", 500, note=note)
    ]


async def _waits(archive: Archive, sent: dict[UUID, float], rounds: list[tuple[float, int]]) -> list[float]:
    """Milliseconds, shortest first, each fact waited."""
    connection = await connect(archive.app)
    rows = await connection.fetch("select stream, position from ledger.sealed order by position")
    await connection.close()
    assert len(rows) == len(sent), "every fact has a position"
    waits, seals = [], iter(rounds)
    at, size = next(seals)
    for row in rows:
        while size <= row["position"]:
            at, size = next(seals)
        waits.append(1_000 * (at - sent[row["stream"]]))
    return sorted(waits)
