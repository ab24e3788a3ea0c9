"""The fee of a case, in its history and at the officers' desk."""

from collections.abc import Iterator, Sequence
from typing import Any

from onecity.kernel.money import Fen, yuan
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.payments import Payment, hinders, payment_of
from onecity.payments.facts import FeeDemanded, FeeDropped, FeePaid, FeeWaived, MoneyStrayed, RefundOrdered, RefundPaid
from onecity.payments.rules import TAKE_CASH, WAIVE
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Moment, Shown


async def fee_moments(visit: Visit, counter: Counter, fees: Sequence[Payment], *, named: bool = False) -> list[Moment]:
    """What happened to fees, among what happened to their cases; `named` says of which matter each is."""
    found: list[Moment] = []
    for fee in fees:
        history = await counter.ledger.history(fee.id)
        matter = f"{counter.scribe.matter(visit.lang, fee.demanded.matter)} · " if named else ""
        found += (moment for one in history for moment in _moment(visit, fee, one, matter))
    return found


def _moment(visit: Visit, fee: Payment, one: Recorded, matter: str) -> Iterator[Moment]:
    said, law, fen = "", "", fee.demanded.fen
    match one.fact:
        case FeeDemanded() as demanded:
            name, kind, law = "demanded", "yours", demanded.law.said(visit.lang)
        case FeePaid(receipt=receipt):
            name, kind, said = "paid", "done", visit.say("payments.receipt.line", number=receipt)
        case MoneyStrayed(receipt=receipt, fen=came):
            name, kind, said, fen = "strayed", "done", visit.say("payments.receipt.line", number=receipt), came
        case FeeWaived(words=words):
            name, kind, said = "waived", "done", (words or {}).get("reason", "")
        case FeeDropped():
            name, kind = "dropped", "done"
        case RefundOrdered(reference=reference):
            name, kind, fen = "refund_ordered", "running", _fen_under(fee, reference)
        case RefundPaid(reference=reference):
            name, kind, fen = "refund_paid", "done", _fen_under(fee, reference)
        case _:
            return
    title = visit.say(f"payments.moment.{name}", sum=yuan(fen))
    yield Moment(one.at, kind, matter + title, said, law, icon="card")


def _fen_under(fee: Payment, reference: str) -> Fen:
    """What came under a reference: not always the sum of the fee."""
    found = fee.under(reference)
    return found.paid.fen if found else fee.demanded.fen


def turn_of_payer(visit: Visit, counter: Counter, fees: Sequence[Payment]) -> str:
    """One sentence: what is to be paid first; empty if nothing is."""
    due = next((fee.demanded for fee in fees if hinders(fee) is not None), None)
    if due is None:
        return ""
    return visit.say("payments.turn", sum=yuan(due.fen), agency=counter.scribe.agency(visit.lang, due.agency))


async def unpaid(counter: Counter, one: Shown) -> Refused | None:
    """Why the case cannot end well yet: its fee is due."""
    payment = await payment_of(one.case.id, till=counter.till)
    return hinders(payment) if payment else None


async def fee_at_desk(visit: Visit, counter: Counter, one: Shown) -> dict[str, Any] | None:
    """The fee of a case as an officer sees it, with the ways that their duties open; None without one."""
    payment = await payment_of(one.case.id, till=counter.till)
    if payment is None:
        return None
    fee, path = payment.demanded, f"/desk/payments/{payment.id}"
    shown = counter.cash_desk.shown(payment, visit)
    takes = visit.someone.scope(TAKE_CASH, fee.agency, fee.area) is not None
    waives = shown["due"] and visit.someone.scope(WAIVE, fee.agency, fee.area) is not None
    return shown | {"cashier": path if takes else "", "waive": f"{path}/waive" if waives else ""}


def waits_for_fee(one: Shown, step: str, outcome: str, fee: Refused | None) -> Refused | None:
    """The unpaid fee, where an outcome would end the case well."""
    declared = one.process.steps.get(step)
    chosen = declared.outcomes.get(outcome) if declared else None
    return fee if chosen is not None and chosen.ends in one.process.succeeds else None
