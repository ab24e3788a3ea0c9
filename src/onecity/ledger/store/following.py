"""The SQL of whoever reads the ledger by position: a stretch of sealed facts, and how far each follower has come."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from onecity.ledger.facts import Stored

if TYPE_CHECKING:
    from asyncpg import Connection

# Each position looks its fact up by key: joined, a planner that knows no figures yet would read every fact there is.
_STRETCH: Final = """
select s.position, f.stream, f.version, f.kind, f.body, f.mac
from (select position, stream, version from ledger.sealed
      where position >= $1 and position < $2 order by position) s
cross join lateral (select * from ledger.facts g
      where g.stream = s.stream and g.version = s.version offset 0) f
where split_part(f.kind, '/', 1) = any ($3::text[]) order by s.position
"""


async def facts_between(
    connection: "Connection", first: int, end: int, names: Sequence[str]
) -> list[tuple[int, Stored, bytes]]:
    """The facts of some types at positions `first` to before `end`, each with its position and code."""
    rows = await connection.fetch(_STRETCH, first, end, list(names))
    return [(row[0], Stored(*row[1:5]), row[5]) for row in rows]


async def begin(connection: "Connection", name: str, position: int) -> None:
    """Give a follower its first position, if it has none yet."""
    await connection.execute("insert into cursors values ($1, $2) on conflict (name) do nothing", name, position)


async def claim(connection: "Connection", name: str) -> int | None:
    """The next position of a follower, held until the transaction ends; None while another process holds it."""
    query = "select position from cursors where name = $1 for update skip locked"
    found: int | None = await connection.fetchval(query, name)
    return found


async def move(connection: "Connection", name: str, position: int) -> None:
    """A follower has seen everything before a position."""
    await connection.execute("update cursors set position = $2 where name = $1", name, position)


async def position(connection: "Connection", name: str) -> int:
    """The next position of a follower; 0 if it has none yet."""
    found: int | None = await connection.fetchval("select position from cursors where name = $1", name)
    return found or 0


async def leaf_at(connection: "Connection", position: int) -> bytes | None:
    """The leaf that was sealed at a position; None if there is none."""
    found: bytes | None = await connection.fetchval("select leaf from ledger.sealed where position = $1", position)
    return found


async def end(connection: "Connection", name: str) -> bool:
    """Nobody follows under a name any more; false if nobody did."""
    done: str = await connection.execute("delete from cursors where name = $1", name)
    return done != "DELETE 0"
