"""Telling people of their letters: a job that looks which letters somebody should hear of, and hands messages over.

What must be told follows from facts: a letter was sent, its reader wishes a channel, and no end of that delivery is a
fact. A first look goes over the letters of a week, so nothing is lost with a runner that was killed; later looks begin
where the last one ended, less an hour for commands that were still being written. Nobody is told of older letters.

Once on the inside, at least once outside: each try is counted before it is made, and each end is one fact, whoever
repeats it. But if the city is killed after a message was handed over and before that is a fact, the message goes out a
second time: the outside world has no idempotency keys.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec
import structlog
from prometheus_client import Counter

from onecity.kernel.acting import the_city
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, Recorded, fold_version
from onecity.machinery.tracing import going_on
from onecity.notices import store
from onecity.notices.facts import LetterDelivered, LetterSent, PostEnd
from onecity.notices.messages import message
from onecity.notices.model import Wish
from onecity.notices.post import Failed, Post, Sent
from onecity.notices.rules import MOST_TRIES
from onecity.notices.store import DueRow
from onecity.notices.usecases import wish
from onecity.notices.writing import Scribe
from onecity.packs import Text

_LOG: Final = structlog.get_logger("onecity.notices")
ENDED: Final = Counter("onecity_letters_told", "Messages about letters, by how their delivery ended", ["end"])
for _end in PostEnd:
    # Counted from nought on, so that the first one is seen as a rise.
    ENDED.labels(_end)
_LOOK_BACK: Final = timedelta(days=7)
_STILL_WRITING: Final = timedelta(hours=1)
_AT_ONCE: Final = 8
_MOST_ROUNDS: Final = 25
"""One run hands over at most this many rounds, so that other jobs have their turn."""


class Ended(msgspec.Struct, frozen=True):
    """The answer to the end of a delivery."""

    letter: UUID


class Postman(msgspec.Struct):
    """Hands messages over. `city` is its name in the messages, `address` where people read their letters."""

    ledger: Ledger
    post: Post
    scribe: Scribe
    city: Text
    address: str
    looked: datetime | None = None

    async def run(self, now: datetime) -> int:
        """Hand over what is due, as long as all goes well; how many deliveries ended."""
        async with self.ledger.readers.acquire() as connection:
            await store.take(connection, self.post.channels, self.looked or now - _LOOK_BACK, now)
        self.looked = now - _STILL_WRITING
        ended = 0
        for _ in range(_MOST_ROUNDS):
            async with self.ledger.readers.acquire() as connection:
                due = await store.claim(connection, now, _AT_ONCE)
            # One message that breaks off leaves the others of its round to their ends.
            answers = await asyncio.gather(*(self._going_on(one, now) for one in due), return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
                ended += answer
            if len(due) < _AT_ONCE or not all(answers):
                break
        return ended

    async def _going_on(self, due: DueRow, now: datetime) -> bool:
        with going_on("notices.post", [due.letter]):
            return await self._told(due, now)

    async def _told(self, due: DueRow, now: datetime) -> bool:
        """One try; whether the delivery came to an end."""
        if due.handed:
            _LOG.warning("a message may go out twice", letter=str(due.letter), channel=due.channel)
        history = await self.ledger.history(due.letter)
        sent = history[0].fact
        assert isinstance(sent, LetterSent), "what is under way is a letter"
        wished = await wish(sent.to, ledger=self.ledger)
        state = None
        if due.channel in wished.channels and not _is_ended(history, due):
            state = await self._handed(due, sent, wished)
            if state is None:
                await self._wait(due)
                return False
            await self._end(due, state, now)
        async with self.ledger.readers.acquire() as connection:
            await store.drop(connection, due)
        return True

    async def _handed(self, due: DueRow, sent: LetterSent, wished: Wish) -> PostEnd | None:
        """Hand one message over; how that ended, or None if it is to be tried again."""
        to = wished.addresses.get(due.channel)
        if to is None:
            return PostEnd.REFUSED
        if due.tries > MOST_TRIES:
            return PostEnd.GIVEN_UP
        link = f"{self.address}/letters/{due.letter}"
        text = message(sent, wish=wished, scribe=self.scribe, city=self.city, link=link)
        # A channel that the city lost may come back before the tries are used up.
        known = due.channel in self.post.channels
        match await self.post.send(due.channel, to, text) if known else Failed():
            case Sent():
                return PostEnd.DELIVERED
            case Failed(for_good=True):
                return PostEnd.REFUSED
            case Failed():
                return PostEnd.GIVEN_UP if due.tries == MOST_TRIES else None

    async def _end(self, due: DueRow, state: PostEnd, now: datetime) -> None:
        async def decide() -> Decision:
            history = await self.ledger.history(due.letter)
            fact = LetterDelivered(due.channel, state, self.post.simulated)
            facts = () if _is_ended(history, due) else (fact,)
            return Decision((Change(due.letter, fold_version(history), facts),), Ended(due.letter))

        key = uuid5(due.letter, due.channel)
        done = await self.ledger.record(key, decide, Ended, by=the_city(), now=now)
        assert not isinstance(done, Refused), "nobody is asked whether a delivery ended"
        ENDED.labels(state).inc()

    async def _wait(self, due: DueRow) -> None:
        async with self.ledger.readers.acquire() as connection:
            await store.wait(connection, due)


def _is_ended(history: tuple[Recorded, ...], due: DueRow) -> bool:
    return any(isinstance(one.fact, LetterDelivered) and one.fact.channel == due.channel for one in history)
