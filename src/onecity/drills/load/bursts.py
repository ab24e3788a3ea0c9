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

from onecity.drills.figures import Figure, at_least, at_most
from onecity.drills.load.knocking import Line, percentile
from onecity.drills.load.streets import Crew, in_time, report_of

STEPS: Final = (1, 15, 1, 25, 2, 35, 10, 0)
"""How many times the base comes in each step."""
BASE: Final = 0.04
"""Of the rate at which the same requests were served one after another by many clients."""
STEP_S: Final = float(os.environ.get("BENCH_STEP_S", "10"))
_AFTER_S: Final = 10.0
_CLIENTS: Final = 32
_PATIENCE_S: Final = 60.0
LINES: Final = 1_000
_WITHIN: Final = 2.0
_LOOKED_AT_S: Final = 5
_FEWEST: Final = 20
"""Requests in a step at the base: of fewer nobody can say how long they usually take."""
_PEAK: Final = 35
READS: Final = 3
"""Pages that somebody looks at for each report."""
_AGAIN: Final = re.compile(rb"\r\nretry-after: *\d+\r\n", re.IGNORECASE)


class Answered(msgspec.Struct, frozen=True):
    """One request: when it was due and answered, and by what; 0 is no answer. Units: seconds since the beginning."""

    number: int
    due: float
    done: float
    status: int
    honest: bool

    @property
    def seconds(self) -> float:
        return self.done - self.due


async def one(line: Line, people: Crew, number: int) -> tuple[int, bool]:
    """A report, or a look at a page; its status, and whether it was served or told when to come again."""
    if number % (READS + 1):
        who = people.reporters[number % len(people.reporters)]
        reply = await line.get("/" if number % 2 else "/report", who)
    else:
        sent, who = report_of(people, number // (READS + 1))
        reply = await line.send("/api/reports", sent, who, key=str(uuid4()))
    again = reply.status in (429, 503) and _AGAIN.search(reply.head) is not None
    return reply.status, reply.status == 200 or again


async def measured_rate(address: str, people: Crew, numbers: "count[int]", *, seconds: float = STEP_S) -> float:
    """Requests a second, of as many clients as are served without haste."""

    async def served(line: Line, people: Crew, number: int) -> None:
        status, _ = await one(line, people, number)
        assert status == 200, f"answered {status}"

    done, seconds = await in_time(address, people, served, seconds=seconds, numbers=numbers, clients=_CLIENTS)
    return done / seconds


Ask = Callable[[Line, int], Awaitable[tuple[int, bool]]]


class Crowd:
    """Those who come whether or not the ones before were served, each on a line that is free or a new one."""

    def __init__(self, address: str, ask: Ask) -> None:
        self._address, self._ask = address, ask
        self._free = list[Line]()
        self.began = time.perf_counter()
        self.found = list[Answered]()

    async def ready(self, *, lines: int = LINES) -> None:
        """Open the lines before anybody comes, as the proxy before a city keeps them: what is measured is the city."""
        opened = [Line(self._address) for _ in range(lines)]
        for line in opened:
            await line.get("/health/live")
        self._free += opened
        self.began = time.perf_counter()

    async def all_come(self, dues: Sequence[float], numbers: "count[int]") -> None:
        """Everybody comes when they are due, and is waited for."""
        async with asyncio.TaskGroup() as group:
            for due in dues:
                await asyncio.sleep(max(0.0, self.began + due - time.perf_counter()))
                group.create_task(self._come(due, next(numbers)))

    async def _come(self, due: float, number: int) -> None:
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
        self.found.append(Answered(number, due, time.perf_counter() - self.began, status, honest))

    async def go_home(self) -> None:
        for line in self._free:
            await line.close()


def arrivals(rates: Sequence[tuple[float, float]], dice: random.Random) -> list[float]:
    """When people come, by chance as people do. `rates`: how many in a second, and for how many seconds."""
    found, begins = list[float](), 0.0
    for rate, seconds in rates:
        at = begins
        while rate and (at := at + dice.expovariate(rate)) < begins + seconds:
            found.append(at)
        begins += seconds
    return found


async def come(
    address: str, people: Crew, numbers: "count[int]", dues: Sequence[float], *, lines: int = LINES
) -> Sequence[Answered]:
    """Everybody who came, in the order in which they were answered."""
    crowd = Crowd(address, lambda line, number: one(line, people, number))
    await crowd.ready(lines=lines)
    await crowd.all_come(dues, numbers)
    await crowd.go_home()
    return crowd.found


async def burst(address: str, people: Crew, numbers: "count[int]", base: float, *, step_s: float) -> Sequence[Answered]:
    """Everybody who came in all steps, and at the base again for a while after the last."""
    rates = [*((base * step, step_s) for step in STEPS), (base, _AFTER_S)]
    return await come(address, people, numbers, arrivals(rates, random.Random(23)))


def recovered(found: Sequence[Answered], step_s: float) -> float:
    """Seconds after the peak from which on the p95 of every five seconds is within twice that of the first step.

    At the base few come in one second: the p95 of those would be the slowest one.
    """
    usual = percentile([one_.seconds for one_ in found if one_.due < step_s], 0.95)
    peak = (STEPS.index(_PEAK) + 1) * step_s
    after = [one_ for one_ in found if one_.due >= peak]
    slow = [
        second + 1
        for second in range(int(max((one_.due for one_ in after), default=peak) - peak) + 1)
        if (waits := [one_.seconds for one_ in after if second <= one_.due - peak < second + _LOOKED_AT_S])
        and percentile(waits, 0.95) > _WITHIN * usual
    ]
    return float(max(slow, default=0))


async def burst_figures(
    address: str, people: Crew, numbers: "count[int]", *, cases: int, step_s: float = STEP_S
) -> list[Figure]:
    """What became of everybody who came among so many cases, and how soon it was as before."""
    rate = await measured_rate(address, people, numbers, seconds=step_s)
    base = max(BASE * rate, _FEWEST / step_s)
    found = await burst(address, people, numbers, base, step_s=step_s)
    told = sum(one_.status in (429, 503) for one_ in found)
    served = sorted(one_.seconds for one_ in found if one_.status == 200)
    name = f"burst {'→'.join(map(str, STEPS))} × base, {cases:,} cases"
    note = (
        f"base {base:.0f}/s = {BASE:.0%} of {rate:.0f}/s, steps of {step_s:g} s, one report to {READS} pages;"
        f" {len(found)} came, {told} were told when to come again, p95 of the served {percentile(served, 0.95):.2f} s"
    )
    honest = 100 * sum(one_.honest for one_ in found) / len(found)
    return [
        at_least(f"{name}: served or told when to come again", [honest], "%", 99.9, note=note),
        at_most(f"{name}: p95 back to twice that of the base", recovered(found, step_s), "s", 10, note=note),
    ]  # fmt: skip
