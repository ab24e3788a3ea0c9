"""Moving a case of the street once it is there: put right with evidence, joined to another, parted again."""

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
    load,
)
from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Alike, Evidenced, Joined, Parted
from onecity.governance.model import Problem, Report, problem_of
from onecity.governance.rules import MOST_PHOTOS, Why
from onecity.governance.rules.evidence import unshown
from onecity.governance.steps import DONE, FILE, HANDLE, INTAKE, JOIN
from onecity.governance.usecases import Street, condition_of_case
from onecity.governance.usecases.reporting import load_report, opened_for
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact
from onecity.notices import letter_to


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
    return unshown(photos, kept=await street.photos.all_open(case.opened.subject, photos), before=before)


async def _needs_photo(problem: Problem, street: Street) -> bool:
    if problem.filed is None:
        return False
    return "after" in (await condition_of_case(problem.filed, street)).evidence.split()


async def join(
    report: UUID, case: CaseId, alike: Alike, *, street: Street, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Let a report follow a case that is open already; its own case ends, and whoever reported is told.

    `alike` is what the officer saw of both.
    """
    found, other = await load_report(report, street=street), await load(case, office=street.office)
    if found is None or other is None:
        return Refused(Why.NOT_FOUND)
    if found.case == case:
        return Refused(Why.SAME_CASE)
    if other.result is not None:
        return Refused(CaseWhy.ENDED)

    async def follow(_happening: object) -> tuple[Change, ...]:
        return (Change(found.id, found.version, (Joined(case, alike),)),)

    return await change(
        CaseId(found.case), lambda own, terms: advance(own, Move(INTAKE, JOIN), terms=terms, by=by, now=now),
        office=street.office, key=key, by=by, now=now, also=(follow,),
    )  # fmt: skip


async def part(report: UUID, *, street: Street, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    """Undo a joining: the report has a case of its own again, which begins anew; its day of answer stays."""
    found = await load_report(report, street=street)
    joined = found is not None and found.case != found.told.case
    if found is None or not joined:
        return Refused(Why.NOT_FOUND)
    case = derived_id(key, now=now, what="case")
    followed = await load(found.case, office=street.office)
    if followed is None or by.scope is None or not by.scope.covers(street.rules.centre, followed.opened.area):
        return Refused(CaseWhy.NOT_YOUR_DUTY)
    told = found.told
    opened = opened_for(told, found.id, street, now=now)
    parted = Parted(case, told.number, told.source, told.matter, told.area, told.cell, told.answer_by)

    async def decide() -> Decision | Refused:
        letter = letter_to(
            PersonId(found.told.subject), "governance.parted", about=found.id, sender=street.rules.centre,
            facts={"matter": found.told.matter, "case": str(case)}, words=None,
            law=street.rules.because.citation, key=key, now=now,
        )  # fmt: skip
        changes = (Change(found.id, found.version, (parted,)), Change(case, 0, (opened,)), letter)
        return Decision(changes, Moved(case, 1, None))

    return await street.office.ledger.record(key, decide, Moved, by=by, now=now)
