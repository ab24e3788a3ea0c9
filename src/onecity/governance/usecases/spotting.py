"""The hot spots of the last seven whole days, found once a day and told to everybody who asks."""

import asyncio
from asyncio import to_thread
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from onecity.governance.hotspots import SCAN, Event, HotSpot, hot_spots
from onecity.governance.store import Happened, Sight, happened
from onecity.governance.usecases import Street
from onecity.kernel.instants import bounds_of, day_in

_MOST: Final = 200_000
_PATIENCE_S: Final = 2.0
"""How long somebody who asks first waits. A scan of a large city takes longer; until it is done nothing is told."""


class DailySpots:
    """The hot spots of the city. The same day has the same ones in every process: the seed is the day."""

    def __init__(self, street: Street) -> None:
        self.street = street
        self._day: date | None = None
        self._scan: asyncio.Task[tuple[HotSpot, ...]] | None = None

    async def of(self, now: datetime) -> tuple[HotSpot, ...] | None:
        """The hot spots up to yesterday; None while they are being found. Today is not over and counts for nothing."""
        last = day_in(self.street.office.zone, now) - timedelta(days=1)
        failed = self._scan is not None and self._scan.done() and self._scan.exception() is not None
        if self._day != last or self._scan is None or failed:
            self._day, self._scan = last, asyncio.create_task(self._found(last))
        done, _ = await asyncio.wait({self._scan}, timeout=_PATIENCE_S)
        return self._scan.result() if done else None

    async def _found(self, last: date) -> tuple[HotSpot, ...]:
        zone = self.street.office.zone
        since, _ = bounds_of(zone, last - timedelta(days=SCAN.baseline_days + SCAN.scanned_days - 1))
        _, until = bounds_of(zone, last)
        async with self.street.office.ledger.readers.acquire() as connection:
            rows = await happened(connection, since=since, until=until, limit=_MOST)
        events = self._events(rows)
        return await to_thread(hot_spots, events, last=last, seed=last.toordinal())

    def _events(self, rows: Sequence[Happened]) -> list[Event]:
        found: list[Event] = []
        for row in rows:
            point = place_of(row, self.street)
            if point is not None:
                day = day_in(self.street.office.zone, row.reported)
                found.append(Event(str(row.case), point, day, class_of(row.matter, self.street)))
        return found


def place_of(row: Happened | Sight, street: Street) -> tuple[float, float] | None:
    """Where a case is: its point if an officer confirmed one, else the middle of its cell; None if nobody knows."""
    if row.longitude is not None and row.latitude is not None:
        return row.longitude, row.latitude
    return street.ground.cells.middle(row.cell) if row.cell else None


def class_of(matter: str, street: Street) -> str:
    """The class of a matter; a matter of the city's own is a class by itself."""
    found = street.catalogue.matter(matter)
    return matter if found is None or found.group is None else f"{len(matter)}:{found.group}"


class SpotTold(msgspec.Struct, frozen=True):
    """A hot spot as it is told: how many in how many days where how many are usual, of which kind, in which street.

    `matter` is one of its class, `area` the street of its middle, empty outside the city.
    """

    longitude: float
    latitude: float
    radius_m: float
    matter: str
    area: str
    first: date
    last: date
    days: int
    observed: int
    usual: float
    p: float


async def spots_told(spots: DailySpots, *, now: datetime) -> list[SpotTold] | None:
    """The hot spots up to yesterday; None while they are being found."""
    found = await spots.of(now)
    return None if found is None else [_told(one, spots.street) for one in found]


def _told(one: HotSpot, street: Street) -> SpotTold:
    matter = next(code for code in street.catalogue.matters if class_of(code, street) == one.group)
    cell = street.ground.cells.at(*one.centre)
    return SpotTold(
        *one.centre, one.radius_m, matter, cell.street if cell else "", one.first, one.last, one.days, one.observed,
        round(one.usual, 0 if one.usual >= 1 else 1), one.p,
    )  # fmt: skip
