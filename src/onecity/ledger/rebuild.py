"""Fold all facts again, beside the live projections, and name every row that differs."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from onecity.ledger import store
from onecity.ledger.facts import FactBook, Recorded, Stored
from onecity.ledger.projections import Projections, Row, waves
from onecity.ledger.store import rebuilding, watching
from onecity.ledger.tree import leaf_hash

if TYPE_CHECKING:
    from asyncpg import Connection

_ROWS_AT_ONCE: Final = 8_000
"""Rows of one key are written wave after wave; the more come at once, the fewer statements a row costs."""


class Difference(msgspec.Struct, frozen=True):
    """A row that the facts demand and the city lacks ("missing"), or that it has without facts ("extra")."""

    table: str
    how: str
    row: str


Told = Callable[[int, int], None]
"""Hears from time to time how many facts of how many were looked at."""


def nobody(_done: int, _of: int) -> None:
    """Hears nothing."""


async def rebuild(
    connection: "Connection", book: FactBook, projections: Projections, *, replace: bool, told: Told = nobody
) -> tuple[int, list[Difference]]:
    """Fold every fact with a valid code into scratch tables and compare both ways; `replace` puts them in place.

    With `replace` commands wait until it is done: a row that one of them changed meanwhile would be lost. The number
    of facts folded, and the differences as they were before any replacement.
    """
    names = [table.name for table in projections.tables]
    hidden = {table.name: table.personal for table in projections.tables}
    await rebuilding.make_scratch(connection, names)
    count = 0
    differences: list[Difference] = []
    async with connection.transaction(isolation="repeatable_read"):
        if replace:
            await rebuilding.hold_still(connection, names)
        rows: list[Row] = []
        size = await store.sealed_size(connection)
        async for stored, mac in store.all_facts(connection):
            if mac != book.mac(stored):
                continue
            count += 1
            rows.extend(projections.rows(book.read(stored)))
            if len(rows) >= _ROWS_AT_ONCE:
                await store.project(connection, waves(rows))
                told(count, max(count, size))
                rows = []
        await store.project(connection, waves(rows))
        await rebuilding.plan_freely(connection)
        for name in names:
            found = [
                Difference(name, how, _shown(row, hidden[name]))
                async for how, row in rebuilding.differing_rows(connection, name)
            ]
            differences.extend(found)
            if replace and found:
                await rebuilding.replace_projection(connection, name)
    return count, differences


def _shown(row: str, personal: Sequence[str]) -> str:
    """A row as JSON without what it says of people: the list of differences is read on terminals."""
    columns = msgspec.json.decode(row, type=dict[str, Any])
    return msgspec.json.encode({name: value for name, value in columns.items() if name not in personal}).decode()


async def facts_of(connection: "Connection", book: FactBook, name: str) -> list[Recorded]:
    """Every fact of one type that bears the city's code; what the city itself told, and nobody else."""
    async with connection.transaction(readonly=True):
        return [
            book.read(stored) async for stored, mac in store.named_facts(connection, name) if mac == book.mac(stored)
        ]


async def each_fact(connection: "Connection", book: FactBook, names: Sequence[str]) -> AsyncIterator[Recorded]:
    """Every fact of some types that bears the city's code, causes before effects, one at a time."""
    wanted = set(names)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        async for stored, mac in store.all_facts(connection):
            if stored.kind.partition("/")[0] in wanted and mac == book.mac(stored):
                yield book.read(stored)


class Damage(msgspec.Struct, frozen=True):
    """A position of the tree whose fact is no longer what was sealed, or a fact without a valid code."""

    position: int | None
    what: str


async def damages(connection: "Connection", book: FactBook, *, told: Told = nobody) -> tuple[int, list[Damage]]:
    """Compare every sealed leaf with its fact now; the number compared, and what does not match."""
    found: list[Damage] = []
    count = 0
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        size = await store.sealed_size(connection)
        async for fact in store.sealed_facts(connection, 0, size):
            if fact.position != count:
                found.append(Damage(count, "the positions have a gap"))
            count = fact.position + 1
            if count % store.CHUNK == 0:
                told(count, size)
            found.extend(Damage(fact.position, what) for what in _wrong(fact.stored, fact.mac, fact.leaf, book))
        if count != size:
            found.append(Damage(count, "sealed positions are missing at the end"))
        if forged := await watching.alarms(connection):
            found.append(Damage(None, f"{forged} facts bear no code of the city and were not sealed"))
    return count, found


def _wrong(stored: Stored | None, mac: bytes | None, leaf: bytes, book: FactBook) -> list[str]:
    if stored is None:
        return ["the fact is gone"]
    wrong = []
    if leaf_hash(stored.entry()) != leaf:
        wrong.append("the fact is not the one that was sealed")
    if mac != book.mac(stored):
        wrong.append("the fact's code does not match")
    return wrong
