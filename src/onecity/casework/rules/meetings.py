"""When people meet about a case: a day that leaves those who are asked enough time, and keeps nobody waiting."""

from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.declared import Meets, Outcome, Step
from onecity.casework.facts import Meeting, MeetingSoon, Todo, VisitJoined
from onecity.casework.model import Case
from onecity.casework.rules import Move, Terms, Why
from onecity.casework.rules.deadlines import last_day, prolonged
from onecity.kernel.clock import Limit, Run, StopKind, due, working_days_left
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

_YEARS: Final = (2000, 2200)
"""Whoever names another year means no meeting."""


class Window(msgspec.Struct, frozen=True):
    """The first and the last day on which people may meet; a `joint` one is the day on which all departments come."""

    first: date
    last: date
    joint: bool = False


def window(meets: Meets, todo: Todo, *, terms: Terms, today: date, joint: date | None = None) -> Window:
    """Between which days a meeting lies that is announced today.

    Where the step waited so long that the notice no longer fits before the last day, the first possible day remains:
    nobody is heard without notice because an organ was late. A visit to the place lies on the `joint` day where that is
    between the two: one that was set before the step waited may lie later than the visit can, and then binds nobody.
    """
    first = due(terms.calendar, Run(today, Limit(meets.notice))).day
    last = max(first, due(terms.calendar, Run(todo.since, Limit(meets.within))).day)
    if meets.on_site and joint is not None and first <= joint <= last:
        return Window(joint, joint, joint=True)
    return Window(first, last)


def called(case: Case, outcome: Outcome, move: Move, *, terms: Terms, now: datetime) -> Meeting | Refused | None:
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
    day, todo = terms.day(move.at), case.waiting[move.step]
    between = window(outcome.meets, todo, terms=terms, today=terms.day(now), joint=case.joint)
    if between.joint and day != between.first:
        return Refused(Why.JOINT_DAY, {"day": between.first.isoformat()})
    if day < between.first or move.at <= now:
        return Refused(Why.MEETS_TOO_SOON, {"day": between.first.isoformat()})
    if day > between.last:
        return Refused(Why.MEETS_TOO_LATE, {"day": between.last.isoformat()})
    if not terms.calendar.kind(day).works:
        return Refused(Why.NO_WORKING_DAY, {"day": day.isoformat()})
    return Meeting(move.at, move.hall)


def joined(case: Case, day: date, *, terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    """What the day on which all departments come adds to a case, or why it cannot be looked at then.

    A visit to come moves there at its hour; one that is still to be named can be named for no other day. A case without
    one is looked at before its latest day, and before its acceptance as if it were accepted today. What already agrees
    is left as it is.
    """
    coming = {step: one for step, one in case.meetings.items() if one.hall is None and one.at > now}
    away = {step: one for step, one in coming.items() if terms.day(one.at) != day}
    if case.joint == day and not away:
        return ()
    for between in _windows(case, coming.keys() - away.keys(), terms, now):
        if day < between.first:
            return Refused(Why.MEETS_TOO_SOON, {"day": between.first.isoformat()})
        if day > between.last:
            return Refused(Why.MEETS_TOO_LATE, {"day": between.last.isoformat()})
    moved = {step: _on(one, day, terms) for step, one in away.items()}
    if any(one.at <= now for one in moved.values()):
        return Refused(Why.MEETS_TOO_SOON, {"day": (day + timedelta(days=1)).isoformat()})
    longer = _longer(case, moved, terms, now)
    return longer if isinstance(longer, Refused) else (VisitJoined(day, moved), *longer)


def _windows(case: Case, agreeing: Set[str], terms: Terms, now: datetime) -> Iterator[Window]:
    """Between which days each visit to the place may be that a waiting step can name, but for those that agree; where
    there is none, up to the latest day of the case. What is late is looked at whenever it can be.
    """
    today = terms.day(now)
    found = list(_named(case, agreeing, terms, today))
    yield from found
    last = last_day(case, terms, now=now)
    if not found and not agreeing and last >= today:
        yield Window(today, last)


def _named(case: Case, agreeing: Set[str], terms: Terms, today: date) -> Iterator[Window]:
    for name, todo in sorted(case.waiting.items()):
        step = terms.process.steps.get(name)
        for outcome in step.outcomes.values() if step is not None and name not in agreeing else ():
            if outcome.meets is not None and outcome.meets.on_site:
                yield window(outcome.meets, todo, terms=terms, today=today)


def _on(meeting: Meeting, day: date, terms: Terms) -> Meeting:
    """A meeting at its hour of another day."""
    local = meeting.at.astimezone(terms.zone)
    return Meeting(local.replace(year=day.year, month=day.month, day=day.day), meeting.hall)


def _longer(case: Case, moved: Mapping[str, Meeting], terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    if case.stopped is None or not moved:
        return ()
    last = max(moved.values(), key=lambda one: one.at)
    return prolonged(case, days_until(last, terms=terms, since=case.stopped.told), terms, now)


def days_until(meeting: Meeting, *, terms: Terms, since: date) -> int:
    """The working days of a stop that was told on a day and lasts until a meeting."""
    return working_days_left(terms.calendar, today=since, latest=terms.day(meeting.at))


def kept_apart(case: Case, step: Step, hands: Set[UUID]) -> Refused | None:
    """Why some hands do not do a step: they did one from which it is to be kept apart, or somebody did it for them."""
    done = (case.hands.get(name, frozenset()) for name in step.apart_from)
    return Refused(Why.KEPT_APART) if any(hands & one for one in done) else None


def not_yet(case: Case, step: str, outcome: Outcome, *, terms: Terms, now: datetime) -> Refused | None:
    """Why a step is not ended now: people meet for it later, or nobody goes to look before the joint day. Only a day
    may be named before.
    """
    if outcome.meets is not None:
        return None
    if outcome.stop is StopKind.INSPECTION and (joint := _joint_to_come(case, step, terms, now)) is not None:
        return Refused(Why.JOINT_DAY, {"day": joint.isoformat()})
    meeting = case.meetings.get(step)
    return None if meeting is None or now >= meeting.at else Refused(Why.BEFORE_MEETING)


def _joint_to_come(case: Case, step: str, terms: Terms, now: datetime) -> date | None:
    """The joint day that is to come and binds a step: where it can name a day, one of those on which it may be."""
    today, joint = terms.day(now), case.joint
    if joint is None or joint <= today:
        return None
    named = [one.meets for one in terms.process.steps[step].outcomes.values() if one.meets and one.meets.on_site]
    lasts = [window(one, case.waiting[step], terms=terms, today=today).last for one in named]
    return joint if joint <= max(lasts, default=joint) else None


def near(case: Case, step: str, terms: Terms, *, now: datetime) -> tuple[Fact, ...]:
    """The reminder of the meeting for which a step waits, on the day before; once, however many steps wait for it."""
    meeting, tomorrow = case.meetings.get(step), terms.day(now) + timedelta(days=1)
    if meeting is None or meeting in case.near or meeting.at <= now or terms.day(meeting.at) > tomorrow:
        return ()
    return (MeetingSoon(step, meeting),)
