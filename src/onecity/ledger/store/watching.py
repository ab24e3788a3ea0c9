"""The SQL of whoever watches over the ledger: what waits for its seal, who reads behind, what the last fold found."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection

# The same facts as the sealer's next round takes; counted, or only the first.
_NEW: Final = """
from (
    select era, xid, body from ledger.facts where era = (select era from ledger.seal_state)
        and xid >= (select pg_snapshot_xmax(seen) from ledger.seal_state)
        and xid < pg_snapshot_xmax(pg_current_snapshot())
    union all
    select era, xid, body from ledger.facts where era = (select era from ledger.seal_state)
        and xid = any (array(select pg_snapshot_xip(seen) from ledger.seal_state))
    union all
    select era, xid, body from ledger.facts f where (select exists (select from ledger.eras where owed))
        and era < (select era from ledger.seal_state)
        and not exists (select from ledger.sealed s where s.stream = f.stream and s.version = f.version)
) new
"""
_UNSENT: Final = """
select (select size from ledger.seal_state) - c.position as waits, f.body
from working.cursors c
left join ledger.sealed s on s.position = c.position
left join lateral (select body from ledger.facts g where g.stream = s.stream and g.version = s.version offset 0) f
    on true
where c.name = $1
"""
_FOLDED: Final = """
insert into ledger.fold_state (folded, facts, differing) values ($1, $2, $3)
on conflict (one) do update set folded = excluded.folded, facts = excluded.facts, differing = excluded.differing
"""


class _Body(msgspec.Struct):
    at: datetime


class FoldState(msgspec.Struct, frozen=True):
    """When all facts were last folded again, how many, and how many rows were not what they say."""

    folded: datetime
    facts: int
    differing: int


async def unsealed_facts(connection: "Connection") -> tuple[int, datetime | None]:
    """How many facts wait for their seal, and since when the first of them does."""
    count: int = await connection.fetchval(f"select count(*) {_NEW}")
    body = await connection.fetchval(f"select body {_NEW} order by era, xid limit 1") if count else None
    return count, msgspec.json.decode(body, type=_Body).at if body else None


async def alarms(connection: "Connection") -> int:
    """How many facts without the city's code somebody put into the database."""
    found: int = await connection.fetchval("select count(*) from ledger.alarms")
    return found


async def behind(connection: "Connection") -> dict[str, int]:
    """How many sealed positions each follower has not read yet."""
    rows = await connection.fetch(
        "select name, greatest(0, coalesce((select max(position) + 1 from ledger.sealed), 0) - position) from cursors"
    )
    return {row[0]: row[1] for row in rows}


async def unsent(connection: "Connection", name: str) -> tuple[int, datetime | None]:
    """How many sealed facts the sink has not taken, and when the first of them happened; none where no sink is."""
    row = await connection.fetchrow(_UNSENT, name)
    if row is None or row["waits"] <= 0:
        return 0, None
    return row["waits"], msgspec.json.decode(row["body"], type=_Body).at if row["body"] else None


async def keep_fold(connection: "Connection", state: FoldState) -> None:
    """Remember what a fold of all facts found."""
    await connection.execute(_FOLDED, state.folded, state.facts, state.differing)


async def last_fold(connection: "Connection") -> FoldState | None:
    """What the last fold found; None before the first."""
    row = await connection.fetchrow("select folded, facts, differing from ledger.fold_state")
    return FoldState(*row) if row else None
