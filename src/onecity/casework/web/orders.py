"""What pages and interface of orders share: who sees an order, in which duty, and what it looks like."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.ordering import (
    BY_RECEIVER,
    BY_SENDER,
    LONGEST,
    Order,
    OrderKind,
    OrderRow,
    Orders,
    Standing,
    Why,
    answers_for,
    fits,
    open_within,
    order_of,
    standing,
)
from onecity.kernel.acting import Acting, Held, Scope, own_first
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.machinery.web.forms import Form
from onecity.notices.writing import Scribe

_DIGITS: Final = 8
_MOST: Final = 200
"""Orders of one list; nobody answers more at a time."""


class Seen(msgspec.Struct, frozen=True):
    """An order that the visitor may see: itself, the order above it, its tree, and what happened to it."""

    order: Order
    above: Order | None
    kind: OrderKind
    rows: Sequence[OrderRow]
    history: Sequence[Recorded]
    answers: Acting | None
    sent: Acting | None

    @property
    def acts(self) -> Iterator[str]:
        """What the visitor may do with it now, by the name of the act."""
        mine = (*(BY_RECEIVER if self.answers else ()), *(BY_SENDER if self.sent else ()))
        yield from (act for act in mine if fits(self.order, act))

    def by(self, act: str) -> Acting | None:
        """In which duty the visitor does it."""
        return self.answers if act in BY_RECEIVER else self.sent


class OrderRoom(msgspec.Struct, frozen=True):
    """Everything that the pages of orders need."""

    orders: Orders
    scribe: Scribe

    @property
    def issuing(self) -> tuple[str, ...]:
        """The duties that begin orders."""
        return tuple(sorted({one.value.issues for one in self.orders.kinds.values()}))

    @property
    def all_duties(self) -> tuple[str, ...]:
        """The duties that have to do with orders."""
        return tuple(sorted({*self.issuing, *(one.value.takes for one in self.orders.kinds.values())}))

    def begins(self, visit: Visit, name: str) -> Held | None:
        """Where the visitor may begin an order of a kind: the first place of theirs."""
        kind = self.orders.kind(name)
        return own_first(visit.someone.holding(kind.issues)) if kind else None

    async def see(self, visit: Visit) -> Seen | Refused:
        """The order of the path; not found for whoever answers neither for it nor for one above it."""
        asked = visit.id("order")
        rows = await self.orders.tree(asked) if asked else ()
        own = next((row for row in rows if row.id == asked), None)
        kind = self.orders.kind(own.kind) if own else None
        if own is None or kind is None or not self._reaches(visit, own, kind, {row.id: row for row in rows}):
            return Refused(Why.NOT_FOUND)
        history = await self.orders.ledger.history(own.id)
        order = order_of(history)
        above = await self.orders.load(own.parent) if own.parent else None
        assert order is not None, "the list names orders"
        return Seen(
            order, above, kind, rows, history,
            self.acting(visit, order, kind), self.acting(visit, above or order, kind),
        )  # fmt: skip

    def _reaches(self, visit: Visit, own: OrderRow, kind: OrderKind, rows: dict[UUID, OrderRow]) -> bool:
        """Whether the visitor answers for the order or for one above it."""
        row: OrderRow | None = own
        while row is not None:
            duty = kind.takes if row.parent else kind.issues
            if visit.someone.held(duty, row.agency, row.area) is not None:
                return True
            row = rows.get(row.parent) if row.parent else None
        return False

    def acting(self, visit: Visit, order: Order, kind: OrderKind) -> Acting | None:
        """The visitor in the duty that answers for an order; None if they hold it not there."""
        duty = kind.issues if order.head else kind.takes
        by = visit.acting_as(duty, order.given.agency, order.given.area)
        return by if answers_for(order, kind, by) else None

    async def lists(self, visit: Visit) -> tuple[Sequence[OrderRow], Sequence[OrderRow], bool]:
        """Open orders that the visitor has to answer and those that they began, the nearest hour first; and whether
        there are more than these.
        """
        to_me, mine = list[OrderRow](), list[OrderRow]()
        async with self.orders.ledger.readers.acquire() as connection:
            for name, declared in sorted(self.orders.kinds.items()):
                kind = declared.value
                for duty, heads, into in ((kind.takes, False, to_me), (kind.issues, True, mine)):
                    held = visit.someone.holding(duty)
                    into += (
                        await open_within(connection, held, kinds=[name], heads=heads, limit=_MOST + 1) if held else ()
                    )
        to_me.sort(key=lambda row: row.awaited or row.report_by)
        mine.sort(key=lambda row: row.report_by)
        return to_me[:_MOST], mine[:_MOST], max(len(to_me), len(mine)) > _MOST

    def standing(self, visit: Visit, seen: Seen) -> Standing:
        """What the order and everything below it has come to."""
        return standing(seen.rows, seen.order.id, now=visit.now)

    def place(self, visit: Visit, agency: str, area: str) -> str:
        """An agency and an area as people call them."""
        where = self.orders.places.full_name(area) or area
        return visit.say("casework.order.place", area=where, agency=self.scribe.agency(visit.lang, agency))

    def scope(self, seen: Seen) -> Scope:
        """Where the order is answered."""
        return Scope(seen.order.given.agency, seen.order.given.area)


def number_in(form: Form, name: str) -> int | None:
    """A number as it was typed; 0 if nothing was, None if that is none."""
    text = form.text(name) or "0"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None


def hours_in(form: Form) -> int | None:
    """The number of hours of a form, at most what an order may take; None if there is none."""
    return min(number_in(form, "hours") or 0, LONGEST) or None
