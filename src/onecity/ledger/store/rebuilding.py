"""The SQL of a rebuild: projections are folded beside the live ones, compared with them, and put in their place."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Final

from onecity.ledger.store import CHUNK

if TYPE_CHECKING:
    from asyncpg import Connection

_SCANS: Final = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


async def make_scratch(connection: "Connection", tables: Sequence[str]) -> None:
    """Empty twins of the projection tables, for this connection only, filled through their indexes.

    A plan made while they are empty would scan them whole at every later chunk.
    """
    for table in tables:
        await connection.execute(f"create temporary table {table} (like projections.{table} including all)")
    await connection.execute("set search_path = pg_temp, projections, working, ledger, public")
    for method in _SCANS:
        await connection.execute(f"set {method} = off")


async def hold_still(connection: "Connection", tables: Sequence[str]) -> None:
    """Nobody changes the live projections until the transaction ends; whoever looks still may."""
    names = ", ".join(f"projections.{table}" for table in tables)
    await connection.execute(f"lock table {names} in share row exclusive mode")


async def plan_freely(connection: "Connection") -> None:
    """The tables are full: what compares them may scan them."""
    for method in _SCANS:
        await connection.execute(f"set {method} = on")


async def differing_rows(connection: "Connection", table: str) -> AsyncIterator[tuple[str, str]]:
    """Rows that stand on one side only: ("missing" or "extra", the row as JSON keys). Needs the scratch tables."""
    query = f"""
        (select 'missing' as how, to_jsonb(t)::text as row from (select * from pg_temp.{table} except all
            select * from projections.{table}) t)
        union all
        (select 'extra', to_jsonb(t)::text from (select * from projections.{table} except all
            select * from pg_temp.{table}) t)
        order by 2, 1"""
    async for row in connection.cursor(query, prefetch=CHUNK):
        yield row["how"], row["row"]


async def replace_projection(connection: "Connection", table: str) -> None:
    """Put the folded rows in the place of the live ones."""
    await connection.execute(f"delete from projections.{table}")
    await connection.execute(f"insert into projections.{table} select * from pg_temp.{table}")
