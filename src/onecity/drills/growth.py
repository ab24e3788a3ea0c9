"""How every wait grows with the city: the same lists, searches and commands among ten times as many cases each time."""

import asyncio
import os
from itertools import count
from typing import Final, NamedTuple

from onecity.drills.figures import at_most, plain
from onecity.drills.load.crowds import crowd
from onecity.drills.load.desks import QUESTIONS, desks, p95, searches, work_lists
from onecity.drills.load.streets import Crew, few, found_and_sent, in_time
from onecity.drills.load.towns import Town
from onecity.drills.proving import Drill, Ground, Line, Plot, Proof

_QUICK: Final = (500, 5_000)
_SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
_LARGEST: Final = int(os.environ.get("ONECITY_GROWTH", str(_SIZES[-1])))
"""Fewer for a machine with little room: ten million cases need about 60 GB and half a day."""
_TWICE: Final = 2.0
_GREW: Final = "drills.growth.lists_grew"
_SECONDS: Final = 5.0
_QUICK_SECONDS: Final = 2.0
_QUICK_QUESTIONS: Final = 120


class _Measure(NamedTuple):
    """How long reports come, and how many pages are asked for, at each size."""

    seconds: float
    questions: int


Point = tuple[float, float]


class _Grown:
    """What was measured at each size. Units: milliseconds; reports a second."""

    def __init__(self) -> None:
        self.lists = list[Point]()
        self.searches = list[Point]()
        self.reports = list[Point]()

    def proof(self, *, quick: bool) -> Proof:
        """The proof; among so few cases as in the quick round other work on the machine takes as long as a list."""
        waits = Line("drills.growth.lists", tuple(self.lists)), Line("drills.growth.searches", tuple(self.searches))
        rates = (Line("drills.growth.reports", tuple(self.reports)),)
        plot = (
            ("drills.growth.plot_waits", "drills.unit.ms", waits),
            ("drills.growth.plot_rates", "drills.unit.rate", rates),
        )
        grew = self.lists[-1][1] / self.lists[0][1]
        return Proof(
            claims=(),
            figures=(
                plain(_GREW, grew, "×") if quick else at_most(_GREW, grew, "×", _TWICE),
                plain("drills.growth.searches_grew", self.searches[-1][1] / self.searches[0][1], "×"),
                plain("drills.growth.reports_kept", self.reports[-1][1] / self.reports[0][1], "×"),
                plain("drills.growth.cases", self.lists[-1][0], ""),
            ),
            plots=tuple(
                Plot(key=key, across="drills.growth.cases", up=up, lines=lines, by_tens=True) for key, up, lines in plot
            ),
        )


def _do(ground: Ground) -> Proof:
    sizes = _QUICK if ground.quick else tuple(size for size in _SIZES if size <= _LARGEST)
    how = _Measure(_QUICK_SECONDS, _QUICK_QUESTIONS) if ground.quick else _Measure(_SECONDS, QUESTIONS)
    found = asyncio.run(_grown(Town(ground.city()), sizes, how))
    return found.proof(quick=ground.quick)


async def _grown(town: Town, sizes: tuple[int, ...], how: _Measure) -> _Grown:
    people, numbers, found, known = await few(town), count(), _Grown(), 0
    for size in sizes:
        await _measured(town, people, numbers, found, size - known, size, how)
        known = size
    return found


async def _measured(
    town: Town, people: Crew, numbers: "count[int]", found: _Grown, more: int, size: int, how: _Measure
) -> None:
    """Let the city grow by so many cases, and measure it."""
    async with town.opened() as city:
        await crowd(city, cases=more, people=max(1, more // 8))
        officers = await desks(city)
    with town.served() as address:
        found.lists.append((size, p95(await work_lists(address, officers, questions=how.questions))))
        found.searches.append((size, p95(await searches(address, officers, questions=how.questions))))
        await in_time(address, people, found_and_sent, seconds=how.seconds / 2, numbers=numbers)
        done, took = await in_time(address, people, found_and_sent, seconds=how.seconds, numbers=numbers)
        found.reports.append((size, done / took))


GROWTH: Final = Drill(name="growth", do=_do)
