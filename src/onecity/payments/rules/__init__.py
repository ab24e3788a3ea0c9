"""What may happen to a fee next: paid once, waived with a reason, given back when nothing came of the case."""

from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.money import Fen, yuan
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact
from onecity.payments.facts import (
    CASH,
    FeeDropped,
    FeePaid,
    FeeWaived,
    MoneyStrayed,
    RefundOrdered,
    RefundPaid,
    RefundReason,
)
from onecity.payments.model import Payment, State

TAKE_CASH: Final = "payments.cash"
WAIVE: Final = "payments.waive"
BALANCE: Final = "payments.balance"
"""The duties of whoever takes money at a counter, waives a fee, and compares the books."""

LONGEST_REASON: Final = 500
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Signs that nobody mistakes for another on paper or on the telephone."""


class Why(Reason):
    """Why a fee stays as it is, or a case because of it."""

    NOT_FOUND = "payments.not_found"
    UNPAID = "payments.unpaid"
    PAID = "payments.already_paid"
    NOT_OWED = "payments.not_owed"
    NOT_YOUR_DUTY = "payments.not_your_duty"
    NOT_ALL_YOURS = "payments.balance.not_your_duty"
    OWN_FEE = "payments.own_fee"
    NOT_PAID_YET = "payments.not_paid_yet"
    NO_PORT = "payments.no_port"
    NOTHING_TO_REFUND = "payments.nothing_to_refund"
    UNSAID = "payments.unsaid"
    TOO_LONG = "payments.too_long"
    NO_SUCH_DAY = "payments.no_such_day"
    DAY_RUNS = "payments.day_runs"


class Came(msgspec.Struct, frozen=True):
    """Money as the house that took it says."""

    port: str
    simulated: bool
    reference: str
    fen: Fen
    paid: datetime


def number_of(thing: UUID, prefix: str) -> str:
    """A number that people read out: a letter for what it is, and ten signs that follow from the id.

    >>> number_of(UUID(int=1), "P")
    'P-VVJXR-X44F8'
    """
    left, signs = int.from_bytes(sha256(thing.bytes).digest()[:8], "big"), ""
    for _ in range(10):
        left, rest = divmod(left, len(_SIGNS))
        signs += _SIGNS[rest]
    return f"{prefix}-{signs[:5]}-{signs[5:]}"


def read_number(text: str) -> str:
    """A number as it was typed, in the way in which it is kept.

    >>> read_number(" p dj4bt u8rr3 ")
    'P-DJ4BT-U8RR3'
    """
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    return f"{signs[:1]}-{signs[1:6]}-{signs[6:]}"


def owed(payment: Payment) -> Refused | None:
    """Why nothing is to be paid any more; None if the fee is due."""
    match payment.state:
        case State.DUE:
            return None
        case State.PAID:
            return Refused(Why.PAID)
        case _:
            return Refused(Why.NOT_OWED)


def hinders(payment: Payment) -> Refused | None:
    """Why a case cannot end well yet: its fee is due."""
    return Refused(Why.UNPAID, {"sum": yuan(payment.demanded.fen)}) if payment.state is State.DUE else None


def received(payment: Payment, came: Came, receipt: str) -> tuple[Fact, ...]:
    """What money does that came: it pays the fee once. What is too much, too late or another sum goes back at once.

    The same reference a second time is the same money, and adds nothing.
    """
    if payment.under(came.reference) is not None:
        return ()
    if came.fen != payment.demanded.fen:
        strayed = MoneyStrayed(came.port, came.reference, receipt, came.fen, came.paid, came.simulated)
        return (strayed, RefundOrdered(came.reference, RefundReason.WRONG_SUM))
    paid = FeePaid(came.port, came.reference, receipt, came.fen, came.paid, came.simulated)
    if payment.state is State.DUE:
        return (paid,)
    twice = payment.state is State.PAID
    return (paid, RefundOrdered(came.reference, RefundReason.TWICE if twice else RefundReason.NOT_OWED))


def taken_by_hand(
    payment: Payment, receipt: str, *, simulated: bool, by: Acting, now: datetime
) -> tuple[Fact, ...] | Refused:
    """What happens when a cashier takes the money."""
    no = _forbidden(payment, TAKE_CASH, by) or owed(payment)
    if no is not None:
        return no
    return (FeePaid(CASH, receipt, receipt, payment.demanded.fen, now, simulated),)


def waived(payment: Payment, reason: str, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when an officer lets somebody off the fee."""
    no = _forbidden(payment, WAIVE, by) or owed(payment)
    if no is not None:
        return no
    said = reason.strip()
    if not said:
        return Refused(Why.UNSAID)
    if len(said) > LONGEST_REASON:
        return Refused(Why.TOO_LONG, {"most": LONGEST_REASON})
    return (FeeWaived(payment.demanded.payer, {"reason": said}),)


def ended_badly(payment: Payment) -> tuple[Fact, ...]:
    """What the end of a case without success does to its fee: paid money goes back, an open demand is dropped."""
    if payment.state is State.DUE:
        return (FeeDropped(),)
    staying = [one.paid.reference for one in payment.money if one.ordered is None]
    return tuple(RefundOrdered(reference, RefundReason.NOT_GRANTED) for reference in staying)


def refunded(payment: Payment, reference: str, refund: str, at: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when money that should go back has gone; a second time adds nothing."""
    found = payment.under(reference)
    if found is None or found.ordered is None:
        return Refused(Why.NOTHING_TO_REFUND)
    return () if found.refunded else (RefundPaid(reference, refund, at),)


def handed_back(payment: Payment, refund: str, *, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when a cashier gives back what was taken by hand."""
    no = _forbidden(payment, TAKE_CASH, by)
    if no is not None:
        return no
    waiting = [one.paid.reference for one in payment.money if one.waits and one.paid.port == CASH]
    if not waiting:
        return Refused(Why.NOTHING_TO_REFUND)
    return refunded(payment, waiting[0], refund, now)


def may_balance(city: str, by: Acting) -> bool:
    """Whether somebody may see and compare the books: they tell of every agency, so the duty must reach all the city.

    The city itself compares them by rule.
    """
    return by == the_city() or (by.duty == BALANCE and by.scope is not None and by.scope.reaches(city))


def _forbidden(payment: Payment, duty: str, by: Acting) -> Refused | None:
    """Why an officer keeps their hands off a fee: it lies outside their duty, or is their own."""
    covers = by.scope is not None and by.scope.covers(payment.demanded.agency, payment.demanded.area)
    if by.duty != duty or not covers:
        return Refused(Why.NOT_YOUR_DUTY)
    return Refused(Why.OWN_FEE) if by.person == payment.demanded.payer else None
