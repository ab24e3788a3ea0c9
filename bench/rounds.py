"""The figures of the street: reports to the dispatch and to the end, in an empty city and among a million cases."""

import os
from itertools import count
from statistics import median
from typing import Final

from bench.bursts import burst_figures
from bench.crowds import CASES
from bench.figures import REPETITIONS, Figure, at_least, plain
from bench.knocking import Line
from bench.problems import crowd_of_problems
from bench.streets import CLIENTS, TO_CLOSE, Crew, Work, closed_in, crew, dispatched, found_and_sent, in_time
from bench.towns import Town, town
from onecity.machinery.postgres import Cluster

_DISPATCHED: Final = 1_000
_CLOSED: Final = 200
_KEPT: Final = 0.75
_SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "10"))
_CASES: Final = int(os.environ.get("BENCH_CASES", str(CASES)))
"""Fewer to try the measurement itself."""
_WARM: Final = 50
_SIGNALEN: Final = "Signalen, measured here in its own run: 16/s to the dispatch, 5/s to the end"


async def measure_streets(_cluster: Cluster) -> list[Figure]:
    """Reports in an empty city and among a million, with what is kept of the rate."""
    with town("street") as here:
        people, numbers = await crew(here), count()
        with here.served() as address:
            empty = await _rates(address, people, numbers, "")
    with town("street-million") as here:
        people, numbers = await crowded(here), count()
        with here.served() as address:
            full = await _rates(address, people, numbers, f", {_CASES:,} cases")
    return [*empty, *full, *(_kept(*pair) for pair in zip(empty, full, strict=True))]


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


async def _rates(address: str, people: Crew, numbers: "count[int]", among: str) -> list[Figure]:
    await _warm(address, people, numbers)
    found, sent, ended = list[float](), list[float](), list[float]()
    for _ in range(REPETITIONS):
        found.append(await _rate(address, people, numbers, found_and_sent))
        sent.append(await _rate(address, people, numbers, dispatched))
        done, seconds = await closed_in(address, people, seconds=_SECONDS, numbers=numbers)
        ended.append(done / seconds)
    lot = "the lot falls when its opening is sealed, every 250 ms; until the last case is closed"
    return [
        at_least(
            f"report created → dispatched over HTTP{among}", found, "/s", _DISPATCHED,
            note=f"an inspector's, filed and sent by rule in one command, {CLIENTS} clients; {_SIGNALEN}",
        ),
        plain(
            f"a citizen's report → filed by an operator and dispatched{among}", median(sent), "/s", runs=sent,
            note=f"two commands each, {CLIENTS} clients",
        ),
        at_least(
            f"report → verified by lot → closed over HTTP{among}", ended, "/s", _CLOSED,
            note=f"{TO_CLOSE} commands each, {CLIENTS} clients and everybody who verifies; {lot}; {_SIGNALEN}",
        ),
    ]  # fmt: skip


async def _rate(address: str, people: Crew, numbers: "count[int]", work: Work) -> float:
    done, seconds = await in_time(address, people, work, seconds=_SECONDS, numbers=numbers)
    return done / seconds


def _kept(empty: Figure, full: Figure) -> Figure:
    share = 100 * full.value / empty.value
    return at_least(f"{empty.name}: kept at {_CASES:,} cases", [share], "%", 100 * _KEPT)
