"""The ledger that is measured: eight kinds of fact with a personal field, each with its table, behind the real door."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid4

import msgspec

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import (
    Change,
    CheckpointKey,
    Decision,
    Fact,
    FactBook,
    FactType,
    Ledger,
    Personal,
    Projection,
    Projections,
    Recorded,
    Row,
    Sealer,
    Statement,
    Table,
    Writer,
)
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import (
    Address,
    Cluster,
    connect,
    find_binaries,
    migrate,
    open_pool,
    read_migrations,
    start_cluster,
    stop_cluster,
)

READERS: Final = 12
PERSONS: Final = 1_000
"""As many people report by turns; they have their keys already, as almost everybody who comes to a counter has."""


class Report(Fact, frozen=True):
    """Somebody reports something of a street."""

    person: UUID
    name: Annotated[str | None, Personal(subject="person", kept="nothing")]
    street: str
    number: int


class Lamp(Report, frozen=True):
    """A lamp is dark."""


class Manhole(Report, frozen=True):
    """A cover is gone."""


class Rubbish(Report, frozen=True):
    """Rubbish lies about."""


class Noise(Report, frozen=True):
    """It is loud."""


class Tree(Report, frozen=True):
    """A tree leans."""


class Parking(Report, frozen=True):
    """A car is in the way."""


class Water(Report, frozen=True):
    """Water comes up."""


class Stall(Report, frozen=True):
    """A stall blocks the way."""


KINDS: Final[tuple[type[Report], ...]] = (Lamp, Manhole, Rubbish, Noise, Tree, Parking, Water, Stall)


class Noted(msgspec.Struct, frozen=True):
    """The answer to whoever reported."""

    report: UUID
    number: int


class Why(Reason):
    """Why a report is not taken."""

    MOVED = "moved"


def table_of(kind: type[Report]) -> str:
    """The table in which reports of a kind are shown.

    >>> table_of(Lamp)
    'lamp_reports'
    """
    return f"{kind.__name__.lower()}_reports"


_COLUMNS: Final = "report uuid, version int, person uuid, name text, street text, number int, at timestamptz"
_ARRAYS: Final = "$1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::timestamptz[]"
_SHOW: Final = {
    kind: Statement(table_of(kind), f"insert into {table_of(kind)} select * from unnest({_ARRAYS})") for kind in KINDS
}
_WAIT: Final = Statement("waiting", "insert into waiting select * from unnest($1::uuid[], $2::int[], $3::text[])")
_STEP: Final = Statement(
    "steps", "insert into steps select * from unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[])"
)
TABLES: Final = (
    *(f"create table projections.{table_of(kind)} ({_COLUMNS}, primary key (report, version))" for kind in KINDS),
    "create table projections.waiting (report uuid, version int, street text, primary key (report, version))",
    "create table projections.steps (report uuid, version int, step text, at timestamptz,"
    " primary key (report, version))",
)


def _shown(recorded: Recorded) -> Iterator[Row]:
    fact, key = recorded.fact, (recorded.stream, recorded.version)
    assert isinstance(fact, Report), "a projection is asked only for its own facts"
    yield Row(_SHOW[type(fact)], key, (*key, fact.person, fact.name, fact.street, fact.number, recorded.at))


def _shown_three_times(recorded: Recorded) -> Iterator[Row]:
    fact, key = recorded.fact, (recorded.stream, recorded.version)
    assert isinstance(fact, Report), "a projection is asked only for its own facts"
    yield from _shown(recorded)
    yield Row(_WAIT, key, (*key, fact.street))
    yield Row(_STEP, key, (*key, type(fact).__name__, recorded.at))


_REPORTS: Final = tuple(Table(table_of(kind), personal=("name",), subject="person") for kind in KINDS)
ROWS: Final = {
    0: Projections([]),
    1: Projections([Projection(_REPORTS, KINDS, _shown)]),
    3: Projections([Projection((*_REPORTS, Table("waiting"), Table("steps")), KINDS, _shown_three_times)]),
}
"""The projections by the number of rows that a fact writes."""


class Archive(msgspec.Struct):
    """A ledger on a database of its own, and the people who report."""

    ledger: Ledger
    sealer: Sealer
    book: FactBook
    projections: Projections
    signer: CheckpointKey
    owner: Address
    app: Address
    folder: Path
    people: Sequence[Acting]

    async def report(self, kind: type[Report], number: int, *, taken: UUID | None = None) -> Noted | Refused:
        """A report of one fact. With `taken` its author looked at a history that moved meanwhile: the command is
        written stale, decided again, and refused.
        """
        key, now, by = uuid4(), datetime.now(UTC), self.people[number % len(self.people)]
        assert by.person is not None, "somebody reports"
        fact = kind(by.person, "林晓梅", "410105001", number)
        looks = 0

        async def decide() -> Decision | Refused:
            nonlocal looks
            looks += 1
            if looks > 1:
                return Refused(Why.MOVED)
            stream = taken or derived_id(key, now=now, what="report")
            return Decision((Change(stream, 0, (fact,)),), Noted(stream, number))

        return await self.ledger.record(key, decide, Noted, by=by, now=now)

    async def bulk(self, facts: int, number: int) -> Noted | Refused:
        """A command of many facts of all kinds in eight histories; the personal field of each is locked."""
        key, now, by = uuid4(), datetime.now(UTC), self.people[number % len(self.people)]
        assert by.person is not None, "somebody reports"
        person, each = by.person, facts // len(KINDS)

        async def decide() -> Decision:
            changes = tuple(
                Change(
                    derived_id(key, now=now, what=kind.__name__),
                    0,
                    tuple(kind(person, "林晓梅", "410105001", one) for one in range(each)),
                )
                for kind in KINDS
            )
            return Decision(changes, Noted(changes[0].stream, number))

        return await self.ledger.record(key, decide, Noted, by=by, now=now)


async def moved_by_another(archive: Archive, kinds: Sequence[type[Report]], number: int) -> list[UUID]:
    """Histories that another process has written: this one's writer knows nothing of them."""
    writer, ours = Writer(archive.app), archive.ledger
    rival = Ledger(ours.readers, writer, ours.book, ours.projections, ours.ciphers)
    found = await asyncio.gather(
        *(msgspec.structs.replace(archive, ledger=rival).report(kinds[one % len(kinds)], one) for one in range(number))
    )
    await writer.close()
    return [one.report for one in found if isinstance(one, Noted)]


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """The city's own PostgreSQL with its own settings, for the time of a measurement."""
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    folder.chmod(0o755)
    cluster = start_cluster(find_binaries(), folder / "data", tell=lambda _: None)
    try:
        yield cluster
    finally:
        stop_cluster(cluster)
        shutil.rmtree(folder, ignore_errors=True)


