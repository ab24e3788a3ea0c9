"""For officers who take money at a counter, or let somebody off a fee; every look at a fee is recorded first."""

from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.identity import masked_name
from onecity.kernel.money import yuan
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.payments import store
from onecity.payments.facts import CASH
from onecity.payments.model import Payment
from onecity.payments.rules import TAKE_CASH, WAIVE, Why, owed, read_number
from onecity.payments.usecases import load
from onecity.payments.usecases.paying import take_cash, waive
from onecity.payments.usecases.refunding import hand_back
from onecity.payments.web.cashdesk import AT, CashDesk
from onecity.payments.web.payer import receipt_page, received_under
from onecity.people import names_of

_A_PAGE: Final = 50
_HOME: Final = "/desk/payments"


class Cashier:
    """Pages for the duties `payments.cash` and `payments.waive`."""

    def __init__(self, desk: CashDesk) -> None:
        self._desk = desk

    async def waiting(self, visit: Visit) -> Response:
        """Find a fee by its number; below, what waits to be paid and to be given back."""
        given, wrong = visit.request.query_params.get("number", "").strip(), ""
        held = visit.someone.holding(TAKE_CASH)
        # Two lists on one page: whoever turns a page of one stays where they are in the other.
        of_due, of_back = (Paging.uncounted(visit, _A_PAGE, named=name) for name in ("page", "back"))
        async with self._desk.ledger.readers.acquire() as connection:
            if given:
                found = await store.visible_at(connection, read_number(given), held)
                if found is not None:
                    return visit.go(f"{_HOME}/{found.payment}")
                wrong = visit.say(Why.NOT_FOUND)
            due, of_due = of_due.cut(await store.due(connection, held, limit=of_due.one_more, offset=of_due.offset))
            back, of_back = of_back.cut(
                await store.to_hand_back(connection, CASH, held, limit=of_back.one_more, offset=of_back.offset)
            )
            names = await names_of(connection, [row.payer for row in (*due, *back)])
        return visit.page(
            AT + "cashier.html",
            status=404 if wrong else 200,
            title=visit.say("payments.cashier"),
            given=given,
            wrong=wrong,
            due=[self._row(visit, row, names.get(row.payer)) for row in due],
            back=[self._row(visit, row, names.get(row.payer)) for row in back],
            of_due=of_due,
            of_back=of_back,
        )

    def _row(self, visit: Visit, row: store.PaymentRow, name: str | None) -> dict[str, Any]:
        """A line of a list. A list is not a look at somebody's data, so it names nobody in full."""
        return {
            "href": f"{_HOME}/{row.payment}",
            "title": self._desk.scribe.matter(visit.lang, row.matter),
            "payer": masked_name(name) if name else visit.say("payments.forgotten"),
            "number": row.number,
            "sum": yuan(row.fen),
            "since": row.demanded,
        }

    async def one(self, visit: Visit) -> Response:
        """One fee at the counter."""
        opened = await self._opened(visit, TAKE_CASH)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, _ = opened
        return visit.page(AT + "cashier_payment.html", **await self._page(visit, payment), back_url=_HOME)

    async def take(self, visit: Visit) -> Response:
        """The money is on the counter: it is taken once, and the receipt is printed."""
        opened = await self._opened(visit, TAKE_CASH)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, by = opened
        done = await take_cash(payment.id, till=self._desk.till, key=visit.form.key(), by=by, now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(await self._receipt_path(payment.id))

    async def _receipt_path(self, payment: UUID) -> str:
        found = await load(payment, till=self._desk.till)
        taken = [one.paid.receipt for one in found.money if one.paid.port == CASH] if found else []
        return f"{_HOME}/{payment}/receipts/{taken[0]}" if taken else f"{_HOME}/{payment}"

    async def hand_back(self, visit: Visit) -> Response:
        """What was taken by hand goes back by hand."""
        opened = await self._opened(visit, TAKE_CASH)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, by = opened
        done = await hand_back(payment.id, till=self._desk.till, key=visit.form.key(), by=by, now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"{_HOME}/{payment.id}")

    async def receipt(self, visit: Visit) -> Response:
        """The receipt, for whoever paid at the counter."""
        opened = await self._opened(visit, TAKE_CASH)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, _ = opened
        money = received_under(payment, visit.path("receipt"))
        if money is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return await receipt_page(visit, self._desk, payment, money, back=f"{_HOME}/{payment.id}")

    async def waive_page(self, visit: Visit) -> Response:
        """A fee, and the reason for which somebody is let off it."""
        opened = await self._opened(visit, WAIVE)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, _ = opened
        no = owed(payment)
        return visit.refuse(no) if no else await self._waive_page(visit, payment, "")

    async def waive(self, visit: Visit) -> Response:
        """Let somebody off a fee; they read the reason."""
        opened = await self._opened(visit, WAIVE)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        payment, by = opened
        reason = visit.form.text("reason")
        done = await waive(payment.id, reason, till=self._desk.till, key=visit.form.key(), by=by, now=visit.now)
        if isinstance(done, Refused):
            if done.reason not in (Why.UNSAID, Why.TOO_LONG):
                return visit.refuse(done)
            return await self._waive_page(visit, payment, visit.say(done.reason, **done.details))
        return visit.go(f"/desk/cases/{payment.demanded.case}")

    async def _waive_page(self, visit: Visit, payment: Payment, wrong: str) -> Response:
        return visit.page(
            AT + "waive.html",
            status=422 if wrong else 200,
            **await self._page(visit, payment),
            typed=visit.form.text("reason"),
            wrong=wrong,
            back_url=f"/desk/cases/{payment.demanded.case}",
        )

    async def _opened(self, visit: Visit, duty: str) -> tuple[Payment, Acting] | Refused:
        """A fee that the officer may see in a duty, after the look at it was recorded."""
        asked = visit.id("payment")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        async with self._desk.ledger.readers.acquire() as connection:
            row = await store.visible(connection, asked, visit.someone.holding(duty))
        found = await load(asked, till=self._desk.till) if row else None
        if found is None:
            return Refused(Why.NOT_FOUND)
        fee = found.demanded
        # Whoever comes to a cashier comes to a counter, whatever the cashier types on.
        by = visit.someone.acting_as(Channel.WINDOW, duty, fee.agency, fee.area)
        await self._desk.reads.note(fee.payer, "payment", about=fee.affair, by=by, now=visit.now)
        return found, by

    async def _page(self, visit: Visit, payment: Payment) -> dict[str, Any]:
        fee = self._desk.shown(payment, visit)
        for one in fee["money"]:
            one["href"] = f"{_HOME}/{payment.id}/receipts/{one['receipt']}"
        return {
            "title": fee["matter"],
            "fee": fee,
            "payer": await self._desk.name_of(payment.demanded.payer, visit),
            "hands_back": any(one.waits and one.paid.port == CASH for one in payment.money),
            "key": uuid4(),
        }
