"""Pages for whoever supervises the street: which cases call for an order, and giving one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Why as CaseWhy
from onecity.casework.ordering import Ordered, OrderKind
from onecity.casework.web import hours_in
from onecity.governance.supervision import triggers
from onecity.governance.usecases.supervising import Supervise, Wanting, kind_of, supervise, wanting
from onecity.governance.web.centre import CHIEF, PILLAR, Centre, Looked
from onecity.governance.web.reporting import AT
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Once, Operation, Visit, holding

SUPERVISION: Final = "/street/supervision"


class Calling(msgspec.Struct, frozen=True):
    """A case that calls for an order: why, and the order about it that has not ended."""

    case: UUID
    number: str
    matter: str
    area: str
    triggers: tuple[str, ...]
    order: UUID | None


class CallingList(msgspec.Struct, frozen=True):
    """The cases that call for an order, the oldest first; `goes_on` says that there are more than these."""

    cases: tuple[Calling, ...]
    goes_on: bool


class Supervising:
    """What the chiefs of the street see beside single cases."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def list(self, visit: Visit) -> Response:
        """The cases that call for an order, and the orders that were given about them."""
        centre = self._centre
        held = visit.someone.duties_of(PILLAR)
        found, more = await wanting(held, street=centre.street, orders=centre.orders, now=visit.now)
        return visit.page(
            AT + "supervision.html",
            title=visit.say("governance.supervision"),
            rows=[self._row(visit, one) for one in found],
            more=more,
            back_url="/street",
        )

    def operations(self) -> tuple[Operation, ...]:
        """The same for programs."""
        who, path = holding(CHIEF), "/api/street/{problem}/supervise"
        return (
            Operation("GET", f"/api{SUPERVISION}", who, self.calling, "Cases that call for an order", CallingList),
            Operation("POST", path, who, Once(self.order), "Give an order about a case", Ordered, Supervise),
        )  # fmt: skip

    async def calling(self, visit: Visit, _: None) -> CallingList:
        centre = self._centre
        held = visit.someone.duties_of(PILLAR)
        found, more = await wanting(held, street=centre.street, orders=centre.orders, now=visit.now)
        return CallingList(
            tuple(
                Calling(one.row.case, one.row.number, one.row.matter, one.row.area, tuple(one.triggers),
                        one.order.id if one.order else None)
                for one in found
            ),
            more,
        )  # fmt: skip

    async def order(self, visit: Visit, command: Supervise, key: UUID) -> Ordered | Refused:
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return asked
        looked, kind = asked
        return await supervise(
            looked.case, looked.row, command, street=self._centre.street, orders=self._centre.orders, key=key,
            by=self._author(visit, looked, kind), now=visit.now,
        )  # fmt: skip

    async def form(self, visit: Visit) -> Response:
        """An order about a case before it is given."""
        asked = await self._asked(visit)
        return visit.refuse(asked) if isinstance(asked, Refused) else self._form(visit, *asked, {}, "")

    async def give(self, visit: Visit) -> Response:
        """Give the order."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        looked, kind = asked
        command = Supervise(visit.form.text("trigger"), visit.form.text("words"), hours_in(visit.form))
        done = await supervise(
            looked.case, looked.row, command, street=self._centre.street, orders=self._centre.orders,
            key=visit.form.key(), by=self._author(visit, looked, kind), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused):
            return self._form(visit, looked, kind, visit.form.fields, visit.say(done.reason, **done.details))
        return visit.go(f"/orders/{done.order}")

    async def _asked(self, visit: Visit) -> tuple[Looked, OrderKind] | Refused:
        looked, kind = await self._centre.look(visit), kind_of(self._centre.street, self._centre.orders)
        if isinstance(looked, Refused) or kind is None:
            return looked if isinstance(looked, Refused) else Refused(CaseWhy.NOT_FOUND)
        if self._author(visit, looked, kind).duty is None:
            return Refused(CaseWhy.NOT_YOUR_DUTY)
        return looked, kind

    def _author(self, visit: Visit, looked: Looked, kind: OrderKind) -> Acting:
        opened = looked.case.opened
        return visit.acting_as(kind.issues, opened.agency, opened.area)

    def _form(self, visit: Visit, looked: Looked, kind: OrderKind, typed: Mapping[str, str], wrong: str) -> Response:
        scribe, row = self._centre.scribe, looked.row
        shown = triggers(row, now=visit.now, today=visit.today)
        return visit.page(
            AT + "supervise.html",
            status=422 if wrong else 200,
            title=kind.name.said(visit.lang),
            about=scribe.matter(visit.lang, row.matter),
            number=row.number,
            url=f"/street/{row.case}/supervise",
            triggers=[
                {"value": name, "label": said.said(visit.lang),
                 "hint": visit.say("governance.supervision.shown") if name in shown else ""}
                for name, said in kind.triggers.items()
            ],
            trigger=typed.get("trigger") or (shown[0] if shown else ""),
            hours=kind.report_within,
            typed=typed,
            wrong=wrong,
            key=uuid4(),
            back_url=f"/street/{row.case}",
        )  # fmt: skip

    def _row(self, visit: Visit, one: Wanting) -> dict[str, Any]:
        kind = kind_of(self._centre.street, self._centre.orders)
        why = [kind.triggers[name].said(visit.lang) for name in one.triggers if kind]
        return {
            "href": f"/orders/{one.order.id}" if one.order else f"/street/{one.row.case}/supervise",
            "title": self._centre.scribe.matter(visit.lang, one.row.matter),
            "place": " ".join(self._centre.street.ground.places.chain(one.row.area)),
            "why": why,
            "given": visit.say(f"casework.order.stage.{one.order.stage}") if one.order else "",
            "since": one.row.reported,
        }
