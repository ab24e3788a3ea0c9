"""What can happen to a fee that somebody owes, and to a day on which money moved. Each is a history of its own."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.kernel.money import Fen
from onecity.ledger import Fact, FactType, Personal
from onecity.packs import Text

_KEPT: Final = "thirty years, accounting law"

CASH: Final = "cash"
"""The port of what was paid by hand at a counter: no house outside keeps a book of it."""


class RefundReason(StrEnum):
    """Why money goes back: the case ended without what was paid for, it was paid twice, nothing was owed, or the sum
    is not that of the fee.
    """

    NOT_GRANTED = "not_granted"
    TWICE = "twice"
    NOT_OWED = "not_owed"
    WRONG_SUM = "wrong_sum"


class FeeDemanded(Fact, frozen=True):
    """Somebody owes a fee since their case was accepted.

    `number` is what they name at a counter, `agency` gets the money, `law` sets the fee; `matter_version` is the hash
    of the item that said so.
    """

    payer: UUID
    number: str
    affair: UUID
    case: UUID
    matter: str
    matter_version: str
    agency: str
    area: str
    fee: Text
    fen: Fen
    law: Text


class FeePaid(Fact, frozen=True):
    """Money came. `port` is the house that took it, `reference` its name there, `paid` the instant in its book.

    `receipt` is the number of the receipt; `simulated` stays true of it for ever: no money moved.
    """

    port: str
    reference: str
    receipt: str
    fen: Fen
    paid: datetime
    simulated: bool


class MoneyStrayed(Fact, frozen=True):
    """Money came whose sum is not that of the fee: it pays nothing, stands in the book, and goes back.

    Its fields are those of `FeePaid`.
    """

    port: str
    reference: str
    receipt: str
    fen: Fen
    paid: datetime
    simulated: bool


class FeeWaived(Fact, frozen=True):
    """An officer waived the fee; `words` say why, to its payer."""

    payer: UUID
    words: Annotated[Mapping[str, str] | None, Personal(subject="payer", kept=_KEPT)]


class FeeDropped(Fact, frozen=True):
    """The fee is not owed any more: the case ended without what it was for."""


class RefundOrdered(Fact, frozen=True):
    """What was paid under a reference goes back."""

    reference: str
    reason: RefundReason


class RefundPaid(Fact, frozen=True):
    """The money is back. `refund` is its name in the book of the house that paid it, `paid` its instant."""

    reference: str
    refund: str
    paid: datetime


class Taken(msgspec.Struct, frozen=True):
    """What one agency got on a day, and what went back, by our own facts. Units of sums: fen."""

    agency: str
    port: str
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int


class Stated(msgspec.Struct, frozen=True):
    """What the house outside says of a day: numbers, sums, and the hash of its whole statement. Units of sums: fen."""

    port: str
    simulated: bool
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    root: str


class Movement(StrEnum):
    """Which way money went."""

    PAID = "paid"
    REFUNDED = "refunded"


class Difference(msgspec.Struct, frozen=True):
    """Where the two books do not say the same of one reference; None where a book knows nothing. Units: fen.

    `payment` is ours, None if the house outside names one that we do not have.
    """

    reference: str
    movement: Movement
    payment: UUID | None
    ours_fen: int | None
    theirs_fen: int | None


class DayBalanced(Fact, frozen=True):
    """The books of a day were compared: ours by agency, that of the house outside, and where they differ.

    A day that was compared again has several of these, and the last one counts.
    """

    day: date
    taken: tuple[Taken, ...]
    stated: Stated | None
    differences: tuple[Difference, ...]


FACTS = (
    FactType("payments.fee_demanded", FeeDemanded),
    FactType("payments.fee_paid", FeePaid),
    FactType("payments.money_strayed", MoneyStrayed),
    FactType("payments.fee_waived", FeeWaived),
    FactType("payments.fee_dropped", FeeDropped),
    FactType("payments.refund_ordered", RefundOrdered),
    FactType("payments.refund_paid", RefundPaid),
    FactType("payments.day_balanced", DayBalanced),
)
