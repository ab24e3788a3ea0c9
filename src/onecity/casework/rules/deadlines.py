"""The clock of a case: when it starts, stands still, runs again and is lengthened, and what silence means."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from onecity.casework.declared import ClockAct, Outcome, Process, Step
from onecity.casework.facts import (
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    DueSoon,
    Overrun,
    SilenceRecounted,
    Todo,
)
from onecity.casework.model import Case
from onecity.casework.rules import LONGEST_STOP, Terms, Why
from onecity.kernel.clock import DELIVERY, Calendar, Due, Extension, Run, Stop, due, working_days_left
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

NEAR: Final = 2
"""Working days before the latest day on which those whose turn it is are warned."""


def latest(case: Case, terms: Terms, *, today: date) -> Due | None:
    """The latest day as the calendar in force counts it, with every day on the way; None before acceptance."""
    return due(terms.calendar, case.clock, today=today) if case.clock else None


def silence_day(step: Step, calendar: Calendar, *, since: date) -> date | None:
    """The last day on which somebody can move a step before silence does; None if silence means nothing here."""
    return due(calendar, Run(since, step.silence.after)).day if step.silence else None


def todos(process: Process, steps: Sequence[str], calendar: Calendar, *, since: date) -> tuple[Todo, ...]:
    """Steps with the duties that they wait for, and the last day before silence moves them."""
    found = ((name, process.steps[name]) for name in steps)
    return tuple(Todo(name, step.duty, since, silence_day(step, calendar, since=since)) for name, step in found)


def silence_spoke(todo: Todo, *, today: date) -> bool:
    """Whether the time in which somebody could move a step has passed."""
    return todo.silent is not None and today > todo.silent


def _counted(run: Run, terms: Terms, today: date) -> Counted:
    found = due(terms.calendar, run, today=today)
    return Counted(found.day, found.provisional, terms.pack)


def clock_facts(
    case: Case, todo: Todo, outcome: Outcome, days: int | None, *, terms: Terms, today: date
) -> tuple[Fact, ...] | Refused:
    """What an outcome does to the clock, or why it cannot."""
    match outcome.clock:
        case None:
            return ()
        case ClockAct.STARTS:
            return _started(todo, outcome, terms, today) if case.clock is None else Refused(Why.CLOCK_RUNS)
        case ClockAct.STOPS:
            return _stopped(case, outcome, days, terms, today)
        case ClockAct.RESUMES:
            return _resumed(case, terms, today)
        case ClockAct.EXTENDS:
            return _extended(case, days, terms, today)


def clock_of_receipt(terms: Terms, *, since: date) -> tuple[Fact, ...]:
    """The clock of a process whose limit runs since the day on which everything came; nothing for other processes."""
    if not terms.process.counts_from_receipt:
        return ()
    return (ClockStarted(since, terms.limit, _counted(Run(since, terms.limit), terms, since)),)


def _started(todo: Todo, outcome: Outcome, terms: Terms, today: date) -> tuple[Fact, ...]:
    step = terms.process.steps[todo.step]
    meant = step.silence is not None and step.outcomes[step.silence.outcome] is outcome
    # Told too late counts as accepted on the day of receipt. Source: 行政许可法 article 32 (4).
    late = meant and silence_spoke(todo, today=today)
    accepted = todo.since if late else today
    return (ClockStarted(accepted, terms.limit, _counted(Run(accepted, terms.limit), terms, today)),)


def _stopped(case: Case, outcome: Outcome, days: int | None, terms: Terms, today: date) -> tuple[Fact, ...] | Refused:
    if case.clock is None:
        return Refused(Why.CLOCK_NOT_RUNNING)
    if case.stopped is not None:
        return Refused(Why.CLOCK_STOPPED)
    if days is None or days < 1:
        return Refused(Why.NO_DAYS)
    if days > LONGEST_STOP:
        return Refused(Why.TOO_MANY_DAYS, {"most": LONGEST_STOP})
    assert outcome.stop is not None, "a stop that was declared has a kind"
    # Today was still in the organ's hands; the clock stands from tomorrow on.
    stop = Stop(outcome.stop, today + timedelta(days=1), days, told=today)
    run = Run(case.clock.since, case.clock.limit, (*case.clock.stops, stop), case.clock.extension)
    return (ClockStopped(stop.kind, stop.first, days, today, _counted(run, terms, today)),)


def _resumed(case: Case, terms: Terms, today: date) -> tuple[Fact, ...] | Refused:
    if case.clock is None or case.stopped is None:
        return Refused(Why.CLOCK_NOT_STOPPED)
    ended = Stop(case.stopped.kind, case.stopped.first, case.stopped.planned, case.stopped.told, last=today)
    stops = (*(stop for stop in case.clock.stops if stop.last is not None), ended)
    run = Run(case.clock.since, case.clock.limit, stops, case.clock.extension)
    return (ClockResumed(today, _counted(run, terms, today)),)


def _extended(case: Case, days: int | None, terms: Terms, today: date) -> tuple[Fact, ...] | Refused:
    """Source: 行政许可法 article 42 ¶1: the head of the organ, once, with the reason told to the applicant."""
    if case.clock is None:
        return Refused(Why.CLOCK_NOT_RUNNING)
    if terms.extension == 0:
        return Refused(Why.NO_EXTENSION)
    if case.clock.extension is not None:
        return Refused(Why.ONCE)
    if days is None or days < 1:
        return Refused(Why.NO_DAYS)
    if days > terms.extension:
        return Refused(Why.TOO_MANY_DAYS, {"most": terms.extension})
    run = Run(case.clock.since, case.clock.limit, case.clock.stops, Extension(days, today, ""))
    return (ClockExtended(days, today, _counted(run, terms, today)),)


def deliver_by(terms: Terms, *, today: date) -> date:
    """The latest day to hand over what was decided today. Source: 行政许可法 article 44."""
    return due(terms.calendar, Run(today, DELIVERY)).day


def reminders(case: Case, terms: Terms, *, today: date) -> tuple[Fact, ...]:
    """What the nearness of the latest day demands today: a warning, then the fact that it passed; each once."""
    found = latest(case, terms, today=today)
    if found is None or case.result is not None or case.stopped is not None:
        return ()
    left = working_days_left(terms.calendar, today=today, latest=found.day)
    if today > found.day:
        return (Overrun(found.day),) if case.overrun is None else ()
    return (DueSoon(found.day),) if left <= NEAR and case.warned != found.day else ()


def recounted(case: Case, terms: Terms, *, today: date) -> tuple[Fact, ...]:
    """What a newly published calendar does to the days that a case waits for."""
    if case.result is not None:
        return ()
    return (*_clock_recounted(case, terms, today), *_silences_recounted(case, terms, today))


def _clock_recounted(case: Case, terms: Terms, today: date) -> tuple[Fact, ...]:
    if case.clock is None or case.counted is None:
        return ()
    now = _counted(case.clock, terms, today)
    moved = (now.due, now.provisional) != (case.counted.due, case.counted.provisional)
    return (ClockRecounted(now, case.stopped is not None),) if moved else ()


def _silences_recounted(case: Case, terms: Terms, today: date) -> Iterator[Fact]:
    """Only of silences that have not spoken yet: a calendar does not call back what already holds."""
    for name, todo in sorted(case.waiting.items()):
        step = terms.process.steps.get(name)
        if step is None or silence_spoke(todo, today=today):
            continue
        last = silence_day(step, terms.calendar, since=todo.since)
        if last is not None and last != todo.silent:
            yield SilenceRecounted(name, last)
