"""Orders for machines: the same commands as on the pages, with the same answers and refusals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework.ordering import Act, Begin, Ordered, OrderRow, PassOn, Why, act_on, begin, name_of, pass_on
from onecity.casework.web.orders import OrderRoom
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Once, Operation, Visit, holding


class OrderState(msgspec.Struct, frozen=True):
    """An order as lists show it. `awaited` is the instant by which its receiver must answer; `late` that it passed."""

    order: UUID
    parent: UUID | None
    kind: str
    agency: str
    area: str
    stage: str
    given: datetime
    awaited: datetime | None
    late: bool
    done: int
    of: int


class OrderList(msgspec.Struct, frozen=True):
    """Open orders that the officer has to answer, and those that they began, the nearest hour first; `goes_on` says
    that there are more, which come up as these are answered.
    """

    answer: tuple[OrderState, ...]
    began: tuple[OrderState, ...]
    goes_on: bool


class OrderTree(msgspec.Struct, frozen=True):
    """An order with everything below it: the sums of all reports, who is missing, and what the officer may do."""

    order: UUID
    words: str | None
    report_by: datetime
    orders: int
    answered: int
    done: int
    of: int
    missing: tuple[UUID, ...]
    acts: tuple[str, ...]
    tree: tuple[OrderState, ...]


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody does with an order."""

    act: Act


class OrderInterface:
    """The operations of orders."""

    def __init__(self, room: OrderRoom) -> None:
        self._room = room

    def operations(self) -> Sequence[Operation]:
        """Each with who may and what it says of itself."""
        anybody, issuing, one = holding(*self._room.all_duties), holding(*self._room.issuing), "/api/orders/{order}"
        return (
            Operation("GET", "/api/orders", anybody, self.work, "Orders that one has to answer or began", OrderList),
            Operation("GET", one, anybody, self.tree, "An order and everything below it", OrderTree),
            Operation("POST", "/api/orders", issuing, Once(self.begin), "Begin an order", Ordered, Begin),
            Operation("POST", f"{one}/acts", anybody, Once(self.act), "Answer, or take an answer", Ordered, Doing),
            Operation("POST", f"{one}/pass-on", anybody, Once(self.pass_on), "Send an order on", Ordered, PassOn),
        )  # fmt: skip

    async def work(self, visit: Visit, _: None) -> OrderList:
        answer, began, more = await self._room.lists(visit)
        return OrderList(
            tuple(_state(row, visit.now) for row in answer), tuple(_state(row, visit.now) for row in began), more
        )

    async def tree(self, visit: Visit, _: None) -> OrderTree | Refused:
        seen = await self._room.see(visit)
        if isinstance(seen, Refused):
            return seen
        come_to = self._room.standing(visit, seen)
        return OrderTree(
            seen.order.id, seen.order.given.words, seen.order.report_by, come_to.orders, come_to.answered,
            come_to.done, come_to.of, tuple(row.id for row in come_to.missing), tuple(seen.acts),
            tuple(_state(row, visit.now) for row in seen.rows),
        )  # fmt: skip

    async def begin(self, visit: Visit, command: Begin, key: UUID) -> Ordered | Refused:
        held = self._room.begins(visit, command.kind)
        if held is None:
            return Refused(Why.NO_SUCH_KIND if self._room.orders.kind(command.kind) is None else Why.NOT_YOUR_DUTY)
        by = visit.acting_as(held.duty, held.scope.department, held.scope.area)
        return await begin(command, orders=self._room.orders, scope=held.scope, key=key, by=by, now=visit.now)

    async def act(self, visit: Visit, command: Doing, key: UUID) -> Ordered | Refused:
        seen = await self._room.see(visit)
        if isinstance(seen, Refused):
            return seen
        by = seen.by(name_of(command.act)) or visit.myself()
        return await act_on(seen.order.id, command.act, orders=self._room.orders, key=key, by=by, now=visit.now)

    async def pass_on(self, visit: Visit, command: PassOn, key: UUID) -> Ordered | Refused:
        seen = await self._room.see(visit)
        if isinstance(seen, Refused):
            return seen
        by: Acting = seen.answers or visit.myself()
        return await pass_on(seen.order.id, command, orders=self._room.orders, key=key, by=by, now=visit.now)


def _state(row: OrderRow, now: datetime) -> OrderState:
    return OrderState(
        row.id, row.parent, row.kind, row.agency, row.area, row.stage, row.given, row.awaited, row.missing(now),
        row.done, row.of,
    )  # fmt: skip
