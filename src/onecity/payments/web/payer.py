"""For whoever owes a fee: what it is, why, the way to pay it, and the receipt."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from onecity.kernel.money import in_words, yuan
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.payments.facts import CASH
from onecity.payments.model import Money, Payment
from onecity.payments.rules import Why
from onecity.payments.usecases import own_payment
from onecity.payments.usecases.paying import send_to_port, settle
from onecity.payments.web.cashdesk import AT, CashDesk, way


class Payer:
    """Pages for the person whose fees they are, and for whoever acts for them."""

    def __init__(self, desk: CashDesk) -> None:
        self._desk = desk

    async def one(self, visit: Visit) -> Response:
        """A fee with its basis, and the way to pay it."""
        found = await self._own(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        back = f"/affairs/{found.demanded.affair}/cases/{found.demanded.case}"
        fee = self._desk.shown(found, visit)
        simulated = self._desk.till.simulated
        return visit.page(AT + "payment.html", title=fee["name"], fee=fee, back_url=back, simulated_port=simulated)

    async def pay(self, visit: Visit) -> Response:
        """Send the payer to the port; who paid meanwhile sees that."""
        found = await self._own(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        payee = self._desk.payee(found)
        sent = await send_to_port(found, payee=payee, till=self._desk.till, now=visit.now)
        if isinstance(sent, Refused):
            # Another tab was quicker: the page of the fee says what came of it.
            return visit.refuse(sent) if sent.reason is Why.NO_PORT else visit.go(f"/payments/{found.id}")
        return visit.go(sent.address)

    async def back(self, visit: Visit) -> Response:
        """The payer comes back from the port; what counts is what the port says when it is asked."""
        found = await self._own(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        await settle(found.id, till=self._desk.till, now=visit.now)
        return visit.go(f"/payments/{found.id}")

    async def receipt(self, visit: Visit) -> Response:
        """The receipt for money that came, to be printed."""
        found = await self._own(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        money = received_under(found, visit.path("receipt"))
        if money is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return await receipt_page(visit, self._desk, found, money, back=f"/payments/{found.id}")

    async def _own(self, visit: Visit) -> Payment | Refused:
        return await own_payment(visit.id("payment"), till=self._desk.till, by=visit.acting())


def received_under(payment: Payment, receipt: str) -> Money | None:
    """The money for which a receipt was written."""
    return next((one for one in payment.money if one.paid.receipt == receipt), None)


async def receipt_page(visit: Visit, desk: CashDesk, payment: Payment, money: Money, *, back: str) -> Response:
    """A receipt as it is printed: whose, for what, by which rule, how much, when and how."""
    fee = desk.shown(payment, visit)
    rows: list[dict[str, Any]] = [
        {"term": visit.say("payments.payer"), "value": await desk.name_of(payment.demanded.payer, visit)},
        {"term": visit.say("payments.payee"), "value": fee["agency"]},
        {"term": visit.say("payments.for"), "value": fee["matter"]},
        {"term": visit.say("payments.fee"), "value": fee["name"]},
        {"term": visit.say("payments.law"), "value": fee["law"]},
        {"term": visit.say("payments.sum"), "value": visit.say("payments.yuan", sum=yuan(money.paid.fen))},
        {"term": visit.say("payments.in_words"), "value": in_words(money.paid.fen)},
        {"term": visit.say("payments.receipt.at"), "value": _on_paper(visit, money.paid.paid)},
        {"term": visit.say("payments.way"), "value": way(money, visit)},
        {"term": visit.say("payments.number"), "value": fee["number"]},
    ]
    if money.paid.port != CASH:
        rows.append({"term": visit.say("payments.reference"), "value": money.paid.reference})
    if money.refunded is not None:
        rows.append({"term": visit.say("payments.state.refunded"), "value": _on_paper(visit, money.refunded.paid)})
    return visit.page(
        AT + "receipt.html", title=visit.say("payments.receipt"), money=money.paid, rows=rows,
        gone=money.ordered is not None, back_url=back,
    )  # fmt: skip


def _on_paper(visit: Visit, at: datetime) -> str:
    """An instant as it is printed: with its year, whatever the year is now."""
    return visit.site.pages.formats[visit.lang].full_instant(at, weekday=True)
