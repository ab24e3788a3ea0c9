"""The figures of the street: reports to the dispatch and to the end, in an empty city and among a million cases."""

import os
from collections.abc import Awaitable, Callable
from itertools import count
from statistics import median
from typing import Final

import msgspec

from bench.bare import PEER, Load, prepared, rate
from bench.figures import REPETITIONS
from onecity.drills.figures import Figure, at_least, beside, plain
from onecity.drills.load.bursts import burst_figures
from onecity.drills.load.crowds import CASES
from onecity.drills.load.knocking import Line
from onecity.drills.load.problems import crowd_of_problems
from onecity.drills.load.streets import (
    CLIENTS,
    TO_CLOSE,
    Crew,
    Work,
    closed_in,
    crew,
    dispatched,
    found_and_sent,
    in_time,
)
from onecity.drills.load.towns import Town, town
from onecity.machinery.postgres import Cluster

_DISPATCHED: Final = "report created → dispatched over HTTP"
_FILED: Final = "a citizen's report → filed by an operator and dispatched"
_CLOSED: Final = "report → verified by lot → closed over HTTP"
_A_SECOND: Final = 1_000
_A_SECOND_CLOSED: Final = 200
FOUND: Final = Load(commands=1, facts=9, rows=8)
ENDED: Final = Load(commands=TO_CLOSE, facts=4, rows=3)
"""What a report that is dispatched, and one that is closed, adds before it is answered: by `ledger.facts` and
`pg_stat_all_tables`. Rows that are changed or removed, and what is sealed and sent afterwards, are left out, which
favours the bare server."""
_FLOORS: Final = {FOUND: 0.22, ENDED: 0.18}
"""Shares of the bare server under which a change must not fall; what was reached stands in ADR 0049."""
_KEPT: Final = 0.75
_SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "10"))
_CASES: Final = int(os.environ.get("BENCH_CASES", str(CASES)))
"""Fewer to try the measurement itself."""
_WARM: Final = 50
_SIGNALEN: Final = "Signalen, measured here in its own run: 16/s to the dispatch, 5/s to the end"


class Rates(msgspec.Struct, frozen=True):
    """What was reached, once for each repetition. Units: a second."""

    found: list[float]
    sent: list[float]
    ended: list[float]


async def measure_streets(cluster: Cluster) -> list[Figure]:
    """Reports in an empty city, by turns with a bare server, and among a million, with what is kept of the rate."""
    others, floor = await prepared(cluster), Rates([], [], [])

    async def in_between() -> None:
        floor.found.append(await rate(cluster, others, FOUND, clients=CLIENTS, seconds=_SECONDS))
        floor.ended.append(await rate(cluster, others, ENDED, clients=CLIENTS, seconds=_SECONDS))

    with town("street") as here:
        people, numbers = await crew(here), count()
        with here.served() as address:
            empty = await _rates(address, people, numbers, in_between)
    with town("street-million") as here:
        people, numbers = await crowded(here), count()
        with here.served() as address:
            full = await _rates(address, people, numbers)
    return [*_beside_bare(empty, floor), *_among_many(empty, full)]


async def measure_burst(_cluster: Cluster) -> list[Figure]:
    """What becomes of many who come at once, among a million cases."""
    with town("street-million") as here:
        people, numbers = await crowded(here), count()
        with here.served() as address:
            await _warm(address, people, numbers)
            return await burst_figures(address, people, numbers, cases=_CASES)


async def crowded(here: Town) -> Crew:
    """People of a town that has its million cases; they are made if it has none yet."""
    people = await crew(here)
    async with here.opened() as city:
        known = await city.memory.pool.fetchval("select count(*) from projections.problems")
    if known < _CASES:
        with here.served() as address:
            await closed_in(address, people, seconds=0.1, numbers=count(), clients=1)
        async with here.opened() as city:
            case = await city.memory.pool.fetchval("select case_id from projections.problems where stage = 'closed'")
            await crowd_of_problems(city, people, case, cases=_CASES)
    return people


async def _warm(address: str, people: Crew, numbers: "count[int]") -> None:
    line = Line(address)
    for _ in range(_WARM):
        await dispatched(line, people, next(numbers))
    await line.close()


async def _nothing() -> None:
    """No turn of anybody else."""


async def _rates(
    address: str, people: Crew, numbers: "count[int]", in_between: Callable[[], Awaitable[None]] = _nothing
) -> Rates:
    await _warm(address, people, numbers)
    found = Rates([], [], [])
    for _ in range(REPETITIONS):
        found.found.append(await _rate(address, people, numbers, found_and_sent))
        found.sent.append(await _rate(address, people, numbers, dispatched))
        done, seconds = await closed_in(address, people, seconds=_SECONDS, numbers=numbers)
        found.ended.append(done / seconds)
        await in_between()
    return found


async def _rate(address: str, people: Crew, numbers: "count[int]", work: Work) -> float:
    done, seconds = await in_time(address, people, work, seconds=_SECONDS, numbers=numbers)
    return done / seconds


def _beside_bare(empty: Rates, floor: Rates) -> list[Figure]:
    lot = "the lot falls when its opening is sealed, every 250 ms; until the last case is closed"
    found = f"an inspector's, filed and sent by rule in one command, {CLIENTS} clients; {_SIGNALEN}"
    ended = f"{TO_CLOSE} commands each, {CLIENTS} clients and everybody who verifies; {lot}; {_SIGNALEN}"
    return [
        at_least(_DISPATCHED, empty.found, "/s", _A_SECOND, note=found),
        beside(f"{_DISPATCHED}, beside a bare server", empty.found, "/s", PEER, floor.found, _FLOORS[FOUND]),
        plain(_FILED, median(empty.sent), "/s", runs=empty.sent, note=f"two commands each, {CLIENTS} clients"),
        at_least(_CLOSED, empty.ended, "/s", _A_SECOND_CLOSED, note=ended),
        beside(f"{_CLOSED}, beside a bare server", empty.ended, "/s", PEER, floor.ended, _FLOORS[ENDED]),
    ]


def _among_many(empty: Rates, full: Rates) -> list[Figure]:
    """What is kept of each rate when there are many cases already."""
    pairs = (
        (_DISPATCHED, empty.found, full.found),
        (_FILED, empty.sent, full.sent),
        (_CLOSED, empty.ended, full.ended),
    )
    return [
        beside(f"{name}, {_CASES:,} cases", many, "/s", "the same in an empty city", few, _KEPT)
        for name, few, many in pairs
    ]
