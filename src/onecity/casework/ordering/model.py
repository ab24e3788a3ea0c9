"""An order as it stands, and what a whole tree of them has come to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework.ordering.facts import (
    Answer,
    OrderAcknowledged,
    OrderEnded,
    OrderGiven,
    OrderMissed,
    OrderReceived,
    OrderReported,
    OrderReturned,
)
from onecity.ledger import Recorded

_REPLACED: Final = msgspec.structs.replace


class Stage(StrEnum):
    """How far an order has come."""

    GIVEN = "given"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"
    FULFILLED = "fulfilled"
    CALLED_BACK = "called_back"

    @property
    def ended(self) -> bool:
        return self in (Stage.FULFILLED, Stage.CALLED_BACK)


class Order(msgspec.Struct, frozen=True):
    """One order of a tree. `missed` are the hours that passed without an answer."""

    id: UUID
    version: int
    given: OrderGiven
    stage: Stage
    report_by: datetime
    report: OrderReported | None = None
    missed: tuple[OrderMissed, ...] = ()

    @property
    def head(self) -> bool:
        """Whether it is the head of its tree."""
        return self.given.parent is None

    @property
    def awaited(self) -> tuple[Answer, datetime] | None:
        """What must come next from its receiver, and by when; None if nothing."""
        if self.head:
            return None
        if self.stage is Stage.GIVEN:
            return Answer.RECEIVED, self.given.receive_by
        return (Answer.REPORTED, self.report_by) if self.stage in (Stage.RECEIVED, Stage.ACKNOWLEDGED) else None


def order_of(history: Iterable[Recorded]) -> Order | None:
    """The order behind a history; None if the history is not that of an order."""
    order: Order | None = None
    for one in history:
        if isinstance(one.fact, OrderGiven) and one.version == 1:
            stage = Stage.RECEIVED if one.fact.parent is None else Stage.GIVEN
            order = Order(one.stream, 1, one.fact, stage, one.fact.report_by)
        elif order is not None:
            order = _REPLACED(_after(order, one), version=one.version)
    return order


def _after(order: Order, one: Recorded) -> Order:
    match one.fact:
        case OrderReceived():
            return _REPLACED(order, stage=Stage.RECEIVED)
        case OrderAcknowledged():
            return _REPLACED(order, stage=Stage.ACKNOWLEDGED)
        case OrderReported() as report:
            return _REPLACED(order, stage=Stage.REPORTED, report=report)
        case OrderReturned(report_by=by):
            return _REPLACED(order, stage=Stage.ACKNOWLEDGED, report_by=by)
        case OrderMissed() as missed:
            return _REPLACED(order, missed=(*order.missed, missed))
        case OrderEnded(fulfilled=fulfilled):
            return _REPLACED(order, stage=Stage.FULFILLED if fulfilled else Stage.CALLED_BACK)
        case _:
            return order


class OrderRow(msgspec.Struct, frozen=True):
    """An order as lists and trees show it. `done` and `of` are those of its own newest report, `awaited` the instant by
    which its receiver must say something; None if nothing is asked of them now.
    """

    id: UUID
    root: UUID
    parent: UUID | None
    kind: str
    agency: str
    area: str
    case: UUID | None
    trigger: str | None
    given: datetime
    report_by: datetime
    awaited: datetime | None
    stage: Stage
    done: int
    of: int

    def missing(self, now: datetime) -> bool:
        """Whether an answer is overdue."""
        return self.awaited is not None and self.awaited < now


class Standing(msgspec.Struct, frozen=True):
    """What an order and everything below it has come to. `missing` are those whose hour has passed."""

    orders: int
    answered: int
    done: int
    of: int
    missing: tuple[OrderRow, ...]


def below(rows: Sequence[OrderRow]) -> Mapping[UUID | None, Sequence[OrderRow]]:
    """The orders of a tree by the order from which they came."""
    found: dict[UUID | None, list[OrderRow]] = {}
    for row in rows:
        found.setdefault(row.parent, []).append(row)
    return found


def standing(rows: Sequence[OrderRow], top: UUID, *, now: datetime) -> Standing:
    """The reports below an order, rolled up: each place counts its own part, so nothing is counted twice.

    Orders that were called back count nothing, and neither does anything below them.
    """
    tree, waiting = below(rows), [row for row in rows if row.id == top]
    counted: list[OrderRow] = []
    while waiting:
        row = waiting.pop()
        if row.stage is Stage.CALLED_BACK:
            continue
        counted.append(row)
        waiting += tree.get(row.id, ())
    answering = [row for row in counted if row.parent is not None and row.id != top]
    return Standing(
        orders=len(answering),
        answered=sum(row.stage in (Stage.REPORTED, Stage.FULFILLED) for row in answering),
        done=sum(row.done for row in counted),
        of=sum(row.of for row in counted),
        missing=tuple(sorted((row for row in answering if row.missing(now)), key=lambda row: (row.area, row.agency))),
    )
