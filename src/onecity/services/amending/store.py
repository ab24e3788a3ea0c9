"""Amendments in lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


class AmendmentRow(msgspec.Struct, frozen=True):
    """An amendment as lists show it."""

    amendment: UUID
    matter: str
    agency: str
    state: str
    proposed: datetime


async def amendments_of(
    connection: "Connection", agencies: Sequence[str], *, limit: int, offset: int
) -> list[AmendmentRow]:
    """The amendments of some agencies: those that wait first, then the latest."""
    rows = await connection.fetch(
        "select amendment, matter, agency, state, proposed from amendments where agency = any($1)"
        " order by state <> 'open', proposed desc, amendment limit $2 offset $3",
        agencies, limit, offset,
    )  # fmt: skip
    return [AmendmentRow(*row) for row in rows]


async def published(connection: "Connection") -> list[tuple[str, UUID]]:
    """Every published amendment with its matter, those of one matter in the order in which they were published."""
    rows = await connection.fetch(
        "select matter, amendment from amendments where state = 'published' order by matter, decided, amendment"
    )
    return [(row["matter"], row["amendment"]) for row in rows]
