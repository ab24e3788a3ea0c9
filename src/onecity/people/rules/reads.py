"""Who may ask about a look, and who answers for it."""

from typing import Final
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.people.facts import ReadAnswered, ReadQuestioned
from onecity.people.model import Question, Read
from onecity.people.rules.why import Why
from onecity.people.rules.words import said

ANSWER: Final = "people.answer"
"""The duty of those who answer for their agency why somebody's data were looked at."""


def ask(read: Read, question: Question | None, words: str, *, person: UUID) -> ReadQuestioned | Refused:
    """The question about a look: one for each, so that every answer stays beside what was asked."""
    if question is not None:
        return Refused(Why.ALREADY_ASKED)
    text = said(words)
    if isinstance(text, Refused):
        return text
    return ReadQuestioned(read.read, person, read.reader, read.duty, read.agency, read.area, read.about, read.at, text)


def answer(question: Question, words: str, *, by: Acting) -> ReadAnswered | Refused:
    """The agency's answer, from somebody with that duty there who did not look themself."""
    asked = question.asked
    if by.duty != ANSWER or by.scope is None or not by.scope.covers(asked.agency, asked.area):
        return Refused(Why.NOT_YOUR_DUTY)
    if by.person == asked.reader:
        return Refused(Why.OWN_LOOK)
    if question.answered is not None:
        return Refused(Why.ALREADY_ANSWERED)
    text = said(words)
    return text if isinstance(text, Refused) else ReadAnswered(asked.person, text)
