"""The work units of a running city, read and judged by the limits that their alerts have."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Counter, Gauge

from onecity.machinery.postgres import is_down
from onecity.machinery.watch.conditions import Reading, Worst, holds
from onecity.machinery.watch.units import Alert, Severity, Source, WorkUnit

if TYPE_CHECKING:
    from asyncpg import Pool

_LOG: Final = structlog.get_logger("onecity.watched")
UP: Final = Gauge("onecity_database_up", "Whether the database answers this process")
UNREADABLE: Final = Counter("onecity_readings_failed", "Times that a work unit could not be read", ["unit"])
_PATIENCE_S: Final = 2.0
_AT_MOST_S: Final = 10.0
_REMEMBERED_EVERY_S: Final = 15.0
_LONGEST_S: Final = 3600
"""The longest window of a condition."""


class State(StrEnum):
    """How a work unit does. `unread`: nobody knows."""

    WELL = "well"
    MORNING = "morning"
    WAKE = "wake"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as it is now: its figure, where that is worst, and whether it is beyond its limit."""

    alert: Alert
    worst: Worst | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A work unit as it is now."""

    unit: WorkUnit
    told: tuple[Told, ...]
    state: State


def _steps(seconds: float) -> int:
    """How many times something is remembered in a span."""
    return math.ceil(seconds / _REMEMBERED_EVERY_S)


class Watch:
    """Reads the work units of a city and remembers a few minutes, for whatever is told per time."""

    def __init__(self, pool: "Pool", folder: Path, units: Sequence[WorkUnit]) -> None:
        self._pool = pool
        self._folder = folder
        self._units = units
        self._unread: set[str] = set()
        self._before: deque[dict[str, Reading]] = deque(maxlen=_steps(_LONGEST_S))

    async def look(self, now: datetime) -> None:
        """Set the gauges of all units that nobody counts while it happens; one that cannot be read hides no other."""
        try:
            async with asyncio.timeout(_AT_MOST_S), self._pool.acquire(timeout=_PATIENCE_S) as connection:
                UP.set(1)
                for unit in self._units:
                    await self._read(unit, Source(connection, self._pool, self._folder, now))
        except Exception as failure:
            if not (isinstance(failure, TimeoutError) or is_down(failure)):
                raise
            UP.set(0)
            self._unread = {unit.name for unit in self._units if unit.read is not None}
            _LOG.warning("the work units could not be read", failure=type(failure).__name__)

    async def _read(self, unit: WorkUnit, source: Source) -> None:
        if unit.read is None:
            return
        try:
            await unit.read(source)
        except Exception as failure:
            if isinstance(failure, TimeoutError) or is_down(failure):
                raise
            self._unread.add(unit.name)
            UNREADABLE.labels(unit.name).inc()
            _LOG.error("a work unit could not be read", unit=unit.name, failure=type(failure).__name__)
        else:
            self._unread.discard(unit.name)

    def judged(self, now: datetime) -> list[Judged]:
        """Each unit by what was read last, and what happened in the last minutes (since the start, if that is less)."""
        return [self._judged(unit, now.timestamp()) for unit in self._units]

    def _judged(self, unit: WorkUnit, at: float) -> Judged:
        told = []
        for alert in unit.alerts:
            worst = alert.condition.worst(alert.condition.reading(), self._before_now(alert), at)
            told.append(Told(alert, worst, holds(alert.condition, worst)))
        beyond = {one.alert.severity for one in told if one.holds}
        if Severity.WAKE in beyond:
            state = State.WAKE
        elif unit.name in self._unread:
            state = State.UNREAD
        else:
            state = State.MORNING if beyond else State.WELL
        return Judged(unit, tuple(told), state)

    def _before_now(self, alert: Alert) -> Reading:
        """What the alert's condition counted a window ago; nothing, if the city did not run then."""
        steps = _steps(alert.condition.window_s)
        return self._before[-steps][alert.name] if 0 < steps <= len(self._before) else {}

    def remember(self) -> None:
        """Keep what the conditions count, to tell later what was added since."""
        self._before.append({alert.name: alert.condition.reading() for unit in self._units for alert in unit.alerts})

    async def keep(self, pause: Callable[[float], Awaitable[bool]]) -> None:
        """Remember every quarter of a minute until the city is to stop."""
        while not await pause(_REMEMBERED_EVERY_S):
            self.remember()
