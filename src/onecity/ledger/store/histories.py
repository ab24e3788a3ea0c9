"""What the tables of facts and of seals hold of some histories, side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.ledger.facts import HeldFact, Stored

if TYPE_CHECKING:
    from asyncpg import Connection

_WHOLE_HISTORIES: Final = """
select stream, version, f.kind, f.body, f.mac, s.position, s.leaf
from (select * from ledger.facts where stream = any($1)) f
full join (select * from ledger.sealed where stream = any($1)) s using (stream, version) order by 1, 2
"""
_TOUCHED: Final = """
select count(*) as sealed,
    array_agg(distinct s.stream) filter (where f.stream is null or starts_with(f.kind, $3)) as streams
from ledger.sealed s left join ledger.facts f using (stream, version) where s.position >= $1 and s.position < $2
"""
_FIRST_SEAL: Final = """
select n.size, n.root from ledger.sealed s
cross join lateral (select * from ledger.seals n where n.size > s.position order by n.size limit 1) n
where s.stream = $1 and s.version = $2
"""


async def whole_histories(connection: "Connection", streams: Sequence[UUID]) -> dict[UUID, list[HeldFact]]:
    """Everything about some histories as of one moment, also versions that only one of the two tables knows."""
    found: dict[UUID, list[HeldFact]] = {stream: [] for stream in streams}
    for row in await connection.fetch(_WHOLE_HISTORIES, list(streams)):
        stored = None if row["body"] is None else Stored(*tuple(row)[:4])
        found[row["stream"]].append(HeldFact(row["version"], stored, row["mac"], row["position"], row["leaf"]))
    return found


async def first_seal(connection: "Connection", stream: UUID, version: int) -> tuple[int, bytes] | None:
    """The size and the root under which the sealer left the tree when a fact first stood in it; None before that."""
    row = await connection.fetchrow(_FIRST_SEAL, stream, version)
    return None if row is None else (row["size"], row["root"])


async def sealed_streams(connection: "Connection", first: int, end: int, kinds: str) -> tuple[int, list[UUID]]:
    """How many positions there are in a range, and the histories with a fact of some kinds or with one that is gone."""
    row = await connection.fetchrow(_TOUCHED, first, end, kinds)
    return row["sealed"], row["streams"] or []


async def sealed_between(connection: "Connection", first: int, end: int) -> int:
    """How many positions there are from `first` to before `end`."""
    query = "select count(*) from ledger.sealed where position >= $1 and position < $2"
    return int(await connection.fetchval(query, first, end))
