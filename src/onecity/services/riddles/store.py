"""The SQL of riddles. No phrase is handed to the database before it may be read."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from onecity.services.riddles.rules import ASKERS, DAYS

if TYPE_CHECKING:
    from asyncpg import Connection


class Riddle(msgspec.Struct, frozen=True):
    """A phrase that is not understood: how often and on how many days it was asked, since when and when last."""

    phrase: str
    times: int
    days: int
    first: date
    last: date


_ASKED: Final = (
    "insert into riddles as r (hash, askers, days, first, last, times) select $1, array[$2::bytea], 1, $3, $3, 1"
    " where exists (select from riddles where hash = $1) or (select count(*) from riddles where first = $3) < $4"
    " on conflict (hash) do update set times = r.times + 1, last = greatest(r.last, excluded.last),"
    " days = r.days + (excluded.last > r.last)::int, askers = case"
    f" when r.phrase is not null or cardinality(r.askers) = {ASKERS} or r.askers @> excluded.askers then r.askers"
    " else r.askers || excluded.askers end"
    f" returning phrase is null and cardinality(askers) = {ASKERS} and days >= {DAYS}"
)


async def ask(connection: "Connection", hashed: bytes, who: bytes, day: date, *, most: int) -> bool:
    """Count a phrase once more by its hash, and who asked; whether it may be told now.

    A new one is left out on a day that has seen the `most` new ones already.
    """
    return bool(await connection.fetchval(_ASKED, hashed, who, day, most))


async def tell(connection: "Connection", hashed: bytes, phrase: str) -> None:
    """Keep what a phrase is; who asked is dropped."""
    await connection.execute(
        "update riddles set phrase = $2, askers = '{}' where hash = $1 and phrase is null", hashed, phrase
    )


async def told(connection: "Connection", *, newest: bool, limit: int, offset: int) -> list[Riddle]:
    """The phrases that may be read: those asked most first, or those first asked last."""
    order = "first desc, times desc" if newest else "times desc, last desc"
    rows = await connection.fetch(
        "select phrase, times, days, first, last from riddles where phrase is not null"
        f" order by {order}, hash limit $1 offset $2",
        limit, offset,
    )  # fmt: skip
    return [Riddle(*row) for row in rows]


async def phrases(connection: "Connection", *, after: str, limit: int) -> list[str]:
    """The phrases that may be read, in one order, behind one of them."""
    rows = await connection.fetch(
        "select phrase from riddles where phrase > $1 order by phrase limit $2", after, limit
    )  # fmt: skip
    return [row["phrase"] for row in rows]


async def drop(connection: "Connection", solved: Sequence[str]) -> int:
    """Remove phrases; how many."""
    return len(await connection.fetch("delete from riddles where phrase = any($1) returning 1", list(solved)))


async def purge(connection: "Connection", *, told_before: date, hashes_before: date) -> int:
    """Remove what was asked last before a day, and hashes before another one; how many."""
    gone = await connection.fetch(
        "delete from riddles where last < $1 or (phrase is null and last < $2) returning 1", told_before, hashes_before
    )
    return len(gone)
