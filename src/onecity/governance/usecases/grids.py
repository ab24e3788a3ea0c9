"""Whose a place is in the second layer of the ground: its social grid, the four levels above, and who walks it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from onecity.governance.usecases import Street
from onecity.kernel.instants import day_in
from onecity.people import names_of, on_duty
from onecity.places import Area, SocialGrid, levels

WALK: Final = "governance.grid"
"""The duty of a grid member (网格员): for an agency, in a social grid or in any area around it."""
_MOST: Final = 10


class Walked(msgspec.Struct, frozen=True):
    """A social grid, the community, street, county and city around it, and the names of those who walk it."""

    grid: SocialGrid
    levels: tuple[Area, ...]
    walkers: tuple[str, ...]


async def walked_at(longitude: float, latitude: float, *, street: Street, now: datetime) -> Walked | None:
    """The social grid of a point with whoever walks it; None outside the city, or where the pack declares none."""
    social, day = street.ground.social, day_in(street.office.zone, now)
    grid = social.at(longitude, latitude, on=day) if social else None
    if grid is None:
        return None
    return Walked(grid, levels(grid, street.ground.places), tuple(await walkers_of(grid, street=street, now=now)))


async def walkers_of(grid: SocialGrid, *, street: Street, now: datetime) -> Sequence[str]:
    """The names of those who hold the duty in a social grid on a day; deputies instead of whoever is absent."""
    day = day_in(street.office.zone, now)
    async with street.office.ledger.readers.acquire() as connection:
        held = await on_duty(connection, WALK, grid.code, day, limit=_MOST)
        names = await names_of(connection, [person for person, _ in held])
    return sorted({names[person] for person, _ in held if person in names})
