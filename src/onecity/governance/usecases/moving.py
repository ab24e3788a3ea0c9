"""Moving a case of the street once it is there: put right with evidence, joined to another, parted again."""

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
    load,
    move,
)
from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Alike, Joined, Parted
from onecity.governance.model import Problem, Report, problem_of
from onecity.governance.rules import MOST_PHOTOS, Why
from onecity.governance.rules.evidence import evidenced
from onecity.governance.steps import DONE, FILE, HANDLE, INTAKE, JOIN
from onecity.governance.usecases import Street
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
