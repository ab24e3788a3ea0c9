"""All the SQL of notices."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


class LetterRow(msgspec.Struct, frozen=True):
    """A letter as the inbox lists it."""

    letter: UUID
    person: UUID
    kind: str
    about: UUID
    sender: str
    sent: datetime
    opened: datetime | None


_COLUMNS = "letter, person, kind, about, sender, sent, opened"


async def inbox(connection: "Connection", person: UUID, *, limit: int = 100) -> list[LetterRow]:
    """A person's letters, the newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from letters where person = $1 order by sent desc, letter limit $2", person, limit
    )
    return [LetterRow(*row) for row in rows]


async def own_letter(connection: "Connection", letter: UUID, person: UUID) -> LetterRow | None:
    """One letter, if it is to this person."""
    row = await connection.fetchrow(f"select {_COLUMNS} from letters where letter = $1 and person = $2", letter, person)
    return LetterRow(*row) if row else None


async def unread(connection: "Connection", person: UUID) -> int:
    """How many letters wait to be opened."""
    found: int = await connection.fetchval("select count(*) from letters where person = $1 and opened is null", person)
    return found