async def settled(cluster: Cluster) -> None:
    """Write to disk what earlier measurements left, so that each begins alike."""
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute("checkpoint")
    await admin.close()


async def _database(cluster: Cluster, name: str) -> None:
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute(f"create database {name}")
    await admin.close()
    owner = await connect(cluster.address("onecity_owner", name))
    await migrate(owner, read_migrations(["ledger"]))
    await owner.execute(";".join(TABLES))
    await owner.close()


def _people(keys: KeyStore) -> list[Acting]:
    persons = [PersonId(uuid4()) for _ in range(PERSONS)]
    keys.ensure(persons)
    return [Acting(person, Channel.PHONE) for person in persons]


@asynccontextmanager
async def archive(
    cluster: Cluster, name: str, *, rows: int = 1, sealer: type[Sealer] = Sealer
) -> AsyncIterator[Archive]:
    """A fresh ledger on a fresh database, opened as the city opens its own."""
    await _database(cluster, name)
    app, folder = cluster.address("onecity_app", name), cluster.folder.parents[1] / name
    keys = KeyStore(folder / "keys")
    book = FactBook([FactType(f"bench.{kind.__name__.lower()}", kind) for kind in KINDS], keys, keys.service_key("mac"))
    signer = CheckpointKey("ledger.bench.example", keys.ring("checkpoint"))
    readers = await open_pool(app, size=READERS)
    writer, sealing = Writer(app), await connect(app)
    found = sealer(sealing, book, signer, folder / "ledger")
    await found.prepare()
    try:
        ledger = Ledger(readers, writer, book, ROWS[rows], keys)
        owner = cluster.address("onecity_owner", name)
        yield Archive(ledger, found, book, ROWS[rows], signer, owner, app, folder / "ledger", _people(keys))
    finally:
        await writer.close()
        await sealing.close()
        await readers.close()
        keys.close()
