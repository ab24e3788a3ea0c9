"""Supervising: which cases call for an order from above, and giving it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Case
from onecity.casework.ordering import (
    Begin,
    Hours,
    Ordered,
    OrderKind,
    OrderRow,
    Orders,
    Receiver,
    Why,
    begin,
    open_about,
)
from onecity.governance import store
from onecity.governance.steps import HANDLE
from onecity.governance.store import ProblemRow
from onecity.governance.supervision import triggers
from onecity.governance.usecases import Street
from onecity.kernel.acting import Acting, Held
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused

_MOST: Final = 200


class Supervise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give an order about a case: why, what is to be done, and within how many hours."""

    trigger: str
    words: str
    hours: Hours | None = None


class Wanting(msgspec.Struct, frozen=True):
    """A case that calls for an order, why, and the order that was given already."""

    row: ProblemRow
    triggers: Sequence[str]
    order: OrderRow | None


def kind_of(street: Street, orders: Orders) -> OrderKind | None:
    """The kind of order by which the street is supervised; None if the pack names none."""
    return orders.kind(street.rules.supervision) if street.rules.supervision else None


async def wanting(held: Sequence[Held], *, street: Street, orders: Orders, now: datetime) -> Sequence[Wanting]:
    """The cases within some scopes that call for an order, the oldest first."""
    today = day_in(street.office.zone, now)
    async with street.office.ledger.readers.acquire() as connection:
        rows = await store.strained(connection, held, now=now, today=today, limit=_MOST)
        given = {one.case: one for one in await open_about(connection, [row.case for row in rows])}
    found = [Wanting(row, triggers(row, now=now, today=today), given.get(row.case)) for row in rows]
    return [one for one in found if one.triggers]


async def supervise(
    case: Case, row: ProblemRow, command: Supervise, *, street: Street, orders: Orders, key: UUID, by: Acting,
    now: datetime,
) -> Ordered | Refused:  # fmt: skip
    """Give an order about a case to the unit that has it, else to the one whose it is by the rule."""
    if not street.rules.supervision or by.scope is None:
        return Refused(Why.NO_SUCH_KIND if by.scope else Why.NOT_YOUR_DUTY)
    if case.result is not None:
        return Refused(Why.ENDED)
    agency = case.agency_of(HANDLE) if HANDLE in case.waiting else row.lead or street.rules.centre
    order = Begin(
        street.rules.supervision, command.words, (Receiver(agency, row.area),), command.hours, case.id, command.trigger
    )
    return await begin(order, orders=orders, scope=by.scope, key=key, by=by, now=now)
