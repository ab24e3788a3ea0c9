"""All the SQL of payments but that of the simulated port."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.machinery.postgres.scopes import columns_of, covered
from onecity.payments.facts import Movement
from onecity.payments.rules.balance import Entry

if TYPE_CHECKING:
    from asyncpg import Connection

_COLUMNS: Final = "p.payment, p.number, p.payer, p.affair, p.case_id, p.matter, p.agency, p.area, p.fen, p.demanded"
_COVERED: Final = covered("p.agency", "p.area", first=2)


class PaymentRow(msgspec.Struct, frozen=True):
    """Where a fee is found."""

    payment: UUID
    number: str
    payer: UUID
    affair: UUID
    case_id: UUID
    matter: str
    agency: str
    area: str
    fen: int
    demanded: datetime


class DayRow(msgspec.Struct, frozen=True):
    """A day whose books were compared. Units of sums: fen."""

    day: date
    stream: UUID
    balanced: datetime
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    differences: int


class ToRefund(msgspec.Struct, frozen=True):
    """Money that shall go back, and since when."""

    ordered: datetime
    payment: UUID
    reference: str


class EntryRow(msgspec.Struct, frozen=True):
    """A line of our book with what it is about."""

    entry: Entry
    number: str
    receipt: str
    matter: str
    at: datetime


async def of_case(connection: "Connection", case: UUID) -> UUID | None:
    """The fee of a case."""
    found: UUID | None = await connection.fetchval("select payment from payments where case_id = $1", case)
    return found


async def of_affair(connection: "Connection", affair: UUID) -> list[PaymentRow]:
    """The fees of an affair, in the order in which they were demanded."""
    query = f"select {_COLUMNS} from payments p where p.affair = $1 order by p.demanded, p.payment"
    return [PaymentRow(*row) for row in await connection.fetch(query, affair)]


async def of_payer(
    connection: "Connection", payer: UUID, within: Sequence[str] = (), *, limit: int | None = None, offset: int = 0
) -> list[PaymentRow]:
    """A person's fees, the newest first; with `within` only those about these matters. Without a `limit` all."""
    query = (
        f"select {_COLUMNS} from payments p where p.payer = $1 and (cardinality($3::text[]) = 0 or p.matter = any($3))"
        " order by p.demanded desc, p.payment limit $2 offset $4"
    )
    return [PaymentRow(*row) for row in await connection.fetch(query, payer, limit, list(within), offset)]


async def own(connection: "Connection", payment: UUID, payer: UUID, within: Sequence[str]) -> PaymentRow | None:
    """One fee, if it is this person's; with `within` only if it is about one of these matters."""
    query = (
        f"select {_COLUMNS} from payments p where p.payment = $1 and p.payer = $2"
        " and (cardinality($3::text[]) = 0 or p.matter = any($3))"
    )
    row = await connection.fetchrow(query, payment, payer, list(within))
    return PaymentRow(*row) if row else None


async def visible(connection: "Connection", payment: UUID, held: Sequence[Held]) -> PaymentRow | None:
    """One fee, if it lies in the scope of one of the given duties; None does not say whether it exists."""
    query = f"select {_COLUMNS} from payments p where p.payment = $1 and {_COVERED}"
    row = await connection.fetchrow(query, payment, *_scopes(held))
    return PaymentRow(*row) if row else None


async def visible_at(connection: "Connection", number: str, held: Sequence[Held]) -> PaymentRow | None:
    """The fee of a number, if it lies in the scope of one of the given duties."""
    query = f"select {_COLUMNS} from payments p where p.number = $1 and {_COVERED}"
    row = await connection.fetchrow(query, number, *_scopes(held))
    return PaymentRow(*row) if row else None


async def due(connection: "Connection", held: Sequence[Held], *, limit: int, offset: int) -> list[PaymentRow]:
    """Fees that wait for their payer, the oldest first."""
    query = (
        f"select {_COLUMNS} from payments p where p.due and {_COVERED}"
        " order by p.demanded, p.payment limit $1 offset $4"
    )
    return [PaymentRow(*row) for row in await connection.fetch(query, limit, *_scopes(held), offset)]


async def to_hand_back(
    connection: "Connection", port: str, held: Sequence[Held], *, limit: int, offset: int
) -> list[PaymentRow]:
    """Fees of which money waits to go back by hand, the oldest first; one fee may have several sums."""
    query = (
        f"select {_COLUMNS} from money m join payments p using (payment)"
        f" where m.port = $4 and m.ordered is not null and m.refunded is null and {_COVERED}"
        " order by m.ordered, m.reference limit $1 offset $5"
    )
    return [PaymentRow(*row) for row in await connection.fetch(query, limit, *_scopes(held), port, offset)]


