"""Pages for whoever walks the street: the nearest tasks, that they looked, what comes of it, and what they find."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Outcome
from onecity.governance.facts import CheckedIn, Filed, Point, Sighting
from onecity.governance.ground import Point as Degrees
from onecity.governance.model import problem_of
from onecity.governance.patrol import Task, Way, sketch
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import Why, is_report_number
from onecity.governance.rules.patrolling import FARTHEST_M, LOOKS, CheckIn
from onecity.governance.usecases import condition_of_case
from onecity.governance.usecases.moving import put_right
from onecity.governance.usecases.patrolling import Where, check_in, latest_of, nearest_tasks, stands
from onecity.governance.web.centre import Centre, Looked
from onecity.governance.web.choosing import streets
from onecity.governance.web.desk import command_of, shown_facts
from onecity.governance.web.looks import said_of
from onecity.governance.web.reporting import AT
from onecity.governance.web.where import place_fact
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

ROOT: Final = "/street/patrol"
SHOWN: Final = 30
"""Tasks on the page: more than anybody walks to before they ask again."""
PLACE: Final = ("longitude", "latitude", "within")
"""Fields of a form that the device fills in."""
_A_KILOMETRE: Final = 1_000


class Patrol:
    """Pages for inspectors on a phone. Where they stand orders a list and becomes a distance; it is kept nowhere."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def tasks(self, visit: Visit) -> Response:
        """What waits on the street for the visitor, by its latest time."""
        return await self._tasks(visit, Where(), told=visit.request.query_params.get("told", ""))

    async def sorted(self, visit: Visit) -> Response:
        """The same from where the visitor stands, the nearest first."""
        typed = visit.form.text
        return await self._tasks(visit, Where(point_of(visit), typed("area"), typed("cell")), told=typed("told"))

    async def _tasks(self, visit: Visit, where: Where, *, told: str) -> Response:
        street, someone = self._centre.street, visit.someone
        here = stands(where, street)
        wrong = visit.say(here.reason, **here.details) if isinstance(here, Refused) else ""
        at = None if isinstance(here, Refused) else here
        ways = await nearest_tasks(someone.duties, someone.person, at, street=street)
        by = "" if at is None else "device" if where.point else "cell" if where.cell else "area"
        return visit.page(
            AT + "patrol.html",
            status=422 if wrong else 200,
            title=visit.say("governance.patrol"),
            told=told if is_report_number(told) else "",
            rows=[await self._row(visit, one) for one in ways[:SHOWN]],
            goes_on=len(ways) > SHOWN,
            around=self._around(visit, ways, at),
            sorted_by=by,
            typed={"area": where.area, "cell": where.cell},
            wrong=wrong,
            streets=streets(self._centre),
            owner=owner_of(visit, self._centre),
            back_url="/street",
        )

    async def _row(self, visit: Visit, way: Way) -> dict[str, Any]:
        task, street = way.task, self._centre.street
        return {
            "href": f"{ROOT}/{task.case}/{task.step}",
            "title": self._centre.scribe.matter(visit.lang, task.matter),
            "number": task.number,
            "where": " ".join(street.ground.places.chain(task.area)),
            "far": far_of(visit, way),
            "direction": visit.say(f"governance.patrol.to.{way.direction}") if way.direction else "",
            "latest": task.latest,
            "late": task.latest < visit.now,
            "make": await self._make(visit, task.step, await self._filed(task)),
        }

    def _around(self, visit: Visit, ways: Sequence[Way], here: Degrees | None) -> dict[str, Any] | None:
        """The nearest tasks as a sketch; there is none for whoever did not say where they stand."""
        found = sketch(ways, here) if here is not None else None
        if found is None:
            return None
        rim, half = length_of(visit, found.reach_m), length_of(visit, found.reach_m // 2)
        label = visit.say("governance.patrol.around", number=len(found.marks), rim=rim)
        return {"label": label, "rim": rim, "half": half, "marks": found.marks}

    async def _filed(self, task: Task) -> Filed | None:
        """How the case of a task was filed, if the look is about its closing condition: few are, so each is loaded."""
        if not self._verifies(task.step):
            return None
        return problem_of(await self._centre.office.ledger.history(task.case)).filed

    def _verifies(self, step: str) -> bool:
        declared = self._centre.street.process.steps.get(step)
        return declared is not None and bool(declared.drawn)

    async def _make(self, visit: Visit, step: str, filed: Filed | None) -> str:
        """Which evidence a look should bring: that something is there, or that the closing condition holds."""
        if filed is None or not self._verifies(step):
            return visit.say("governance.patrol.make.look")
        condition = await condition_of_case(filed, self._centre.street)
        return visit.say("governance.patrol.make.verify", closes=condition.closes.said(visit.lang))

    async def task(self, visit: Visit) -> Response:
        """One task: what, where, which evidence; then what the visitor saw, then what comes of it."""
        looked = await self._asked(visit)
        return visit.refuse(looked) if isinstance(looked, Refused) else await self._task(visit, looked, {}, "")

    async def check(self, visit: Visit) -> Response:
        """Note that the visitor looked at the place."""
        looked = await self._asked(visit)
        if isinstance(looked, Refused):
            return visit.refuse(looked)
        step = visit.path("step")
        command = await self._check(visit, looked, step)
        if isinstance(command, Refused):
            done: object = command
        else:
            by = self._centre.author(visit, looked, step, next(iter(looked.terms.process.steps[step].outcomes)))
            done = await check_in(
                looked.known, command, street=self._centre.street, key=key_of(visit), by=by, now=visit.now
            )
        if isinstance(done, Refused):
            return await self._task(visit, looked, visit.form.fields, visit.say(done.reason, **done.details))
        return visit.go(f"{ROOT}/{looked.case.id}/{step}")

    async def decide(self, visit: Visit) -> Response:
        """End the step as the process offers, and go on to the next task."""
        looked = await self._asked(visit)
        if isinstance(looked, Refused):
            return visit.refuse(looked)
        step, name = visit.path("step"), visit.path("outcome")
        command = command_of(visit, step, name, looked.terms.process.steps[step].outcomes.get(name))
        done = await put_right(
            looked.case.id, command, (), None, street=self._centre.street, key=visit.form.key(),
            by=self._centre.author(visit, looked, step, name), now=visit.now, known=looked.known,
        )  # fmt: skip
        if isinstance(done, Refused):
            wrong = visit.say(done.reason, **done.details)
            return await self._task(visit, looked, visit.form.fields, wrong, chosen=name)
        return visit.go(ROOT)

    async def _asked(self, visit: Visit) -> Looked | Refused:
        """The case of the path, if a look at its place is the visitor's to make now."""
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return looked
        step = visit.path("step")
        declared = looked.terms.process.steps.get(step)
        if declared is None or step not in looked.case.waiting or declared.duty not in LOOKS:
            return Refused(Why.NO_FIELD_TASK)
        hindrances = [no for at, _, _, no in self._centre.choices(visit, looked) if at == step]
        return looked if None in hindrances else next(no for no in hindrances if no is not None)

    async def _check(self, visit: Visit, looked: Looked, step: str) -> CheckIn | Refused:
        """What the form says of the place."""
        typed = visit.form.text
        if typed("seen") not in tuple(Sighting):
            return Refused(Why.NOTHING_SEEN)
        far = typed("metres")
        if far and not (far.isascii() and far.isdecimal() and len(far) <= len(str(FARTHEST_M))):
            return Refused(Why.TOO_FAR, {"most": FARTHEST_M})
        photos = await self._centre.photo_of(visit, "photo", looked.report.told.subject)
        if isinstance(photos, WrongPhoto):
            return Refused(photos)
        metres = int(far) if far else None
        return CheckIn(step, Sighting(typed("seen")), typed("reason"), photos, point_of(visit), metres)

    async def _task(
        self, visit: Visit, looked: Looked, typed: Mapping[str, str], wrong: str, *, chosen: str = ""
    ) -> Response:
        centre, row, step = self._centre, looked.row, visit.path("step")
        check = looked.problem.looked.get((step, visit.someone.person))
        told = looked.report.told
        place = " ".join(filter(None, (*centre.street.ground.places.chain(row.area), told.address)))
        return visit.page(
            AT + "patrol_task.html",
            status=422 if wrong else 200,
            title=centre.scribe.matter(visit.lang, row.matter),
            number=row.number,
            step=looked.terms.process.steps[step].name.said(visit.lang),
            latest=latest_of(row, centre.street),
            facts=[
                *shown_facts(visit, (("words", told.words), ("place", place))),
                *place_fact(visit, looked.known),
                *shown_facts(visit, (("cell", row.cell),)),
            ],
            make=await self._make(visit, step, looked.problem.filed),
            photos=[f"/street/{row.case}/photos/{name}" for name in (*told.photos, *looked.problem.photos)],
            url=f"{ROOT}/{row.case}/{step}",
            check=said_of(visit, check) if check else "",
            asks_again=check is None or check.seen is Sighting.UNREACHABLE,
            outcomes=_outcomes(looked, step, check),
            sightings=[{"value": one, "label": visit.say(f"governance.patrol.seen.{one}")} for one in Sighting],
            typed=typed,
            wrong=wrong,
            wrong_at=(next(iter(looked.terms.process.steps[step].outcomes[chosen].write), "") if chosen else "seen"),
            chosen=chosen,
            key=visit.form.text("key") or uuid4(),
            keys=[uuid4() for _ in looked.terms.process.steps[step].outcomes],
            owner=owner_of(visit, centre),
            back_url=ROOT,
        )  # fmt: skip


def _outcomes(looked: Looked, step: str, check: CheckedIn | None) -> list[tuple[str, Outcome]]:
    """What the process offers for the step, once somebody looked at the place."""
    seen = check is not None and check.seen is not Sighting.UNREACHABLE
    return list(looked.terms.process.steps[step].outcomes.items()) if seen else []


def point_of(visit: Visit) -> Point | None:
    """Where the device says that its holder stands; None if it says nothing that can be a place."""
    sent = {name: visit.form.text(name) for name in PLACE if visit.form.text(name)}
    try:
        return msgspec.convert(sent, Point, strict=False)
    except msgspec.ValidationError:
        return None


def key_of(visit: Visit) -> Any:
    """The idempotency key of a form, whatever place came with it: whoever sends it again has walked on."""
    bare = {name: value for name, value in visit.form.fields.items() if name not in PLACE}
    return msgspec.structs.replace(visit.form, fields=bare).key()


def owner_of(visit: Visit, centre: Centre) -> str:
    """Whose drafts a browser may show: a word that says nobody's name, and another one for everybody else."""
    return blake2b(visit.someone.person.bytes, key=centre.secret, digest_size=6, person=b"patrol draft").hexdigest()


def far_of(visit: Visit, way: Way) -> str:
    """How far a task is, as people say it; of a cell only about how far."""
    if way.metres is None:
        return ""
    if way.metres < _A_KILOMETRE and not way.task.exact:
        return visit.say("governance.patrol.about", number=round(way.metres / 50) * 50)
    return length_of(visit, way.metres)


def length_of(visit: Visit, metres: int) -> str:
    """A length as people say it."""
    if metres >= _A_KILOMETRE:
        return visit.say("governance.patrol.kilometres", number=f"{metres / _A_KILOMETRE:.1f}".removesuffix(".0"))
    return visit.say("governance.patrol.metres", number=metres)
