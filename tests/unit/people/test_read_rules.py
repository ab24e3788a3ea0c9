"""Asking about a look, and answering for it."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import ReadAnswered, ReadQuestioned
from onecity.people.model import Question, Read
from onecity.people.rules.reads import ANSWER, answer, ask
from onecity.people.rules.why import Why
from onecity.people.rules.words import LONGEST_WORDS

AT = datetime(2020, 9, 22, 1, tzinfo=UTC)
PERSON, READER, COLLEAGUE = (PersonId(UUID(int=number)) for number in (1, 2, 3))
READ = Read(UUID(int=9), AT, READER, "services.accept", "market_supervision", "410105", UUID(int=8), "case")


def question(read: Read = READ) -> Question:
    asked = ask(read, None, "why?", person=PERSON)
    assert isinstance(asked, ReadQuestioned)
    return Question(UUID(int=7), 1, asked, AT)


def officer(
    person: PersonId = COLLEAGUE, duty: str = ANSWER, department: str = "market_supervision", area: str = "410100"
) -> Acting:
    return Acting(person, Channel.PHONE, duty, Scope(department, area))


def test_a_question_quotes_the_look_that_it_is_about() -> None:
    asked = ask(READ, None, "  why?\n", person=PERSON)
    quoted = (READ.read, READER, READ.duty, READ.agency, READ.area, READ.about, AT)
    assert asked == ReadQuestioned(quoted[0], PERSON, *quoted[1:], "why?")


@pytest.mark.parametrize(
    ("words", "why"),
    [("", Why.UNSAID), (" \n", Why.UNSAID), ("为" * LONGEST_WORDS, None), ("为" * (LONGEST_WORDS + 1), Why.TOO_LONG)],
)
def test_a_question_says_something_and_not_too_much(words: str, why: Why | None) -> None:
    asked = ask(READ, None, words, person=PERSON)
    assert (asked.reason if isinstance(asked, Refused) else None) is why


def test_a_look_is_asked_about_once() -> None:
    assert ask(READ, question(), "again?", person=PERSON) == Refused(Why.ALREADY_ASKED)


@pytest.mark.parametrize("area", ["410000", "410100", "410105"])
def test_a_colleague_with_the_duty_there_answers(area: str) -> None:
    assert answer(question(), "so", by=officer(area=area)) == ReadAnswered(PERSON, "so")


def test_nobody_answers_for_their_own_look() -> None:
    assert answer(question(), "so", by=officer(READER)) == Refused(Why.OWN_LOOK)


@pytest.mark.parametrize(
    "by",
    [
        Acting(COLLEAGUE, Channel.PHONE),
        officer(duty="services.accept"),
        officer(department="fire_rescue"),
        officer(area="410200"),
        officer(area="410105001"),
    ],
)
def test_without_the_duty_there_nobody_answers(by: Acting) -> None:
    assert answer(question(), "so", by=by) == Refused(Why.NOT_YOUR_DUTY)


def test_a_question_is_answered_once() -> None:
    answered = msgspec.structs.replace(question(), answered=ReadAnswered(PERSON, "so"))
    assert answer(answered, "so again", by=officer()) == Refused(Why.ALREADY_ANSWERED)


@pytest.mark.parametrize("words", ["", "   "])
def test_an_answer_says_something(words: str) -> None:
    assert answer(question(), words, by=officer()) == Refused(Why.UNSAID)
