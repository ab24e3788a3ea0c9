"""For the head of government: the applications that several departments decide together, and their one limit."""

from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.casework import joint_affairs
from onecity.kernel.acting import Acting
from onecity.kernel.clock import JOINT_EXTENSION, working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.services.model import Affair
from onecity.services.rules import Why
from onecity.services.rules.joint import JOINT_HEAD, ExtendJointly, joint_limit
from onecity.services.usecases.extending import cases_of, extend_jointly
from onecity.services.web.affairs import Affairs, Part, current, in_order, state_text
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT, ended_on

_A_PAGE: Final = 30


class Joint:
    """Pages for the duty `services.joint_head`; an application is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)

    async def list(self, visit: Visit) -> Response:
        """What runs jointly, the oldest first."""
        areas = [held.scope.area for held in visit.someone.holding(JOINT_HEAD)]
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            read = await joint_affairs(connection, areas, limit=paging.one_more, offset=paging.offset)
        found, paging = paging.cut(read)
        # The page of each is asked the same: whoever would not find it there does not read of it here.
        headed = [await self._head(visit, affair) for affair in found]
        rows = [await self._row(visit, one[0]) for one in headed if one]
        return visit.page(AT + "joint_list.html", title=visit.say("services.joint"), rows=rows, paging=paging)

    async def one(self, visit: Visit) -> Response:
        """One application: its matters, its limit, and the form that lengthens it."""
        opened = await self._opened(visit)
        return visit.refuse(opened) if isinstance(opened, Refused) else await self._page(visit, opened[0])

    async def extend(self, visit: Visit) -> Response:
        """Lengthen the limit."""
        opened = await self._opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        affair, by = opened
        command = _command(visit)
        done = await extend_jointly(
            affair.id, command, intake=self._counter.intake, key=visit.form.key(), by=by, now=visit.now
        )
        if isinstance(done, Refused):
            return await self._page(visit, affair, command, done)
        return visit.go(f"/desk/joint/{affair.id}")

    async def _head(self, visit: Visit, affair: UUID) -> tuple[Affair, Acting] | None:
        return await self._counter.joint_head(affair, visit.someone, visit.channel)

    async def _opened(self, visit: Visit) -> tuple[Affair, Acting] | Refused:
        asked = visit.id("affair")
        headed = await self._head(visit, asked) if asked else None
        if headed is None:
            return Refused(Why.NOT_FOUND)
        affair, by = headed
        await self._counter.reads.note(affair.applied.subject, "case", about=affair.id, by=by, now=visit.now)
        return affair, by

    async def _row(self, visit: Visit, affair: Affair) -> dict[str, Any]:
        calendar = self._counter.office.calendar
        limit = joint_limit(affair, await cases_of(affair, intake=self._counter.intake), calendar)
        name = await self._counter.name_of(affair.applied.subject, lang=visit.lang)
        names = await self._counter.named([affair.id], visit.lang)
        left = working_days_left(calendar, today=visit.today, latest=limit.day) if limit else None
        return {
            "href": f"/desk/joint/{affair.id}",
            "due": limit.day if limit else None,
            "days_left": left,
            "title": names[affair.id],
            "applicant": masked_name(name),
            "step": visit.say("services.joint.extended") if affair.extended else "",
            "stopped": False,
            "current": False,
        }

    def _matter(self, visit: Visit, part: Part) -> dict[str, str]:
        """A matter with who has it, and the day on which it ended, or by which it ends."""
        one, formats = part.shown, visit.site.pages.formats[visit.lang]
        ended = ended_on(part.history, self._counter.office.zone)
        day = formats.day(ended or one.due.day, today=visit.today)
        said = [
            state_text(visit, one, officer=True),
            day if ended else visit.say("services.lane.until", day=day),
            self._counter.agency(one.case.opened.agency).name.said(visit.lang),
        ]
        return {"term": one.item.called.said(visit.lang), "value": " · ".join(said)}

    async def _page(
        self, visit: Visit, affair: Affair, typed: ExtendJointly | None = None, wrong: Refused | None = None
    ) -> Response:
        found = await self._affairs.parts(affair.id, today=visit.today)
        parts = in_order(affair, current(found))
        return visit.page(
            AT + "joint.html",
            status=422 if wrong else 200,
            title=visit.say("services.joint.affair", number=affair.applied.number),
            affair=affair,
            rows=[self._matter(visit, part) for part in parts],
            limit=joint_limit(affair, [part.shown.case for part in found], self._counter.office.calendar),
            most=JOINT_EXTENSION,
            open=any(part.shown.case.result is None for part in parts),
            typed=typed,
            wrong=visit.say(wrong.reason, **wrong.details) if wrong else "",
            field="reason" if wrong and wrong.reason is Why.JOINT_REASON else "days",
            key=visit.form.fields.get("key") or uuid4(),
            back_url="/desk/joint",
        )


def _command(visit: Visit) -> ExtendJointly:
    days = visit.form.text("days")
    return ExtendJointly(int(days) if days.isascii() and days.isdecimal() else 0, visit.form.text("reason"))
