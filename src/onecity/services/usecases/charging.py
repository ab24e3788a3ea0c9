"""What an item costs follows its case: acceptance demands the fee, a good end waits for it, another gives it back."""

from collections.abc import Sequence

from onecity.casework import CaseEnded, ClockStarted, Follow, Happening, Laws
from onecity.kernel.money import Fen
from onecity.kernel.refusal import Refused
from onecity.ledger import Change
from onecity.packs import Text
from onecity.payments import Owed, Till, demand, give_up, hinders, payment_of
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Fee


def charges_fees(till: Till, catalogue: Catalogue) -> Follow:
    """Demands the fee of an item when its case is accepted, and settles it with the end of the case.

    The clock runs meanwhile: the law names what may stop it, and waiting for a payment is not there.
    Source: 行政许可法 (2019-04-23) article 45.
    """

    async def follow(happening: Happening) -> Sequence[Change] | Refused:
        ends = any(isinstance(fact, CaseEnded) for fact in happening.facts)
        if not ends and not any(isinstance(fact, ClockStarted) for fact in happening.facts):
            return ()
        fee = (await catalogue.item_of(happening.case.opened)).fee
        if fee is None:
            return ()
        return await _ended(happening, till) if ends else _demanded(happening, fee, till, catalogue.laws)

    return follow


def _demanded(happening: Happening, fee: Fee, till: Till, laws: Laws) -> Sequence[Change]:
    opened, law = happening.case.opened, fee.because.citation
    owed = Owed(
        payer=opened.subject, affair=opened.affair, case=happening.case.id, matter=opened.matter,
        matter_version=opened.matter_version, agency=opened.agency, area=opened.area, fee=fee.name, fen=Fen(fee.fen),
        law=Text(law, laws.cited(law, "en")),
    )  # fmt: skip
    return demand(owed, online=till.port is not None, key=happening.key, now=happening.now)


async def _ended(happening: Happening, till: Till) -> Sequence[Change] | Refused:
    payment = await payment_of(happening.case.id, till=till)
    if payment is None:
        return ()
    if not happening.good:
        return give_up(payment, key=happening.key, now=happening.now)
    # Where the law lets silence grant, it grants whether somebody paid or not; the fee stays due.
    by_somebody = happening.by.person is not None
    return (hinders(payment) if by_somebody else None) or ()
