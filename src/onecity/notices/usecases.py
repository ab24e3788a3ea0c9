"""Opening a letter: the city then knows that it arrived."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.notices import store
from onecity.notices.facts import LetterOpened, LetterSent


class Why(Reason):
    """Why a letter is not shown."""

    NOT_FOUND = "notices.not_found"


class Letter(msgspec.Struct, frozen=True):
    """A letter with what it says."""

    id: UUID
    sent: datetime
    fact: LetterSent


class Opened(msgspec.Struct, frozen=True):
    """The answer to an opening."""

    letter: UUID


async def open_letter(
    letter: UUID, *, ledger: Ledger, by: Acting, now: datetime, about: Sequence[UUID] | None = None
) -> Letter | Refused:
    """The letter, if it is to whoever asks or to whom they act for; the first look is a fact.

    `about` are the affairs whose letters the author may open for another; None for one's own letters.
    """
    assert by.subject is not None, "letters are opened by people"
    async with ledger.readers.acquire() as connection:
        row = await store.own_letter(connection, letter, by.subject, about=about)
    history = await ledger.history(letter) if row else ()
    if row is None or not history or not isinstance(history[0].fact, LetterSent):
        return Refused(Why.NOT_FOUND)
    if len(history) == 1:
        key = derived_id(letter, now=row.sent, what="opened")

        async def decide() -> Decision:
            return Decision((Change(letter, fold_version(history), (LetterOpened(),)),), Opened(letter))

        await ledger.record(key, decide, Opened, by=by, now=now)
    return Letter(letter, row.sent, history[0].fact)
