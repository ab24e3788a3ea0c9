"""The read log: whenever an officer sees a person's data, the person can see it, and nobody can take it back.

Looks are rows that are written before the data are shown. Once a minute they enter the tree as one fact per batch with
their root and count, so that a look that is changed or removed afterwards is noticed. What somebody removes within
that minute leaves no trace: the price of not writing a fact for every look.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.ledger import Change, Damage, Decision, FactBook, Ledger, Together, facts_of, leaf_hash, root_of
from onecity.people.facts import ReadsRecorded
from onecity.people.model import Logged, Read
from onecity.people.store import reads as store

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

KEPT: Final = timedelta(days=3 * 366)
"""How long a look is kept: as long as the person could still sue for it.

Source: 民法典 §188 (2021-01-01): three years; 网络安全法 §21 (2017-06-01): logs at least six months.
"""

_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode


class Told(msgspec.Struct, frozen=True):
    """The answer to a batch."""

    batch: UUID
    count: int


class ReadLog:
    """Written before the data are shown: whoever cannot be recorded sees nothing."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._noting = Together(self._put)

    async def note(self, subject: UUID, what: str, *, about: UUID, by: Acting, now: datetime) -> None:
        """Record a look at a person's data by an officer in a duty."""
        assert by.person is not None and by.duty is not None and by.scope is not None, "officers read in a duty"
        read = Read(uuid4(), now, by.person, by.duty, by.scope.department, by.scope.area, about, what)
        await self._noting.ask(Logged(subject, read))

    async def note_engineer(self, subject: UUID, what: str, *, now: datetime) -> None:
        """Record that somebody looked at a person's data on the machine itself, by a command."""
        await self._noting.ask(Logged(subject, Read(uuid4(), now, None, "", "", "", subject, what)))

    async def _put(self, looks: Sequence[Logged]) -> list[None]:
        """Looks of the same moment are one statement: each is durable before anybody sees anything."""
        async with self._pool.acquire() as connection:
            await store.put(connection, looks)
        return [None] * len(looks)

    async def of(
        self, subject: UUID, *, about: UUID | None = None, limit: int | None = None, offset: int = 0
    ) -> list[Read]:
        """Who looked at a person's data, the latest first: at all, or those about one thing."""
        async with self._pool.acquire() as connection:
            return await store.of(connection, subject, about=about, limit=limit, offset=offset)

    async def count_since(self, subject: UUID, since: datetime) -> int:
        """How often a person's data were looked at since an instant."""
        async with self._pool.acquire() as connection:
            return await store.count_since(connection, subject, since)

    async def own(self, read: UUID, subject: UUID) -> Read | None:
        """One look, if it was at this person's data."""
        async with self._pool.acquire() as connection:
            return await store.own(connection, read, subject)

    async def enter(self, ledger: Ledger, *, by: Acting, now: datetime) -> int:
        """Give the looks since the last time a batch and tell the batch as a fact; how many looks.

        A batch that was gathered and not told, because somebody pulled the plug, is told now.
        """
        async with self._pool.acquire() as connection:
            await store.gather(connection, derived_id(uuid4(), now=now, what="reads"))
            waiting = [(batch, await store.of_batch(connection, batch)) for batch in await store.untold(connection)]
        for batch, reads in waiting:
            await _tell(batch, reads, ledger=ledger, by=by, now=now)
            async with self._pool.acquire() as connection:
                await store.tell(connection, batch)
        return sum(len(reads) for _, reads in waiting)

    async def purge(self, now: datetime) -> int:
        """Remove the looks that have been kept long enough, batch by batch."""
        async with self._pool.acquire() as connection:
            return await store.purge(connection, now - KEPT)


async def _tell(batch: UUID, reads: Sequence[Logged], *, ledger: Ledger, by: Acting, now: datetime) -> None:
    fact = ReadsRecorded(_root(reads), len(reads), max(one.read.at for one in reads))

    async def decide() -> Decision:
        return Decision((Change(batch, 0, (fact,)),), Told(batch, len(reads)))

    await ledger.record(batch, decide, Told, by=by, now=now)


def _root(reads: Sequence[Logged]) -> str:
    return root_of([leaf_hash(_ENCODE(one)) for one in reads]).hex()


async def damages_of_reads(connection: "Connection", book: FactBook, *, now: datetime) -> list[Damage]:
    """The batches of looks that are not what the tree says of them, while they must be kept."""
    told = {one.stream: one.fact for one in await facts_of(connection, book, "people.read_log_recorded")}
    found = [
        Damage(None, f"looks at people's data name the batch {batch}, of which no fact tells")
        for batch in await store.batches(connection)
        if batch not in told
    ]
    for batch, fact in told.items():
        assert isinstance(fact, ReadsRecorded), "asked for by this name"
        if fact.last < now - KEPT:
            continue
        reads = await store.of_batch(connection, batch)
        if len(reads) != fact.count:
            found.append(Damage(None, f"batch {batch} had {fact.count} looks at people's data and has {len(reads)}"))
        elif _root(reads) != fact.root:
            found.append(Damage(None, f"a look at people's data in batch {batch} was changed"))
    return found
