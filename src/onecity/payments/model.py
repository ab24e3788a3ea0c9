"""A fee as it stands after everything that happened to it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from onecity.kernel.money import Fen
from onecity.ledger import Recorded
from onecity.payments.facts import (
    FeeDemanded,
    FeeDropped,
    FeePaid,
    FeeWaived,
    MoneyStrayed,
    RefundOrdered,
    RefundPaid,
)

_REPLACED = msgspec.structs.replace


class State(StrEnum):
    """Where a fee stands."""

    DUE = "due"
    PAID = "paid"
    WAIVED = "waived"
    DROPPED = "dropped"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Money(msgspec.Struct, frozen=True):
    """What came once, and its way back if it goes back. `cashier` is who took it by hand.

    Money of a wrong sum is here too, and says nothing of the state of its fee.
    """

    paid: FeePaid | MoneyStrayed
    cashier: UUID | None
    ordered: RefundOrdered | None = None
    refunded: RefundPaid | None = None

    @property
    def waits(self) -> bool:
        """Whether it shall go back and has not."""
        return self.ordered is not None and self.refunded is None


class Payment(msgspec.Struct, frozen=True):
    """A fee that somebody owes, with everything that came and went. Version as in the ledger."""

    id: UUID
    version: int
    demanded: FeeDemanded
    since: datetime
    money: tuple[Money, ...] = ()
    waived: FeeWaived | None = None
    dropped: bool = False

    @property
    def state(self) -> State:
        """Money that stays counts before everything; then money on its way back; then why none is owed."""
        counts = [one for one in self.money if isinstance(one.paid, FeePaid)]
        if any(one.ordered is None for one in counts):
            return State.PAID
        if any(one.waits for one in counts):
            return State.REFUNDING
        if counts:
            return State.REFUNDED
        if self.waived is not None:
            return State.WAIVED
        return State.DROPPED if self.dropped else State.DUE

    @property
    def held(self) -> Fen:
        """What the city has of it now."""
        return Fen(sum(one.paid.fen for one in self.money if one.refunded is None))

    def under(self, reference: str) -> Money | None:
        """What came under a reference."""
        return next((one for one in self.money if one.paid.reference == reference), None)


def folded(history: Iterable[Recorded]) -> Payment | None:
    """The fee behind a history; None if the history is not that of a fee."""
    payment: Payment | None = None
    for one in history:
        if isinstance(one.fact, FeeDemanded):
            payment = Payment(one.stream, one.version, one.fact, one.at)
        elif payment is not None:
            payment = _REPLACED(_after(payment, one), version=one.version)
    return payment


def _after(payment: Payment, recorded: Recorded) -> Payment:
    match recorded.fact:
        case FeePaid() | MoneyStrayed() as paid:
            return _REPLACED(payment, money=(*payment.money, Money(paid, recorded.by.person)))
        case FeeWaived() as waived:
            return _REPLACED(payment, waived=waived)
        case FeeDropped():
            return _REPLACED(payment, dropped=True)
        case RefundOrdered() as ordered:
            return _touched(payment, ordered.reference, ordered=ordered)
        case RefundPaid() as refunded:
            return _touched(payment, refunded.reference, refunded=refunded)
        case _:
            return payment


def _touched(payment: Payment, reference: str, **more: RefundOrdered | RefundPaid) -> Payment:
    money = tuple(_REPLACED(one, **more) if one.paid.reference == reference else one for one in payment.money)
    return _REPLACED(payment, money=money)
