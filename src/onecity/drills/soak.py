"""The soak: a city at half of what it can do for a long while; nothing of it grows, and nobody waits longer."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Final
from urllib.parse import urlsplit

import msgspec

from onecity.drills.figures import Figure, at_least, at_most, plain
from onecity.drills.load.bursts import STEP_S, Answered, arrivals, come, measured_rate
from onecity.drills.load.knocking import percentile
from onecity.drills.load.meters import memory_mib, open_files, server_of
from onecity.drills.load.streets import Crew, crew, few
from onecity.drills.load.towns import Town
from onecity.drills.proving import Drill, Ground, Line, Plot, Proof
from onecity.drills.store import connections
from onecity.machinery.postgres import Address

_MINUTES: Final = float(os.environ.get("ONECITY_SOAK_MINUTES", "30"))
_QUICK_MINUTES: Final = 0.5
_SHARE: Final = 0.5
_LOOKS: Final = 60
"""How often the city is looked at in the whole time."""
_FIRST: Final = 1 / 3
"""What comes before is the city waking up: caches fill, connections open."""
_MEMORY: Final = 1.02
_WAIT: Final = 1.2
_HONEST: Final = 99.9
_MORE: Final = 4
"""So many files or connections more at the end than after the first third are no leak: one that is just in use."""
_LINES: Final = 64


class Look(msgspec.Struct, frozen=True):
    """What the city holds at a moment. Units: seconds since the beginning; MiB."""

    at: float
    memory: float
    files: int
    connections: int


def _do(ground: Ground) -> Proof:
    town = Town(ground.city())
    seconds = 60 * (_QUICK_MINUTES if ground.quick else _MINUTES)
    looks, found, rate = asyncio.run(_soaked(town, few if ground.quick else crew, seconds))
    return _proof(looks, found, rate, seconds, quick=ground.quick)


async def _soaked(
    town: Town, of: Callable[[Town], Awaitable[Crew]], seconds: float
) -> tuple[list[Look], Sequence[Answered], float]:
    people, numbers = await of(town), count()
    async with town.opened() as city:
        database = city.memory.database.app
    with town.served() as address:
        rate = _SHARE * await measured_rate(address, people, numbers, seconds=min(STEP_S, seconds / 6))
        return await _at(address, people, numbers, rate, seconds, town, database)


async def _at(
    address: str, people: Crew, numbers: "count[int]", rate: float, seconds: float, town: Town, database: Address
) -> tuple[list[Look], Sequence[Answered], float]:
    """Look at the city now and then while people come at a rate."""
    looks, process, began = list[Look](), server_of(town.data), time.perf_counter()
    port = urlsplit(address).port
    assert port is not None, "a city is served at a port"

    async def look() -> None:
        while True:
            open_ = await connections(database)
            held = open_files(process, port)
            looks.append(Look(time.perf_counter() - began, memory_mib(process), held, open_))
            await asyncio.sleep(seconds / _LOOKS)

    looking = asyncio.create_task(look())
    found = await come(address, people, numbers, arrivals([(rate, seconds)], random.Random(41)), lines=_LINES)
    looking.cancel()
    return looks, found, rate


def _proof(looks: Sequence[Look], found: Sequence[Answered], rate: float, seconds: float, *, quick: bool) -> Proof:
    awake = [one for one in looks if one.at >= _FIRST * seconds]
    first, last = awake[0], awake[-1]
    waits = [_p95(found, seconds * third / 3, seconds * (third + 1) / 3) for third in range(3)]

    def grown(key: str, times: float, limit: float) -> Figure:
        """In half a minute a city still wakes up, so the quick round has no goal for it."""
        return plain(key, times, "×") if quick else at_most(key, times, "×", limit)

    return Proof(
        claims=(),
        figures=(
            plain("drills.soak.rate", rate, "/s"),
            plain("drills.soak.minutes", seconds / 60, ""),
            at_least("drills.soak.honest", [100 * sum(one.honest for one in found) / len(found)], "%", _HONEST),
            grown("drills.soak.memory", last.memory / first.memory, _MEMORY),
            grown("drills.soak.waits", waits[2] / waits[0], _WAIT),
            at_most("drills.soak.files", float(last.files - first.files), "", _MORE),
            at_most("drills.soak.connections", float(last.connections - first.connections), "", _MORE),
        ),
        plots=(
            _plot("drills.soak.plot_memory", "drills.unit.mib", [(one.at / 60, one.memory) for one in looks]),
            _plot("drills.soak.plot_waits", "drills.unit.ms", _waits(found, seconds)),
            _plot("drills.soak.plot_files", "drills.unit.number", [(one.at / 60, float(one.files)) for one in looks]),
        ),
    )


def _waits(found: Sequence[Answered], seconds: float) -> list[tuple[float, float]]:
    """The p95 in milliseconds between each two looks, at its minute."""
    step = seconds / _LOOKS
    spans = [(step * look, step * (look + 1)) for look in range(_LOOKS)]
    return [
        (until / 60, 1_000 * _p95(found, since, until))
        for since, until in spans
        if any(since <= one.due < until for one in found)
    ]


def _p95(found: Sequence[Answered], since: float, until: float) -> float:
    return percentile([one.seconds for one in found if since <= one.due < until], 0.95)


def _plot(key: str, up: str, points: list[tuple[float, float]]) -> Plot:
    return Plot(key=key, across="drills.unit.minutes", up=up, lines=(Line(key, tuple(points)),))


SOAK: Final = Drill(name="soak", do=_do)
