"""What a case does to its fee: acceptance demands it, a good end waits for it, another end gives it back."""

from datetime import datetime
from uuid import UUID

import msgspec

from onecity.kernel.ids import derived_id
from onecity.kernel.money import Fen
from onecity.ledger import Change
from onecity.packs import Text
from onecity.payments.facts import FeeDemanded
from onecity.payments.letters import letter
from onecity.payments.model import Payment
from onecity.payments.rules import ended_badly, number_of
from onecity.payments.usecases import changes


class Owed(msgspec.Struct, frozen=True):
    """A fee that somebody owes for a case, as the matter of the case declares it."""

    payer: UUID
    affair: UUID
    case: UUID
    matter: str
    matter_version: str
    agency: str
    area: str
    fee: Text
    fen: Fen
    law: Text


def demand(owed: Owed, *, online: bool, key: UUID, now: datetime) -> tuple[Change, ...]:
    """The changes that demand a fee, for the transaction in which its case is accepted.

    `online` says whether the city has a port, so that nobody is told to pay where they cannot.
    """
    payment = derived_id(key, now=now, what=f"payment {owed.case}")
    number = number_of(payment, "P")
    fee = FeeDemanded(
        payer=owed.payer, number=number, affair=owed.affair, case=owed.case, matter=owed.matter,
        matter_version=owed.matter_version, agency=owed.agency, area=owed.area, fee=owed.fee, fen=owed.fen,
        law=owed.law,
    )  # fmt: skip
    kind = "payments.demanded" if online else "payments.demanded_at_counter"
    told = letter(fee, kind, {"number": number}, None, key=key, now=now)
    return (Change(payment, 0, (fee,)), told)


def give_up(payment: Payment, *, key: UUID, now: datetime) -> tuple[Change, ...]:
    """The changes for the transaction in which the case of a fee ends without what the fee was for."""
    return changes(payment, ended_badly(payment), key=key, now=now)
