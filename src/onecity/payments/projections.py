"""Fees by payer, affair and case; money by reference; and the days whose books were compared."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.payments.facts import (
    DayBalanced,
    FeeDemanded,
    FeeDropped,
    FeePaid,
    FeeWaived,
    MoneyStrayed,
    RefundOrdered,
    RefundPaid,
)

_DEMAND = Statement(
    "payments",
    "insert into payments (payment, number, payer, affair, case_id, matter, agency, area, fen, demanded) select * from"
    " unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],"
    " $9::bigint[], $10::timestamptz[])",
)
_CLOSE = Statement(
    "payments", "update payments p set due = false from unnest($1::uuid[]) t(payment) where p.payment = t.payment"
)
_PAY = Statement(
    "money",
    "insert into money (payment, port, reference, receipt, fen, paid) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[])",
)
_ORDER = Statement(
    "money",
    "update money m set ordered = t.at from unnest($1::uuid[], $2::text[], $3::timestamptz[])"
    " t(payment, reference, at) where m.payment = t.payment and m.reference = t.reference",
)
_REFUND = Statement(
    "money",
    "update money m set refund = t.refund, refunded = t.at"
    " from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) t(payment, reference, refund, at)"
    " where m.payment = t.payment and m.reference = t.reference",
)
_BALANCE = Statement(
    "payment_days",
    "insert into payment_days (day, stream, balanced, payments, paid_fen, refunds, refunded_fen, differences)"
    " select * from unnest($1::date[], $2::uuid[], $3::timestamptz[], $4::int[], $5::bigint[], $6::int[],"
    " $7::bigint[], $8::int[]) on conflict (day) do update set stream = excluded.stream, balanced = excluded.balanced,"
    " payments = excluded.payments, paid_fen = excluded.paid_fen, refunds = excluded.refunds,"
    " refunded_fen = excluded.refunded_fen, differences = excluded.differences",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    payment, at = recorded.stream, recorded.at
    match recorded.fact:
        case FeeDemanded() as fee:
            params = (payment, fee.number, fee.payer, fee.affair, fee.case, fee.matter, fee.agency, fee.area)
            yield Row(_DEMAND, (payment,), (*params, fee.fen, at))
        case FeePaid() | MoneyStrayed() as paid:
            money = (payment, paid.port, paid.reference, paid.receipt, paid.fen, paid.paid)
            yield Row(_PAY, (payment, paid.reference), money)
            if isinstance(paid, FeePaid):
                yield Row(_CLOSE, (payment,), (payment,))
        case FeeWaived() | FeeDropped():
            yield Row(_CLOSE, (payment,), (payment,))
        case RefundOrdered(reference=reference):
            yield Row(_ORDER, (payment, reference), (payment, reference, at))
        case RefundPaid(reference=reference, refund=refund, paid=when):
            yield Row(_REFUND, (payment, reference), (payment, reference, refund, when))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _days(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case DayBalanced(day=day, taken=taken, differences=found):
            sums = (
                sum(one.payments for one in taken),
                sum(one.paid_fen for one in taken),
                sum(one.refunds for one in taken),
                sum(one.refunded_fen for one in taken),
            )
            yield Row(_BALANCE, (day,), (day, recorded.stream, recorded.at, *sums, len(found)))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


PAYMENTS = Projection(
    tables=(Table("payments"), Table("money")),
    facts=(FeeDemanded, FeePaid, MoneyStrayed, FeeWaived, FeeDropped, RefundOrdered, RefundPaid),
    apply=_apply,
)
DAYS = Projection(tables=(Table("payment_days"),), facts=(DayBalanced,), apply=_days)
