"""The SQL of the ledger; what only a rebuild needs stands in `rebuilding`."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from onecity.kernel.errors import Unavailable
from onecity.ledger.facts import Stored
from onecity.ledger.projections import Statement, Wave
from onecity.machinery.postgres import Doubts

if TYPE_CHECKING:
    from asyncpg import Connection, Record

CHUNK: Final = 2_000

# A command is stale if the first version of one of its histories is taken, or the one before it is missing (versions
# have no gaps, so no other needs a look), or if its idempotency key is taken.
_BATCH: Final = """
with batch_facts as materialized (
    select unnest($1::uuid[]) as stream, unnest($2::int[]) as version, unnest($3::text[]) as kind,
        unnest($4::bytea[]) as body, unnest($5::bytea[]) as mac
), batch_streams as materialized (
    select unnest($6::uuid[]) as stream, unnest($7::int[]) as version, unnest($8::int[]) as command
), batch_answers as materialized (
    select unnest($9::uuid[]) as key, unnest($10::bytea[]) as answer, unnest($11::int[]) as command
), batch_stale as materialized (
    select command from batch_streams b
        where exists (select from ledger.facts f where f.stream = b.stream and f.version = b.version)
    union all select command from batch_streams b where version > 1
        and not exists (select from ledger.facts f where f.stream = b.stream and f.version = b.version - 1)
    union all select command from batch_answers b where exists (select from ledger.answers a where a.key = b.key)
)"""
_BATCH_WIDTH: Final = 11

# Looks first, so a stale command costs no rollback. Says what it wrote of each history, and which answers.
_APPEND: Final = f"""{_BATCH}, new_facts as (
    insert into ledger.facts (stream, version, kind, body, mac)
    select stream, version, kind, body, mac from batch_facts where stream not in
        (select stream from batch_streams where command in (select command from batch_stale)) order by 1, 2
    on conflict do nothing returning stream
), new_answers as (
    insert into ledger.answers (key, answer)
    select key, answer from batch_answers where command not in (select command from batch_stale) order by 1
    on conflict do nothing returning key
)
select stream as id, count(*) as written from new_facts group by 1 union all select key, 1 from new_answers
"""

# Fails, and nothing is in, if a command is stale: the look is the main query, which runs before anything is written.
# The failure is a word that is no number, and the word names who is stale: they need not be asked for.
# PostgreSQL then runs the parts from the last to the first: facts before answers before projections, as step by step.
_AT_ONCE: Final = """{batch}{rows}, batch_new_answers as (
    insert into ledger.answers (key, answer) select key, answer from batch_answers order by 1
), batch_new_facts as (
    insert into ledger.facts (stream, version, kind, body, mac)
    select stream, version, kind, body, mac from batch_facts order by 1, 2
)
select ('stale ' || string_agg(command::text, ' '))::int from batch_stale
"""
_NAMED_STALE: Final = re.compile(r"[\"“„«»]stale (\d+(?: \d+)*)[\"”“»«]$")
_PARAMETER: Final = re.compile(r"\$(\d+)")

# Where all arrays have one member, it travels without them: their packing costs a lone command a tenth of its time.
_UNNEST: Final = re.compile(r"unnest\((\$\d+::\w+)\[\]\)(?= as )")
_ARRAY: Final = re.compile(r"(\$\d+::\w+)\[\]")

_LOAD: Final = "select stream, version, kind, body, mac from ledger.facts where stream = $1 order by version"
_LOAD_ALL: Final = (
    "select stream, version, kind, body, mac from ledger.facts where stream = any ($1::uuid[]) order by stream, version"
)
_ANSWER: Final = "select key, answer from ledger.answers where key = $1"
_ANSWERS: Final = "select key, answer from ledger.answers where key = any ($1::uuid[])"

# Facts that the last seal could not see: begun since, or under way then. The upper end says nothing new (whatever is
# visible lies below it), but with it the planner expects few rows and takes the index, however many facts there are.
_UNSEALED: Final = """
select stream, version, kind, body, mac from (
    select * from ledger.facts where era = (select era from ledger.seal_state)
        and xid >= (select pg_snapshot_xmax(seen) from ledger.seal_state)
        and xid < pg_snapshot_xmax(pg_current_snapshot())
    union all
    select * from ledger.facts where era = (select era from ledger.seal_state)
        and xid = any (array(select pg_snapshot_xip(seen) from ledger.seal_state))
) new order by xid, stream, version
"""
_SEAL: Final = """
insert into ledger.sealed (position, stream, version, leaf)
select $1::bigint + number - 1, stream, version, leaf
from unnest($2::uuid[], $3::int[], $4::bytea[]) with ordinality as t(stream, version, leaf, number)
"""
_MOVE: Final = "update ledger.seal_state set size = $1, root = $2, seen = pg_current_snapshot()"
_LEFT: Final = """
select coalesce((select position + 1 from ledger.sealed order by position desc limit 1), 0) as size, root
from ledger.seal_state
"""
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
_ALL_FACTS: Final = "select stream, version, kind, body, mac from ledger.facts order by era, xid, stream, version"


_UNSURE: Final = "The database has not reached its standby. Try again in a moment; nothing is lost."


class Part(msgspec.Struct, frozen=True):
    """What one command brings to a batch: facts with their codes, the first version of each history, its answer."""

    facts: Sequence[tuple[Stored, bytes]]
    firsts: Mapping[UUID, int]
    key: UUID
    answer: bytes


class Batch:
    """Commands that are appended in one transaction, each under its number."""

    def __init__(self, parts: Mapping[int, Part]) -> None:
        self.parts = parts
        self._facts = [fact for part in parts.values() for fact in part.facts]
        self._firsts = [(*first, number) for number, part in parts.items() for first in part.firsts.items()]
        self.single = len(self._facts) == len(self._firsts) == len(parts) == 1

    def columns(self) -> list[Sequence[Any]]:
        """The batch as parameters of a statement."""
        return [
            [fact.stream for fact, _ in self._facts],
            [fact.version for fact, _ in self._facts],
            [fact.kind for fact, _ in self._facts],
            [fact.body for fact, _ in self._facts],
            [mac for _, mac in self._facts],
            *_columns(self._firsts, 3),
            [part.key for part in self.parts.values()],
            [part.answer for part in self.parts.values()],
            list(self.parts),
        ]

    def incomplete(self, written: Mapping[UUID, int]) -> "list[Incomplete]":
        """The commands that are not whole among what was written of each history and answer."""
        found = []
        for number, part in self.parts.items():
            got = sum(written.get(name, 0) for name in (*part.firsts, part.key))
            if got < len(part.facts) + 1:
                found.append(Incomplete(number, got))
        return found


class Incomplete(msgspec.Struct, frozen=True):
    """A command that could not be written whole; `written` parts of it are in, and must come out again."""

    command: int
    written: int


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


async def append(connection: "Connection", batch: Batch) -> list[Incomplete]:
    """Insert the facts and answers of whole commands; the commands that are not complete."""
    rows = await connection.fetch(_APPEND, *batch.columns())
    return batch.incomplete({row["id"]: row["written"] for row in rows})


async def project(connection: "Connection", todo: Sequence[Wave]) -> None:
    """Write projection rows, wave after wave."""
    for wave in todo:
        await connection.execute(wave.statement.sql, *wave.columns)


class Shape(msgspec.Struct, frozen=True):
    """What makes two batches travel as the same statement: the statements of their rows, and whether all is single."""

    statements: tuple[Statement, ...]
    single: bool


def shape_of(batch: Batch, todo: Sequence[Wave]) -> Shape:
    """The shape of a batch with its projection rows."""
    single = batch.single and all(len(wave.columns[0]) == 1 for wave in todo)
    return Shape(tuple(wave.statement for wave in todo), single)


async def append_at_once(connection: "Connection", batch: Batch, todo: Sequence[Wave]) -> None:
    """Append a batch with projection rows in one statement; outside a transaction it is durable when this returns.

    Only for waves that need not wait for each other. Raises a PostgresError, and nothing is in, if a command is stale.
    """
    shape = shape_of(batch, todo)
    columns = [*batch.columns(), *(column for wave in todo for column in wave.columns)]
    params = [column[0] for column in columns] if shape.single else columns
    await connection.execute(_at_once(shape), *params)


@lru_cache(maxsize=512)
def _at_once(shape: Shape) -> str:
    """The statement that appends batches of a shape."""
    parts: list[str] = []
    taken = _BATCH_WIDTH
    for statement in shape.statements:
        numbers = [int(number) for number in _PARAMETER.findall(statement.sql)]
        shifted = _PARAMETER.sub(partial(_shifted, taken), statement.sql)
        parts.insert(0, f", batch_rows_{taken} as ({shifted})")
        taken += max(numbers)
    query = _AT_ONCE.format(batch=_BATCH, rows="".join(parts))
    return _ARRAY.sub(r"array[\1]", _UNNEST.sub(r"\1", query)) if shape.single else query


def _shifted(by: int, parameter: re.Match[str]) -> str:
    return f"${int(parameter[1]) + by}"


def stale(failure: asyncpg.PostgresError) -> set[int]:
    """The commands of a batch that could not be written at once, as the failure names them; none if it is another."""
    named = _NAMED_STALE.search(str(failure)) if isinstance(failure, asyncpg.InvalidTextRepresentationError) else None
    return {int(number) for number in named[1].split()} if named else set()


Coded: TypeAlias = tuple[Stored, bytes]
"""A fact with the code that it bears."""


async def load(connection: "Connection", stream: UUID) -> list[Coded]:
    """A history in its order."""
    return [_coded(row) for row in await connection.fetch(_LOAD, stream)]


async def load_all(connection: "Connection", streams: Sequence[UUID]) -> dict[UUID, list[Coded]]:
    """Several histories, each in its order; a stream that does not exist has none."""
    found: dict[UUID, list[Coded]] = {stream: [] for stream in streams}
    for row in await connection.fetch(_LOAD_ALL, list(found)):
        found[row["stream"]].append(_coded(row))
    return found


def _coded(row: "Record") -> Coded:
    stream, version, kind, body, mac = row
    return Stored(stream, version, kind, body), mac


async def answers(connection: "Connection", keys: Sequence[UUID]) -> dict[UUID, bytes]:
    """The answers that the commands with these idempotency keys got, of those that were decided."""
    if len(keys) == 1:
        found = await connection.fetch(_ANSWER, keys[0])
    else:
        found = await connection.fetch(_ANSWERS, keys)
    return {row["key"]: row["answer"] for row in found}


async def chunks(connection: "Connection", query: str, *params: object) -> AsyncIterator[list["Record"]]:
    """The rows of a query, many at a time. Needs a transaction."""
    cursor = await connection.cursor(query, *params)
    while rows := await cursor.fetch(CHUNK):
        yield rows


async def unsealed(connection: "Connection") -> AsyncIterator[tuple[Stored, bytes]]:
    """Facts visible now that no earlier seal saw, with their codes. Needs a repeatable-read transaction."""
    async for rows in chunks(connection, _UNSEALED):
        for stream, version, kind, body, mac in rows:
            yield Stored(stream, version, kind, body), mac


async def seal(connection: "Connection", first: int, facts: Sequence[Stored], leaves: Sequence[bytes]) -> None:
    """Give facts their positions, from `first` on."""
    await connection.execute(_SEAL, first, [f.stream for f in facts], [f.version for f in facts], leaves)


async def move_seal(connection: "Connection", size: int, root: bytes) -> None:
    """Everything visible in this transaction has been looked at, and the tree has this size and root."""
    await connection.execute(_MOVE, size, root)
    await connection.execute("insert into ledger.seals values ($1, $2) on conflict do nothing", size, root)


class Left(msgspec.Struct, frozen=True):
    """Where the last seal left the tree: positions up to `size`, under `root`. No root: nothing was sealed yet."""

    size: int
    root: bytes | None


async def left(connection: "Connection") -> Left:
    """What the database says of the tree; the size is that of the positions themselves."""
    row = await connection.fetchrow(_LEFT)
    return Left(row["size"], row["root"])


async def settle(connection: "Connection") -> None:
    """Wait until everything that was read before is where a commit waits for it: on this disk and at the standby.

    A commit whose wait was broken off can be read although only this machine has it. Nobody is told of such a thing by
    the house until it is as safe as it was meant to be; a machine that was cut off waits here, and says nothing.
    Raises Unavailable if this wait is broken off too.
    """
    with Doubts(connection) as doubts:
        await connection.execute("select pg_logical_emit_message(true, 'onecity', '')")
    if doubts.any:
        raise Unavailable(_UNSURE) from asyncpg.QueryCanceledError("somebody cancelled the wait for the standby")


async def alarm(connection: "Connection", facts: Sequence[Stored]) -> None:
    """Remember facts that bear no valid code."""
    await connection.execute(_ALARM, [fact.stream for fact in facts], [fact.version for fact in facts])


async def sealed_size(connection: "Connection") -> int:
    """How many facts have a position."""
    found: int = await connection.fetchval("select size from ledger.seal_state")
    return found


async def leaves_from(connection: "Connection", position: int) -> AsyncIterator[bytes]:
    """The leaf hashes from a position on. Needs a transaction."""
    query = "select leaf from ledger.sealed where position >= $1 order by position"
    async for rows in chunks(connection, query, position):
        for (leaf,) in rows:
            yield leaf


async def leaves_before(connection: "Connection", end: int) -> AsyncIterator[bytes]:
    """The leaf hashes from the first position to before `end`. Needs a transaction."""
    query = "select leaf from ledger.sealed where position < $1 order by position"
    async for rows in chunks(connection, query, end):
        for (leaf,) in rows:
            yield leaf


class SealedFact(msgspec.Struct, frozen=True):
    """A position of the tree with what the facts table holds for it now: None if the fact is gone."""

    position: int
    leaf: bytes
    stored: Stored | None
    mac: bytes | None


async def sealed_facts(connection: "Connection", first: int, end: int) -> AsyncIterator[SealedFact]:
    """The facts at positions `first` to before `end`. Needs a transaction."""
    async for rows in chunks(connection, _SEALED_FACTS, first, end):
        for position, stream, version, kind, body, mac, leaf in rows:
            stored = None if body is None else Stored(stream, version, kind, body)
            yield SealedFact(position, leaf, stored, mac)


async def sealed_fact(connection: "Connection", stream: UUID, version: int) -> SealedFact | None:
    """One fact with its position; None if it has none. Needs a transaction."""
    # Two looks by index: joined, a planner that knows no figures yet would read every fact there is.
    sealed = await connection.fetchrow(
        "select position, leaf from ledger.sealed where stream = $1 and version = $2", stream, version
    )
    if sealed is None:
        return None
    kept = await connection.fetchrow(
        "select stream, version, kind, body, mac from ledger.facts where stream = $1 and version = $2", stream, version
    )
    stored = Stored(*kept[:4]) if kept else None
    return SealedFact(sealed["position"], sealed["leaf"], stored, kept["mac"] if kept else None)


async def all_facts(connection: "Connection") -> AsyncIterator[tuple[Stored, bytes]]:
    """Every fact with its code, causes before effects. Needs a transaction."""
    async for rows in chunks(connection, _ALL_FACTS):
        for stream, version, kind, body, mac in rows:
            yield Stored(stream, version, kind, body), mac


async def named_facts(connection: "Connection", name: str) -> AsyncIterator[tuple[Stored, bytes]]:
    """Every fact of a type with its code, whatever its version. Needs a transaction."""
    async for row in connection.cursor(_NAMED_FACTS, f"{name}/", prefetch=CHUNK):
        yield Stored(row["stream"], row["version"], row["kind"], row["body"]), row["mac"]


async def clear_personal(connection: "Connection", table: str, columns: Sequence[str], subject: str, who: UUID) -> int:
    """Empty what a projection says of a person in clear; how many rows said something."""
    said = " or ".join(f"{column} is not null" for column in columns)
    emptied = ", ".join(f"{column} = null" for column in columns)
    gone: int = await connection.fetchval(
        f"with gone as (update projections.{table} set {emptied} where {subject} = $1 and ({said}) returning 1)"
        " select count(*) from gone",
        who,
    )
    return gone
