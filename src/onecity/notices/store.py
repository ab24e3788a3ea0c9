"""All the SQL of notices."""

from collections.abc import Sequence
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


# Whoever acts for somebody sees only the letters about the affairs of their mandate; null asks for all.
_ABOUT = "($2::uuid[] is null or about = any($2))"


async def inbox(
    connection: "Connection", person: UUID, *, about: Sequence[UUID] | None = None, limit: int = 100
) -> list[LetterRow]:
    """A person's letters, the newest first; with `about` only those about some affairs."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from letters where person = $1 and {_ABOUT} order by sent desc, letter limit $3",
        person, about, limit,
    )  # fmt: skip
    return [LetterRow(*row) for row in rows]


async def own_letter(
    connection: "Connection", letter: UUID, person: UUID, *, about: Sequence[UUID] | None = None
) -> LetterRow | None:
    """One letter, if it is to this person; with `about` only if it is about one of some affairs."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from letters where person = $1 and {_ABOUT} and letter = $3", person, about, letter
    )
    return LetterRow(*row) if row else None


async def unread(connection: "Connection", person: UUID, *, about: Sequence[UUID] | None = None) -> int:
    """How many letters wait to be opened."""
    found: int = await connection.fetchval(
        f"select count(*) from letters where person = $1 and {_ABOUT} and opened is null", person, about
    )
    return found
