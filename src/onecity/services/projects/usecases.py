"""Beginning projects, applying for their stages and leading them: load, decide, record."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from onecity.casework import Case, cases_of_affair, folded, join_visit
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact
from onecity.notices import letter_to
from onecity.people import Why as PeopleWhy
from onecity.services.answers import Field
from onecity.services.approvals import Standing
from onecity.services.cited import TOGETHER
from onecity.services.facts import WholeEnded
from onecity.services.model import Affair
from onecity.services.projects import rules, store
from onecity.services.projects.declared import (
    PROJECT_FORM,
    ProjectForm,
    optional,
    plan_for,
    rows_of,
    type_of,
    types_offered,
)
from onecity.services.projects.facts import ProjectDropped, ProjectFreed, ProjectOpened, StageApplied, VisitSet
from onecity.services.projects.model import JointVisit, Project, project_of
from onecity.services.projects.rules import VISITED, Begin, Why
from onecity.services.purposes import of_stage
from onecity.services.rules import lies_in, not_asked, taken
from onecity.services.usecases import Intake, affair_of_case, covered
from onecity.services.usecases.applying import Apply, Receipt, Within, apply

_CODES: Final = UUID("8e0f6f3c-2c39-5d5e-9a3c-70726f6a6521")
"""Namespace of the histories of projects: one a code, so that no code is begun twice."""


FREED: Final = "services.project_freed"
"""The letter to whoever held a code that was freed; `about` is their project, which is over."""


class Begun(msgspec.Struct, frozen=True):
    """The answer to whoever began a project: in how many working days the city promises to decide all of it."""

    project: UUID
    code: str
    days: int


class Led(msgspec.Struct, frozen=True):
    """The answer to whoever did something with a project."""

    project: UUID


class Stood(msgspec.Struct, frozen=True):
    """A project with what its cases tell of each approval, and with its joint visit once a day is set.

    One that is `kept` has something under way or granted, so that nobody frees its code.
    """

    project: Project
    cases: Mapping[str, Standing]
    joint: JointVisit | None = None
    kept: bool = False


class Projects(msgspec.Struct, frozen=True):
    """The construction projects of a city, by the list that its pack declares."""

    intake: Intake

    @property
    def form(self) -> ProjectForm | None:
        """What a project begins with; None where the pack declares no projects."""
        found = self.intake.catalogue.pack.all(PROJECT_FORM)
        return self.intake.catalogue.pack.one(PROJECT_FORM) if found else None

    def fields(self) -> dict[str, Field]:
        """The questions with which a project begins."""
        names = self.form.fields if self.form else ()
        return {name: field for name in names if (field := self.intake.catalogue.asked(name)) is not None}

    def asks_for(self, items: Collection[str]) -> bool:
        """Whether all of these items are approvals that a construction project asks for at once."""
        if self.form is None:
            return False
        return set(items) <= {row.item for row in rows_of(self.intake.catalogue.pack).values()}

    async def find(self, project: UUID, *, dropped: bool = False) -> Project | None:
        """A project, if there is one that was not given up; one that was, where `dropped` ones are asked for too."""
        found = project_of(await self.intake.ledger.history(project))
        return None if found is None or (found.dropped and not dropped) else found

    async def ids_of(self, subject: UUID, *, limit: int | None = None) -> list[UUID]:
        """The projects of somebody, the newest first."""
        async with self.intake.ledger.readers.acquire() as connection:
            return await store.projects_of(connection, subject, limit=limit)

    async def own(self, project: UUID, *, by: Acting) -> Project | Refused:
        """A project, if it is that of whoever asks, or of whom they act for in all of its matters."""
        found = await self.find(project, dropped=True)
        if found is None or found.opened.subject != by.subject:
            return Refused(Why.NOT_FOUND)
        if found.dropped:
            return Refused(Why.DROPPED)
        items = [part.item for part in found.opened.plan]
        return found if await covered(items, ledger=self.intake.ledger, by=by) else Refused(Why.NOT_FOUND)

    async def stand(self, project: Project) -> Stood:
        """What became of a project so far."""
        zone, stages = self.intake.office.zone, project.affairs
        told = await asyncio.gather(*(self._cases(affair) for affair in stages.values()))
        asked = {stage: min(case.received for case in cases) for stage, cases in zip(stages, told, strict=True)}
        by_item: dict[str, list[Case]] = {}
        for case in (one for cases in told for one in cases):
            by_item.setdefault(case.opened.matter, []).append(case)
        visited = next((cases for stage, cases in zip(stages, told, strict=True) if stage == VISITED), ())
        joint = rules.joint_visit(project, visited, zone)
        kept = rules.keeps_its_code(case for cases in told for case in cases)
        return Stood(project, rules.standings(project, by_item, asked, zone), joint, kept)

    async def _cases(self, affair: UUID) -> Sequence[Case]:
        """The cases of an application, the first ones first."""
        async with self.intake.ledger.readers.acquire() as connection:
            rows = await cases_of_affair(connection, affair)
        histories = await asyncio.gather(*(self.intake.ledger.history(row.id) for row in rows))
        return [case for history in histories if (case := folded(history)) is not None]

    async def begin(self, command: Begin, *, by: Acting, key: UUID, now: datetime) -> Begun | Refused:
        """Begin a project: its plan is what the city promises today."""
        opened = self._opened(command, by=by, today=day_in(self.intake.office.zone, now))
        if isinstance(opened, Refused):
            return opened

        async def decide() -> Decision | Refused:
            stream, before = await self._place_of(opened.code)
            if before is not None:
                mine = before.opened.subject == by.subject
                return Refused(Why.KNOWN, {"mine": mine, "project": str(stream) if mine else ""})
            change, days = Change(stream, 0, (opened,)), Project(stream, 0, opened).plan.critical_days
            return Decision((change,), Begun(stream, opened.code, days))

        if not await covered([part.item for part in opened.plan], ledger=self.intake.ledger, by=by):
            return Refused(PeopleWhy.NOT_IN_MANDATE)
        return await self.intake.ledger.record(key, decide, Begun, by=by, now=now)

    async def _place_of(self, code: str) -> tuple[UUID, Project | None]:
        """The project of a code with its history, or the history in which the next one begins."""
        attempt = 0
        while (found := project_of(await self.intake.ledger.history(stream_of(code, attempt)))) and found.dropped:
            attempt += 1
        return stream_of(code, attempt), found

    def answered_right(self, typed: Mapping[str, str], *, today: date) -> dict[str, str] | Refused:
        """The answers with which a project may begin; its code and its type are such as the city takes."""
        form, fields = self.form, self.fields()
        if form is None:
            return Refused(Why.NOT_FOUND)
        answers = not_asked(fields, typed) or taken(fields, typed, on=today)
        if isinstance(answers, Refused):
            return answers
        wrong = rules.code_fault(answers[form.code], city=self.intake.area, today=today)
        if wrong is not None:
            return wrong
        offered = type_of(answers[form.type]) in types_offered(self.intake.catalogue.pack)
        return answers if offered else Refused(Why.NO_SUCH_TYPE)

    def _opened(self, command: Begin, *, by: Acting, today: date) -> ProjectOpened | Refused:
        form, fields, pack = self.form, self.fields(), self.intake.catalogue.pack
        if form is None or by.subject is None:
            return Refused(Why.NOT_FOUND)
        answers = self.answered_right(command.answers, today=today)
        if isinstance(answers, Refused):
            return answers
        of_type = type_of(answers[form.type])
        offered = optional(pack, of_type)
        base = [row.id for row in offered if of_type in row.base.split()]
        switched = rules.switches(command.meets, base, [row.id for row in offered])
        if isinstance(switched, Refused):
            return switched
        rows = rows_of(pack)
        if no := rules.contradicted(command.meets, rows):
            return no
        items, stages = {row.id: row.item for row in rows.values()}, {row.id: row.stage for row in rows.values()}
        plan = rules.parts_of(plan_for(pack, of_type, switched), items, stages)
        area = lies_in(fields, answers, city=self.intake.area)
        return ProjectOpened(
            by.subject, answers[form.code], of_type, area, today, tuple(sorted(switched.added)),
            tuple(sorted(switched.taken)), plan, self.intake.office.pack, answers,
        )  # fmt: skip

    async def drop(self, project: UUID, *, by: Acting, key: UUID, now: datetime) -> Led | Refused:
        """Give a project up before anything of it was applied for."""

        async def decide() -> Decision | Refused:
            found = await self.own(project, by=by)
            if isinstance(found, Refused):
                return found
            if found.affairs:
                return Refused(Why.BEGUN)
            return _led(found, ProjectDropped(found.opened.subject))

        return await self.intake.ledger.record(key, decide, Led, by=by, now=now)

    async def free(self, project: UUID, reason: str, *, by: Acting, key: UUID, now: datetime) -> Led | Refused:
        """Free the code of a project that somebody else holds without need; they read the reason in a letter."""

        async def decide() -> Decision | Refused:
            found = await self.find(project)
            if found is None or not leads(found, by):
                return Refused(Why.NOT_FOUND)
            # Written into each application, as it was before its cases were read: one of which somebody applies again
            # meanwhile is stale, and decided again.
            closed = [await self._closed(affair, found.id) for affair in found.affairs.values()]
            told = await asyncio.gather(*(self._cases(affair) for affair in found.affairs.values()))
            fact = rules.freed(found, reason, cases=(case for cases in told for case in cases))
            if isinstance(fact, Refused):
                return fact
            return _led(found, fact, also=(*closed, _freed_letter(found, fact, by=by, key=key, now=now)))

        return await self.intake.ledger.record(key, decide, Led, by=by, now=now)

    async def _closed(self, affair: UUID, project: UUID) -> Change:
        found = await affair_of_case(affair, ledger=self.intake.ledger)
        assert isinstance(found, Affair), "a project names its own applications"
        return Change(affair, found.version, (WholeEnded(project),))

    async def apply(
        self, project: UUID, stage: int, command: Apply, *, by: Acting, key: UUID, now: datetime
    ) -> Receipt | Refused:
        """Hand in the one application for all approvals of a stage. The command names their items."""

        async def whole() -> Within | Refused:
            found = await self.own(project, by=by)
            if isinstance(found, Refused):
                return found
            wrong = rules.stage_fault(found, stage, (await self.stand(found)).cases)
            if wrong is not None:
                return wrong

            def also(affair: UUID) -> Change:
                return Change(found.id, found.version, (StageApplied(stage, affair, found.opened.subject),))

            return Within(rules.waits_within(found, stage), also, of_stage(found.id, stage))

        found = await self.own(project, by=by)
        if isinstance(found, Refused):
            return found
        items = tuple(part.item for part in found.of_stage(stage))
        if not items:
            return Refused(Why.NO_STAGE)
        code = self._code(found, items)
        if any(command.answers.get(name, text) != text for name, text in code.items()):
            return Refused(Why.OTHER_CODE, {"code": found.opened.code})
        named = msgspec.structs.replace(command, items=items, event=None, answers={**command.answers, **code})
        return await apply(named, intake=self.intake, key=key, by=by, now=now, whole=whole)

    def _code(self, project: Project, items: Collection[str]) -> dict[str, str]:
        """What some items of a project are told as its code, where they ask for it: no other one can be meant."""
        asked = self.intake.catalogue.fields(list(items))
        return {self.form.code: project.opened.code} if self.form is not None and self.form.code in asked else {}

    async def answered(self, project: Project, stage: int) -> dict[str, str]:
        """All answers to a stage that are there already: nobody types them twice.

        They were given for the project before, or they are the numbers of what it was granted.
        """
        found, numbers = dict(project.answers), dict[int, str]()
        for earlier, affair in sorted(project.affairs.items()):
            applied = await affair_of_case(affair, ledger=self.intake.ledger)
            if not isinstance(applied, Refused):
                found |= applied.answers
                numbers[earlier] = applied.applied.number
        asked = self.intake.catalogue.all_fields([part.item for part in project.of_stage(stage)])
        # All of a project is about one firm and one site, whichever stage asked.
        found = self.intake.catalogue.answered_too(found, asked)
        if self.form is None:
            return found
        cases = (await self.stand(project)).cases
        own = rules.own_results(project, stage, self.form.results, cases, numbers)
        # What somebody typed themselves stays; what the city had said for the time being does not.
        passing = {name for name, one in self.form.results.items() if found.get(name) == one.together}
        return found | {name: text for name, text in own.items() if name not in found or name in passing}

    async def set_visit(self, project: UUID, day: date, *, by: Acting, key: UUID, now: datetime) -> Led | Refused:
        """Set the day on which all departments come to look together: in the project, and in each case at which they
        look, whose own visit goes with it. Whoever builds is told by letter.
        """
        office = self.intake.office

        async def decide() -> Decision | Refused:
            found = await self.find(project)
            if found is None or not leads(found, by):
                return Refused(Why.NOT_FOUND)
            applied, today = found.affairs.get(VISITED), day_in(office.zone, now)
            cases = rules.looked_at(await self._cases(applied)) if applied else []
            wrong = rules.visit_fault(found, day, cases=cases, calendar=office.calendar, today=today)
            if wrong is not None:
                return wrong
            joined = await self._joined(cases, day, by=by, key=key, now=now)
            if isinstance(joined, Refused):
                return joined
            new = () if found.visits.get(VISITED) == day else (VisitSet(VISITED, day, found.opened.subject),)
            return _led(found, *new, also=(*joined, _visit_letter(found, cases, day, by=by, key=key, now=now)))

        return await office.ledger.record(key, decide, Led, by=by, now=now)

    async def _joined(
        self, cases: Sequence[Case], day: date, *, by: Acting, key: UUID, now: datetime
    ) -> list[Change] | Refused:
        """What the day changes in each case, or which of them cannot be looked at then."""
        changes: list[Change] = []
        for case in cases:
            found = await join_visit(case, day, office=self.intake.office, key=key, by=by, now=now)
            if isinstance(found, Refused):
                return rules.visit_unfit(case, found)
            changes += found
        return changes


def _visit_letter(
    project: Project, cases: Sequence[Case], day: date, *, by: Acting, key: UUID, now: datetime
) -> Change:
    assert by.scope is not None, "whoever leads holds a duty"
    items = " ".join(case.opened.matter for case in cases)
    return letter_to(
        PersonId(project.opened.subject), "services.project_visit", about=project.affairs[VISITED],
        sender=by.scope.department, facts={"matter": items, "visit_day": day.isoformat()}, words=None,
        law=TOGETHER.citation, key=key, now=now,
    )  # fmt: skip


def _freed_letter(project: Project, fact: ProjectFreed, *, by: Acting, key: UUID, now: datetime) -> Change:
    assert by.scope is not None, "whoever leads holds a duty"
    return letter_to(
        PersonId(fact.subject), FREED, about=project.id, sender=by.scope.department,
        facts={"project_code": project.opened.code}, words={"reason": fact.reason or ""}, law="", key=key, now=now,
    )  # fmt: skip


def stream_of(code: str, attempt: int = 0) -> UUID:
    """The history of a project: it follows from its code, in the year that the code names.

    `attempt` counts how often a project of this code was given up: whoever begins next has a history of their own.
    """
    return derived_id(uuid5(_CODES, code), now=datetime(int(code[:4]), 1, 1, tzinfo=UTC), what=f"project {attempt}")


def leads(project: Project, by: Acting) -> bool:
    """Whether somebody acts in the duty of leading the approvals where a project lies."""
    return by.duty == rules.OVERSEE and by.scope is not None and by.scope.reaches(project.opened.area)


def _led(project: Project, *facts: Fact, also: Sequence[Change] = ()) -> Decision:
    """What happens to a project, if anything does, and what is recorded along with it."""
    own = (Change(project.id, project.version, facts),) if facts else ()
    return Decision((*own, *also), Led(project.id))
