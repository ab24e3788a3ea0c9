"""Moving a case of the street once it is there: put right, with what shows that it is."""

from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import (
    Case,
    Happening,
    Move,
    Moved,
    Terms,
    advance,
    change,
    folded,
)
from onecity.governance.facts import Evidenced
from onecity.governance.model import Problem, Report, problem_of
from onecity.governance.rules import MOST_PHOTOS, Why
from onecity.governance.rules.evidence import unshown
from onecity.governance.steps import DONE, FILE, HANDLE, INTAKE, JOIN
from onecity.governance.usecases import Street, condition_of_case
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact


class Known(msgspec.Struct, frozen=True):
    """A case, what governance knows of it and its first report, as whoever asks has just loaded them."""

    case: Case
    problem: Problem
    report: Report


async def put_right(
    case: CaseId, command: Move, photos: tuple[str, ...], metres: int | None, *, street: Street, key: UUID, by: Acting,
    now: datetime, known: Known | None = None,
) -> Moved | Refused:  # fmt: skip
    """Move a case with what shows that it was put right.

    Who may move it is asked first, what the photographs show afterwards: a stranger learns nothing of the evidence.
    Filing and joining have commands of their own, which say under which condition and to which case. `known` is what
    the caller loaded; if the case moved meanwhile, it is loaded again with all that the evidence is held against.
    """
    if command.step == INTAKE and command.outcome in (FILE, JOIN):
        return Refused(Why.OWN_COMMAND)
    if len(photos) > MOST_PHOTOS:
        return Refused(Why.TOO_MANY_PHOTOS, {"most": MOST_PHOTOS})
    at_hand, problem = (known.case, known.problem) if known else await _loaded(case, street)

    def rule(found: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        facts = advance(found, command, terms=terms, by=by, now=now)
        if isinstance(facts, Refused) or not photos:
            return facts
        return (Evidenced(command.step, photos, metres), *facts)

    async def shown(happening: Happening) -> tuple[Change, ...] | Refused:
        """Whether it is evidence of the case as it is now; whoever may not move the case does not come so far."""
        found = happening.case
        as_known = at_hand is not None and found.version == at_hand.version
        before = problem if as_known else (await _loaded(found.id, street))[1]
        report = known.report if known else None
        return await _unshown(before, report, found, command, photos, street) or ()

    return await change(case, rule, office=street.office, key=key, by=by, now=now, also=(shown,), known=at_hand)


async def _loaded(case: CaseId, street: Street) -> tuple[Case | None, Problem]:
    history = await street.office.ledger.history(case)
    return folded(history), problem_of(history)


async def _unshown(
    problem: Problem, report: Report | None, case: Case, command: Move, photos: tuple[str, ...], street: Street
) -> Refused | None:
    """Why photographs are not the evidence that a move needs; None if they are, or if it needs none and has none."""
    if not photos:
        needed = (command.step, command.outcome) == (HANDLE, DONE) and await _needs_photo(problem, street)
        return Refused(Why.NO_EVIDENCE) if needed else None
    report = report or await load_report(case.opened.affair, street=street)
    before = (*problem.photos, *(report.told.photos if report else ()))
    shown = await street.photos.looks(case.opened.subject, photos)
    seen = await street.photos.looks(case.opened.subject, before)
    return unshown(shown, kept=len(shown) == len({*photos}), before=seen)


async def _needs_photo(problem: Problem, street: Street) -> bool:
    if problem.filed is None:
        return False
    return "after" in (await condition_of_case(problem.filed, street)).evidence.split()
