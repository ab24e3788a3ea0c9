"""Work in hand: taken, given back, handed to a colleague; results given out; a missed day explained."""

from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Moved, claim, colleagues, deliver, duties_of, explain, hand_over, release
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.visit import read_id
from onecity.people import names_of
from onecity.services.web.counter import Counter
from onecity.services.web.desk import Desk, Opened
from onecity.services.web.shown import AT


class Hands:
    """What officers do with work beside deciding it."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._desk = Desk(counter)

    async def claim(self, visit: Visit) -> Response:
        """Take a step."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        step = visit.path("step")
        done = await claim(
            opened.case.id, step, office=self._counter.office, key=visit.form.key(),
            by=self._desk.author(visit, opened, step), now=visit.now,
        )  # fmt: skip
        return _back(visit, opened, done)

    async def release(self, visit: Visit) -> Response:
        """Give a step back."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        step = visit.path("step")
        done = await release(
            opened.case.id, step, office=self._counter.office, key=visit.form.key(),
            by=self._desk.author(visit, opened, step), now=visit.now,
        )  # fmt: skip
        return _back(visit, opened, done)

    async def hand_over_page(self, visit: Visit) -> Response:
        """The colleagues who hold the duty of a step."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        step = visit.path("step")
        declared = opened.shown.process.steps.get(step)
        if declared is None or step not in opened.shown.case.waiting:
            return visit.refuse(Refused(CaseWhy.NO_SUCH_STEP))
        if self._desk.author(visit, opened, step).duty is None:
            return visit.refuse(Refused(CaseWhy.NOT_YOUR_DUTY))
        case = opened.case.id
        able = await colleagues(case, step, office=self._counter.office, day=visit.today)
        async with self._counter.ledger.readers.acquire() as connection:
            names = await names_of(connection, able)
        others = [
            {"value": str(one), "label": names[one]} for one in able if one in names and one != visit.someone.person
        ]
        return visit.page(
            AT + "hand_over.html",
            title=visit.say("services.hands.over_title", step=declared.name.said(visit.lang)),
            **await self._desk.head(visit, opened),
            url=f"/desk/cases/{opened.case.id}/work/{step}/hand-over",
            colleagues=others,
            key=uuid4(),
            back_url=f"/desk/cases/{opened.case.id}",
        )

    async def hand_over(self, visit: Visit) -> Response:
        """Hand a step to a colleague."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        step, to = visit.path("step"), read_id(visit.form.text("to"))
        if to is None:
            return visit.go(f"/desk/cases/{opened.case.id}/work/{step}/hand-over")
        done = await hand_over(
            opened.case.id, step, to, office=self._counter.office, key=visit.form.key(),
            by=self._desk.author(visit, opened, step), now=visit.now,
        )  # fmt: skip
        return _back(visit, opened, done)

    async def deliver(self, visit: Visit) -> Response:
        """The person took the result at the counter."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        by = self._acting(visit, opened, opened.shown.process.hands_over or "")
        done = await deliver(opened.case.id, office=self._counter.office, key=visit.form.key(), by=by, now=visit.now)
        return _back(visit, opened, done)

    async def explain_page(self, visit: Visit) -> Response:
        """Why the day passed: one field, and what the public will read."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        if opened.shown.case.overrun is None:
            return visit.refuse(Refused(CaseWhy.NOT_LATE))
        return visit.page(
            AT + "explain.html",
            title=visit.say("services.hands.explain"),
            **await self._desk.head(visit, opened),
            url=f"/desk/cases/{opened.case.id}/explain",
            key=uuid4(),
            back_url=f"/desk/cases/{opened.case.id}",
        )

    async def explain(self, visit: Visit) -> Response:
        """Say why the day passed."""
        opened = await self._desk.opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        own = duties_of(opened.shown.process)
        place = (opened.case.opened.agency, opened.case.opened.area)
        here = (one.duty for one in visit.someone.duties if one.scope.covers(*place))
        held = next((duty for duty in here if duty in own), opened.by.duty or "")
        done = await explain(
            opened.case.id, visit.form.text("reason"), office=self._counter.office, key=visit.form.key(),
            by=self._acting(visit, opened, held), now=visit.now,
        )  # fmt: skip
        return _back(visit, opened, done)

    def _acting(self, visit: Visit, opened: Opened, duty: str) -> Acting:
        return visit.acting_as(duty, opened.case.opened.agency, opened.case.opened.area)


def _back(visit: Visit, opened: Opened, done: Moved | Refused) -> Response:
    return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/desk/cases/{opened.case.id}")
