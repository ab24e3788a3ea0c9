"""The port to whoever takes money online: a bank or the collection platform of the treasury (非税收入收缴平台)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import msgspec

from onecity.kernel.money import Fen
from onecity.packs import Text
from onecity.payments.rules import Came
from onecity.payments.rules.balance import Line


class Bill(msgspec.Struct, frozen=True):
    """What a payer is sent to the port with: which fee, for whom, how much, and where to come back."""

    payment: UUID
    payee: Text
    fee: Text
    fen: Fen
    back: str


class Returned(msgspec.Struct, frozen=True):
    """A refund in the port's book."""

    refund: str
    at: datetime


class PaymentPort(Protocol):
    """A house outside with a book of its own. What it calls to us is only a hint; what it says when asked counts."""

    name: str
    simulated: bool

    async def open(self, bill: Bill, *, now: datetime) -> str:
        """The address to which the payer goes; the same bill twice is one bill."""
        ...

    async def look_up(self, payment: UUID) -> Sequence[Came]:
        """All money that came for a fee."""
        ...

    async def close(self, payment: UUID, *, now: datetime) -> None:
        """Nothing more shall be paid for a fee; what came meanwhile stays."""
        ...

    async def refund(self, reference: str, *, now: datetime) -> Returned | None:
        """Give money back, once however often it is asked; None if there is no such money."""
        ...

    async def statement(self, day: date) -> Sequence[Line]:
        """Everything that moved on a day."""
        ...


__all__ = ["Bill", "PaymentPort", "Returned"]
