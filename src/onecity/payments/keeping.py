"""What payments holds on a person: fees, kept by law while they move and as long as the books after that."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.payments import store
from onecity.payments.cited import BOOKS, MOVING
from onecity.payments.model import Payment, State
from onecity.payments.usecases import Till, load
from onecity.people.holdings import Bond, Holding

BOOKED: Final = 30
"""Years for which the papers of money that moved are kept, from the end of its year.

Source: 会计档案管理办法 (财政部、国家档案局令第 79 号, 2015-12-11) §14 and table 2: vouchers of administrative units.
Taken from memory, not compared with the printed text.
"""

_MOVING: Final = frozenset({State.DUE, State.REFUNDING})


def kept_until(moved: date) -> date:
    """The day from which the papers of a payment need not be kept any more.

    >>> kept_until(date(2020, 2, 29)), kept_until(date(2020, 12, 31))
    (datetime.date(2051, 1, 1), datetime.date(2051, 1, 1))
    """
    return date(moved.year + BOOKED + 1, 1, 1)


class PaymentKeeper:
    """Answers for the fees of a person, and for how long each keeps what belongs to it."""

    name = "payments"

    def __init__(self, till: Till) -> None:
        self._till = till

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        found = await self._payments(person)
        moving = sum(one.state in _MOVING for one in found)
        last = [until for one in found if one.state not in _MOVING and (until := self._until(one)) and until > day]
        return (
            Holding("payments.held.moving", moving, Bond.AFFAIRS, law=MOVING.citation if moving else None),
            Holding("payments.held.booked", len(last), Bond.AFFAIRS, max(last), BOOKS.citation)
            if last
            else Holding("payments.held.booked", 0, Bond.AFFAIRS),
            Holding("payments.held.over", len(found) - moving - len(last), Bond.AFFAIRS),
        )

    async def export(self, person: PersonId) -> Mapping[str, object]:
        return {"payments": await self._till.ledger.told([one.id for one in await self._payments(person)])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Nothing but facts: what they said of the person goes with the key."""
        del person, wholly
        return 0

    async def _payments(self, person: PersonId) -> list[Payment]:
        async with self._till.ledger.readers.acquire() as connection:
            rows = await store.of_payer(connection, person)
        found = [await load(row.payment, till=self._till) for row in rows]
        return [one for one in found if one is not None]

    def _until(self, payment: Payment) -> date | None:
        """None if no money ever moved, or its fee was only dropped."""
        moved = [one.refunded.paid if one.refunded else one.paid.paid for one in payment.money]
        if payment.waived is not None:
            moved.append(payment.since)
        return kept_until(day_in(self._till.zone, max(moved))) if moved else None
