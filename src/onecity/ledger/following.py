"""Reading the city's memory in the order in which it was sealed: the position is the only cursor, kept durably.

A fact that has a position keeps it, and no later fact gets an earlier one, so whoever has read up to a position has
missed nothing before it. What is not sealed yet is not read.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from onecity.kernel.errors import Unavailable
from onecity.ledger import store
from onecity.ledger.facts import Fact, FactBook, Recorded
from onecity.ledger.store import following

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

MOST: Final = 500
"""Positions that are read at once."""
_FORGED: Final = "What the database holds here is not what the city wrote. Nothing follows from it until that is clear."


class Placed(msgspec.Struct, frozen=True):
    """A sealed fact at its position."""

    position: int
    recorded: Recorded


class Stretch(msgspec.Struct, frozen=True):
    """The facts of the asked kinds between two positions; the next stretch begins at `end`."""

    facts: tuple[Placed, ...]
    end: int


Wanted: TypeAlias = "Callable[[Connection], Awaitable[bool]]"
"""Whether anybody wants to hear of what happens."""
Handle: TypeAlias = "Callable[[Connection, Sequence[Placed]], Awaitable[None]]"
"""Does what follows from some facts, on the connection whose transaction also moves the cursor."""


async def sealed_until(connection: "Connection") -> int:
    """The position that the next sealed fact gets."""
    return await store.sealed_size(connection)


async def stretch(
    connection: "Connection", book: FactBook, kinds: Sequence[type[Fact]], *, since: int, most: int = MOST
) -> Stretch:
    """What was sealed from a position on, at most so many positions far.

    Raises Unavailable if one of the facts does not bear the city's code.
    """
    end = max(since, min(since + most, await store.sealed_size(connection)))
    if end == since:
        return Stretch((), since)
    found = await following.facts_between(connection, since, end, [book.name_of(kind) for kind in kinds])
    if any(book.mac(stored) != mac for _, stored, mac in found):
        raise Unavailable(_FORGED)
    return Stretch(tuple(Placed(position, book.read(stored)) for position, stored, _ in found), end)


async def follow(
    readers: "Pool", book: FactBook, name: str, kinds: Sequence[type[Fact]], handle: Handle, *, begins: int | None = 0,
    wanted: "Wanted | None" = None,
) -> int:  # fmt: skip
    """Hand the next stretch to whoever follows the ledger under a name; how many positions that were.

    One process at a time: another one does nothing while the cursor is held. What the handler writes on its connection
    commits with the cursor or not at all, so each fact is handled once; what it does elsewhere may happen twice.
    A new follower begins at `begins`; None is what is sealed next. While nothing is `wanted`, all that is sealed is
    passed over unread.
    """
    async with readers.acquire() as connection, connection.transaction():
        await following.begin(connection, name, await sealed_until(connection) if begins is None else begins)
        since = await following.claim(connection, name)
        if since is None:
            return 0
        if wanted is not None:
            # First how far, then whether: whoever wants to hear from now on misses nothing.
            end = await sealed_until(connection)
            if not await wanted(connection):
                await following.move(connection, name, max(since, end))
                return 0
        found = await stretch(connection, book, kinds, since=since)
        if found.facts:
            await handle(connection, found.facts)
        if found.end > since:
            await following.move(connection, name, found.end)
        return found.end - since
