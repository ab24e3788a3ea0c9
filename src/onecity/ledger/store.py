"""All the SQL of the ledger."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from onecity.ledger.facts import Stored
from onecity.ledger.projections import Wave

if TYPE_CHECKING:
    from asyncpg import Connection

CHUNK: Final = 2_000

# Looks first, so a stale command costs no rollback; a command is whole or absent. A command is incomplete if a version
# or its idempotency key is taken, or if the version before its first one is missing. Normally no row comes back.
_APPEND: Final = """
with c as materialized (
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::bytea[], $5::bytea[], $6::int[], $7::bool[])
        as t(stream, version, kind, body, mac, command, first)
), k as materialized (
    select * from unnest($8::uuid[], $9::bytea[], $10::int[]) as t(key, answer, command)
), old as materialized (
    select command from c where exists (select from ledger.facts f where f.stream = c.stream and f.version = c.version)
    union select command from c where first and version > 1
        and not exists (select from ledger.facts f where f.stream = c.stream and f.version = c.version - 1)
    union select command from k where exists (select from ledger.answers a where a.key = k.key)
), new_facts as (
    insert into ledger.facts (stream, version, kind, body, mac)
    select stream, version, kind, body, mac from c where command not in (select command from old) order by 1, 2
    on conflict do nothing returning stream, version
), new_answers as (
    insert into ledger.answers (key, answer)
    select key, answer from k where command not in (select command from old) order by 1
    on conflict do nothing returning key
)
select k.command, count(n.version) + (a.key is not null)::int as written
from k join c using (command)
left join new_facts n on n.stream = c.stream and n.version = c.version
left join new_answers a on a.key = k.key
group by k.command, a.key having count(n.version) < count(*) or a.key is null
"""

_LOAD: Final = "select stream, version, kind, body from ledger.facts where stream = $1 order by version"
_ANSWER: Final = "select answer from ledger.answers where key = $1"

_UNSEALED: Final = """
select f.stream, f.version, f.kind, f.body, f.mac from ledger.facts f, ledger.seal_state s
where f.era = s.era and (f.xid >= pg_snapshot_xmax(s.seen)
    or f.xid = any (array(select pg_snapshot_xip(seen) from ledger.seal_state)))
