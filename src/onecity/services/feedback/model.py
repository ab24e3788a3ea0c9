"""A rating and what became of it, as the two histories tell it: that of the case, and its own."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar
from uuid import UUID

import msgspec

from onecity.casework import CaseOpened, Rated, StepTaken, WorkDrawn, WorkHandedOver
from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.ledger import Fact, Recorded
from onecity.services.feedback.facts import (
    CalledBack,
    CallTried,
    Objected,
    PutRight,
    Rechecked,
    RemovalDecided,
    RemovalProposed,
)

BAD: Final = 2
"""The worst two of five levels ask for an answer. Source: 国办发〔2019〕51号."""

GOOD: Final = "good"
"""What lists say of a rating that asks for nothing."""


class State(StrEnum):
    """Whose turn it is with a bad rating: somebody calls, puts right, looks again; or nobody's."""

    CALL = "call"
    PUT_RIGHT = "put_right"
    RECHECK = "recheck"
    CLOSED = "closed"


class Rating(msgspec.Struct, frozen=True):
    """A bad rating as the history of its case tells it. `hands` are all who had to do with the case or rated it."""

    case: UUID
    opened: CaseOpened
    level: int
    words: str | None
    at: datetime
    hands: frozenset[UUID]

    @property
    def stream(self) -> UUID:
        """Where its own history stands: one for each rating, whoever begins it."""
        return derived_id(self.case, now=self.at, what="feedback")


F = TypeVar("F")


class Done(msgspec.Struct, Generic[F], frozen=True):
    """Something that was done with a rating, by whom and when."""

    fact: F
    by: Acting
    at: datetime


class Feedback(msgspec.Struct, frozen=True):
    """A bad rating with all that was done about it; `version` is that of its own history, 0 before anybody did.

    `tried` are the days on which nobody was reached. `owed` is what was upheld last and nobody has put right, `closed`
    the moment of the last letter. A removal that is `removing` waits for a second officer or was agreed to.
    """

    rating: Rating
    version: int = 0
    tried: tuple[date, ...] = ()
    called: Done[CalledBack] | None = None
    put_right: Done[PutRight] | None = None
    objected: Done[Objected] | None = None
    rechecked: Done[Rechecked] | None = None
    removing: Done[RemovalProposed] | None = None
    decided: Done[RemovalDecided] | None = None
    owed: Done[CalledBack] | Done[Rechecked] | None = None
    closed: datetime | None = None

    @property
    def state(self) -> State:
        if self.called is None:
            return State.CALL
        if self.objected is not None and self.rechecked is None:
            return State.RECHECK
        return State.CLOSED if self.owed is None else State.PUT_RIGHT

    @property
    def upheld(self) -> bool:
        """Whether anybody who looked found that the person is right."""
        return any(one is not None and one.fact.upheld for one in (self.called, self.rechecked))

    @property
    def to_decide(self) -> bool:
        """Whether a removal waits for a second officer."""
        return self.removing is not None and self.decided is None

    @property
    def removed(self) -> bool:
        """Whether it does not count in what the city publishes."""
        return self.removing is not None and self.decided is not None and self.decided.fact.agreed


def rating_of(history: Sequence[Recorded]) -> Rating | None:
    """The bad rating of a case; None if it has none."""
    opened, rated = None, None
    hands: set[UUID] = set()
    for one in history:
        hands |= one.by.hands
        match one.fact:
            case CaseOpened():
                opened = one.fact
            case Rated():
                rated = one
            case WorkHandedOver(to=who) | WorkDrawn(officer=who):
                hands.add(who)
            case StepTaken(signed_by=who) if who is not None:
                hands.add(who)
            case _:
                pass
    if opened is None or rated is None or not isinstance(rated.fact, Rated) or rated.fact.level > BAD:
        return None
    hands.add(opened.subject)
    return Rating(rated.stream, opened, rated.fact.level, rated.fact.words, rated.at, frozenset(hands))


def feedback_of(rating: Rating, history: Sequence[Recorded]) -> Feedback:
    """What became of a rating."""
    found = Feedback(rating)
    for one in history:
        found = _after(found, one)
    return found


def then(feedback: Feedback, facts: Sequence[Fact], *, by: Acting, now: datetime) -> Feedback:
    """What becomes of it when some facts are added."""
    for fact in facts:
        feedback = _after(feedback, Recorded(feedback.rating.stream, feedback.version + 1, now, by, fact))
    return feedback


def _after(before: Feedback, one: Recorded) -> Feedback:
    replaced = msgspec.structs.replace
    found = replaced(before, version=one.version)
    match one.fact:
        case CallTried(day=day):
            return replaced(found, tried=(*found.tried, day))
        case CalledBack(upheld=upheld) as called:
            done = Done(called, one.by, one.at)
            return replaced(found, called=done, owed=done if upheld else None, closed=one.at)
        case PutRight() as mended:
            return replaced(found, put_right=Done(mended, one.by, one.at), owed=None, closed=one.at)
        case Objected() as objected:
            return replaced(found, objected=Done(objected, one.by, one.at))
        case Rechecked(upheld=upheld) as rechecked:
            again = Done(rechecked, one.by, one.at)
            if not upheld:
                return replaced(found, rechecked=again, closed=one.at)
            return replaced(found, rechecked=again, owed=again, removing=None, decided=None, closed=one.at)
        case RemovalProposed() as proposed:
            return replaced(found, removing=Done(proposed, one.by, one.at))
        case RemovalDecided(agreed=agreed) as decided:
            told = one.at if agreed else found.closed
            return replaced(found, decided=Done(decided, one.by, one.at), closed=told)
        case _:
            raise AssertionError("a history of a rating holds nothing else")
