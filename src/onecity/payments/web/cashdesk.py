"""What the pages of payments work with, and how a fee is told in the visitor's language."""

from typing import Any, Final
from uuid import UUID

import msgspec

from onecity.kernel.ids import PersonId
from onecity.kernel.money import yuan
from onecity.ledger import Ledger
from onecity.machinery.web import Visit
from onecity.notices.writing import Scribe
from onecity.packs import Text
from onecity.payments.facts import CASH
from onecity.payments.model import Money, Payment, State
from onecity.payments.usecases import Till
from onecity.people import ReadLog, person

AT: Final = "payments/web/templates/"
"""Where the templates of payments lie."""

TAG: Final = {
    State.DUE: "due_soon",
    State.PAID: "ok",
    State.WAIVED: "ok",
    State.DROPPED: "idle",
    State.REFUNDING: "busy",
    State.REFUNDED: "ok",
}


class CashDesk(msgspec.Struct, frozen=True):
    """The till behind all doors, what the house calls matters and agencies, and the log of looks at data."""

    till: Till
    scribe: Scribe
    reads: ReadLog

    @property
    def ledger(self) -> Ledger:
        return self.till.ledger

    async def name_of(self, payer: UUID, visit: Visit) -> str:
        """The payer's name, or the words for somebody who was forgotten."""
        async with self.ledger.readers.acquire() as connection:
            found = await person(connection, PersonId(payer))
        return found.name if found and found.name else visit.say("payments.forgotten")

    def payee(self, payment: Payment) -> Text:
        """The agency that gets the money of a fee."""
        agency = payment.demanded.agency
        return Text(self.scribe.agency("zh", agency), self.scribe.agency("en", agency))

    def shown(self, payment: Payment, visit: Visit) -> dict[str, Any]:
        """A fee as pages show it."""
        fee, lang = payment.demanded, visit.lang
        return {
            "id": payment.id,
            "path": f"/payments/{payment.id}",
            "number": fee.number,
            "matter": self.scribe.matter(lang, fee.matter),
            "name": fee.fee.said(lang),
            "sum": yuan(fee.fen),
            "law": visit.cited(fee.law.said(lang)),
            "agency": self.scribe.agency(lang, fee.agency),
            "state": payment.state,
            "tag": TAG[payment.state],
            "said": visit.say(f"payments.state.{payment.state}"),
            "due": payment.state is State.DUE,
            "online": self.till.port is not None,
            "money": [self._money(one, payment, visit) for one in payment.money],
            "affair": fee.affair,
            "case": fee.case,
        }

    def _money(self, one: Money, payment: Payment, visit: Visit) -> dict[str, Any]:
        back = one.refunded.paid if one.refunded else None
        key = "refunded" if back else "by_hand" if one.waits and one.paid.port == CASH else "refunding"
        return {
            "receipt": one.paid.receipt,
            "href": f"/payments/{payment.id}/receipts/{one.paid.receipt}",
            "sum": yuan(one.paid.fen),
            "at": one.paid.paid,
            "way": way(one, visit),
            "back": visit.say(f"payments.back.{key}") if one.ordered else "",
            "back_at": back,
            "simulated": one.paid.simulated,
        }


def way(money: Money, visit: Visit) -> str:
    """By which way money came."""
    if money.paid.port == CASH:
        return visit.say("payments.way.cash")
    return visit.say("payments.way.simulated" if money.paid.simulated else "payments.way.online")
