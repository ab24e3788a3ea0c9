"""Photographs that everybody may see."""

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


class ReleasedRow(msgspec.Struct, frozen=True):
    """A masked copy that everybody may see, the case that it is of, and under whose key it lies."""

    copy: str
    case: UUID
    subject: UUID
    photo: str
    released: datetime


_RELEASED: Final = "select copy, case_id, subject, photo, released from released_photos"


async def released(connection: "Connection", copy: str) -> ReleasedRow | None:
    """A released copy by its name."""
    row = await connection.fetchrow(f"{_RELEASED} where copy = $1", copy)
    return ReleasedRow(*row) if row else None


async def released_of(connection: "Connection", case: UUID) -> list[ReleasedRow]:
    """The released copies of a case, the oldest first."""
    rows = await connection.fetch(f"{_RELEASED} where case_id = $1 order by released, copy", case)
    return [ReleasedRow(*row) for row in rows]


async def released_under(connection: "Connection", subject: UUID) -> list[ReleasedRow]:
    """The released copies that lie under somebody's key."""
    rows = await connection.fetch(f"{_RELEASED} where subject = $1 order by released, copy", subject)
    return [ReleasedRow(*row) for row in rows]
