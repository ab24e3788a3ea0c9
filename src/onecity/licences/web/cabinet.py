"""What the pages of licences work with, and how they call things in the visitor's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from onecity.kernel.identity import masked_name
from onecity.licences.declared import LicenceType
from onecity.licences.model import Licence
from onecity.licences.papers import Papers
from onecity.licences.publishing import StatusLists
from onecity.licences.usecases import Licences
from onecity.licences.verdict import LookedUp, Verdict
from onecity.licences.verifying import Verifier
from onecity.notices.writing import Scribe
from onecity.packs import Words
from onecity.people import AGENCY, ReadLog

if TYPE_CHECKING:
    from onecity.machinery.web import Visit

AT: Final = "licences/web/templates/"

TAG: Final[Mapping[Verdict, str]] = {
    Verdict.VALID: "ok",
    Verdict.SUSPENDED: "stopped",
    Verdict.REVOKED: "late",
    Verdict.CANCELLED: "idle",
    Verdict.EXPIRED: "late",
    Verdict.REPLACED: "idle",
    Verdict.BEING_CHECKED: "busy",
    Verdict.PROOF_FOLLOWS: "busy",
    Verdict.UNKNOWN: "idle",
}
"""How a verdict is drawn."""


class Checked(msgspec.Struct, frozen=True):
    """What everybody may know of a licence: never a number of its holder, and only the values that are public.

    `code` is the state by its code, `newest` the identifier of the newest edition, `listed_at` the instant of the list
    of states that agreed. All of them are None unless everything agrees. `example`: no ministry published the code of
    this type.
    """

    verdict: Verdict
    sentence: str
    code: str | None = None
    name: str | None = None
    issuer: str | None = None
    holder: str | None = None
    issued: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    edition: int | None = None
    newest: str | None = None
    values: Mapping[str, str] = {}
    example: bool = False
    listed_at: datetime | None = None


class Cabinet(msgspec.Struct, frozen=True):
    """The cabinet behind all doors: page, interface and command line.

    `retold` says what stands on a licence, which is written in the language of the law, in another: (name of the fact,
    text, language) → text. Bootstrap connects it to what forms ask.
    """

    licences: Licences
    verifier: Verifier
    lists: StatusLists
    papers: Papers
    scribe: Scribe
    reads: ReadLog
    words: Words
    retold: Callable[[str, str, str], str]
    simulated: bool

    def agency(self, name: str, lang: str) -> str:
        """A department of the pack in force; the bare name of one that is no longer declared."""
        found = self.licences.pack.all(AGENCY).get(name)
        return found.value.name.said(lang) if found else name

    async def checked(self, text: str, *, lang: str, now: datetime) -> Checked:
        """The answer to whoever checks an identifier."""
        return await self.public(await self.verifier.looked_up(text, now=now), lang=lang)

    async def public(self, found: LookedUp, *, lang: str) -> Checked:
        """A verdict with what everybody may know."""
        sentence = self.words.say(lang, found.fault or f"licences.verdict.{found.verdict}.text")
        licence = found.licence
        if licence is None or found.state is None:
            return Checked(found.verdict, sentence)
        kind, issued = await self.licences.type_of(licence.issued), licence.issued
        return Checked(
            found.verdict,
            sentence,
            code=found.state,
            name=kind.name.said(lang),
            issuer=self.agency(issued.agency, lang),
            holder=masked_name(issued.holder_name) if issued.holder_name else None,
            issued=issued.issued,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            edition=licence.edition,
            newest=str(licence.identifier),
            values=self.values_of(licence, kind, lang, public=True),
            example=kind.example,
            listed_at=found.listed_at,
        )

    def values_of(self, licence: Licence, kind: LicenceType, lang: str, *, public: bool) -> dict[str, str]:
        """What stands on a licence, by label; nothing once its holder is forgotten."""
        values = licence.values or {}
        return {
            stands.label.said(lang): self.retold(name, values[name], lang)
            for name, stands in kind.fields.items()
            if name in values and (stands.public or not public)
        }

    async def verdict_on(self, licence: Licence, *, now: datetime) -> Verdict:
        """What somebody would be told who checks this licence now: its holder sees the same."""
        return (await self.verifier.looked_up(str(licence.identifier), now=now)).verdict


def site_of(visit: "Visit") -> str:
    """The address under which the visitor reached the city: codes lead back there."""
    scheme = "https" if visit.site.secure else "http"
    return f"{scheme}://{visit.request.headers['host']}"


def address_of(licence: Licence, site: str) -> str:
    """Where everybody can check a licence; what its code says."""
    return f"{site}/verify/{licence.identifier}"
