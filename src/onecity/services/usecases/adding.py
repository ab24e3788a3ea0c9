"""What a person adds to an application: what was missing, another try, or that they do not want it any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import (
    APPLICANT,
    Awaited,
    Case,
    Follow,
    Happening,
    Move,
    Moved,
    Office,
    Post,
    Why,
    load,
    move,
    way_chosen,
    withdraw,
)
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision
from onecity.notices import letter_to
from onecity.services.catalogue import Catalogue
from onecity.services.facts import AppliedAgain, Branch, Supplemented
from onecity.services.model import Affair
from onecity.services.purposes import of_affair
from onecity.services.rules import Why as ServiceWhy
from onecity.services.rules import case_of, changed, lies_in, not_asked, taken, way_of
from onecity.services.same_questions import same_in
from onecity.services.usecases import Intake, affair_of_case, own_affair
from onecity.services.usecases.applying import begun
from onecity.services.usecases.relying import Needing, brought


class Bring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person brings to a case: answers that changed; materials were uploaded before and are found by name.

    `uses` names those whose file another application used, or was brought for nothing in particular, and that is to
    count here as well. Where the step offers a choice, `choice` names the outcome, and `words` are what it asks the
    person to write.
    """

    case: UUID
    answers: Mapping[str, str] = {}
    uses: tuple[str, ...] = ()
    choice: str = ""
    words: Mapping[str, str] = {}


