"""A simulated week of a city of 12.6 million: people come as they really do, by the hour, in a time that is shorter."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Final

from onecity.drills.agreeing import facts_agree
from onecity.drills.figures import at_least, plain
from onecity.drills.load.bursts import READS, Answered, arrivals, come
from onecity.drills.load.knocking import percentile
from onecity.drills.load.streets import Crew, crew, few
from onecity.drills.load.towns import Town
from onecity.drills.load.weeks import A_WORKING_DAY, HOURS, PEOPLE, WEEK, hourly
from onecity.drills.proving import Claim, Drill, Ground, Line, Plot, Proof
from onecity.drills.store import reports

_WHOLE_S: Final = 1_800.0
_QUICK_S: Final = 21.0
_ONE_IN: Final = 100
"""Of so many people one comes in the quick drill."""
_HONEST: Final = 99.9


def _do(ground: Ground) -> Proof:
    town, scale = Town(ground.city()), _ONE_IN if ground.quick else 1
    seconds = _QUICK_S if ground.quick else _WHOLE_S
    found, kept = asyncio.run(_lived(town, few if ground.quick else crew, A_WORKING_DAY / scale, seconds))
    acknowledged = sum(one.status == 200 and one.number % (READS + 1) == 0 for one in found)
    return Proof(
        claims=(
            # A report whose answer did not come may be there; none that was acknowledged may be missing.
            Claim("drills.week.kept", kept >= acknowledged, f"{kept} of {acknowledged}"),
            *facts_agree("--data", str(town.data)),
        ),
        figures=(
            plain("drills.week.people", PEOPLE / scale, ""),
            plain("drills.week.came", float(len(found)), ""),
            at_least("drills.week.honest", [100 * sum(one.honest for one in found) / len(found)], "%", _HONEST),
            plain("drills.week.p95", 1_000 * percentile([one.seconds for one in found], 0.95), "ms"),
        ),
        plots=(_come_by_hour(found, seconds), _waits_by_hour(found, seconds)),
    )


async def _lived(
    town: Town, of: Callable[[Town], Awaitable[Crew]], working_day: float, seconds: float
) -> tuple[Sequence[Answered], int]:
    """Everybody who came, and how many reports the city has afterwards."""
    people = await of(town)
    hour_s = seconds / (HOURS * len(WEEK))
    rates = [((1 + READS) * number / hour_s, hour_s) for number in hourly(working_day)]
    with town.served() as address:
        found = await come(address, people, count(), arrivals(rates, random.Random(31)))
    async with town.opened() as city:
        return found, await reports(city.memory.database.app)


def _by_hour(found: Sequence[Answered], seconds: float) -> list[list[Answered]]:
    hours: list[list[Answered]] = [[] for _ in range(HOURS * len(WEEK))]
    for one in found:
        hours[min(int(one.due / seconds * len(hours)), len(hours) - 1)].append(one)
    return hours


def _come_by_hour(found: Sequence[Answered], seconds: float) -> Plot:
    points = tuple((float(hour), float(len(came))) for hour, came in enumerate(_by_hour(found, seconds)))
    lines = (Line("drills.week.came", points),)
    return Plot(key="drills.week.plot_came", across="drills.week.hour", up="drills.week.requests", lines=lines)


def _waits_by_hour(found: Sequence[Answered], seconds: float) -> Plot:
    points = tuple(
        (float(hour), 1_000 * percentile([one.seconds for one in came], 0.95))
        for hour, came in enumerate(_by_hour(found, seconds))
        if came
    )
    lines = (Line("drills.week.p95", points),)
    return Plot(key="drills.week.plot_waits", across="drills.week.hour", up="drills.unit.ms", lines=lines)


WEEK_DRILL: Final = Drill(name="week", do=_do)