async def to_refund(connection: "Connection", port: str, *, after: ToRefund | None, limit: int) -> list[ToRefund]:
    """Money that a port shall give back, the oldest order first; only what comes after another."""
    query = (
        "select ordered, payment, reference from money where port = $1 and ordered is not null and refunded is null"
        " and ($2::timestamptz is null or (ordered, reference) > ($2, $3)) order by ordered, reference limit $4"
    )
    place = (after.ordered, after.reference) if after else (None, None)
    return [ToRefund(*row) for row in await connection.fetch(query, port, *place, limit)]


async def owner_of(connection: "Connection", port: str, reference: str) -> UUID | None:
    """The fee to which a reference of a port belongs."""
    query = "select payment from money where port = $1 and reference = $2"
    found: UUID | None = await connection.fetchval(query, port, reference)
    return found


_BOOK: Final = """
select m.reference, 'paid', m.port, p.agency, m.payment, m.fen, p.number, m.receipt, p.matter, m.paid as at
from money m join payments p using (payment) where m.paid >= $1 and m.paid < $2
union all
select m.reference, 'refunded', m.port, p.agency, m.payment, m.fen, p.number, m.receipt, p.matter, m.refunded
from money m join payments p using (payment) where m.refunded >= $1 and m.refunded < $2
order by at, 1
"""


async def book(connection: "Connection", since: datetime, until: datetime) -> list[EntryRow]:
    """Our book from one instant to before another: what came and what went back."""
    rows = await connection.fetch(_BOOK, since, until)
    return [
        EntryRow(Entry(row[0], Movement(row[1]), row[2], row[3], row[4], row[5]), row[6], row[7], row[8], row[9])
        for row in rows
    ]


async def first_day(connection: "Connection") -> datetime | None:
    """The instant at which the first fee was demanded."""
    found: datetime | None = await connection.fetchval("select min(demanded) from payments")
    return found


async def days(connection: "Connection", *, limit: int, offset: int) -> list[DayRow]:
    """The days whose books were compared, the newest first."""
    query = (
        "select day, stream, balanced, payments, paid_fen, refunds, refunded_fen, differences from payment_days"
        " order by day desc limit $1 offset $2"
    )
    return [DayRow(*row) for row in await connection.fetch(query, limit, offset)]


async def day_of(connection: "Connection", day: date) -> DayRow | None:
    """One day, if its books were compared."""
    row = await connection.fetchrow(
        "select day, stream, balanced, payments, paid_fen, refunds, refunded_fen, differences from payment_days"
        " where day = $1",
        day,
    )  # fmt: skip
    return DayRow(*row) if row else None


async def open_days(
    connection: "Connection", first: date, last: date, *, after: date | None, limit: int
) -> list[date]:  # fmt: skip
    """The days from one to another whose books nobody compared, the oldest first; only what comes after another."""
    rows = await connection.fetch(
        "select t.day::date from generate_series($1::date::timestamp, $2::date::timestamp, interval '1 day') t(day)"
        " where ($3::date is null or t.day > $3) and not exists (select from payment_days d where d.day = t.day::date)"
        " order by t.day limit $4",
        first, last, after, limit,
    )  # fmt: skip
    return [row["day"] for row in rows]


async def unclear(connection: "Connection") -> int:
    """How many differences nobody has cleared yet."""
    return int(
        await connection.fetchval("select coalesce(sum(differences), 0) from payment_days where differences > 0")
    )


async def how_many_due(connection: "Connection") -> int:
    """How many fees wait for their payers."""
    return int(await connection.fetchval("select count(*) from payments where due"))


async def visited(connection: "Connection", payment: UUID, now: datetime) -> None:
    """A payer was sent to the port. Who goes there again is looked for as at the first time."""
    await connection.execute(
        "insert into port_visits values ($1, $2, $2) on conflict (payment) do update set opened = excluded.opened",
        payment, now,
    )  # fmt: skip


async def next_visits(connection: "Connection", now: datetime, *, after: UUID | None, limit: int) -> list[UUID]:
    """Fees whose payer was sent to the port and is to be looked for again, the later the less often.

    They come in the order of their ids, and only those after another: what is looked for stays, and comes once a run.
    """
    rows = await connection.fetch(
        "update port_visits set looked = $1 where payment in (select payment from port_visits"
        " where $1 - looked >= least(($1 - opened) / 4, interval '1 hour')"
        " and ($2::uuid is null or payment > $2) order by payment limit $3) returning payment",
        now, after, limit,
    )  # fmt: skip
    return sorted(row["payment"] for row in rows)


async def end_visits(connection: "Connection", before: datetime) -> int:
    """Forget visits of fees that are not due any more, and those that began before an instant; how many."""
    query = (
        "with gone as (delete from port_visits v where v.opened < $1 or exists (select from payments p"
        " where p.payment = v.payment and not p.due) returning 1) select count(*) from gone"
    )
    return int(await connection.fetchval(query, before))


def _scopes(held: Sequence[Held]) -> tuple[list[str], list[str]]:
    return columns_of(one.scope for one in held)
