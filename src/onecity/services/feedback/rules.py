"""Who answers a bad rating, and how: nobody who moved the case, and each time somebody else than who decided before."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeAlias, assert_never
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.clock import Calendar
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact
from onecity.services.feedback.declared import FeedbackRule, latest
from onecity.services.feedback.facts import (
    CalledBack,
    CallTried,
    Objected,
    PutRight,
    Rechecked,
    RemovalDecided,
    RemovalProposed,
    Removes,
)
from onecity.services.feedback.model import Done, Feedback, State

CALL_BACK: Final = "services.call_back"
"""The duty of those who answer bad ratings."""

LONGEST: Final = 500
"""Characters of what somebody writes about a rating."""


class Why(Reason):
    """Why a rating is not answered so."""

    NOT_FOUND = "services.feedback.not_found"
    NOT_YOUR_DUTY = "services.feedback.not_your_duty"
    MOVED_IT = "services.feedback.moved_it"
    ANOTHER = "services.feedback.another"
    NOT_NOW = "services.feedback.not_now"
    TRIED_TODAY = "services.feedback.tried_today"
    NO_WORDS = "services.feedback.no_words"
    CHOOSE = "services.feedback.choose"
    ONCE = "services.feedback.once"
    TOO_LATE = "services.feedback.too_late"
    UPHELD = "services.feedback.upheld_stays"


class Terms(msgspec.Struct, frozen=True):
    """What a rating is held to: the rule of its day with its id, the calendar, and the city's zone."""

    name: str
    rule: FeedbackRule
    calendar: Calendar
    zone: ZoneInfo

    def day(self, at: datetime) -> date:
        """The day of an instant in the city."""
        return day_in(self.zone, at)


class Try(msgspec.Struct, frozen=True, tag="try"):
    """Nobody answered the telephone."""


class Called(msgspec.Struct, frozen=True, tag="call", forbid_unknown_fields=True):
    """The person was reached: what they said, what was found, and whether they are right. None is not chosen yet."""

    said: str
    found: str
    upheld: bool | None


class Mend(msgspec.Struct, frozen=True, tag="put_right", forbid_unknown_fields=True):
    """What was upheld is put right."""

    done: str


class Recheck(msgspec.Struct, frozen=True, tag="recheck", forbid_unknown_fields=True):
    """What a third officer found, and whether the person is right."""

    found: str
    upheld: bool | None


class Propose(msgspec.Struct, frozen=True, tag="remove", forbid_unknown_fields=True):
    """The rating is not to count, and why."""

    removes: Removes | None
    reason: str


class Decide(msgspec.Struct, frozen=True, tag="decide", forbid_unknown_fields=True):
    """What a second officer says to that."""

    agreed: bool | None
    reason: str


Deed: TypeAlias = Try | Called | Mend | Recheck | Propose | Decide


def open_to(feedback: Feedback, *, by: Acting) -> Refused | None:
    """Why an officer may not answer a rating at all: another agency's or area's, or of a case that they moved."""
    opened = feedback.rating.opened
    if by.duty != CALL_BACK or by.scope is None or not by.scope.covers(opened.agency, opened.area):
        return Refused(Why.NOT_YOUR_DUTY)
    return Refused(Why.MOVED_IT) if by.hands & feedback.rating.hands else None


def latest_day(feedback: Feedback, terms: Terms) -> date | None:
    """The latest day of what waits; None if nothing does that has one."""
    rule, calendar = terms.rule, terms.calendar
    match feedback.state:
        case State.CALL:
            return latest(calendar, terms.day(feedback.rating.at), rule.call_within)
        case State.PUT_RIGHT:
            assert feedback.owed is not None, "that is what the state says"
            return feedback.owed.fact.put_right_by
        case State.RECHECK:
            assert feedback.objected is not None, "that is what the state says"
            return latest(calendar, terms.day(feedback.objected.at), rule.recheck_within)
        case State.CLOSED:
            return None


def possible(feedback: Feedback, *, by: Acting) -> Iterator[type[Deed]]:
    """What an officer may do with a rating now."""
    if open_to(feedback, by=by) is None:
        yield from (deed for deed in _DEEDS if _hindered(feedback, deed, by=by) is None)


_DEEDS: Final[tuple[type[Deed], ...]] = (Try, Called, Mend, Recheck, Propose, Decide)


def _hindered(feedback: Feedback, deed: type[Deed], *, by: Acting) -> Refused | None:
    """Why a kind of deed is not possible now, whoever does it, or not for this officer."""
    state = feedback.state
    if deed in (Try, Called):
        return None if state is State.CALL else Refused(Why.NOT_NOW)
    if deed is Mend:
        return _by_another(by, [feedback.owed]) if state is State.PUT_RIGHT else Refused(Why.NOT_NOW)
    if deed is Recheck:
        known = [feedback.called, feedback.put_right, feedback.removing, feedback.decided]
        return _by_another(by, known) if state is State.RECHECK else Refused(Why.NOT_NOW)
    if deed is Decide:
        return _by_another(by, [feedback.removing]) if feedback.to_decide else Refused(Why.NOT_NOW)
    if feedback.upheld:
        return Refused(Why.UPHELD)
    return None if state is State.CLOSED and feedback.removing is None else Refused(Why.NOT_NOW)