order by f.xid, f.stream, f.version
"""
_SEAL: Final = """
insert into ledger.sealed (position, stream, version, leaf)
select * from unnest($1::bigint[], $2::uuid[], $3::int[], $4::bytea[])
"""
_MOVE: Final = "update ledger.seal_state set size = $1, seen = pg_current_snapshot()"
_ALARM: Final = """
insert into ledger.alarms (stream, version) select * from unnest($1::uuid[], $2::int[]) on conflict do nothing
"""
_SEALED_FACTS: Final = """
select s.position, f.stream, f.version, f.kind, f.body, f.mac, s.leaf
from ledger.sealed s left join ledger.facts f using (stream, version)
where s.position >= $1 and s.position < $2 order by s.position
"""
_NAMED_FACTS: Final = (
    "select stream, version, kind, body, mac from ledger.facts where starts_with(kind, $1) order by 1, 2"
)
_ALL_FACTS: Final = "select stream, version, kind, body, mac from ledger.facts order by xid, stream, version"


class Incomplete(msgspec.Struct, frozen=True):
    """A command that could not be written whole; `written` parts of it are in, and must come out again."""

    command: int
    written: int


class Batch(msgspec.Struct):
    """What one transaction appends: columns of facts and of answers, each with the number of its command."""

    facts: list[tuple[UUID, int, str, bytes, bytes, int, bool]] = msgspec.field(default_factory=list)
    answers: list[tuple[UUID, bytes, int]] = msgspec.field(default_factory=list)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


async def append(connection: "Connection", batch: Batch) -> list[Incomplete]:
    """Insert the facts and answers of whole commands; the commands that are not complete."""
    rows = await connection.fetch(_APPEND, *_columns(batch.facts, 7), *_columns(batch.answers, 3))
    return [Incomplete(row["command"], row["written"]) for row in rows]


async def project(connection: "Connection", todo: Sequence[Wave]) -> None:
    """Write projection rows, wave after wave."""
    for wave in todo:
        await connection.execute(wave.statement.sql, *wave.columns)


async def load(connection: "Connection", stream: UUID) -> list[Stored]:
    """A history in its order."""
    return [Stored(*row) for row in await connection.fetch(_LOAD, stream)]


async def answer(connection: "Connection", key: UUID) -> bytes | None:
    """The answer that a command with this idempotency key got, if one was decided."""
    found: bytes | None = await connection.fetchval(_ANSWER, key)
    return found


async def unsealed(connection: "Connection") -> AsyncIterator[tuple[Stored, bytes]]:
    """Facts visible now that no earlier seal saw, with their codes. Needs a repeatable-read transaction."""
    async for row in connection.cursor(_UNSEALED, prefetch=CHUNK):
        yield Stored(row["stream"], row["version"], row["kind"], row["body"]), row["mac"]


async def seal(connection: "Connection", first: int, facts: Sequence[Stored], leaves: Sequence[bytes]) -> None:
    """Give facts their positions, from `first` on."""
    positions = range(first, first + len(facts))
    await connection.execute(
        _SEAL, list(positions), [f.stream for f in facts], [f.version for f in facts], list(leaves)
    )


async def move_seal(connection: "Connection", size: int) -> None:
    """Everything visible in this transaction has been looked at."""
    await connection.execute(_MOVE, size)


async def alarm(connection: "Connection", facts: Sequence[Stored]) -> None:
    """Remember facts that bear no valid code."""
    await connection.execute(_ALARM, [fact.stream for fact in facts], [fact.version for fact in facts])


async def alarms(connection: "Connection") -> int:
    """How many facts without a valid code were seen."""
    found: int = await connection.fetchval("select count(*) from ledger.alarms")
    return found


async def sealed_size(connection: "Connection") -> int:
    """How many facts have a position."""
    found: int = await connection.fetchval("select size from ledger.seal_state")
    return found


async def leaves_from(connection: "Connection", position: int) -> AsyncIterator[bytes]:
    """The leaf hashes from a position on. Needs a transaction."""
    query = "select leaf from ledger.sealed where position >= $1 order by position"
    async for row in connection.cursor(query, position, prefetch=CHUNK):
        yield row["leaf"]


class SealedFact(msgspec.Struct, frozen=True):
    """A position of the tree with what the facts table holds for it now: None if the fact is gone."""

    position: int
    leaf: bytes
    stored: Stored | None
    mac: bytes | None


async def sealed_facts(connection: "Connection", first: int, end: int) -> AsyncIterator[SealedFact]:
    """The facts at positions `first` to before `end`. Needs a transaction."""
    async for row in connection.cursor(_SEALED_FACTS, first, end, prefetch=CHUNK):
        gone = row["body"] is None
        stored = None if gone else Stored(row["stream"], row["version"], row["kind"], row["body"])
        yield SealedFact(row["position"], row["leaf"], stored, row["mac"])


async def sealed_fact(connection: "Connection", stream: UUID, version: int) -> SealedFact | None:
    """One fact with its position; None if it has none."""
    at = await connection.fetchval(
        "select position from ledger.sealed where stream = $1 and version = $2", stream, version
    )
    if at is None:
        return None
    async for found in sealed_facts(connection, at, at + 1):
        return found
    return None


async def all_facts(connection: "Connection") -> AsyncIterator[tuple[Stored, bytes]]:
    """Every fact with its code, causes before effects. Needs a transaction."""
    async for row in connection.cursor(_ALL_FACTS, prefetch=CHUNK):
        yield Stored(row["stream"], row["version"], row["kind"], row["body"]), row["mac"]


async def named_facts(connection: "Connection", name: str) -> AsyncIterator[tuple[Stored, bytes]]:
    """Every fact of a type with its code, whatever its version. Needs a transaction."""
    async for row in connection.cursor(_NAMED_FACTS, f"{name}/", prefetch=CHUNK):
        yield Stored(row["stream"], row["version"], row["kind"], row["body"]), row["mac"]


async def make_scratch(connection: "Connection", tables: Sequence[str]) -> None:
    """Empty twins of the projection tables, for this connection only."""
    for table in tables:
        await connection.execute(f"create temporary table {table} (like projections.{table} including all)")
    await connection.execute("set search_path = pg_temp, projections, working, ledger, public")


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


async def put_declarations(connection: "Connection", rows: Sequence[tuple[str, str, str, bytes]]) -> None:
    """Store declarations (hash, kind, id, bytes); those known already stay as they are."""
    query = (
        "insert into ledger.declarations (hash, kind, id, body) select * from"
        " unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) on conflict do nothing"
    )
    await connection.execute(query, *_columns(rows, 4))


async def declaration(connection: "Connection", version: str) -> bytes | None:
    """The bytes of a declaration by their hash."""
    found: bytes | None = await connection.fetchval("select body from ledger.declarations where hash = $1", version)
    return found
