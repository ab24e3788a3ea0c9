"""Orders as lists and trees show them."""

from collections.abc import Iterator
from typing import Final

from onecity.casework.ordering.facts import (
    OrderAcknowledged,
    OrderEnded,
    OrderGiven,
    OrderMissed,
    OrderReceived,
    OrderReported,
    OrderReturned,
)
from onecity.casework.ordering.model import Stage
from onecity.ledger import Projection, Recorded, Row, Statement, Table

_GIVE = Statement(
    "orders",
    "insert into orders (order_id, root, parent, kind, agency, area, case_id, trigger, given, report_by, awaited,"
    " stage) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[],"
    " $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[])",
)
_STAGE = Statement(
    "orders",
    "update orders o set stage = t.stage, report_by = coalesce(t.report_by, o.report_by), awaited ="
    " case when t.stage in ('received', 'acknowledged') and o.parent is not null then"
    " coalesce(t.report_by, o.report_by) end"
    " from unnest($1::uuid[], $2::text[], $3::timestamptz[]) t(order_id, stage, report_by)"
    " where o.order_id = t.order_id",
)
_REPORT = Statement(
    "orders",
    "update orders o set stage = 'reported', awaited = null, done = t.done, of_all = t.of_all from"
    " unnest($1::uuid[], $2::int[], $3::int[]) t(order_id, done, of_all) where o.order_id = t.order_id",
)
_MISS = Statement(
    "orders",
    "update orders o set missed = t.due from unnest($1::uuid[], $2::timestamptz[]) t(order_id, due)"
    " where o.order_id = t.order_id",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    order = recorded.stream
    match recorded.fact:
        case OrderGiven() as one:
            stage = Stage.RECEIVED if one.parent is None else Stage.GIVEN
            what = (order, one.root, one.parent, one.kind, one.agency, one.area, one.case, one.trigger)
            awaited = one.receive_by if one.parent else None
            yield Row(_GIVE, (order,), (*what, recorded.at, one.report_by, awaited, stage))
        case OrderReceived():
            yield Row(_STAGE, (order,), (order, Stage.RECEIVED, None))
        case OrderAcknowledged():
            yield Row(_STAGE, (order,), (order, Stage.ACKNOWLEDGED, None))
        case OrderReturned(report_by=by):
            yield Row(_STAGE, (order,), (order, Stage.ACKNOWLEDGED, by))
        case OrderEnded(fulfilled=fulfilled):
            yield Row(_STAGE, (order,), (order, Stage.FULFILLED if fulfilled else Stage.CALLED_BACK, None))
        case OrderReported(done=done, of=of):
            yield Row(_REPORT, (order,), (order, done, of))
        case OrderMissed(due=due):
            yield Row(_MISS, (order,), (order, due))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


ORDERS: Final = Projection(
    tables=(Table("orders"),),
    facts=(
        OrderGiven, OrderReceived, OrderAcknowledged, OrderReported, OrderReturned, OrderMissed, OrderEnded,
    ),
    apply=_apply,
)  # fmt: skip
