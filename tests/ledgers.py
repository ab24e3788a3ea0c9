"""A small ledger for tests: two types of fact, one projection with a counter, and everything around it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import msgspec

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Refused
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
    fold_version,
)
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import Address, connect, migrate, open_pool, read_migrations

NOON = datetime(2020, 9, 22, 4, tzinfo=UTC)
ORIGIN = "ledger.test.example"


class Opened(Fact, frozen=True):
    """A box was opened for a person."""

    owner: UUID
    name: Annotated[str | None, Personal(subject="owner", kept="nothing")]


class Added(Fact, frozen=True):
    """Something was put in."""

    amount: int


class Box(msgspec.Struct, frozen=True):
    """What the author of a command gets back."""

    box: UUID
    total: int


OPEN = Statement(
    "boxes", "insert into boxes (box, owner, name, total) select *, 0 from unnest($1::uuid[], $2::uuid[], $3::text[])"
)
ADD = Statement(
    "boxes",
    "update boxes b set total = b.total + t.amount from unnest($1::uuid[], $2::int[]) t(box, amount) where b.box = t.box",
)
COUNT = Statement(
    "counts",
    "insert into counts (what, n) select what, sum(n) from unnest($1::text[], $2::int[]) t(what, n) group by 1 order by 1 on conflict (what) do update set n = counts.n + excluded.n",
    shared=True,
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case Opened(owner, name):
            yield Row(OPEN, (recorded.stream,), (recorded.stream, owner, name))
        case Added(amount):
            yield Row(ADD, (recorded.stream,), (recorded.stream, amount))
            yield Row(COUNT, ("added",), ("added", amount))


BOXES = Projection((Table("boxes", personal=("name",), subject="owner"), Table("counts")), (Opened, Added), _apply)
TYPES = (FactType("test.opened", Opened), FactType("test.added", Added))
TABLES = """
create table projections.boxes (box uuid primary key, owner uuid not null, name text, total int not null);
create table projections.counts (what text primary key, n int not null);
"""


class House(msgspec.Struct):
    """A ledger with its keys, its sealer and the addresses of its database."""

    ledger: Ledger
    sealer: Sealer
    keys: KeyStore
    book: FactBook
    projections: Projections
    signer: CheckpointKey
    owner: Address
    app: Address
    folder: Path

    async def open(self, key: UUID, name: str, amounts: tuple[int, ...] = (), *, now: datetime = NOON) -> Box | Refused:
        box, owner = derived_id(key, now=now, what="box"), derived_id(key, now=now, what="owner")

        async def decide() -> Decision:
            facts: tuple[Fact, ...] = (Opened(owner, name), *(Added(amount) for amount in amounts))
            return Decision((Change(box, 0, facts),), Box(box, sum(amounts)))

        return await self.ledger.record(key, decide, Box, by=the_city(), now=now)

    async def add(self, box: UUID, amount: int, key: UUID | None = None, by: Acting | None = None) -> Box | Refused:
        async def decide() -> Decision:
            history = await self.ledger.history(box)
            total = sum(one.fact.amount for one in history if isinstance(one.fact, Added)) + amount
            return Decision((Change(box, fold_version(history), (Added(amount),)),), Box(box, total))

        return await self.ledger.record(key or uuid4(), decide, Box, by=by or the_city(), now=NOON)


@asynccontextmanager
async def house(owner: Address, app: Address, folder: Path, *, fresh: bool = True) -> AsyncIterator[House]:
    """A ledger on a database; `fresh` makes its tables."""
    if fresh:
        admin = await connect(owner)
        await migrate(admin, read_migrations(["ledger", "machinery"]))
        await admin.execute(TABLES)
        await admin.close()
    keys = KeyStore(folder / "keys")
    book = FactBook(TYPES, keys, keys.service_key("mac"))
    projections = Projections([BOXES])
    signer = CheckpointKey(ORIGIN, keys.ring("checkpoint"))
    readers = await open_pool(app, size=4)
    writer = Writer(app)
    sealing = await connect(app)
    sealer = Sealer(sealing, book, signer, folder / "ledger")
    await sealer.prepare()
    yield House(
        Ledger(readers, writer, book, projections, keys), sealer, keys, book, projections, signer, owner, app, folder
    )
    await writer.close()
    await sealing.close()
    await readers.close()
    keys.close()
