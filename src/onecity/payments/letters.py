"""The letters that follow from what happens to a fee, to whoever owes it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from onecity.kernel.ids import PersonId
from onecity.kernel.money import yuan
from onecity.ledger import Change, Fact
from onecity.notices import letter_to
from onecity.payments.facts import (
    CASH,
    FeeDemanded,
    FeeDropped,
    FeePaid,
    FeeWaived,
    MoneyStrayed,
    RefundOrdered,
    RefundPaid,
    RefundReason,
)
from onecity.payments.model import Payment


def letters(payment: Payment, facts: tuple[Fact, ...], *, key: UUID, now: datetime) -> Iterator[Change]:
    """One letter for each thing that the payer must know."""
    fee = payment.demanded
    taken: dict[str, FeePaid | MoneyStrayed] = {one.paid.reference: one.paid for one in payment.money}
    for fact in facts:
        match fact:
            case FeePaid() as paid:
                taken[paid.reference] = paid
                yield letter(fee, "payments.paid", {"receipt": paid.receipt}, None, key=key, now=now)
            case MoneyStrayed() as strayed:
                # The letter that it goes back says that it came.
                taken[strayed.reference] = strayed
            case FeeWaived(words=words):
                yield letter(fee, "payments.waived", {}, words, key=key, now=now)
            case FeeDropped():
                yield letter(fee, "payments.dropped", {}, None, key=key, now=now)
            case RefundOrdered(reference=reference, reason=reason):
                came = taken[reference]
                more = {"number": fee.number, "sum": yuan(came.fen), "fee": yuan(fee.fen)}
                yield letter(fee, ordered(reason, by_hand=came.port == CASH), more, None, key=key, now=now)
            case RefundPaid(reference=reference):
                yield letter(fee, "payments.refunded", {"sum": yuan(taken[reference].fen)}, None, key=key, now=now)
            case _:
                raise AssertionError("every fact of a fee has its letter")


def ordered(reason: RefundReason, *, by_hand: bool) -> str:
    """The letter that money goes back: why, and whether somebody must come for it."""
    if by_hand:
        return "payments.refund_by_hand"
    if reason is RefundReason.WRONG_SUM:
        return "payments.refund_wrong_sum"
    return "payments.refund_ordered" if reason is RefundReason.NOT_GRANTED else "payments.refund_extra"


def letter(
    fee: FeeDemanded, kind: str, more: Mapping[str, str], words: Mapping[str, str] | None, *, key: UUID, now: datetime
) -> Change:
    """A letter of the agency that gets the fee."""
    facts = {"matter": fee.matter, "case": str(fee.case), "sum": yuan(fee.fen), **more}
    return letter_to(
        PersonId(fee.payer), kind, about=fee.affair, sender=fee.agency, facts=facts, words=words, law=fee.law.zh,
        key=key, now=now,
    )  # fmt: skip
