"""Pages of orders: what one has to answer, what one began, and a tree with who is missing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.casework.ordering import (
    Acknowledge,
    Act,
    Begin,
    CallBack,
    Fulfil,
    OrderRow,
    PassOn,
    Receive,
    Receiver,
    Report,
    Return,
    Stage,
    Why,
    act_on,
    begin,
    below,
    pass_on,
)
from onecity.casework.ordering.facts import OrderMissed
from onecity.casework.web.orders import OrderRoom, Seen, hours_in, number_in
from onecity.kernel.acting import Scope
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.forms import Form

AT: Final = "casework/web/templates/"
_ROOT: Final = "/orders"
_TO: Final = "to-"

_ACTS: Final[Mapping[str, Callable[[Form], Act]]] = {
    "receive": lambda form: Receive(),
    "acknowledge": lambda form: Acknowledge(form.text("words")),
    "report": lambda form: Report(form.text("words"), _counted(form, "done"), _counted(form, "of")),
    "return": lambda form: Return(form.text("words"), hours_in(form) or 24),
    "fulfil": lambda form: Fulfil(),
    "call_back": lambda form: CallBack(form.text("words")),
}
_TAGS: Final = {
    Stage.GIVEN: "due_soon", Stage.RECEIVED: "busy", Stage.ACKNOWLEDGED: "busy", Stage.REPORTED: "ok",
    Stage.FULFILLED: "ok", Stage.CALLED_BACK: "refused",
}  # fmt: skip


class OrderPages:
    """Pages for whoever gives orders and whoever answers them."""

    def __init__(self, room: OrderRoom) -> None:
        self._room = room

    async def work(self, visit: Visit) -> Response:
        """What the visitor has to answer, and what they began."""
        answer, began, more = await self._room.lists(visit)
        return visit.page(
            AT + "orders.html",
            title=visit.say("casework.order.door"),
            answer=[self._line(visit, row) for row in answer],
            began=[self._line(visit, row) for row in began],
            more=more,
            kinds=[
                {"href": f"{_ROOT}/new/{name}", "label": one.value.name.said(visit.lang)}
                for name, one in sorted(self._room.orders.kinds.items())
                if not one.value.triggers and self._room.begins(visit, name)
            ],
        )

    async def form(self, visit: Visit) -> Response:
        """What a new order says, and to whom it goes."""
        return await self._form(visit, {}, "")

    async def begin(self, visit: Visit) -> Response:
        """Begin an order."""
        name = visit.path("kind")
        held = self._room.begins(visit, name)
        if held is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        command = Begin(name, visit.form.text("words"), _receivers(visit.form), hours_in(visit.form))
        by = visit.acting_as(held.duty, held.scope.department, held.scope.area)
        done = await begin(
            command, orders=self._room.orders, scope=held.scope, key=visit.form.key(), by=by, now=visit.now
        )
        if isinstance(done, Refused):
            return await self._form(visit, visit.form.fields, visit.say(done.reason, **done.details))
        return visit.go(f"{_ROOT}/{done.order}")

    async def one(self, visit: Visit) -> Response:
        """An order, everything below it, and what the visitor may do with it."""
        seen = await self._room.see(visit)
        return visit.refuse(seen) if isinstance(seen, Refused) else self._one(visit, seen, {}, "", "")

    async def act(self, visit: Visit) -> Response:
        """Do something with an order."""
        seen, name = await self._room.see(visit), visit.path("act")
        if isinstance(seen, Refused):
            return visit.refuse(seen)
        how: dict[str, Any] = {"orders": self._room.orders, "key": visit.form.key(), "now": visit.now}
        by = seen.by(name) or visit.myself()
        if name == "pass_on":
            command = PassOn(visit.form.text("words"), _receivers(visit.form), hours_in(visit.form))
            done = await pass_on(seen.order.id, command, by=by, **how)
        elif name in _ACTS:
            done = await act_on(seen.order.id, _ACTS[name](visit.form), by=by, **how)
        else:
            done = Refused(Why.NOT_FOUND)
        if not isinstance(done, Refused):
            return visit.go(f"{_ROOT}/{seen.order.id}")
        if name not in tuple(seen.acts):
            return visit.refuse(done)
        return self._one(visit, seen, visit.form.fields, name, visit.say(done.reason, **done.details))

    async def _form(self, visit: Visit, typed: Mapping[str, str], wrong: str) -> Response:
        name = visit.path("kind")
        kind, held = self._room.orders.kind(name), self._room.begins(visit, name)
        if kind is None or held is None or kind.triggers:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return visit.page(
            AT + "order_new.html",
            status=422 if wrong else 200,
            title=kind.name.said(visit.lang),
            action=f"{_ROOT}/new/{name}",
            hours=kind.report_within,
            receive=kind.receive_within,
            typed=typed,
            wrong=wrong,
            key=uuid4(),
            **self._receivers(visit, held.scope, typed),
        )

    def _one(self, visit: Visit, seen: Seen, typed: Mapping[str, str], tried: str, wrong: str) -> Response:
        order, come_to = seen.order, self._room.standing(visit, seen)
        acts = list(seen.acts)
        rows = below(seen.rows).get(order.id, ())
        return visit.page(
            AT + "order.html",
            status=422 if wrong else 200,
            title=seen.kind.name.said(visit.lang),
            order=order,
            url=f"{_ROOT}/{order.id}",
            place=self._room.place(visit, order.given.agency, order.given.area),
            above=f"{_ROOT}/{order.given.parent}" if seen.above and (seen.sent or order.head) else "",
            stage=visit.say(f"casework.order.stage.{order.stage}"),
            tag=_TAGS[order.stage],
            facts=self._facts(visit, seen),
            counts=seen.kind.counts.said(visit.lang),
            come_to=come_to,
            missing=[self._line(visit, row) for row in come_to.missing],
            rows=[self._line(visit, row) for row in rows],
            moments=self._moments(visit, seen),
            acts=acts,
            typed=typed,
            tried=tried,
            wrong=wrong,
            key=uuid4(),
            **(self._receivers(visit, self._room.scope(seen), typed) if "pass_on" in acts else {"areas": []}),
        )

    def _facts(self, visit: Visit, seen: Seen) -> list[dict[str, Any]]:
        given, kind = seen.order.given, seen.kind
        trigger = kind.triggers.get(given.trigger or "")
        found: list[tuple[str, str | None]] = [
            ("words", given.words),
            ("trigger", trigger.said(visit.lang) if trigger else None),
            ("law", visit.cited(kind.because.citation)),
        ]
        return [{"term": visit.say(f"casework.order.fact.{name}"), "value": value} for name, value in found if value]

    def _receivers(self, visit: Visit, above: Scope, typed: Mapping[str, str]) -> dict[str, Any]:
        """The places directly below, each to be ticked, and the agencies of the city."""
        orders = self._room.orders
        holds = [area for area in orders.places.inside(above.area) if orders.places.holds(area.code, visit.today)]
        agencies = sorted(orders.agencies, key=lambda one: (one != above.department, one))
        return {
            "areas": [
                {"name": _TO + area.code, "label": area.name, "chosen": typed.get(_TO + area.code) == "yes"}
                for area in holds
            ],
            "agencies": [
                {"label": "", "options": [
                    {"value": one, "label": self._room.scribe.agency(visit.lang, one)} for one in agencies
                ]}
            ],
            "own": above.department,
        }  # fmt: skip

    def _moments(self, visit: Visit, seen: Seen) -> list[dict[str, Any]]:
        """What happened to the order, with what was written, the newest first."""
        found: list[dict[str, Any]] = []
        for one in reversed(seen.history):
            name = type(one.fact).__name__.removeprefix("Order").lower()
            words = getattr(one.fact, "words", None)
            late = isinstance(one.fact, OrderMissed)
            title = visit.say(f"casework.order.moment.{name}")
            found.append({"at": one.at, "kind": "late" if late else "done", "title": title, "sentence": words or ""})
        return found

    def _line(self, visit: Visit, row: OrderRow) -> dict[str, Any]:
        kind = self._room.orders.kind(row.kind)
        late = row.missing(visit.now)
        return {
            "href": f"{_ROOT}/{row.id}",
            "title": self._room.place(visit, row.agency, row.area),
            "kind": kind.name.said(visit.lang) if kind else row.kind,
            "stage": visit.say("casework.order.late" if late else f"casework.order.stage.{row.stage}"),
            "tag": "late" if late else _TAGS[row.stage],
            "by": row.awaited or row.report_by,
            "figures": f"{row.done} / {row.of}" if row.of else "",
        }


def _receivers(form: Form) -> tuple[Receiver, ...]:
    """The ticked places, each with the chosen agency."""
    ticked: Sequence[str] = sorted(
        name for name, value in form.fields.items() if name.startswith(_TO) and value == "yes"
    )
    return tuple(Receiver(form.text("agency"), name.removeprefix(_TO)) for name in ticked)


def _counted(form: Form, name: str) -> int:
    """What a report counts, as typed; what is no number is one that the rule refuses."""
    found = number_in(form, name)
    return -1 if found is None else found
