"""Asking about a look and answering for it: load, decide, record."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger
from onecity.people.letters import WriteLetter
from onecity.people.model import Question, question_of
from onecity.people.reads import ReadLog
from onecity.people.rules.reads import ANSWER, answer, ask
from onecity.people.rules.why import Why
from onecity.people.store import accounts

_NEAREST: Final = 20
"""How many of those who answer for an agency are written to: the nearest."""


class Asked(msgspec.Struct, frozen=True):
    """The answer to whoever asked about a look."""

    question: UUID


class Answered(msgspec.Struct, frozen=True):
    """The answer to whoever answered."""

    question: UUID


async def ask_about(
    read_id: UUID, words: str, *, ledger: Ledger, reads: ReadLog, letter: WriteLetter, key: UUID, by: Acting,
    now: datetime, today: date,
) -> Asked | Refused:  # fmt: skip
    """Ask the agency why somebody looked; whoever answers there gets a letter."""
    assert by.person is not None, "people ask about looks at their own data"
    person = by.person
    read = await reads.own(read_id, person)
    if read is None:
        return Refused(Why.NOT_FOUND)
    question_id = derived_id(read.read, now=read.at, what="question")

    async def decide() -> Decision | Refused:
        question = question_of(await ledger.history(question_id))
        fact = ask(read, question, words, person=person)
        if isinstance(fact, Refused):
            return fact
        async with ledger.readers.acquire() as connection:
            officers = await accounts.officers_with(connection, ANSWER, read.agency, read.area, today, limit=_NEAREST)
        letters = [
            letter(
                officer, "people.read_question", about=question_id, sender=read.agency, facts={}, words=None,
                law="", key=uuid5(key, str(officer)), now=now,
            )
            for officer in officers
            if officer != read.reader
        ]  # fmt: skip
        return Decision((Change(question_id, 0, (fact,)), *letters), Asked(question_id))

    return await ledger.record(key, decide, Asked, by=by, now=now)


async def answer_for(
    question_id: UUID, words: str, *, ledger: Ledger, letter: WriteLetter, key: UUID, by: Acting, now: datetime
) -> Answered | Refused:
    """Answer for the agency; the answer is a letter."""

    async def decide() -> Decision | Refused:
        question = await load_question(question_id, ledger=ledger)
        if question is None:
            return Refused(Why.NOT_FOUND)
        fact = answer(question, words, by=by)
        if isinstance(fact, Refused):
            return fact
        told = letter(
            PersonId(fact.person), "people.read_answer", about=question_id, sender=question.asked.agency, facts={},
            words={"answer": fact.words or ""}, law="", key=key, now=now,
        )  # fmt: skip
        return Decision((Change(question_id, question.version, (fact,)), told), Answered(question_id))

    return await ledger.record(key, decide, Answered, by=by, now=now)


async def load_question(question_id: UUID, *, ledger: Ledger) -> Question | None:
    """A question with its answer, from its history."""
    return question_of(await ledger.history(question_id))
