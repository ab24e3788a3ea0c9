"""How a case moves, or why it stays where it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from onecity.casework.declared import APPLICANT, Outcome, Process, Step
from onecity.casework.facts import LAPSED, BeforeEnded, CaseEnded, CaseReleased, ClockStarted, StepTaken, Todo
from onecity.casework.model import Case
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Calendar, Limit, Run, due
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact

LONGEST_WORDS = 2_000
"""Characters that somebody may write to a person in one field of a letter."""


class Why(Reason):
    """Why a case stays where it is."""

    ENDED = "casework.ended"
    NO_SUCH_STEP = "casework.no_such_step"
    NO_SUCH_OUTCOME = "casework.no_such_outcome"
    NOT_YOUR_DUTY = "casework.not_your_duty"
    NOT_FOUND = "casework.not_found"
    UNSAID = "casework.unsaid"
    TOO_LONG = "casework.too_long"


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to do: end a step with an outcome, and what they write to the person concerned."""

    step: str
    outcome: str
    words: Mapping[str, str] = {}


def may(case: Case, step: Step, by: Acting) -> bool:
    """Whether the author holds the duty of a step in this case's agency and area, or is the person concerned."""
    if step.duty == APPLICANT:
        return by.subject == case.opened.subject
    covers = by.scope is not None and by.scope.covers(case.opened.agency, case.opened.area)
    return by.duty == step.duty and covers


def todos(process: Process, steps: Sequence[str]) -> tuple[Todo, ...]:
    """Steps with the duties that they wait for."""
    return tuple(Todo(step, process.steps[step].duty) for step in steps)


def advance(
    case: Case, move: Move, *, process: Process, limit: Limit, calendar: Calendar, pack: str, by: Acting, today: date
) -> tuple[Fact, ...] | Refused:
    """The facts that a move adds to the case, or the reason why it stays where it is."""
    if case.result is not None:
        return Refused(Why.ENDED)
    if move.step not in case.waiting:
        return Refused(Why.NO_SUCH_STEP)
    step = process.steps[move.step]
    if not may(case, step, by):
        return Refused(Why.NOT_YOUR_DUTY)
    outcome = step.outcomes.get(move.outcome)
    if outcome is None:
        return Refused(Why.NO_SUCH_OUTCOME)
    said = _said(outcome, move.words)
    if isinstance(said, Refused):
        return said
    facts: list[Fact] = [
        StepTaken(move.step, move.outcome, todos(process, outcome.opens), case.opened.subject, said or None)
    ]
    if outcome.starts_clock:
        facts.append(ClockStarted(today, limit, due(calendar, Run(today, limit)).day, pack))
    if outcome.ends is not None:
        facts.append(CaseEnded(outcome.ends))
    return tuple(facts)


def followed(follower: Case, process: Process, ended: UUID, *, good: bool, today: date) -> tuple[Fact, ...]:
    """What a case does when one that it waits for ends: after the last good one it begins, after a bad one it lapses.

    Every end is a fact of the follower, so that two ends at the same moment meet and none is overlooked.
    """
    if ended not in follower.missing or follower.result is not None:
        return ()
    if not good:
        return (BeforeEnded(ended), CaseEnded(LAPSED))
    if follower.missing != {ended}:
        return (BeforeEnded(ended),)
    return (BeforeEnded(ended), CaseReleased(today, todos(process, process.begins)))


def _said(outcome: Outcome, words: Mapping[str, str]) -> dict[str, str] | Refused:
    """What the outcome demands to be written, each part there and none too long."""
    said = {name: words.get(name, "").strip() for name in outcome.write}
    for name, text in said.items():
        if not text:
            return Refused(Why.UNSAID, {"field": name})
        if len(text) > LONGEST_WORDS:
            return Refused(Why.TOO_LONG, {"field": name, "most": LONGEST_WORDS})
    return said
