"""When people meet about a case: a day that leaves those who are asked enough time, and keeps nobody waiting."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from onecity.casework.declared import Meets, Outcome, Step
from onecity.casework.facts import Meeting, MeetingSoon, Todo
from onecity.casework.model import Case
from onecity.casework.rules import Move, Terms, Why
from onecity.kernel.clock import Limit, Run, due, working_days_left
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


class Window(msgspec.Struct, frozen=True):
    """The first and the last day on which people may meet; no `last` where nothing presses."""

    first: date
    last: date | None


def window(meets: Meets, todo: Todo, *, terms: Terms, today: date) -> Window:
    """Between which days a meeting lies that is announced today.

    Where the step waited so long that the notice no longer fits before the last day, the first possible day remains:
    nobody is heard without notice because an organ was late.
    """
    first = due(terms.calendar, Run(today, Limit(meets.notice))).day
    if meets.within is None:
        return Window(first, None)
    return Window(first, max(first, due(terms.calendar, Run(todo.since, Limit(meets.within))).day))


def called(todo: Todo, outcome: Outcome, move: Move, *, terms: Terms, now: datetime) -> Meeting | Refused | None:
    """The meeting that a move calls, or what is wrong with its day or its hall; None where its outcome calls none."""
    if outcome.meets is None:
        return None
    if move.at is None or move.at.tzinfo is None:
        return Refused(Why.NO_MEETING)
    if move.hall not in terms.halls:
        return Refused(Why.NO_HALL, {"known": tuple(sorted(terms.halls))})
    day, between = terms.day(move.at), window(outcome.meets, todo, terms=terms, today=terms.day(now))
    if day < between.first:
        return Refused(Why.MEETS_TOO_SOON, {"day": between.first.isoformat()})
    if between.last is not None and day > between.last:
        return Refused(Why.MEETS_TOO_LATE, {"day": between.last.isoformat()})
    if not terms.calendar.kind(day).works:
        return Refused(Why.NO_WORKING_DAY, {"day": day.isoformat()})
    assert move.hall is not None, "a hall of the city has a name"
    return Meeting(move.at, move.hall)


def days_until(meeting: Meeting, *, terms: Terms, now: datetime) -> int:
    """The working days of a stop that lasts until a meeting."""
    return working_days_left(terms.calendar, today=terms.day(now), latest=terms.day(meeting.at))


def kept_apart(case: Case, step: Step, person: object) -> Refused | None:
    """Why somebody does not do a step: they did one from which it is to be kept apart."""
    done = (case.workers[name] for name in step.apart_from if name in case.workers)
    return Refused(Why.KEPT_APART) if any(person in (one.person, one.signed_by) for one in done) else None


def near(case: Case, terms: Terms, *, now: datetime) -> tuple[Fact, ...]:
    """The reminder of each meeting on the next day, once."""
    return tuple(_near(case, terms, now))


def _near(case: Case, terms: Terms, now: datetime) -> Iterator[Fact]:
    for step, meeting in sorted(case.meetings.items()):
        tomorrow = terms.day(now) + timedelta(days=1)
        if case.near != meeting.at and now < meeting.at and terms.day(meeting.at) <= tomorrow:
            yield MeetingSoon(step, meeting)
