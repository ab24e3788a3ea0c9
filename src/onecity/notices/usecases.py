"""Opening a letter, by which the city knows that it arrived; choosing by what one is told of letters."""

from collections.abc import Sequence, Set
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import began_ms, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.notices import store
from onecity.notices.facts import LetterOpened, LetterSent, PostChannel, PostChosen
from onecity.notices.model import Wish, wish_of
from onecity.notices.rules import Choice, Why, faults_of


class Letter(msgspec.Struct, frozen=True):
    """A letter with what it says."""

    id: UUID
    sent: datetime
    fact: LetterSent


class Opened(msgspec.Struct, frozen=True):
    """The answer to an opening."""

    letter: UUID


async def open_letter(
    letter: UUID, *, within: Sequence[UUID] | None = None, ledger: Ledger, by: Acting, now: datetime
) -> Letter | Refused:
    """The letter, if it is to whoever asks or to the one they act for; the first look is a fact.

    `within` are the affairs whose letters the author may open for another; None for one's own letters.
    """
    assert by.subject is not None, "letters are opened by people"
    async with ledger.readers.acquire() as connection:
        row = await store.own_letter(connection, letter, by.subject, within)
    history = await ledger.history(letter) if row else ()
    if row is None or not history or not isinstance(history[0].fact, LetterSent):
        return Refused(Why.NOT_FOUND)
    if row.opened is None:
        await _opened(row, ledger=ledger, by=by, now=now)
    return Letter(letter, row.sent, history[0].fact)


async def _opened(row: store.LetterRow, *, ledger: Ledger, by: Acting, now: datetime) -> None:
    async def decide() -> Decision:
        # Read again, because deliveries end beside it, and two who may open it can come at once.
        history = await ledger.history(row.letter)
        facts = () if any(isinstance(one.fact, LetterOpened) for one in history) else (LetterOpened(),)
        return Decision((Change(row.letter, fold_version(history), facts),), Opened(row.letter))

    key = derived_id(row.letter, now=row.sent, what="opened")
    await ledger.record(key, decide, Opened, by=by, now=now)


class Chosen(msgspec.Struct, frozen=True):
    """The answer to a choice."""

    person: UUID


def choices_of(person: UUID) -> UUID:
    """The history of what a person chose; it begins in the month of their account."""
    return derived_id(person, now=datetime.fromtimestamp(began_ms(person) / 1000, UTC), what="post")


async def wish(person: UUID, *, ledger: Ledger) -> Wish:
    """By what a person is told of letters now, and where."""
    return wish_of(await ledger.history(person), await ledger.history(choices_of(person)))


async def choose(
    choice: Choice, *, channels: Set[PostChannel], lang: str, ledger: Ledger, key: UUID, by: Acting, now: datetime
) -> Chosen | Refused:
    """Choose for oneself by what one is told of letters. Messages are written in the language of the choice."""
    person = by.person
    assert person is not None, "people choose"
    offered = (await wish(person, ledger=ledger)).offered(channels)

    async def decide() -> Decision | Refused:
        faults = faults_of(choice, offered=offered)
        if faults:
            return Refused(next(iter(faults.values())))
        history = await ledger.history(choices_of(person))
        chosen = choice.channels or ()
        # An address that nothing goes to is not kept.
        email = choice.email if PostChannel.EMAIL in chosen else None
        fact = PostChosen(person, chosen, email, bool(choice.tells_matter), lang)
        return Decision((Change(choices_of(person), fold_version(history), (fact,)),), Chosen(person))

    return await ledger.record(key, decide, Chosen, by=by, now=now)
