"""The SQL of archives: facts by the month in which their history began."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.ledger import store
from onecity.ledger.facts import Stored

if TYPE_CHECKING:
    from asyncpg import Connection

_COUNT: Final = "select count(*) from ledger.sealed where stream >= $1 and stream < $2"
_FIRST: Final = "select stream from ledger.sealed order by stream limit 1"
_FACTS: Final = """
select s.position, s.leaf, f.stream, f.version, f.kind, f.body, f.mac
from ledger.sealed s left join ledger.facts f using (stream, version)
where s.stream >= $1 and s.stream < $2 and s.position < $3 order by s.position
"""


async def count_of_streams(connection: "Connection", begin: UUID, end: UUID) -> int:
    """How many sealed facts the histories have whose ids lie from `begin` to before `end`."""
    found: int = await connection.fetchval(_COUNT, begin, end)
    return found


async def first_stream(connection: "Connection") -> UUID | None:
    """The history with a sealed fact that began first."""
    found: UUID | None = await connection.fetchval(_FIRST)
    return found


async def facts_of_streams(
    connection: "Connection", begin: UUID, end: UUID, size: int
) -> AsyncIterator[store.SealedFact]:
    """The facts of these histories at positions before `size`, in their order. Needs a transaction."""
    async for row in connection.cursor(_FACTS, begin, end, size, prefetch=store.CHUNK):
        position, leaf, stream, version, kind, body, mac = row
        stored = None if body is None else Stored(stream, version, kind, body)
        yield store.SealedFact(position, leaf, stored, mac)
