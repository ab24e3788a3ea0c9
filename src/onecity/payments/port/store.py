"""The SQL of the simulated port's own book."""

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.packs import Text
from onecity.payments.facts import Movement
from onecity.payments.rules.balance import Line

if TYPE_CHECKING:
    from asyncpg import Connection, Record

_COLUMNS: Final = (
    "reference, payment, fen, back, closed, paid, refunded,"
    # A bill from before the book had English names has the Chinese ones.
    " payee, coalesce(payee_en, payee), fee, coalesce(fee_en, fee)"
)


class BillRow(msgspec.Struct, frozen=True):
    """A bill in the book of the simulated port."""

    reference: str
    payment: UUID
    fen: int
    back: str
    closed: datetime | None
    paid: datetime | None
    refunded: datetime | None
    payee: Text
    fee: Text


def _bill(row: "Record") -> BillRow:
    reference, payment, fen, back, closed, paid, refunded, payee, payee_en, fee, fee_en = row
    names = Text(payee, payee_en), Text(fee, fee_en)
    return BillRow(reference, payment, fen, back, closed, paid, refunded, *names)


async def put(connection: "Connection", reference: str, row: BillRow, now: datetime) -> str:
    """Open a bill, or find the one that this fee has; its reference. A bill that was closed by mistake opens again."""
    found: str = await connection.fetchval(
        "insert into simulated_port (reference, payment, payee, payee_en, fee, fee_en, fen, back, opened)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict (payment) do update set closed = null returning reference",
        reference, row.payment, row.payee.zh, row.payee.en, row.fee.zh, row.fee.en, row.fen, row.back, now,
    )  # fmt: skip
    return found


async def at(connection: "Connection", reference: str) -> BillRow | None:
    """The bill of a reference."""
    row = await connection.fetchrow(f"select {_COLUMNS} from simulated_port where reference = $1", reference)
    return _bill(row) if row else None


async def of(connection: "Connection", payment: UUID) -> BillRow | None:
    """The bill of a fee."""
    row = await connection.fetchrow(f"select {_COLUMNS} from simulated_port where payment = $1", payment)
    return _bill(row) if row else None


async def pay(connection: "Connection", reference: str, now: datetime) -> bool:
    """The payer pays; false if there is nothing to pay any more."""
    query = (
        "update simulated_port set paid = $2 where reference = $1 and paid is null and closed is null returning true"
    )
    return bool(await connection.fetchval(query, reference, now))


async def close(connection: "Connection", payment: UUID, now: datetime) -> None:
    """Nothing more is to be paid."""
    await connection.execute(
        "update simulated_port set closed = $2 where payment = $1 and paid is null and closed is null", payment, now
    )


async def refund(connection: "Connection", reference: str, refund: str, now: datetime) -> tuple[str, datetime] | None:
    """Give money back; the first refund is found again."""
    row = await connection.fetchrow(
        "update simulated_port set refund = coalesce(refund, $2), refunded = coalesce(refunded, $3)"
        " where reference = $1 and paid is not null returning refund, refunded",
        reference, refund, now,
    )  # fmt: skip
    return (row["refund"], row["refunded"]) if row else None


async def lines(connection: "Connection", since: datetime, until: datetime) -> list[Line]:
    """Everything that moved from one instant to before another."""
    rows = await connection.fetch(
        "select reference, 'paid', fen, payment from simulated_port where paid >= $1 and paid < $2 union all"
        " select reference, 'refunded', fen, payment from simulated_port where refunded >= $1 and refunded < $2",
        since, until,
    )  # fmt: skip
    return [Line(row[0], Movement(row[1]), row[2], row[3]) for row in rows]