def _by_another(by: Acting, known: Sequence[Done[Any] | None]) -> Refused | None:
    """Why this is not for whoever did one of the steps before."""
    return Refused(Why.ANOTHER) if any(one is not None and one.by.hands & by.hands for one in known) else None


def answered(feedback: Feedback, deed: Deed, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when an officer does something about a bad rating."""
    no = open_to(feedback, by=by) or _hindered(feedback, type(deed), by=by) or _unsaid(deed)
    if no is not None:
        return no
    case, subject, today = feedback.rating.case, feedback.rating.opened.subject, terms.day(now)
    match deed:
        case Try():
            return _tried(feedback, terms, today)
        case Called(said=said, found=found, upheld=upheld):
            return (_called(feedback, terms, said, found, upheld=bool(upheld)),)
        case Mend(done=done):
            return (PutRight(case, subject, today, done),)
        case Recheck(found=found, upheld=upheld):
            until = latest(terms.calendar, today, terms.rule.put_right_within)
            return (Rechecked(case, subject, bool(upheld), terms.name, until if upheld else None, found),)
        case Propose(removes=removes, reason=reason):
            assert removes is not None, "asked before"
            return (RemovalProposed(case, subject, removes, reason),)
        case Decide(agreed=agreed, reason=reason):
            return (RemovalDecided(case, subject, bool(agreed), reason or None),)
        case _:
            assert_never(deed)


def _called(feedback: Feedback, terms: Terms, said: str, found: str, *, upheld: bool) -> CalledBack:
    """Somebody was reached. What is upheld is put right within its days since the rating, whenever the call was."""
    rating = feedback.rating
    until = latest(terms.calendar, terms.day(rating.at), terms.rule.put_right_within) if upheld else None
    return CalledBack(
        case=rating.case, subject=rating.opened.subject, reached=True, upheld=upheld, rule=terms.name,
        put_right_by=until, said=said, found=found,
    )  # fmt: skip


def _tried(feedback: Feedback, terms: Terms, today: date) -> tuple[Fact, ...] | Refused:
    """A try in vain. After the last one the person counts as not reached; two of one day are one try."""
    if today in feedback.tried:
        return Refused(Why.TRIED_TODAY)
    case, subject = feedback.rating.case, feedback.rating.opened.subject
    tried = CallTried(case, subject, today)
    if len(feedback.tried) + 1 < terms.rule.tries:
        return (tried,)
    gone = CalledBack(
        case=case, subject=subject, reached=False, upheld=False, rule=terms.name, put_right_by=None, said=None,
        found=None,
    )  # fmt: skip
    return (tried, gone)


def _unsaid(deed: Deed) -> Refused | None:
    """What a deed must say and does not, with its field."""
    match deed:
        case Called(said=said, found=found, upheld=upheld):
            return _chosen("upheld", upheld) or _written("said", said) or _written("found", found)
        case Mend(done=done):
            return _written("done", done)
        case Recheck(found=found, upheld=upheld):
            return _chosen("upheld", upheld) or _written("found", found)
        case Propose(removes=removes, reason=reason):
            return _chosen("removes", removes) or _written("reason", reason)
        case Decide(agreed=agreed, reason=reason):
            return _chosen("agreed", agreed) or _written("reason", reason)
        case Try():
            return None
        case _:
            assert_never(deed)


def _chosen(field: str, chosen: object) -> Refused | None:
    return Refused(Why.CHOOSE, {"field": field}) if chosen is None else None


def _written(field: str, words: str) -> Refused | None:
    long_enough = 1 <= len(words.strip()) <= LONGEST
    return None if long_enough else Refused(Why.NO_WORDS, {"field": field, "most": LONGEST})


def object_until(feedback: Feedback, terms: Terms) -> date | None:
    """Until when the person may object; None while nothing came out, and once they did."""
    if feedback.closed is None or feedback.state is not State.CLOSED or feedback.objected is not None:
        return None
    return latest(terms.calendar, terms.day(feedback.closed), terms.rule.object_within)


def objected(feedback: Feedback, words: str, *, terms: Terms, by: Acting, now: datetime) -> Objected | Refused:
    """What happens when whoever rated does not agree with what came out."""
    rating = feedback.rating
    if by.subject != rating.opened.subject:
        return Refused(Why.NOT_FOUND)
    if feedback.objected is not None:
        return Refused(Why.ONCE)
    until = object_until(feedback, terms)
    if until is None:
        return Refused(Why.NOT_NOW)
    if terms.day(now) > until:
        return Refused(Why.TOO_LATE)
    return _written("words", words) or Objected(rating.case, rating.opened.subject, words)
