"""What is done with orders: begin one, send it on, answer it, take or return the answer, and note who is missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework.ordering import store
from onecity.casework.ordering.declared import Hours, OrderKind
from onecity.casework.ordering.facts import OrderGiven
from onecity.casework.ordering.model import Order, OrderRow, Stage, below, order_of
from onecity.casework.ordering.rules import (
    BY_RECEIVER,
    Act,
    Fulfil,
    Receiver,
    Why,
    acted,
    answers_for,
    given,
    holder_of,
    missed,
    name_of,
    told,
    wrong_receivers,
)
from onecity.kernel.acting import Acting, Scope, the_city
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in, stamp
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger
from onecity.machinery.jobs import each_due
from onecity.notices import letter_to
from onecity.packs import Declared, version_of
from onecity.people import officers_with
from onecity.places.model import Places

if TYPE_CHECKING:
    from asyncpg import Connection

_KEYS: Final = UUID("3f3e8bb0-5b7e-5c58-9a6b-6f7264657273")
"""Namespace of the idempotency keys of the job: what is missed is noted once, whoever finds it."""
_AT_ONCE: Final = 200
_NEAREST: Final = 5
"""How many of those who answer for an order are written to: the nearest."""


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Begin an order: what is to be done, by whom, within how many hours; about which case, and why."""

    kind: str
    words: str
    to: tuple[Receiver, ...]
    hours: Hours | None = None
    case: UUID | None = None
    trigger: str | None = None


class PassOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send an order on to places below."""

    words: str
    to: tuple[Receiver, ...]
    hours: Hours | None = None


class Ordered(msgspec.Struct, frozen=True):
    """The answer to whoever did something with an order: which one, and how many places it was sent to."""

    order: UUID
    sent: int = 0


class Orders(msgspec.Struct, frozen=True):
    """What orders need: the ledger, what the pack declares, the places and agencies of the city, and its clock."""

    ledger: Ledger
    kinds: Mapping[str, Declared[OrderKind]]
    places: Places
    agencies: frozenset[str]
    zone: ZoneInfo

    def kind(self, name: str) -> OrderKind | None:
        """A kind of order that is given today."""
        found = self.kinds.get(name)
        return found.value if found else None

    async def load(self, order: UUID) -> Order | None:
        """An order, folded from its history."""
        return order_of(await self.ledger.history(order))

    async def tree(self, order: UUID) -> Sequence[OrderRow]:
        """The whole tree in which an order stands."""
        async with self.ledger.readers.acquire() as connection:
            return await store.tree_around(connection, order)


async def begin(
    command: Begin, *, orders: Orders, scope: Scope, key: UUID, by: Acting, now: datetime
) -> Ordered | Refused:
    """Begin an order from where one answers for it, and send it to places below."""
    kind = orders.kind(command.kind)
    if kind is None:
        return Refused(Why.NO_SUCH_KIND)
    if by.duty != kind.issues or by.scope is None or not by.scope.covers(scope.department, scope.area):
        return Refused(Why.NOT_YOUR_DUTY)
    if (command.trigger not in kind.triggers) if kind.triggers else command.trigger is not None:
        return Refused(Why.NO_SUCH_TRIGGER)
    said = told(command.words)
    if isinstance(said, Refused):
        return said
    root, within = derived_id(key, now=now, what="order"), timedelta(hours=command.hours or kind.report_within)
    head = OrderGiven(
        command.kind, version_of(orders.kinds[command.kind]), root, None, scope.department, scope.area, now,
        now + within, said, command.case, command.trigger,
    )  # fmt: skip

    async def decide() -> Decision | Refused:
        if command.case is not None and await _about(orders, command.case):
            return Refused(Why.GIVEN_ALREADY)
        changes = await _sent(head, root, PassOn(said, command.to, command.hours), (), orders, kind, key=key, now=now)
        if isinstance(changes, Refused):
            return changes
        return Decision((Change(root, 0, (head,)), *changes), Ordered(root, len(command.to)))

    return await orders.ledger.record(key, decide, Ordered, by=by, now=now)


async def pass_on(
    order: UUID, command: PassOn, *, orders: Orders, key: UUID, by: Acting, now: datetime
) -> Ordered | Refused:
    """Send an order on to places below the one that has it."""

    async def decide() -> Decision | Refused:
        found = await orders.load(order)
        kind = orders.kind(found.given.kind) if found else None
        if found is None or kind is None:
            return Refused(Why.NOT_FOUND)
        if not answers_for(found, kind, by):
            return Refused(Why.NOT_YOUR_DUTY)
        if found.stage.ended:
            return Refused(Why.ENDED)
        said = told(command.words)
        if isinstance(said, Refused):
            return said
        above = msgspec.structs.replace(found.given, report_by=found.report_by)
        mine = below(await orders.tree(order)).get(order, ())
        changes = await _sent(
            above, order, msgspec.structs.replace(command, words=said), mine, orders, kind, key=key, now=now
        )
        return changes if isinstance(changes, Refused) else Decision(tuple(changes), Ordered(order, len(command.to)))

    return await orders.ledger.record(key, decide, Ordered, by=by, now=now)


async def act_on(order: UUID, act: Act, *, orders: Orders, key: UUID, by: Acting, now: datetime) -> Ordered | Refused:
    """Answer an order, or take, return or call back what was answered."""

    async def decide() -> Decision | Refused:
        found = await orders.load(order)
        kind = orders.kind(found.given.kind) if found else None
        if found is None or kind is None:
            return Refused(Why.NOT_FOUND)
        # The head is ended by those who hold it, every other order by those who hold the one above.
        above = await orders.load(found.given.parent) if found.given.parent else None
        if not answers_for(found if name_of(act) in BY_RECEIVER or above is None else above, kind, by):
            return Refused(Why.NOT_YOUR_DUTY)
        rows = below(await orders.tree(order)).get(order, ()) if isinstance(act, Fulfil) else ()
        open_below = sum(not row.stage.ended for row in rows)
        facts = acted(found, act, open_below=open_below, now=now)
        return facts if isinstance(facts, Refused) else Decision((Change(order, found.version, facts),), Ordered(order))

    return await orders.ledger.record(key, decide, Ordered, by=by, now=now)


async def chase(now: datetime, *, orders: Orders) -> int:
    """Note every answer that did not come in time and tell those who wait for it; how many."""

    async def found(connection: "Connection", after: store.Late | None) -> list[store.Late]:
        return await store.late(connection, now, after=after, limit=_AT_ONCE)

    async def note(late: store.Late) -> bool:
        key = uuid5(_KEYS, f"{late.order} {stamp(late.due)}")

        async def decide() -> Decision | Refused:
            order = await orders.load(late.order)
            kind = orders.kind(order.given.kind) if order else None
            above = await orders.load(order.given.parent) if order and order.given.parent else None
            facts = missed(order, now=now) if order else ()
            if order is None or kind is None or above is None or not facts:
                return Decision((), Ordered(late.order))
            letters = await _letters("order.missed", above, order.given, kind, orders, due=late.due, key=key, now=now)
            return Decision((Change(order.id, order.version, facts), *letters), Ordered(order.id, 1))

        done = await orders.ledger.record(key, decide, Ordered, by=the_city(), now=now)
        return isinstance(done, Ordered) and done.sent > 0

    return await each_due(orders.ledger.readers, found, note)


async def _about(orders: Orders, case: UUID) -> Sequence[OrderRow]:
    async with orders.ledger.readers.acquire() as connection:
        return await store.open_about(connection, [case])


async def _sent(
    above: OrderGiven, parent: UUID, command: PassOn, mine: Sequence[OrderRow], orders: Orders, kind: OrderKind, *,
    key: UUID, now: datetime,
) -> list[Change] | Refused:  # fmt: skip
    """The orders to some places below, each with a letter to whoever answers for it."""
    today = day_in(orders.zone, now)
    here = [one.area for one in command.to if orders.places.holds(one.area, today)]
    already = [Scope(row.agency, row.area) for row in mine if row.stage is not Stage.CALLED_BACK]
    wrong = wrong_receivers(
        command.to, above=Scope(above.agency, above.area), agencies=orders.agencies, areas=here, already=already
    )
    if wrong is not None:
        return wrong
    changes: list[Change] = []
    for to in command.to:
        one = given(above, to, kind, command.words, parent, now=now, within=command.hours)
        if isinstance(one, Refused):
            return one
        order = derived_id(key, now=now, what=f"order {to.agency} {to.area}")
        as_sent = Order(order, 0, one, Stage.GIVEN, one.report_by)
        changes.append(Change(order, 0, (one,)))
        changes += await _letters("order.given", as_sent, one, kind, orders, due=one.receive_by, key=key, now=now)
    return changes


async def _letters(
    letter: str, to: Order, about: OrderGiven, kind: OrderKind, orders: Orders, *, due: datetime, key: UUID,
    now: datetime,
) -> list[Change]:  # fmt: skip
    """Letters to the nearest of those who answer for an order; they name the place and the hour only."""
    duty, scope = holder_of(to, kind)
    async with orders.ledger.readers.acquire() as connection:
        people = await officers_with(
            connection, duty, scope.department, scope.area, day_in(orders.zone, now), limit=_NEAREST
        )
    place = orders.places.full_name(about.area) or about.area
    facts = {"place": place, "due_at": stamp(due), "case": str(to.id)}
    return [
        letter_to(
            PersonId(person), letter, about=to.id, sender=about.agency, facts=facts, words=None,
            law=kind.because.citation, key=key, now=now,
        )
        for person in people
    ]  # fmt: skip
