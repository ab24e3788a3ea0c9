"""A burst: many times as many come as usual, and more than can be served. Nobody is left without an answer."""

import asyncio
import os
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Final
from uuid import uuid4

import msgspec

from bench.figures import Figure, at_least, at_most
from bench.knocking import Line, percentile
from bench.streets import Crew, in_time, report_of

STEPS: Final = (1, 15, 1, 25, 2, 35, 10, 0)
"""How many times the base comes in each step."""
BASE: Final = 0.04
"""Of the rate at which the same requests were served one after another by many clients."""
_STEP_S: Final = float(os.environ.get("BENCH_STEP_S", "10"))
_AFTER_S: Final = 10.0
_CLIENTS: Final = 32
_PATIENCE_S: Final = 60.0
_LINES: Final = 1_000
_WITHIN: Final = 2.0
_LOOKED_AT_S: Final = 5
_FEWEST: Final = 20
"""Requests in a step at the base: of fewer nobody can say how long they usually take."""
_PEAK: Final = 35
_READS: Final = 3
"""Pages that somebody looks at for each report."""
_AGAIN: Final = re.compile(rb"\r\nretry-after: *\d+\r\n", re.IGNORECASE)


class Answered(msgspec.Struct, frozen=True):
    """One request: when it was due and answered, and by what; 0 is no answer. Units: seconds since the beginning."""

    due: float
    done: float
    status: int
    honest: bool

    @property
    def seconds(self) -> float:
        return self.done - self.due


async def one(line: Line, people: Crew, number: int) -> tuple[int, bool]:
    """A report, or a look at a page; its status, and whether it was served or told when to come again."""
    if number % (_READS + 1):
        who = people.reporters[number % len(people.reporters)]
        reply = await line.get("/" if number % 2 else "/report", who)
    else:
        sent, who = report_of(people, number // (_READS + 1))
        reply = await line.send("/api/reports", sent, who, key=str(uuid4()))
    again = reply.status in (429, 503) and _AGAIN.search(reply.head) is not None
    return reply.status, reply.status == 200 or again


async def measured_rate(address: str, people: Crew, numbers: "count[int]") -> float:
    """Requests a second, of as many clients as are served without haste."""

    async def served(line: Line, people: Crew, number: int) -> None:
        status, _ = await one(line, people, number)
        assert status == 200, f"answered {status}"

    done, seconds = await in_time(address, people, served, seconds=_STEP_S, numbers=numbers, clients=_CLIENTS)
    return done / seconds


Ask = Callable[[Line, int], Awaitable[tuple[int, bool]]]


class Crowd:
    """Those who come whether or not the ones before were served, each on a line that is free or a new one."""

    def __init__(self, address: str, ask: Ask) -> None:
        self._address, self._ask = address, ask
        self._free = list[Line]()
        self.began = time.perf_counter()
        self.found = list[Answered]()

    async def ready(self) -> None:
        """Open the lines before anybody comes, as the proxy before a city keeps them: what is measured is the city."""
        lines = [Line(self._address) for _ in range(_LINES)]
        for line in lines:
            await line.get("/health/live")
        self._free += lines
        self.began = time.perf_counter()

    async def come(self, due: float, number: int) -> None:
        await asyncio.sleep(max(0.0, self.began + due - time.perf_counter()))
        line = self._free.pop() if self._free else Line(self._address)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                try:
                    status, honest = await self._ask(line, number)
                except (OSError, EOFError):
                    # The city hangs up on a line that nobody used for a while; a browser opens another.
                    await line.close()
                    line = Line(self._address)
                    status, honest = await self._ask(line, number)
            self._free.append(line)
        except (OSError, EOFError, TimeoutError):
            status, honest = 0, False
            await line.close()
        self.found.append(Answered(due, time.perf_counter() - self.began, status, honest))

    async def go_home(self) -> None:
        for line in self._free:
            await line.close()


def arrivals(base: float, dice: random.Random) -> list[float]:
    """When people come, by chance as people do: all steps, and the base again for a while after the last."""
    found, begins = list[float](), 0.0
    for times, seconds in (*((step, _STEP_S) for step in STEPS), (1, _AFTER_S)):
        at = begins
        while times and (at := at + dice.expovariate(base * times)) < begins + seconds:
            found.append(at)
        begins += seconds
    return found


async def burst(address: str, people: Crew, numbers: "count[int]", base: float) -> Sequence[Answered]:
    """Everybody who came, in the order in which they were answered."""
    crowd = Crowd(address, lambda line, number: one(line, people, number))
    await crowd.ready()
    await asyncio.gather(*(crowd.come(due, next(numbers)) for due in arrivals(base, random.Random(23))))
    await crowd.go_home()
    return crowd.found


def recovered(found: Sequence[Answered]) -> float:
    """Seconds after the peak from which on the p95 of every five seconds is within twice that of the first step.

    At the base few come in one second: the p95 of those would be the slowest one.
    """
    usual = percentile([one_.seconds for one_ in found if one_.due < _STEP_S], 0.95)
    peak = (STEPS.index(_PEAK) + 1) * _STEP_S
    after = [one_ for one_ in found if one_.due >= peak]
    slow = [
        second + 1
        for second in range(int(max((one_.due for one_ in after), default=peak) - peak) + 1)
        if (waits := [one_.seconds for one_ in after if second <= one_.due - peak < second + _LOOKED_AT_S])
        and percentile(waits, 0.95) > _WITHIN * usual
    ]
    return float(max(slow, default=0))


async def burst_figures(address: str, people: Crew, numbers: "count[int]", *, cases: int) -> list[Figure]:
    """What became of everybody who came among so many cases, and how soon it was as before."""
    rate = await measured_rate(address, people, numbers)
    base = max(BASE * rate, _FEWEST / _STEP_S)
    found = await burst(address, people, numbers, base)
    told = sum(one_.status in (429, 503) for one_ in found)
    served = sorted(one_.seconds for one_ in found if one_.status == 200)
    name = f"burst {'→'.join(map(str, STEPS))} × base, {cases:,} cases"
    note = (
        f"base {base:.0f}/s = {BASE:.0%} of {rate:.0f}/s, steps of {_STEP_S:g} s, one report to {_READS} pages;"
        f" {len(found)} came, {told} were told when to come again, p95 of the served {percentile(served, 0.95):.2f} s"
    )
    honest = 100 * sum(one_.honest for one_ in found) / len(found)
    return [
        msgspec.structs.replace(
            at_least(f"{name}: served or told when to come again", [honest], "%", 99.9, note=note), goal="≥ 99.9 %"
        ),
        at_most(f"{name}: p95 back to twice that of the base", recovered(found), "s", 10, note=note),
    ]  # fmt: skip
