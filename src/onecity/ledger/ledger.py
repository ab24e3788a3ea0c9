"""The door to the city's memory: load a history, append to several at once, get the first answer again.

Answers are kept as long as facts, see `docs/adr/0012-keep-every-answer.md`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

import msgspec
from prometheus_client import Counter

from onecity.kernel.acting import Acting
from onecity.kernel.errors import Unavailable
from onecity.kernel.refusal import Refused
from onecity.ledger import store
from onecity.ledger.answers import kept, told
from onecity.ledger.facts import Fact, FactBook, Recorded
from onecity.ledger.looking import Together
from onecity.ledger.projections import Projections
from onecity.ledger.writer import Writer, Written
from onecity.machinery.postgres import Readers
from onecity.machinery.sealed import Ciphers

A = TypeVar("A", bound=msgspec.Struct)

_FORGED: Final = "What the database holds here is not what the city wrote. Nothing is done with it until that is clear."

REFUSED: Final = Counter("onecity_ledger_refused", "Commands that the rules refused")
MOST_TRIES: Final = 8
"""A command whose histories moved meanwhile is decided again, at most this often."""


class Change(msgspec.Struct, frozen=True):
    """Facts for one history. `expected` is its version as it was loaded, 0 for a new one."""

    stream: UUID
    expected: int
    facts: tuple[Fact, ...]


class Decision(msgspec.Struct, frozen=True):
    """What a command does: changes of histories, and the answer that its author gets, now and at every repeat."""

    changes: tuple[Change, ...]
    answer: msgspec.Struct


Decide = Callable[[], Awaitable[Decision | Refused]]


class Ledger:
    """Append-only histories with projections that follow in the same transaction."""

    def __init__(
        self, readers: Readers, writer: Writer, book: FactBook, projections: Projections, ciphers: Ciphers
    ) -> None:
        self.readers = readers
        self.book = book
        self.projections = projections
        self._writer = writer
        self.ciphers = ciphers
        self._histories = Together(self._load)
        self._keys = Together(self._keys_made)

    async def history(self, stream: UUID) -> tuple[Recorded, ...]:
        """All facts of a stream in their order; empty if there is no such stream.

        Raises Unavailable if one of them does not bear the city's code: nothing is decided on what somebody slipped in.
        """
        found = await self._histories.ask(stream)
        if any(self.book.mac(stored) != mac for stored, mac in found):
            raise Unavailable(_FORGED)
        return tuple(self.book.read(stored) for stored, _ in found)

    async def _load(self, streams: Sequence[UUID]) -> list[list[store.Coded]]:
        async with self.readers.acquire() as connection:
            if len(streams) == 1:
                return [await store.load(connection, streams[0])]
            found = await store.load_all(connection, streams)
        return [found[stream] for stream in streams]

    async def told(self, streams: Sequence[UUID]) -> list[dict[str, Any]]:
        """Everything that some histories say, for whoever they are about."""
        return [self.book.told(one) for stream in streams for one in await self.history(stream)]

    async def clear(self, subject: UUID) -> int:
        """Empty what projections say of a person in clear, as they would read if folded without the person's key.

        How many rows said something. Facts stay as they are: their personal fields are gone with the key.
        """
        said = 0
        async with self.readers.acquire() as connection, connection.transaction():
            for table in self.projections.tables:
                if table.personal:
                    assert table.subject is not None, f"{table.name} says things of nobody"
                    said += await store.clear_personal(connection, table.name, table.personal, table.subject, subject)
        return said

    async def record(
        self, key: UUID, decide: Decide, answer_type: type[A], *, by: Acting, now: datetime
    ) -> A | Refused:
        """Decide a command and write what was decided. A repeat of the key gets the first answer, and a refusal if the
        key knows that something else was sent with it then.

        `decide` loads, asks the rules and returns a decision, and does nothing beside; it is asked again if a history
        moved or somebody was forgotten meanwhile. Nearly every command is new, so whether it is a repeat is asked only
        where it would show: the database does not take a key twice, and what was done once is mostly refused the second
        time.
        Raises Unavailable if the histories never stand still.
        """
        own = own_key(key, by, answer_type)
        for tries in range(MOST_TRIES):
            decision = await decide()
            if isinstance(decision, Refused):
                REFUSED.inc()
                return await self._first_answer(own, key, answer_type) or decision
            assert isinstance(decision.answer, answer_type), "a command answers in its own type"
            answer = kept(msgspec.json.encode(decision.answer), key)
            written = await self._written(own, answer, decision, by, now)
            if written is None:
                continue
            if await self._writer.write(written, again=tries > 0):
                return decision.answer
            if (before := await self._first_answer(own, key, answer_type)) is not None:
                return before
        raise Unavailable("Many people are changing the same thing just now. Please try again in a moment.")

    async def answered(self, key: UUID, answer_type: type[A], *, by: Acting) -> A | None:
        """What a command was answered, if it was decided before: for whoever prepares something beside the ledger."""
        found = await self._first_answer(own_key(key, by, answer_type), key, answer_type)
        assert not isinstance(found, Refused), "who prepares something comes with a plain key"
        return found

    async def _first_answer(self, own: UUID, key: UUID, answer_type: type[A]) -> A | Refused | None:
        """What a command with this key was answered, if one was decided before; refused if that was another one."""
        found = await self._writer.first_answer(own)
        if found is None:
            return None
        before = told(found, key)
        return before if isinstance(before, Refused) else msgspec.json.decode(before, type=answer_type)

    async def _written(self, key: UUID, answer: bytes, decision: Decision, by: Acting, now: datetime) -> Written | None:
        """The rows of a decision; None if somebody of it was forgotten while others got their keys."""
        recorded = [
            Recorded(change.stream, change.expected + number, now, by, fact)
            for change in decision.changes
            for number, fact in enumerate(change.facts, 1)
        ]
        subjects = self.book.subjects([one.fact for one in recorded])
        if missing := self.ciphers.missing(subjects):
            await self._keys.ask(missing)
            if self.ciphers.missing(subjects):
                return None
        assert len({(one.stream, one.version) for one in recorded}) == len(recorded), "a history moves once a command"
        stored = [self.book.written(one) for one in recorded]
        rows = tuple(row for one in recorded for row in self.projections.rows(one))
        facts = tuple((one, self.book.mac(one)) for one in stored)
        return Written(key, answer, facts, rows)

    async def _keys_made(self, asked: Sequence[Sequence[UUID]]) -> Sequence[None]:
        """Keys for new subjects, on disk before anything is locked under them; who asks together waits for one disk."""
        await asyncio.to_thread(self.ciphers.make, sorted({subject for missing in asked for subject in missing}))
        return [None] * len(asked)


def own_key(key: UUID, by: Acting, answer_type: type[msgspec.Struct]) -> UUID:
    """The key under which an answer is kept: that of its author, of whom they act for, and of a kind of command."""
    whose = by.person if by.on_behalf_of is None else f"{by.person} for {by.on_behalf_of}"
    return uuid5(key, f"{whose} {answer_type.__name__}")


def fold_version(history: Sequence[Recorded]) -> int:
    """The version that a history has reached; the next fact follows it."""
    return history[-1].version if history else 0
