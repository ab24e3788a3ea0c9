"""The SQL of eras: facts are ordered by the numbers of their transactions, which another cluster counts anew.

See `docs/adr/0062-begin-an-era-with-each-cluster.md`.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from onecity.ledger.facts import Stored
from onecity.ledger.store import chunks

if TYPE_CHECKING:
    from asyncpg import Connection

# Facts or seals from ahead of where the cluster counts are of another one, also if nobody noted of which.
_WHERE: Final = """
select s.era, c.system_identifier as here, e.cluster as noted,
    coalesce(e.cluster <> c.system_identifier, false)
    or pg_snapshot_xmax(s.seen) > pg_snapshot_xmax(pg_current_snapshot())
    or coalesce((select f.xid >= pg_snapshot_xmax(pg_current_snapshot()) from ledger.facts f
        where f.era = s.era order by f.xid desc limit 1), false) as moved
from ledger.seal_state s cross join pg_control_system() c left join ledger.eras e using (era)
"""
_NOTE: Final = "insert into ledger.eras (era, cluster) values ($1, $2) on conflict do nothing"
_OWE: Final = "insert into ledger.eras (era, cluster, owed) values ($1, $2, true)"
_BEGIN: Final = "update ledger.seal_state set era = $1, seen = pg_current_snapshot()"
_OWED: Final = "select exists (select from ledger.eras where owed)"
_UNSEALED: Final = """
select f.stream, f.version, f.kind, f.body, f.mac from ledger.facts f
where f.era < (select era from ledger.seal_state)
    and not exists (select from ledger.sealed s where s.stream = f.stream and s.version = f.version)
order by f.era, f.xid, f.stream, f.version
"""


async def settle_in(connection: "Connection") -> bool:
    """Begin a new era if the database came into another cluster, before anybody writes there; whether one began.

    Asked by the owner, as the table of facts itself has to count the era.
    """
    if await connection.fetchval("select to_regclass('ledger.eras') is null"):
        return False  # of an older program, whose tables nobody has widened yet
    row = await connection.fetchrow(_WHERE)
    if not row["moved"]:
        if row["noted"] is None:
            await connection.execute(_NOTE, row["era"], row["here"])
        return False
    async with connection.transaction():
        # Two processes may start at once: the second one looks again, and finds that nothing is left to do.
        await connection.execute("lock table ledger.facts in access exclusive mode")
        row = await connection.fetchrow(_WHERE)
        if not row["moved"]:
            return False
        era: int = row["era"] + 1
        await connection.execute(f"alter table ledger.facts alter column era set default {era}")
        await connection.execute(_BEGIN, era)
        await connection.execute(_OWE, era, row["here"])
    return True


async def elsewhere(connection: "Connection") -> bool:
    """Whether the database lies in another cluster than the era that it counts."""
    moved: bool = (await connection.fetchrow(_WHERE))["moved"]
    return moved


async def owed(connection: "Connection") -> bool:
    """Whether facts of earlier eras may wait for their seal."""
    found: bool = await connection.fetchval(_OWED)
    return found


async def left_over(connection: "Connection") -> AsyncIterator[tuple[Stored, bytes]]:
    """Facts of earlier eras without a position, causes before effects. Needs a repeatable-read transaction."""
    async for rows in chunks(connection, _UNSEALED):
        for stream, version, kind, body, mac in rows:
            yield Stored(stream, version, kind, body), mac


async def paid(connection: "Connection") -> None:
    """Every fact of the earlier eras has been looked at."""
    await connection.execute("update ledger.eras set owed = false where owed")
