"""Moving a case of the street once it is there: put right, with what shows that it is."""

from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import (
    Case,
    Move,
    Moved,
    Terms,
    advance,
    change,
    folded,
    move,
)
from onecity.governance.model import Problem, Report, problem_of
from onecity.governance.rules import MOST_PHOTOS, Why
from onecity.governance.rules.evidence import evidenced
from onecity.governance.steps import DONE, FILE, HANDLE, INTAKE, JOIN
from onecity.governance.usecases import Street
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


class Known(msgspec.Struct, frozen=True):
    """A case, what governance knows of it and its first report, as whoever asks has just loaded them."""

    case: Case
    problem: Problem
    report: Report


async def put_right(
    case: CaseId, command: Move, photos: tuple[str, ...], metres: int | None, *, street: Street, key: UUID, by: Acting,
    now: datetime, known: Known | None = None,
) -> Moved | Refused:  # fmt: skip
    """Move a case with what shows that it was put right. Without photographs it is an ordinary move.

    Filing and joining have commands of their own, which say under which condition and to which case. `known` is what
    the caller loaded; if the case moved meanwhile, it is loaded again.
    """
    if command.step == INTAKE and command.outcome in (FILE, JOIN):
        return Refused(Why.OWN_COMMAND)
    if len(photos) > MOST_PHOTOS:
        return Refused(Why.TOO_MANY_PHOTOS, {"most": MOST_PHOTOS})
    history = () if known else await street.office.ledger.history(case)
    problem = known.problem if known else problem_of(history)
    at_hand = known.case if known else folded(history)
    needed = _needs_photo(problem, street) and (command.step, command.outcome) == (HANDLE, DONE)
    if needed and not photos:
        return Refused(Why.NO_EVIDENCE)
    if not photos:
        return await move(case, command, office=street.office, key=key, by=by, now=now, known=at_hand)

    kept = at_hand is not None and await street.photos.all_open(at_hand.opened.subject, photos)
    before = (*problem.photos, *await _reported(at_hand, known, street))

    def rule(found: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        facts = advance(found, command, terms=terms, by=by, now=now)
        if isinstance(facts, Refused):
            return facts
        shown = evidenced(command.step, photos, metres, kept=kept, before=before)
        return shown if isinstance(shown, Refused) else (*shown, *facts)

    return await change(case, rule, office=street.office, key=key, by=by, now=now, known=at_hand)


async def _reported(case: Case | None, known: Known | None, street: Street) -> tuple[str, ...]:
    """The photographs of the report that opened a case."""
    if known is not None:
        return known.report.told.photos
    report = await load_report(case.opened.affair, street=street) if case else None
    return report.told.photos if report else ()


def _needs_photo(problem: Problem, street: Street) -> bool:
    condition = street.filing.conditions.get(problem.filed.condition) if problem.filed else None
    return condition is not None and "after" in condition.evidence.split()
