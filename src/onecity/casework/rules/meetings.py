"""When people meet about a case: a day that leaves those who are asked enough time, and keeps nobody waiting."""

from collections.abc import Set
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.declared import Meets, Outcome, Step
from onecity.casework.facts import Meeting, MeetingSoon, Todo
from onecity.casework.model import Case
from onecity.casework.rules import Move, Terms, Why
from onecity.kernel.clock import Limit, Run, due, working_days_left
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

_YEARS: Final = (2000, 2200)
"""Whoever names another year means no meeting."""


class Window(msgspec.Struct, frozen=True):
    """The first and the last day on which people may meet."""

    first: date
    last: date


def window(meets: Meets, todo: Todo, *, terms: Terms, today: date) -> Window:
    """Between which days a meeting lies that is announced today.

    Where the step waited so long that the notice no longer fits before the last day, the first possible day remains:
    nobody is heard without notice because an organ was late.
    """
    first = due(terms.calendar, Run(today, Limit(meets.notice))).day
    return Window(first, max(first, due(terms.calendar, Run(todo.since, Limit(meets.within))).day))


def called(todo: Todo, outcome: Outcome, move: Move, *, terms: Terms, now: datetime) -> Meeting | Refused | None:
    """The meeting that a move calls, or what is wrong with its day or its hall; None where its outcome calls none."""
    if outcome.meets is None:
        return None
    if move.at is None or move.at.tzinfo is None or not _YEARS[0] <= move.at.year <= _YEARS[1]:
        return Refused(Why.NO_MEETING)
    local = move.at.astimezone(terms.zone)
    if terms.hours.spans and not any(span.opens <= local.time() < span.closes for span in terms.hours.spans):
        return Refused(Why.OUTSIDE_HOURS)
    if not outcome.meets.on_site and move.hall not in terms.halls:
        return Refused(Why.NO_HALL, {"known": tuple(sorted(terms.halls))})
    day, between = terms.day(move.at), window(outcome.meets, todo, terms=terms, today=terms.day(now))
    if day < between.first or move.at <= now:
        return Refused(Why.MEETS_TOO_SOON, {"day": between.first.isoformat()})
    if day > between.last:
        return Refused(Why.MEETS_TOO_LATE, {"day": between.last.isoformat()})
    if not terms.calendar.kind(day).works:
        return Refused(Why.NO_WORKING_DAY, {"day": day.isoformat()})
    return Meeting(move.at, move.hall)


def days_until(meeting: Meeting, *, terms: Terms, since: date) -> int:
    """The working days of a stop that was told on a day and lasts until a meeting."""
    return working_days_left(terms.calendar, today=since, latest=terms.day(meeting.at))


def kept_apart(case: Case, step: Step, hands: Set[UUID]) -> Refused | None:
    """Why some hands do not do a step: they did one from which it is to be kept apart, or somebody did it for them."""
    done = (case.hands.get(name, frozenset()) for name in step.apart_from)
    return Refused(Why.KEPT_APART) if any(hands & one for one in done) else None


def not_yet(case: Case, step: str, outcome: Outcome, *, now: datetime) -> Refused | None:
    """Why a step is not ended now: people meet for it later. Only another day may be named before."""
    meeting = case.meetings.get(step)
    if meeting is None or outcome.meets is not None or now >= meeting.at:
        return None
    return Refused(Why.BEFORE_MEETING)


def near(case: Case, step: str, terms: Terms, *, now: datetime) -> tuple[Fact, ...]:
    """The reminder of the meeting for which a step waits, on the day before; once, however many steps wait for it."""
    meeting, tomorrow = case.meetings.get(step), terms.day(now) + timedelta(days=1)
    if meeting is None or meeting in case.near or meeting.at <= now or terms.day(meeting.at) > tomorrow:
        return ()
    return (MeetingSoon(step, meeting),)
