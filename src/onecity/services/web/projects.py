"""Construction projects for whoever builds: beginning one, its stages, one application a stage, and its days."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.kernel.lists import listed
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import SIGNED_IN, Paging, Route, Visit
from onecity.packs import Text
from onecity.people import Why as PeopleWhy
from onecity.services.answers import faults, read_all
from onecity.services.projects import Projects, store
from onecity.services.projects.declared import STAGES, optional, type_of, types_offered
from onecity.services.projects.model import Project
from onecity.services.projects.rules import Begin, Why, stage_fault, stage_in
from onecity.services.projects.usecases import Begun, Stood
from onecity.services.purposes import of_stage
from onecity.services.rules import Why as AnswerWhy
from onecity.services.web.applying import Applying
from onecity.services.web.counter import Counter
from onecity.services.web.offers import Offer, Stage
from onecity.services.web.project_shown import ProjectShown
from onecity.services.web.shown import AT, sentence_of

_OFTEN: Final = Rate(60, 60)
_FILES: Final = Rate(30, 60)
_A_PAGE: Final = 20
_MEETS: Final = "meets-"


class ProjectPages:
    """Pages for the person whose projects they are."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._projects: Projects = counter.projects
        self._applying = Applying(counter, self.offer)

    def routes(self) -> Sequence[Route]:
        """All of them for whoever is signed in; each project is only its person's."""
        one, stage = "/projects/{project}", "/projects/{project}/stages/{stage}"
        applying = self._applying
        return (
            Route("GET", "/projects", SIGNED_IN, self.mine),
            Route("GET", "/projects/new", SIGNED_IN, self.form),
            Route("POST", "/projects/new", SIGNED_IN, self.go_on, _OFTEN),
            Route("GET", one, SIGNED_IN, self.one),
            Route("GET", f"{one}/days", SIGNED_IN, self.days),
            Route("POST", f"{one}/drop", SIGNED_IN, self.drop, _OFTEN),
            Route("POST", stage, SIGNED_IN, self.begin_stage, _OFTEN),
            Route("GET", f"{stage}/apply", SIGNED_IN, applying.begin),
            Route("GET", f"{stage}/apply/{{step}}", SIGNED_IN, applying.form),
            Route("POST", f"{stage}/apply/{{step}}", SIGNED_IN, applying.keep, _OFTEN),
            Route("GET", f"{stage}/materials", SIGNED_IN, applying.materials),
            Route("POST", f"{stage}/materials", SIGNED_IN, applying.bring, _FILES, files=True),
            Route("GET", f"{stage}/review", SIGNED_IN, applying.review),
            Route("POST", f"{stage}/review", SIGNED_IN, self.hand_in, _OFTEN),
        )

    async def mine(self, visit: Visit) -> Response:
        """The visitor's projects, the newest first."""
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            found = await store.projects_of(connection, visit.subject, limit=paging.one_more, offset=paging.offset)
        ids, paging = paging.cut(found)
        own = [await self._projects.own(one, by=visit.acting()) for one in ids]
        rows = [await self._line(visit, one) for one in own if not isinstance(one, Refused)]
        return visit.page(
            AT + "projects.html", title=visit.say("services.projects"), rows=rows, paging=paging,
            offered=self._projects.form is not None,
        )  # fmt: skip

    async def _line(self, visit: Visit, project: Project) -> dict[str, Any]:
        head = (await self.shown(visit, project)).head()
        return {
            "title": self.called(project),
            "subtitle": visit.say(
                "services.project.line", code=project.opened.code, done=head["done"], total=head["total"]
            ),
            "href": f"/projects/{project.id}",
            "meta": visit.site.pages.formats[visit.lang].day(head["ends"], today=visit.today),
        }

    async def shown(self, visit: Visit, project: Project) -> ProjectShown:
        """A project as this visitor reads it today."""
        return shown_to(visit, self._counter, await self._projects.stand(project))

    def called(self, project: Project) -> str:
        """What a project is called; its code once the person is forgotten."""
        form = self._projects.form
        return project.answers.get(form.name, "") if form and project.answers else project.opened.code

    async def form(self, visit: Visit) -> Response:
        """The questions with which a project begins."""
        if self._projects.form is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return self._page(visit, {}, None, step="ask")

    async def go_on(self, visit: Visit) -> Response:
        """Take the answers, ask which conditions the project meets, and begin it."""
        if self._projects.form is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        fields = self._projects.fields()
        typed = {name: visit.form.text(name) for name in fields}
        if faults(fields, typed, on=visit.today):
            return self._page(visit, typed, Refused(AnswerWhy.ANSWERS), step="ask")
        if visit.form.text("do") == "back":
            return self._page(visit, typed, None, step="back")
        if visit.form.text("do") != "begin":
            right = self._projects.answered_right(typed, today=visit.today)
            wrong = right if isinstance(right, Refused) else None
            return self._page(visit, typed, wrong, step="ask" if wrong else "meets")
        form = self._projects.form
        rows = optional(self._counter.catalogue.pack, type_of(typed[form.type])) if form else ()
        met = tuple(row.id for row in rows if visit.form.text(f"{_MEETS}{row.id}"))
        done = await self._projects.begin(Begin(typed, met), by=visit.acting(), key=visit.form.key(), now=visit.now)
        if isinstance(done, Begun):
            return visit.go(f"/projects/{done.project}")
        if done.reason is Why.KNOWN and done.details["mine"]:
            return await self._begun_before(visit, UUID(str(done.details["project"])), typed)
        return self._page(visit, typed, done, step="meets" if done.reason is Why.CONTRADICT else "ask")

    async def _begun_before(self, visit: Visit, project: UUID, typed: dict[str, str]) -> Response:
        """Lead whoever begins the same twice to what there is; whoever answered otherwise now keeps what they typed."""
        mine = await self._projects.own(project, by=visit.acting())
        if not isinstance(mine, Refused) and read_all(self._projects.fields(), typed)[0] == dict(
            mine.opened.answers or {}
        ):
            return visit.go(f"/projects/{project}")
        return self._page(visit, typed, Refused(Why.MINE), step="ask")

    def _page(self, visit: Visit, typed: dict[str, str], wrong: Refused | None, *, step: str) -> Response:
        fields, form = self._projects.fields(), self._projects.form
        assert form is not None, "only a city with projects comes here"
        # An item lets one write that there is no code; a project begins with it.
        fields[form.code] = msgspec.structs.replace(fields[form.code], hint=self._both("services.project.code_hint"))
        errors = {
            fault.field: sentence_of(fields, fault, lang=visit.lang, say=visit.say)
            for fault in (faults(fields, typed, on=visit.today) if typed else ())
        }
        # What is wrong with answers stands beside each of them.
        no = None if wrong is None or errors else named_by_people(visit, self._counter, wrong)
        told = visit.say(no.reason, **no.details) if no else ""
        if told and step == "ask":
            errors[form.type if wrong and wrong.reason is Why.NO_SUCH_TYPE else form.code] = told
        offered = types_offered(self._counter.catalogue.pack)
        rows = optional(self._counter.catalogue.pack, type_of(typed.get(form.type, ""))) if step == "meets" else ()
        ticked = {name for name in visit.form.fields if name.startswith(_MEETS)}
        usual = {f"{_MEETS}{row.id}" for row in rows if type_of(typed[form.type]) in row.base.split()}
        return visit.page(
            AT + "project_new.html", status=422 if wrong else 200, title=visit.say("services.project.new"),
            typed=typed, fields=fields, errors=errors, step=step, key=uuid4(),
            missing=listed(self._not_offered(visit, offered), visit.lang),
            faults=[
                {"field": name, "text": f"{fields[name].ask.said(visit.lang)} {text}"} for name, text in errors.items()
            ] or [{"field": f"{_MEETS}{row.id}", "text": told} for row in rows[:1] if told],
            wrong=told if step == "meets" else "",
            conditions=[
                {
                    "id": f"{_MEETS}{row.id}",
                    "label": visit.say(
                        "services.project.condition", when=row.when.said(visit.lang) if row.when else "",
                        item=self._counter.scribe.matter(visit.lang, row.item),
                    ),
                    "ticked": f"{_MEETS}{row.id}" in (ticked or usual),
                }
                for row in rows
            ],
            ticked=sorted(ticked), back_url="/projects",
        )  # fmt: skip

    def _not_offered(self, visit: Visit, offered: Sequence[str]) -> Sequence[str]:
        """The types of the question whose approvals are not all online yet, in words."""
        form = self._projects.form
        asked = self._projects.fields()[form.type].choices if form else ()
        return [choice.say.said(visit.lang) for choice in asked if type_of(choice.value) not in offered]

    async def one(self, visit: Visit) -> Response:
        """A project: when all of it is done, its stages, the longest way."""
        project = await self._own(visit)
        if isinstance(project, Refused):
            return visit.refuse(project)
        shown = await self.shown(visit, project)
        return visit.page(
            AT + "project.html", title=self.called(project), project=project, url=f"/projects/{project.id}",
            type_name=visit.say(f"services.approvals.type.{project.opened.type.lower()}"), head=shown.head(),
            stages=shown.stages(), joint=shown.joint(cases=True), path=shown.path(), key=uuid4(), back_url="/projects",
        )  # fmt: skip

    async def days(self, visit: Visit) -> Response:
        """Each day so far, and on what it hung."""
        project = await self._own(visit)
        if isinstance(project, Refused):
            return visit.refuse(project)
        shown = await self.shown(visit, project)
        return visit.page(
            AT + "project_days.html", title=visit.say("services.project.days"), head=shown.head(), spans=shown.days(),
            called=self.called(project), back_url=f"/projects/{project.id}",
        )  # fmt: skip

    async def drop(self, visit: Visit) -> Response:
        """Give a project up."""
        asked = visit.id("project")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await self._projects.drop(asked, by=visit.acting(), key=visit.form.key(), now=visit.now)
        if isinstance(done, Refused):
            return visit.refuse(done)
        await forget_forms(self._counter, visit.subject, asked)
        return visit.go("/projects")

    async def begin_stage(self, visit: Visit) -> Response:
        """Begin the application of a stage with all that was answered for the project before."""
        offer = await self.offer(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        project = await self._own(visit)
        if not isinstance(project, Refused) and await self._counter.drafts.resume(visit.subject, offer.draft) is None:
            asked, stage = offer.fields(self._counter.catalogue, {}), stage_in(visit.path("stage"))
            known = await self._projects.answered(project, stage)
            typed = {name: text for name, text in known.items() if name in asked}
            await self._counter.drafts.keep(visit.subject, offer.draft, typed, now=visit.now)
        return visit.go(f"{offer.path}/apply")

    async def hand_in(self, visit: Visit) -> Response:
        """Hand the application of a stage in; a second click hands in nothing more."""
        project = await self._own(visit)
        affair = None if isinstance(project, Refused) else project.affairs.get(stage_in(visit.path("stage")))
        return visit.go(f"/affairs/{affair}/receipt") if affair else await self._applying.submit(visit)

    async def offer(self, visit: Visit) -> Offer | Refused:
        """The stage that a path names, if one can apply for it now."""
        project, number = await self._own(visit), stage_in(visit.path("stage"))
        if isinstance(project, Refused):
            return project
        wrong = stage_fault(project, number, (await self._projects.stand(project)).cases)
        if wrong is not None:
            return named_by_people(visit, self._counter, wrong)
        items = tuple(part.item for part in project.of_stage(number))
        if not all(visit.covers(item) for item in items):
            return Refused(PeopleWhy.NOT_IN_MANDATE)
        form = self._projects.form
        assert form is not None, "a city without projects has none with stages"
        name, path = self._both(f"services.project.stage.{number}"), of_stage(project.id, number)
        return Offer(str(number), name, path, None, Stage(project.id, number, items, form.code))

    def _both(self, key: str) -> Text:
        words = self._counter.scribe.words
        return Text(*(words.say(lang, key) for lang in ("zh", "en")))

    async def _own(self, visit: Visit) -> Project | Refused:
        asked = visit.id("project")
        return await self._projects.own(asked, by=visit.acting()) if asked else Refused(Why.NOT_FOUND)


def named_by_people(visit: Visit, counter: Counter, no: Refused) -> Refused:
    """A refusal with its items named as people call them."""
    items = str(no.details.get("items", "")).split()
    names = listed((counter.scribe.matter(visit.lang, one) for one in items), visit.lang)
    return Refused(no.reason, {**no.details, "items": names}) if items else no


async def forget_forms(counter: Counter, subject: UUID, project: UUID) -> None:
    """Throw away what somebody had begun to fill in for the stages of a project that is over."""
    for stage in STAGES:
        await counter.drafts.drop(subject, of_stage(project, stage))


def shown_to(visit: Visit, counter: Counter, stood: Stood) -> ProjectShown:
    """A project as a visitor reads it today."""
    day = partial(visit.site.pages.formats[visit.lang].day, today=visit.today)
    return ProjectShown(
        counter, stood, today=visit.today, lang=visit.lang, say=visit.say, day=day, short=partial(day, weekday=False)
    )
