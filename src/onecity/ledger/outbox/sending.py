"""Sends what is sealed to a sink: asks what the sink holds, goes on behind it, moves the cursor when it took more.

The sink itself knows best what it took. If the city was killed between its answer and the cursor, or the sink lost its
newest facts with its machine, the next look finds where to go on; nothing is left out and nothing comes twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Counter

from onecity.kernel.errors import Unavailable
from onecity.ledger import store
from onecity.ledger.facts import FactBook
from onecity.ledger.outbox import Holds, Leaving, OtherHistory, Sink, SinkFailure, Way
from onecity.ledger.store import following
from onecity.ledger.tree import leaf_hash

if TYPE_CHECKING:
    from asyncpg import Pool

FOLLOWER: Final = "ledger.outbox"
SENT: Final = Counter("onecity_outbox_sent", "Facts that the sink took")
FAILURES: Final = Counter("onecity_outbox_failures", "Looks at the sink that ended without it", ["why"])
MOST: Final = 500
"""Facts that are handed over at once."""
_MOST_STRETCHES: Final = 20
"""One run hands over so many times at most: whoever holds the line must look whether it still does."""
_LOOK: Final = timedelta(seconds=60)
"""Even if nothing waits the sink is asked so often: one that lost facts gets them again."""
_AGAIN: Final = timedelta(seconds=5)
_LOG: Final = structlog.get_logger("onecity.outbox")
_FORGED: Final = "What the database holds here is not what the city sealed. Nothing leaves until that is clear."


class Outbox:
    """The sealed ledger on its way to a sink. Run by one process at a time; a second one could only be refused."""

    def __init__(self, readers: "Pool", book: FactBook, sink: Sink) -> None:
        self._readers = readers
        self._book = book
        self._sink = sink
        self._look: datetime | None = None
        self._failure = ""

    async def run(self, now: datetime) -> int:
        """Send what waits; how many facts the sink took. A sink that takes nothing is asked again a little later."""
        if not await self._due(now):
            return 0
        try:
            async with self._sink.open() as way:
                sent = await self._sent(way)
        except SinkFailure as failure:
            self._look = now + _AGAIN
            self._told(failure)
            return 0
        self._look = now + _LOOK
        self._told(None)
        return sent

    async def _due(self, now: datetime) -> bool:
        if self._look is not None and (now >= self._look or self._failure):
            return now >= self._look
        async with self._readers.acquire() as connection:
            if self._look is None:
                # Who watches over the city hears of what waits, also if the sink was never reached.
                await following.begin(connection, FOLLOWER, 0)
                return True
            return await following.position(connection, FOLLOWER) < await store.sealed_size(connection)

    async def _sent(self, way: Way) -> int:
        first = position = await self._begins(await way.holds())
        for _ in range(_MOST_STRETCHES):
            facts = await self._waiting(position)
            if not facts:
                break
            await way.take(facts)
            position += len(facts)
            SENT.inc(len(facts))
            await self._move(position)
        return position - first

    async def _begins(self, holds: Holds) -> int:
        """The position behind what a sink holds. Raises OtherHistory if it holds something that is not ours."""
        async with self._readers.acquire() as connection:
            kept = await following.position(connection, FOLLOWER)
            if holds.last is None:
                # Who let everything go after its time has had it; who never had anything gets all.
                position = kept if holds.held else 0
            elif await following.leaf_at(connection, holds.last.position) != holds.last.leaf:
                raise OtherHistory(
                    f"{self._sink.name} holds a fact at position {holds.last.position} that this city did not seal. "
                    "Name another stream, and find out whether the city was restored or another city writes there."
                )
            else:
                position = holds.last.position + 1
        await self._move(position)
        return position

    async def _waiting(self, first: int) -> Sequence[Leaving]:
        """The next facts that are sealed. Raises Unavailable if one of them is not what the city wrote."""
        async with self._readers.acquire() as connection:
            async with connection.transaction():
                found = [one async for one in store.sealed_facts(connection, first, first + MOST)]
            if found:
                # What only this machine has, and a failover would take back, nobody elsewhere may hear of.
                await store.settle(connection)
        facts = []
        for place, one in enumerate(found, first):
            entry = one.stored.entry() if one.stored else b""
            if one.stored is None or one.position != place or one.leaf != leaf_hash(entry):
                raise Unavailable(_FORGED)
            if self._book.code(entry) != one.mac:
                raise Unavailable(_FORGED)
            facts.append(Leaving(place, one.leaf, one.stored))
        return facts

    async def _move(self, position: int) -> None:
        async with self._readers.acquire() as connection:
            await following.begin(connection, FOLLOWER, position)
            await following.move(connection, FOLLOWER, position)

    def _told(self, failure: SinkFailure | None) -> None:
        """Count a failure, and say in the log when facts begin to wait, for another reason, or no longer."""
        why = type(failure).__name__ if failure else ""
        if failure:
            FAILURES.labels(why).inc()
        if failure and why != self._failure:
            _LOG.warning("facts wait for the sink", why=why, sentence=failure.sentence)
        elif self._failure and not failure:
            _LOG.info("the sink takes facts again")
        self._failure = why
