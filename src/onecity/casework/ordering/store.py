"""All the SQL of orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.casework.ordering.model import OrderRow, Stage
from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

if TYPE_CHECKING:
    from asyncpg import Connection, Record

_COLUMNS: Final = (
    "o.order_id, o.root, o.parent, o.kind, o.agency, o.area, o.case_id, o.trigger, o.given, o.report_by, o.awaited,"
    " o.stage, o.done, o.of_all"
)
_OPEN: Final = "o.stage not in ('fulfilled', 'called_back')"


def _row(found: "Record") -> OrderRow:
    return msgspec.structs.replace(OrderRow(*found), stage=Stage(found["stage"]))


async def tree(connection: "Connection", root: UUID) -> list[OrderRow]:
    """All orders of a tree, from the head downwards by area and agency."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from orders o where o.root = $1 order by o.parent nulls first, o.area, o.agency", root
    )
    return [_row(row) for row in rows]


async def tree_around(connection: "Connection", order: UUID) -> list[OrderRow]:
    """The whole tree in which an order stands; empty if nobody knows it."""
    root = await connection.fetchval("select root from orders where order_id = $1", order)
    return [] if root is None else await tree(connection, root)


async def open_within(
    connection: "Connection", held: Sequence[Held], *, kinds: Sequence[str], heads: bool, limit: int
) -> list[OrderRow]:
    """Heads of trees, or other orders, that have not ended within the scopes of duties, the nearest hour first."""
    which = "is null" if heads else "is not null"
    rows = await connection.fetch(
        f"select {_COLUMNS} from orders o where {_OPEN} and o.parent {which} and o.kind = any($3)"
        f" and {covered('o.agency', 'o.area', first=1)} order by o.report_by, o.order_id limit $4",
        *columns_of(one.scope for one in held), list(kinds), limit,
    )  # fmt: skip
    return [_row(row) for row in rows]


async def open_about(connection: "Connection", cases: Sequence[UUID]) -> list[OrderRow]:
    """The heads of orders about some cases that have not ended."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from orders o where o.case_id = any($1) and o.parent is null and {_OPEN}", list(cases)
    )
    return [_row(row) for row in rows]


class Late(msgspec.Struct, frozen=True):
    """An order whose hour has passed; their order is that of the hours."""

    due: datetime
    order: UUID


async def late(connection: "Connection", now: datetime, *, after: Late | None, limit: int) -> list[Late]:
    """Orders whose next answer is overdue and was not noted as missed yet."""
    rows = await connection.fetch(
        "select awaited, order_id from orders where awaited < $1 and missed is distinct from awaited"
        " and ($2::timestamptz is null or (awaited, order_id) > ($2, $3)) order by 1, 2 limit $4",
        now, after.due if after else None, after.order if after else None, limit,
    )  # fmt: skip
    return [Late(*row) for row in rows]
