"""The clock of a case: when it starts, stands still, runs again and is lengthened, and what silence means."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.declared import LONGEST_STOP, ClockAct, Outcome, Process, Step
from onecity.casework.facts import (
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    DueSoon,
    MadeOrdinary,
    Overrun,
    SilenceRecounted,
    StopProlonged,
    Todo,
)
from onecity.casework.model import Case
from onecity.casework.rules import Terms, Why
from onecity.kernel.clock import (
    DELIVERY,
    Calendar,
    CountedSpan,
    Due,
    Extension,
    HoursDue,
    Limit,
    Run,
    Stop,
    due,
    due_after_hours,
    working_days_left,
)
from onecity.kernel.instants import bounds_of
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

_REPLACED: Final = msgspec.structs.replace

NEAR: Final = 2
"""Working days before the latest day on which those whose turn it is are warned; of a short time, one day less."""


def latest(case: Case, terms: Terms, *, today: date) -> Due | None:
    """The latest day as the calendar in force counts it, with every day on the way.

    None before acceptance, and for limits in hours, which have a latest instant.
    """
    if case.clock is None or case.clock.limit.unit.in_hours:
        return None
    return due(terms.calendar, case.clock, today=today)


def latest_instant(case: Case, terms: Terms, *, now: datetime) -> HoursDue | None:
    """The latest instant with every stretch that counts; None before acceptance, and for limits in days."""
    if case.clock is None or not case.clock.limit.unit.in_hours:
        return None
    return _instant(case.clock, terms, now)


def last_day(case: Case, terms: Terms, *, now: datetime) -> date:
    """The latest day of an open case, as if it were accepted today where it is not yet; a stop lasts as announced."""
    if case.clock is None:
        return _start(terms.day(now), case.limit or terms.limit, terms, now).counted.due
    return _counted(case.clock, terms, now).due


def silence_day(step: Step, calendar: Calendar, *, since: date, planned: int | None = None) -> date | None:
    """The last day on which somebody can move a step before silence does; None if silence means nothing here.

    Silence without a time of its own waits for the end of a stop that was `planned` for so many working days.
    """
    if step.silence is None:
        return None
    if step.silence.after is not None:
        return due(calendar, Run(since, step.silence.after)).day
    return None if planned is None else due(calendar, Run(since, Limit(planned))).day


def todos(
    process: Process, steps: Sequence[str], calendar: Calendar, *, since: date, to: Mapping[str, str] | None = None,
    planned: int | None = None,
) -> tuple[Todo, ...]:  # fmt: skip
    """Steps with the duties that they wait for, and the last day before silence moves them; `to` says in which agency.

    `planned` is the length of the stop that was announced with them, in working days.
    """
    return tuple(
        Todo(
            name,
            step.duty,
            since,
            silence_day(step, calendar, since=since, planned=planned),
            to.get(name) if to else None,
            bool(step.drawn),
        )
        for name, step in ((name, process.steps[name]) for name in steps)
    )


def silence_spoke(todo: Todo, *, today: date) -> bool:
    """Whether the time in which somebody could move a step has passed."""
    return todo.silent is not None and today > todo.silent


def _counted(run: Run, terms: Terms, now: datetime) -> Counted:
    if run.limit.unit.in_hours:
        instant = _instant(run, terms, now)
        return Counted(instant.at.date(), instant.provisional, terms.pack, instant.at)
    found = due(terms.calendar, run, today=terms.day(now))
    return Counted(found.day, found.provisional, terms.pack)


def _instant(run: Run, terms: Terms, now: datetime) -> HoursDue:
    assert run.at is not None, "a limit in hours begins at an instant"
    limit = Limit(run.limit.number + (run.extension.days if run.extension else 0), run.limit.unit)
    stood = [_stood(stop, terms, now) for stop in run.stops if stop.at is not None]
    return due_after_hours(terms.calendar, terms.hours, terms.zone, since=run.at, limit=limit, stood=stood)


def _stood(stop: Stop, terms: Terms, now: datetime) -> CountedSpan:
    """From when to when a clock of hours stands: a stop that still runs lasts as announced, or until now if later."""
    assert stop.at is not None, "asked before"
    if stop.until is not None:
        return CountedSpan(stop.at, stop.until)
    _, planned = bounds_of(terms.zone, due(terms.calendar, Run(stop.told, Limit(stop.planned))).day)
    return CountedSpan(stop.at, max(planned, now))


def clock_facts(
    case: Case, todo: Todo, outcome: Outcome, days: int | None, *, terms: Terms, now: datetime
) -> tuple[Fact, ...] | Refused:
    """What an outcome does to the clock, or why it cannot; one that meets while it stands lets it stand longer."""
    match outcome.clock:
        case None:
            return prolonged(case, days, terms, now) if outcome.meets is not None and case.stopped else ()
        case ClockAct.STARTS:
            return _started(case, todo, outcome, terms, now) if case.clock is None else Refused(Why.CLOCK_RUNS)
        case ClockAct.STOPS:
            return _stopped(case, outcome, days, terms, now)
        case ClockAct.RESUMES:
            return _resumed(case, terms, now)
        case ClockAct.EXTENDS:
            return _extended(case, days, terms, now)


def clock_of_receipt(terms: Terms, *, since: date, now: datetime) -> tuple[Fact, ...]:
    """The clock of a process whose limit runs since the day on which everything came; nothing for other processes."""
    if not terms.process.counts_from_receipt:
        return ()
    return (_start(since, terms.limit, terms, now),)


def made_ordinary(case: Case, *, after: UUID, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """What happens to an open case that was spared something, and is not any more: `terms` are the ordinary ones.

    Its limit runs anew from today: nobody is late with what they did not have to do before.
    """
    if case.result is not None or case.ordinary or case.opened.limit is None:
        return ()
    return (MadeOrdinary(after), *_anew(case, terms, now))


def _anew(case: Case, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """The clock with its whole limit from today on; where it stands it goes on standing, as was told."""
    if case.clock is None:
        return ()
    began, stop = _start(terms.day(now), case.limit or terms.limit, terms, now), case.stopped
    if stop is None:
        return (began,)
    stop = _REPLACED(stop, at=began.at and (stop.at or began.at))
    counted = _counted(Run(began.accepted, began.limit, stops=(stop,), at=began.at), terms, now)
    return (began, ClockStopped(stop.kind, stop.first, stop.planned, stop.told, counted, stop.at))


def _start(since: date, limit: Limit, terms: Terms, now: datetime) -> ClockStarted:
    at = now if limit.unit.in_hours else None
    return ClockStarted(since, limit, _counted(Run(since, limit, at=at), terms, now), at)


def _started(case: Case, todo: Todo, outcome: Outcome, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    today = terms.day(now)
    step = terms.process.steps[todo.step]
    meant = step.silence is not None and step.outcomes[step.silence.outcome] is outcome
    # Told too late counts as accepted on the day of receipt. Source: 行政许可法 article 32 (4).
    late = meant and silence_spoke(todo, today=today)
    return (_start(todo.since if late else today, case.limit or terms.limit, terms, now),)


def _stopped(case: Case, outcome: Outcome, days: int | None, terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    if case.clock is None:
        return Refused(Why.CLOCK_NOT_RUNNING)
    if case.stopped is not None:
        return Refused(Why.CLOCK_STOPPED)
    if days is None or days < 1:
        return Refused(Why.NO_DAYS)
    if days > outcome.at_most:
        return Refused(Why.TOO_MANY_DAYS, {"most": outcome.at_most})
    assert outcome.stop is not None, "a stop that was declared has a kind"
    # Today was still in the organ's hands; the clock stands from tomorrow on. Hours stand still at once.
    today = terms.day(now)
    at = now if case.clock.limit.unit.in_hours else None
    stop = Stop(outcome.stop, today + timedelta(days=1), days, told=today, at=at)
    run = _REPLACED(case.clock, stops=(*case.clock.stops, stop))
    return (ClockStopped(stop.kind, stop.first, days, today, _counted(run, terms, now), at),)


def prolonged(case: Case, days: int | None, terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    """The clock stands until a day that was named anew; `days` counts from the day on which the stop was told."""
    assert case.clock is not None and case.stopped is not None, "asked before"
    if days is None or days <= case.stopped.planned:
        return ()
    if days > LONGEST_STOP:
        return Refused(Why.TOO_MANY_DAYS, {"most": LONGEST_STOP})
    stops = tuple(_REPLACED(one, planned=days) if one.last is None else one for one in case.clock.stops)
    return (StopProlonged(days, _counted(_REPLACED(case.clock, stops=stops), terms, now)),)


def _resumed(case: Case, terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    if case.clock is None or case.stopped is None:
        return Refused(Why.CLOCK_NOT_STOPPED)
    today, at = terms.day(now), now if case.clock.limit.unit.in_hours else None
    ended = _REPLACED(case.stopped, last=today, until=at)
    stops = (*(stop for stop in case.clock.stops if stop.last is not None), ended)
    return (ClockResumed(today, _counted(_REPLACED(case.clock, stops=stops), terms, now), at),)


def _extended(case: Case, days: int | None, terms: Terms, now: datetime) -> tuple[Fact, ...] | Refused:
    """Source: 行政许可法 article 42 ¶1: the head of the organ, once, with the reason told to the applicant."""
    if case.clock is None:
        return Refused(Why.CLOCK_NOT_RUNNING)
    most = terms.extension if case.extension is None else case.extension
    if most == 0:
        return Refused(Why.NO_EXTENSION)
    if case.clock.extension is not None:
        return Refused(Why.ONCE)
    if days is None or days < 1:
        return Refused(Why.NO_DAYS)
    if days > most:
        return Refused(Why.TOO_MANY_DAYS, {"most": most})
    today = terms.day(now)
    run = _REPLACED(case.clock, extension=Extension(days, today, ""))
    return (ClockExtended(days, today, _counted(run, terms, now)),)


def deliver_by(terms: Terms, *, today: date) -> date:
    """The latest day to hand over what was decided today. Source: 行政许可法 article 44."""
    return due(terms.calendar, Run(today, DELIVERY)).day


def reminders(case: Case, terms: Terms, *, now: datetime) -> tuple[Fact, ...]:
    """What the nearness of the latest day demands now: a warning, then the fact that it passed; each once.

    Hours are too short for a warning: whoever has the work sees them run. On the day on which work comes its latest
    day stands beside it, so nobody is warned before a day of it has passed, however short the time is.
    """
    today, instant = terms.day(now), latest_instant(case, terms, now=now)
    if instant is not None:
        running = case.result is None and case.stopped is None
        return (Overrun(instant.at.date()),) if running and now > instant.at and case.overrun is None else ()
    found = latest(case, terms, today=today)
    if found is None or case.result is not None or case.stopped is not None:
        return ()
    left = working_days_left(terms.calendar, today=today, latest=found.day)
    if today > found.day:
        return (Overrun(found.day),) if case.overrun is None else ()
    came = max((todo.since for todo in case.waiting.values()), default=today)
    given = working_days_left(terms.calendar, today=came, latest=found.day)
    return (DueSoon(found.day),) if left <= min(NEAR, given - 1) and case.warned != found.day else ()


def recounted(case: Case, terms: Terms, *, now: datetime) -> tuple[Fact, ...]:
    """What a newly published calendar does to the days that a case waits for."""
    if case.result is not None:
        return ()
    return (*_clock_recounted(case, terms, now), *_silences_recounted(case, terms, terms.day(now)))


def _clock_recounted(case: Case, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    if case.clock is None or case.counted is None:
        return ()
    found = _counted(case.clock, terms, now)
    before = case.counted
    moved = (found.due, found.at, found.provisional) != (before.due, before.at, before.provisional)
    return (ClockRecounted(found, case.stopped is not None),) if moved else ()


def _silences_recounted(case: Case, terms: Terms, today: date) -> Iterator[Fact]:
    """Only of silences that have not spoken yet: a calendar does not call back what already holds."""
    for name, todo in sorted(case.waiting.items()):
        step = terms.process.steps.get(name)
        if step is None or silence_spoke(todo, today=today):
            continue
        last = silence_day(step, terms.calendar, since=todo.since)
        if last is not None and last != todo.silent:
            yield SilenceRecounted(name, last)