class Again(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another try at an item of an application, with the answers that changed; `uses` as in `Bring`."""

    item: str
    answers: Mapping[str, str] = {}
    uses: tuple[str, ...] = ()


class Reopened(msgspec.Struct, frozen=True):
    """The answer to another try: the new case."""

    case: UUID


def turn_of_applicant(case: Case, steps: Mapping[str, object]) -> str | None:
    """The step that waits for the person, if one does."""
    waiting = [name for name, todo in case.waiting.items() if todo.duty == APPLICANT and name in steps]
    return waiting[0] if waiting else None


async def bring(
    affair_id: UUID, command: Bring, *, intake: Intake, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Bring what a case lacks; the step that waited for it ends, and the officer looks again."""
    affair = await own_affair(affair_id, ledger=intake.ledger, by=by)
    if isinstance(affair, Refused):
        return affair
    case = await load(command.case, office=intake.office) if affair.branch(command.case) else None
    if case is None:
        return Refused(Why.NOT_FOUND)
    process = (await intake.office.terms(case.opened)).process
    step = turn_of_applicant(case, process.steps)
    if step is None:
        # Perhaps a second click: the first answer is found by its key, under whatever step it was.
        step = next((name for name, one in process.steps.items() if one.duty == APPLICANT), "")
    confirms = bool(step) and process.steps[step].confirms
    unasked = not_asked((), command.answers) if confirms else None
    if unasked is not None:
        return unasked
    also = () if confirms else (_supplement(affair_id, command, intake=intake),)
    offered = list(process.steps[step].offered) if step else []
    # Whoever says nothing where several ways are open has chosen none of them.
    chosen = command.choice or (offered[0] if len(offered) == 1 else "")
    made = Move(step, chosen, command.words)
    return await move(case.id, made, office=intake.office, key=key, by=by, now=now, also=also)


def _supplement(affair_id: UUID, command: Bring, *, intake: Intake) -> Follow:
    async def follow(happening: Happening) -> Sequence[Change] | Refused:
        affair = await affair_of_case(affair_id, ledger=intake.ledger)
        if isinstance(affair, Refused):
            return affair
        branch = affair.branch(happening.case.id)
        assert branch is not None, "an application names its own cases"
        item = await intake.catalogue.item_of(happening.case.opened)
        fields = (await intake.catalogue.under(branch.pack)).fields([branch.item])
        today = day_in(intake.office.zone, happening.now)
        answers = not_asked(fields, command.answers) or taken(fields, {**affair.answers, **command.answers}, on=today)
        if isinstance(answers, Refused):
            return answers
        needing = Needing(command.case, branch.item, item, item.materials)
        there = await brought(
            [needing], purposes=(of_affair(affair.id),), intake=intake, subject=affair.applied.subject,
            by=happening.by, day=today, uses=command.uses,
        )  # fmt: skip
        if isinstance(there, Refused):
            return there
        lacking = [name for name in happening.case.lacking if name not in fields.keys() | there.names]
        if lacking:
            return Refused(ServiceWhy.STILL_LACKING, {"names": tuple(lacking), "number": len(lacking)})
        fact = Supplemented(
            affair.applied.subject, command.case, _carried(affair, answers, intake.catalogue) or None,
            changed(affair.materials, there.files), changed(affair.licences, there.licences),
        )  # fmt: skip
        return (Change(affair.id, affair.version, (fact,)), *there.changes)

    return follow


def _carried(affair: Affair, answers: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    """What changes in an application: the answers that are new, and in that of a life event with them those that an
    old one stood for as well, for whichever office.
    """
    new = changed(affair.answers, answers)
    if affair.applied.event is None:
        return new
    same = same_in(catalogue.pack)
    pairs = ((name, by) for name in affair.answers if name not in new for by in same.get(name, ()) if by in new)
    return new | {name: new[by] for name, by in pairs if affair.answers[name] == affair.answers.get(by)}


async def again(
    affair_id: UUID, command: Again, *, intake: Intake, key: UUID, by: Acting, now: datetime
) -> Reopened | Refused:
    """Apply once more for an item of an application that was not granted; nothing is typed twice."""

    async def decide() -> Decision | Refused:
        affair = await own_affair(affair_id, ledger=intake.ledger, by=by)
        if isinstance(affair, Refused):
            return affair
        if affair.closed:
            return Refused(ServiceWhy.WHOLE_ENDED)
        found, today = await _waits(affair, command.item, intake=intake), day_in(intake.office.zone, now)
        before = await _before(affair, command.item, intake=intake)
        if isinstance(found, Refused):
            return found
        item = intake.catalogue.bundle([command.item])[command.item]
        if not item.holds(today):
            return Refused(ServiceWhy.NOT_IN_FORCE, {"day": item.in_force.isoformat()})
        fields = intake.catalogue.fields([command.item])
        answers = not_asked(fields, command.answers) or taken(fields, {**affair.answers, **command.answers}, on=today)
        if isinstance(answers, Refused):
            return answers
        return await _reopened(affair, command, answers, found, before, intake=intake, key=key, by=by, now=now)

    return await intake.ledger.record(key, decide, Reopened, by=by, now=now)


async def _reopened(
    affair: Affair, command: Again, answers: dict[str, str], waits: tuple[Case, ...], before: Post, *, intake: Intake,
    key: UUID, by: Acting, now: datetime,
) -> Decision | Refused:  # fmt: skip
    item = command.item
    current, subject = intake.catalogue.current(item), affair.applied.subject
    case, today = derived_id(key, now=now, what=f"case {item}"), day_in(intake.office.zone, now)
    declared = intake.catalogue.bundle([item])[item]
    needing = Needing(case, item, declared, declared.materials)
    there = await brought(
        [needing], purposes=(of_affair(affair.id),), intake=intake, subject=subject, by=by, day=today,
        uses=command.uses,
    )  # fmt: skip
    if isinstance(there, Refused):
        return there
    opened = case_of(
        current, intake.office.calendar, affair=affair.id, subject=subject, received=today,
        after=tuple(one.id for one in waits),
        area=lies_in(intake.catalogue.fields([item]), answers, city=affair.applied.area),
        delivery=way_of(before.way, intake.catalogue.ways(item)),
    )  # fmt: skip
    paper = way_chosen(before.way, subject, before.to)
    paper = () if isinstance(paper, Refused) else paper
    branch = Branch(item, current.item_version, case, intake.office.pack)
    new = _carried(affair, answers, intake.catalogue) or None
    fact = AppliedAgain(subject, branch, new, there.files, changed(affair.licences, there.licences))
    letter = letter_to(
        PersonId(subject), "services.received", about=affair.id, sender=current.agency,
        facts={"matter": item, "number": affair.applied.number, "case": str(case)}, words=None,
        law=current.first_law, key=key, now=now,
    )  # fmt: skip
    changes = (
        Change(affair.id, affair.version, (fact,)),
        Change(case, 0, begun(opened, current, intake.office, paper, now=now)),
        # Written into each history that is waited for: one that ends meanwhile is stale, and decided again.
        *(Change(one.id, one.version, (Awaited(case),)) for one in waits),
        *there.changes,
        letter,
    )
    return Decision(changes, Reopened(case))


async def _before(affair: Affair, item: str, *, intake: Intake) -> Post:
    """How the result of the last try at an item was to reach the person: that of another goes the same way."""
    tries = [branch.case for branch in affair.branches if branch.item == item]
    case = await load(tries[-1], office=intake.office) if tries else None
    return case.post if case else Post()


async def _waits(affair: Affair, item: str, *, intake: Intake) -> tuple[Case, ...] | Refused:
    """The running cases of the application whose results the item needs; refused where it runs or was granted."""
    if intake.catalogue.item(item) is None or all(branch.item != item for branch in affair.branches):
        return Refused(ServiceWhy.NO_SUCH_ITEM)
    running, waited = dict[str, Case](), frozenset[UUID]()
    for branch in affair.branches:
        case = await load(branch.case, office=intake.office)
        assert case is not None, "an application names its own cases"
        good = case.result in (await intake.office.terms(case.opened)).process.succeeds
        if branch.item == item and (case.result is None or good):
            return Refused(ServiceWhy.RUNS_ALREADY)
        if branch.item == item:
            waited |= frozenset(case.opened.after)
        if case.result is None:
            running[branch.item] = case
    # What waited for what was said when the application began, by its items or by the plan of a project.
    makers = dict.fromkeys(branch.item for branch in affair.branches if branch.case in waited)
    return tuple(running[name] for name in makers if name in running)


async def give_up(
    affair_id: UUID, case: UUID, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Withdraw one case of an application."""
    affair = await own_affair(affair_id, ledger=office.ledger, by=by)
    if isinstance(affair, Refused):
        return affair
    if affair.branch(case) is None:
        return Refused(Why.NOT_FOUND)
    return await withdraw(CaseId(case), office=office, key=key, by=by, now=now)
