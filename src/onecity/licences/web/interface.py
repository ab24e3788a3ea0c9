"""Licences for machines: one's own, and the check that everybody may make."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.licences.model import Licence
from onecity.licences.rules import Why
from onecity.licences.usecases import Changed
from onecity.licences.usecases.renewing import ask_renewal
from onecity.licences.verdict import Verdict
from onecity.licences.web.cabinet import Cabinet, Checked
from onecity.licences.web.wallet import Wallet
from onecity.machinery.web import EVERYBODY, SIGNED_IN, Once, Operation, Visit


class WalletEntry(msgspec.Struct, frozen=True):
    """A licence of one's own; `verdict` is what somebody would be told who checks it now."""

    licence: UUID
    type: str
    name: str
    identifier: str
    verdict: Verdict
    issued: date
    valid_until: date | None


class WalletList(msgspec.Struct, frozen=True):
    """A page of one's own licences, the newest first; `goes_on` says whether there is a next one."""

    licences: tuple[WalletEntry, ...]
    page: int = 1
    goes_on: bool = False


class Interface:
    """The operations of licences."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        says = "What the city says of a licence now; lists of states stand under /licences/status/{00…ff}"
        return (
            Operation("GET", "/api/wallet", SIGNED_IN, self.wallet, "One's own licences", WalletList),
            Operation(
                "POST",
                "/api/wallet/{licence}/renew",
                SIGNED_IN,
                Once(self.renew),
                "Ask for the next edition of a licence",
                Changed,
            ),
            Operation("GET", "/api/verify/{identifier}", EVERYBODY, self.verify, says, Checked, rate=Rate(60, 60)),
        )

    async def wallet(self, visit: Visit, _: None) -> WalletList:
        found, paging = await Wallet(self._cabinet).page(visit)
        entries = await wallet_entries(found, cabinet=self._cabinet, lang=visit.lang, now=visit.now)
        return WalletList(tuple(entries), paging.page, paging.goes_on)

    async def renew(self, visit: Visit, _: None, key: UUID) -> Changed | Refused:
        licence = await Wallet(self._cabinet).own(visit)
        if licence is None:
            return Refused(Why.NOT_FOUND)
        return await ask_renewal(licence.id, licences=self._cabinet.licences, key=key, by=visit.acting(), now=visit.now)

    async def verify(self, visit: Visit, _: None) -> Checked:
        return await self._cabinet.checked(visit.path("identifier"), lang=visit.lang, now=visit.now)


async def wallet_entries(
    licences: Sequence[Licence], *, cabinet: Cabinet, lang: str, now: datetime
) -> list[WalletEntry]:
    """Licences as programs read them of whoever holds them."""
    entries: list[WalletEntry] = []
    for licence in licences:
        kind = await cabinet.licences.type_of(licence.issued)
        verdict = await cabinet.verdict_on(licence, now=now)
        entry = WalletEntry(
            licence.id, licence.issued.type, kind.name.said(lang), str(licence.identifier), verdict,
            licence.issued.issued, licence.valid_until,
        )  # fmt: skip
        entries.append(entry)
    return entries
