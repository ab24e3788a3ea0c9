"""The SQL of what holds: declarations by their hash, and the versions of the pack."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from onecity.ledger.versions import How, PackVersion
from onecity.packs import Kept

if TYPE_CHECKING:
    from asyncpg import Connection


async def put_declarations(connection: "Connection", rows: Sequence[Kept]) -> None:
    """Store declarations by their hash; those known already stay as they are."""
    query = (
        "insert into ledger.declarations (hash, kind, id, body) select * from"
        " unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) on conflict do nothing"
    )
    # Sorted, so that two processes that store the same pack at the same moment never wait for each other in a circle.
    found = sorted({(one.version, one.kind, one.id, one.body) for one in rows})
    columns = zip(*found, strict=True) if found else [()] * 4
    await connection.execute(query, *columns)


async def declarations(connection: "Connection", versions: Sequence[str]) -> dict[str, bytes]:
    """The bytes of declarations by their hash, as far as they are stored."""
    rows = await connection.fetch("select hash, body from ledger.declarations where hash = any($1::text[])", versions)
    return {row["hash"]: row["body"] for row in rows}


async def pack_versions(connection: "Connection") -> list[PackVersion]:
    """Every version of the rules that was brought, in the order in which they begin."""
    query = "select version, since, recorded, origin, how from projections.packs order by since, recorded, version"
    return [
        PackVersion(row["version"], row["since"], row["recorded"], row["origin"], How(row["how"]))
        for row in await connection.fetch(query)
    ]
