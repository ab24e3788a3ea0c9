"""Construction projects for programs of whoever builds: beginning one, its stages and its days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import SIGNED_IN, Once, Operation, Paging, Visit
from onecity.services.approvals import What, ahead, dates, so_far, whole_end
from onecity.services.projects import Projects, store
from onecity.services.projects.declared import optional, types_offered
from onecity.services.projects.model import JointVisit, Project
from onecity.services.projects.rules import Begin, Why, stage_in
from onecity.services.projects.usecases import Begun, Led
from onecity.services.usecases.applying import Apply, Receipt
from onecity.services.web.counter import Counter

_OFTEN: Final = Rate(120, 60)
_A_PAGE: Final = 20


class ApprovalState(msgspec.Struct, frozen=True):
    """An approval of a project: its row of the list, the item as which one applies for it, how many working days the
    city promised, and since when or until when. `expected` is the day of the decision once it is done.
    """

    row: str
    item: str
    stage: int
    days: int
    after: tuple[str, ...]
    phase: str
    begins: date
    due: date
    expected: date


class Span(msgspec.Struct, frozen=True):
    """A day on which the project hung on an approval: what it was, and why it did not count."""

    day: date
    row: str
    what: str
    why: str


class ProjectState(msgspec.Struct, frozen=True):
    """A project: what was promised when it began, what is expected now, and each day so far. Units: working days.

    `joint` is the day on which all departments come to look, with the case of each approval at which they look. `of`
    are the days by what they were; `took` is their sum without the days off. `promised` comes from the pack and is an
    example where that says so.
    """

    project: UUID
    code: str
    type: str
    area: str
    opened: date
    promised_days: int
    promised: date
    expected: date
    took: int
    of: Mapping[str, int]
    late: tuple[str, ...]
    affairs: Mapping[int, UUID]
    visits: Mapping[int, date]
    joint: JointVisit | None
    approvals: tuple[ApprovalState, ...]
    path: tuple[str, ...]
    days: tuple[Span, ...]


class ProjectLine(msgspec.Struct, frozen=True):
    """A project in a list."""

    project: UUID
    code: str
    type: str
    opened: date


class ProjectList(msgspec.Struct, frozen=True):
    """A page of projects: one's own, the newest first, or those of an area, the oldest first.

    `goes_on` says whether there is a next one.
    """

    projects: tuple[ProjectLine, ...]
    page: int
    goes_on: bool


class Condition(msgspec.Struct, frozen=True):
    """A condition that a project of a type may meet, by its row; `usual` ones count unless they are left out, and no
    project meets it together with those of `not_with`.
    """

    row: str
    item: str
    when: str
    usual: bool
    not_with: tuple[str, ...]


class ProjectKind(msgspec.Struct, frozen=True):
    """A type of project, and the conditions that it may meet."""

    type: str
    conditions: tuple[Condition, ...]


class ProjectKinds(msgspec.Struct, frozen=True):
    """The questions with which a project begins, and the types whose approvals are all online."""

    asks: tuple[str, ...]
    types: tuple[ProjectKind, ...]


class StageAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stage asks beside what was answered for the project before."""

    answers: Mapping[str, str]


class ProjectInterface:
    """The operations of projects."""

    def __init__(self, counter: Counter) -> None:
        self._projects: Projects = counter.projects
        self._counter = counter

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        one = "/api/projects/{project}"
        return (
            Operation(
                "GET", "/api/project-kinds", SIGNED_IN, self.kinds, "What a construction project begins with",
                ProjectKinds,
            ),
            Operation("GET", "/api/projects", SIGNED_IN, self.mine, "One's own construction projects", ProjectList),
            Operation(
                "POST", "/api/projects", SIGNED_IN, Once(self.begin), "Begin a construction project", Begun, Begin,
                _OFTEN,
            ),
            Operation("GET", one, SIGNED_IN, self.one, "One's own project, with each of its days", ProjectState),
            Operation(
                "POST", f"{one}/drop", SIGNED_IN, Once(self.drop), "Give a project up before it applied for anything",
                Led, rate=_OFTEN,
            ),
            Operation(
                "POST", f"{one}/stages/{{stage}}", SIGNED_IN, Once(self.apply),
                "Apply for all approvals of a stage at once; what was answered before counts", Receipt, StageAnswers,
                _OFTEN,
            ),
        )  # fmt: skip

    async def kinds(self, visit: Visit, _: None) -> ProjectKinds:
        return project_kinds(self._projects, visit.lang)

    async def mine(self, visit: Visit, _: None) -> ProjectList:
        paging = Paging.uncounted(visit, _A_PAGE)
        by = visit.acting()
        async with self._counter.ledger.readers.acquire() as connection:
            read = await store.projects_of(connection, visit.subject, limit=paging.one_more, offset=paging.offset)
        ids, paging = paging.cut(read)
        return ProjectList(tuple(await own_projects(self._projects, ids, by=by)), paging.page, paging.goes_on)

    async def begin(self, visit: Visit, command: Begin, key: UUID) -> Begun | Refused:
        return await self._projects.begin(command, by=visit.acting(), key=key, now=visit.now)

    async def one(self, visit: Visit, _: None) -> ProjectState | Refused:
        asked = visit.id("project")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        return await project_state(self._projects, asked, by=visit.acting(), today=visit.today)

    async def drop(self, visit: Visit, _: None, key: UUID) -> Led | Refused:
        asked = visit.id("project")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        return await self._projects.drop(asked, by=visit.acting(), key=key, now=visit.now)

    async def apply(self, visit: Visit, command: StageAnswers, key: UUID) -> Receipt | Refused:
        asked, stage = visit.id("project"), stage_in(visit.path("stage"))
        if asked is None:
            return Refused(Why.NOT_FOUND)
        by, now = visit.acting(), visit.now
        return await apply_for_stage(self._projects, asked, stage, command.answers, by=by, key=key, now=now)


