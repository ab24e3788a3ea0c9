"""Payments for machines: one's own fees, the way to the port, money over a counter."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import SIGNED_IN, Cited, Once, Operation, Paging, Visit, holding
from onecity.payments import store
from onecity.payments.model import Payment, State
from onecity.payments.rules import TAKE_CASH, Why
from onecity.payments.usecases import Changed, load, own_payment, own_payments, payments_of
from onecity.payments.usecases.paying import SentTo, send_to_port, settle, take_cash
from onecity.payments.web.cashdesk import CashDesk

_OFTEN: Final = Rate(60, 60)
_A_PAGE: Final = 50


class Receipt(msgspec.Struct, frozen=True):
    """Money that came, and whether it went back. Units: fen."""

    number: str
    fen: int
    paid: datetime
    port: str
    reference: str
    simulated: bool
    refund_ordered: bool
    refunded: datetime | None


class Fee(msgspec.Struct, frozen=True):
    """A fee that somebody owes, or owed. Units: fen."""

    payment: UUID
    number: str
    affair: UUID
    case: UUID
    item: str
    fee: str
    fen: int
    law: str
    agency: str
    state: State
    receipts: tuple[Receipt, ...]


class Fees(msgspec.Struct, frozen=True):
    """All fees of an affair in the order in which they were demanded, or all of one's own, the newest first."""

    payments: tuple[Fee, ...]


class FeeList(msgspec.Struct, frozen=True):
    """A page of one's own fees, the newest first; `goes_on` says whether there is a next one."""

    payments: tuple[Fee, ...]
    page: int
    goes_on: bool


def fee_of(payment: Payment, lang: str, cited: Cited) -> Fee:
    """A fee as machines read it."""
    fee = payment.demanded
    receipts = tuple(
        Receipt(
            one.paid.receipt, one.paid.fen, one.paid.paid, one.paid.port, one.paid.reference, one.paid.simulated,
            one.ordered is not None, one.refunded.paid if one.refunded else None,
        )
        for one in payment.money
    )  # fmt: skip
    return Fee(
        payment.id, fee.number, fee.affair, fee.case, fee.matter, fee.fee.said(lang), fee.fen,
        cited(fee.law.said(lang), lang), fee.agency, payment.state, receipts,
    )  # fmt: skip


def _shown(payment: Payment, visit: Visit) -> Fee:
    return fee_of(payment, visit.lang, visit.site.pages.cited)


class Interface:
    """The operations of payments."""

    def __init__(self, desk: CashDesk) -> None:
        self._desk = desk

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        way = "Where to pay a fee; the address is the port's"
        check = "Ask the port again what came for a fee"
        cash = "Take a fee by hand at a counter"
        return (
            Operation(
                "GET", "/api/affairs/{affair}/payments", SIGNED_IN, self.of_affair, "The fees of an affair", Fees
            ),
            Operation("GET", "/api/payments", SIGNED_IN, self.mine, "One's own fees, the newest first", FeeList),
            Operation("GET", "/api/payments/{payment}", SIGNED_IN, self.one, "One fee with its receipts", Fee),
            Operation("POST", "/api/payments/{payment}/pay", SIGNED_IN, self.pay, way, SentTo, rate=_OFTEN),
            Operation("POST", "/api/payments/{payment}/check", SIGNED_IN, self.check, check, Fee, rate=_OFTEN),
            Operation(
                "POST",
                "/api/desk/payments/{payment}/cash",
                holding(TAKE_CASH),
                Once(self.cash),
                cash,
                Changed,
                rate=_OFTEN,
            ),
        )

    async def of_affair(self, visit: Visit, _: None) -> Fees | Refused:
        asked = visit.id("affair")
        found = await payments_of(asked, till=self._desk.till) if asked else []
        mine = [one for one in found if one.demanded.payer == visit.subject and visit.covers(one.demanded.matter)]
        return Fees(tuple(_shown(one, visit) for one in mine))

    async def mine(self, visit: Visit, _: None) -> FeeList:
        paging = Paging.uncounted(visit, _A_PAGE)
        found, paging = paging.cut(
            await own_payments(till=self._desk.till, by=visit.acting(), limit=paging.one_more, offset=paging.offset)
        )
        return FeeList(tuple(_shown(one, visit) for one in found), paging.page, paging.goes_on)

    async def one(self, visit: Visit, _: None) -> Fee | Refused:
        found = await self._own(visit)
        return found if isinstance(found, Refused) else _shown(found, visit)

    async def pay(self, visit: Visit, _: None) -> SentTo | Refused:
        found = await self._own(visit)
        if isinstance(found, Refused):
            return found
        payee = self._desk.payee(found)
        return await send_to_port(found, payee=payee, till=self._desk.till, now=visit.now)

    async def check(self, visit: Visit, _: None) -> Fee | Refused:
        found = await self._own(visit)
        if isinstance(found, Refused):
            return found
        await settle(found.id, till=self._desk.till, now=visit.now)
        fresh = await load(found.id, till=self._desk.till)
        assert fresh is not None, "the payment was found before"
        return _shown(fresh, visit)

    async def cash(self, visit: Visit, _: None, key: UUID) -> Changed | Refused:
        asked = visit.id("payment")
        by = await self._cashier(visit, asked) if asked else None
        if asked is None or by is None:
            return Refused(Why.NOT_FOUND)
        return await take_cash(asked, till=self._desk.till, key=key, by=by, now=visit.now)

    async def _cashier(self, visit: Visit, payment: UUID) -> Acting | None:
        """The visitor in the duty that reaches a fee, after the look at it was recorded."""
        async with self._desk.ledger.readers.acquire() as connection:
            row = await store.visible(connection, payment, visit.someone.holding(TAKE_CASH))
        if row is None:
            return None
        by = visit.acting_as(TAKE_CASH, row.agency, row.area)
        await self._desk.reads.note(row.payer, "payment", about=row.affair, by=by, now=visit.now)
        return by

    async def _own(self, visit: Visit) -> Payment | Refused:
        return await own_payment(visit.id("payment"), till=self._desk.till, by=visit.acting())
