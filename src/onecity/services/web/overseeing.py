"""The cockpit of construction projects: which run, on whom each waits, the one day on which all come to
look, and codes that somebody holds without need.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.casework import LONGEST_WORDS
from onecity.kernel.acting import Acting
from onecity.kernel.clock import working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.instants import read_day
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Route, Visit, holding
from onecity.services.projects import Projects, store
from onecity.services.projects.model import Project
from onecity.services.projects.rules import OVERSEE, VISITED, Why
from onecity.services.projects.usecases import Led, leads
from onecity.services.web.counter import Counter
from onecity.services.web.project_shown import ProjectShown
from onecity.services.web.projects import forget_forms, named_by_people, shown_to
from onecity.services.web.shown import AT

_OFTEN: Final = Rate(60, 60)
_A_PAGE: Final = 20


async def led_here(visit: Visit, counter: Counter, a_page: int) -> tuple[list[Project], Paging]:
    """A page of the projects that the visitor leads, the oldest first."""
    paging, held = Paging.uncounted(visit, a_page), visit.someone.holding(OVERSEE)
    async with counter.ledger.readers.acquire() as connection:
        read = await store.projects_in(connection, held, limit=paging.one_more, offset=paging.offset)
    ids, paging = paging.cut(read)
    return [project for one in ids if (project := await counter.projects.find(one)) is not None], paging


async def opened_to_lead(visit: Visit, counter: Counter, *, dropped: bool = False) -> tuple[Project, Acting] | Refused:
    """The project of the address for whoever leads it, and in which duty; the look at it is recorded.

    A command that ends a project takes one that was `dropped`, too: sent again, it gets its first answer.
    """
    asked = visit.id("project")
    project = await counter.projects.find(asked, dropped=dropped) if asked else None
    if project is None:
        return Refused(Why.NOT_FOUND)
    by = visit.someone.acting_in(visit.channel, OVERSEE, {project.opened.area})
    if not leads(project, by):
        return Refused(Why.NOT_FOUND)
    await counter.reads.note(project.opened.subject, "case", about=project.id, by=by, now=visit.now)
    return project, by


async def free(visit: Visit, counter: Counter, reason: str, *, key: UUID) -> tuple[Project, Led | Refused] | Refused:
    """Free the code of the project of the address; what its person had begun to fill in goes with it."""
    opened = await opened_to_lead(visit, counter, dropped=True)
    if isinstance(opened, Refused):
        return opened
    project, by = opened
    done = await counter.projects.free(project.id, reason, by=by, key=key, now=visit.now)
    if not isinstance(done, Refused):
        await forget_forms(counter, project.opened.subject, project.id)
    return project, done


class OverseeingPages:
    """Pages for the duty `services.oversee_projects`; a project is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._projects: Projects = counter.projects

    def routes(self) -> Sequence[Route]:
        """Whoever leads the approvals sees the projects of their area."""
        who, one = holding(OVERSEE), "/desk/projects/{project}"
        return (
            Route("GET", "/desk/projects", who, self.all, _OFTEN),
            Route("GET", one, who, self.one, _OFTEN),
            Route("POST", f"{one}/visit", who, self.visit, _OFTEN),
            Route("POST", f"{one}/free", who, self.free, _OFTEN),
        )

    async def all(self, visit: Visit) -> Response:
        """The projects of the area, the oldest first, each with the day that was promised for all of it."""
        found, paging = await led_here(visit, self._counter, _A_PAGE)
        rows = [await self._row(visit, project) for project in found]
        return visit.page(
            AT + "projects_led.html", title=visit.say("services.projects.led"), rows=rows, paging=paging,
        )  # fmt: skip

    async def _row(self, visit: Visit, project: Project) -> dict[str, Any]:
        head = (await self._shown(visit, project)).head()
        name = await self._counter.name_of(project.opened.subject, lang=visit.lang)
        left = working_days_left(self._counter.office.calendar, today=visit.today, latest=head["promised"])
        return {
            "href": f"/desk/projects/{project.id}",
            "due": head["promised"],
            "days_left": None if head["ended"] else left,
            "title": project.opened.code,
            "applicant": masked_name(name),
            "step": head["so_far"],
            "stopped": False,
            "current": False,
        }

    async def one(self, visit: Visit) -> Response:
        """One project: its approvals as bars by date, its days, and the form of the joint visit."""
        opened = await opened_to_lead(visit, self._counter)
        return visit.refuse(opened) if isinstance(opened, Refused) else await self._page(visit, opened[0], None)

    async def visit(self, visit: Visit) -> Response:
        """Set the day on which all departments of a stage come together."""
        opened = await opened_to_lead(visit, self._counter)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        (project, by), day = opened, read_day(visit.form.text("day"), today=visit.today)
        if day is None:
            return await self._page(visit, project, Refused(Why.VISIT_DAY))
        done = await self._projects.set_visit(project.id, day, by=by, key=visit.form.key(), now=visit.now)
        if isinstance(done, Refused):
            return await self._page(visit, project, done)
        return visit.go(f"/desk/projects/{project.id}")

    async def free(self, visit: Visit) -> Response:
        """Free the code of a project; its person reads the reason in a letter."""
        freed = await free(visit, self._counter, visit.form.text("reason"), key=visit.form.key())
        if isinstance(freed, Refused):
            return visit.refuse(freed)
        project, done = freed
        if isinstance(done, Refused):
            return visit.refuse(done) if project.dropped else await self._page(visit, project, done)
        return visit.go("/desk/projects")

    async def _shown(self, visit: Visit, project: Project) -> ProjectShown:
        return shown_to(visit, self._counter, await self._projects.stand(project))

    async def _page(self, visit: Visit, project: Project, wrong: Refused | None) -> Response:
        shown = await self._shown(visit, project)
        stages, no = shown.stages(), named_by_people(visit, self._counter, wrong) if wrong else None
        return visit.page(
            AT + "project_led.html", status=422 if wrong else 200, title=project.opened.code, project=project,
            url=f"/desk/projects/{project.id}", head=shown.head(), stages=stages, spans=shown.days(),
            joint=shown.joint(cases=False),
            type_name=visit.say(f"services.approvals.type.{project.opened.type.lower()}"),
            rest_days=self._rest(project, shown.lanes()["last"]), **shown.lanes(),
            wrong=visit.say(no.reason, **no.details) if no else "", field=_blamed(wrong),
            reason=visit.form.text("reason"),
            may_free=not shown.stood.kept, most=LONGEST_WORDS, typed=visit.form.fields.get("day", ""),
            visited=any(one["open"] and one["number"] == VISITED for one in stages),
            key=uuid4(), back_url="/desk/projects",
        )  # fmt: skip

    def _rest(self, project: Project, last: date) -> list[date]:
        """The days on which nobody works, as the bars show them."""
        calendar, first = self._counter.office.calendar, project.opened.opened
        days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return [day for day in days if not calendar.kind(day).works]


def _blamed(wrong: Refused | None) -> str:
    """The field of the page that a refusal is about."""
    return "reason" if wrong is not None and wrong.reason in (Why.FREE_REASON, Why.UNDER_WAY) else "day"