def project_kinds(projects: Projects, lang: str) -> ProjectKinds:
    """What a project begins with, as programs read it."""
    pack = projects.intake.catalogue.pack
    kinds = tuple(
        ProjectKind(
            one,
            tuple(
                Condition(row.id, row.item, row.when.said(lang), one in row.base.split(), tuple(sorted(row.excluded)))
                for row in optional(pack, one)
                if row.when is not None
            ),
        )
        for one in types_offered(pack)
    )
    return ProjectKinds(tuple(projects.fields()), kinds)


async def own_projects(projects: Projects, ids: Sequence[UUID], *, by: Acting) -> list[ProjectLine]:
    """Some of a person's projects, without those that whoever acts for them may not see."""
    own = [await projects.own(one, by=by) for one in ids]
    return [line_of(one) for one in own if not isinstance(one, Refused)]


def line_of(project: Project) -> ProjectLine:
    """A project as a list tells it."""
    return ProjectLine(project.id, project.opened.code, project.opened.type, project.opened.opened)


async def apply_for_stage(
    projects: Projects, project: UUID, stage: int, answers: Mapping[str, str], *, by: Acting, key: UUID, now: datetime
) -> Receipt | Refused:
    """Apply for a stage with what is answered now, and what was answered for the project before."""
    found = await projects.own(project, by=by)
    if isinstance(found, Refused):
        return found
    asked = projects.intake.catalogue.fields([part.item for part in found.of_stage(stage)])
    before = {name: text for name, text in (await projects.answered(found, stage)).items() if name in asked}
    return await projects.apply(project, stage, Apply({**before, **answers}), by=by, key=key, now=now)


async def project_state(projects: Projects, project: UUID, *, by: Acting, today: date) -> ProjectState | Refused:
    """One's own project, as programs read it."""
    found = await projects.own(project, by=by)
    if isinstance(found, Refused):
        return found
    return await state_of_project(projects, found, today=today)


async def state_of_project(projects: Projects, project: Project, *, today: date) -> ProjectState:
    """A project with each of its days, whoever reads it."""
    plan, opened, calendar = project.plan, project.opened, projects.intake.office.calendar
    stood = await projects.stand(project)
    cases = stood.cases
    items = ahead(plan, cases, calendar, start=opened.opened, today=today)
    planned = {one.item: one for one in dates(plan, calendar, opened.opened)}
    course = so_far(plan, cases, calendar, start=opened.opened, today=today)
    approvals = tuple(
        ApprovalState(
            one.planned.id, project.parts[one.planned.id].item, project.parts[one.planned.id].stage, one.planned.days,
            tuple(edge.id for edge in one.planned.waits_for), one.phase, planned[one.planned.id].begins,
            planned[one.planned.id].due, one.ends,
        )
        for one in items
    )  # fmt: skip
    return ProjectState(
        project.id, opened.code, opened.type, opened.area, opened.opened, plan.critical_days,
        max(one.due for one in planned.values()), whole_end(items) or opened.opened, course.took if course else 0,
        {str(what): course.of[what] if course else 0 for what in What}, course.late_items if course else (),
        project.affairs, project.visits, stood.joint, approvals, tuple(one.id for one in plan.path),
        tuple(Span(one.day, one.item, one.what, one.why) for one in course.days) if course else (),
    )  # fmt: skip
