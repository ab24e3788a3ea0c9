"""What a map of the street shows: to an officer what they may open, to everybody the middle of a cell."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.governance.model import Mark
from onecity.governance.store import Seeing, Sight, Within, counted, sights
from onecity.governance.usecases import Street
from onecity.governance.usecases.remembering import Remembered
from onecity.governance.usecases.spotting import place_of
from onecity.kernel.acting import Held
from onecity.kernel.instants import day_in

MOST: Final = 50_000
"""Cases of one answer; more are told to be missing."""
LATELY: Final = timedelta(days=7)
"""How long what was put right is shown."""
_REMEMBERED_S: Final = 30

Officer: TypeAlias = tuple[UUID, Sequence[Held]]


class View(msgspec.Struct, frozen=True):
    """As of when, which marks (all if none), and the box: west, south, east, north. Units: degrees."""

    now: datetime
    marks: tuple[Mark, ...] = ()
    box: tuple[float, float, float, float] = (-180, -90, 180, 90)


class Placed(msgspec.Struct, frozen=True):
    """A case and where it is drawn."""

    row: Sight
    place: tuple[float, float]


class Seen(msgspec.Struct, frozen=True):
    """The cases of a box, how many have no place at all, and whether there are others."""

    placed: tuple[Placed, ...]
    unplaced: int
    more: bool


async def seen(view: View, *, street: Street, of: Officer | None, limit: int) -> Seen:
    """The cases in a box. Nobody but an officer is shown a point: everybody else sees the middle of its cell."""
    async with street.office.ledger.readers.acquire() as connection:
        rows = await sights(connection, _seeing(view, street, _within(view, street)), of=of, limit=limit + 1)
    places = [(row, place_of(row, street) if of is not None else _cell_of(row, street)) for row in rows[:limit]]
    west, south, east, north = view.box
    placed = tuple(
        Placed(row, place)
        for row, place in places
        if place is not None and west <= place[0] <= east and south <= place[1] <= north
    )
    return Seen(placed, sum(place is None for _, place in places), len(rows) > limit)


async def listed_sights(view: View, *, street: Street, of: Officer, limit: int, offset: int) -> Sequence[Sight]:
    """The same cases as a list, wherever they are."""
    async with street.office.ledger.readers.acquire() as connection:
        return await sights(connection, _seeing(view, street), of=of, limit=limit, offset=offset)


class OpenCounts:
    """How many cases everybody sees in each county by their marks, counted once for everybody and half a minute.

    Counting walks through all cases of the city; whoever asks while they are counted waits for the same numbers.
    """

    def __init__(self, street: Street) -> None:
        self._street = street
        self._counts = Remembered(_half_minute, self._counted)

    async def told(self, *, at: datetime) -> dict[str, dict[Mark, int]]:
        """The numbers, at most thirty seconds old."""
        return await self._counts.told(at=at)

    async def _counted(self, at: datetime) -> dict[str, dict[Mark, int]]:
        return await counts(View(at), street=self._street, of=None)


async def _half_minute(at: datetime) -> int:
    return int(at.timestamp()) // _REMEMBERED_S


async def counts(view: View, *, street: Street, of: Officer | None) -> dict[str, dict[Mark, int]]:
    """How many cases of each county have which mark."""
    async with street.office.ledger.readers.acquire() as connection:
        rows = await counted(connection, _seeing(view, street), of=of)
    found: defaultdict[str, dict[Mark, int]] = defaultdict(dict)
    for county, mark, many in rows:
        found[county][mark] = many
    return dict(found)


def _seeing(view: View, street: Street, within: Within | None = None) -> Seeing:
    return Seeing(view.now, day_in(street.office.zone, view.now), view.now - LATELY, view.marks, within)


def _within(view: View, street: Street) -> Within | None:
    """The box with its cells; None if it holds the whole city."""
    cells = street.ground.cells.with_middles_in(*view.box)
    return None if len(cells) == len(street.ground.cells) else Within(view.box, cells)


def _cell_of(row: Sight, street: Street) -> tuple[float, float] | None:
    return street.ground.cells.middle(row.cell) if row.cell else None
