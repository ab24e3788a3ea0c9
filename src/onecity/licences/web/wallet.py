"""A person's own licences: as cards, with the code that everybody can check, and who relied on them or looked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.licences import store
from onecity.licences.model import Licence, State, state_on
from onecity.licences.rules import Why, cancelled
from onecity.licences.usecases import cancel, load
from onecity.licences.web.cabinet import AT, TAG, Cabinet, address_of, site_of
from onecity.licences.web.paper import paper_of
from onecity.machinery.qr import drawn
from onecity.machinery.web import Paging, Visit
from onecity.people import Read, names_of

_A_PAGE: Final = 30


class Wallet:
    """Pages for the person whose licences they are."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    async def mine(self, visit: Visit) -> Response:
        """All licences as cards."""
        found, paging = await self.page(visit)
        cards = [await self._card(visit, one) for one in found]
        return visit.page(AT + "wallet.html", title=visit.say("licences.wallet"), cards=cards, paging=paging)

    async def page(self, visit: Visit) -> tuple[Sequence[Licence], Paging]:
        """A page of the licences of which the visitor may know.

        Of another's licences the page leaves out those outside the mandate: it may be short, or empty, and go on.
        """
        paging, licences = Paging.uncounted(visit, _A_PAGE), self._cabinet.licences
        async with licences.ledger.readers.acquire() as connection:
            rows, paging = paging.cut(
                await store.held_by(connection, visit.subject, limit=paging.one_more, offset=paging.offset)
            )
        found = [await load(row.licence, licences=licences) for row in rows]
        return [one for one in found if one is not None and visit.covers(one.issued.matter)], paging

    async def one(self, visit: Visit) -> Response:
        """One licence with its code."""
        licence = await self.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        card = await self._card(visit, licence)
        blocked = cancelled(licence, by=visit.acting(), today=visit.today)
        return visit.page(
            AT + "licence.html",
            title=card["title"],
            card=card,
            code=drawn(address_of(licence, site_of(visit))),
            licence=licence,
            uses=self._uses(visit, licence),
            reads=await self._reads(visit, licence),
            can_cancel=not isinstance(blocked, Refused),
            has_paper=licence.ended is None,
            back_url=visit.at("/wallet"),
        )

    async def paper(self, visit: Visit) -> Response:
        """The licence as PDF, made when somebody first asks for it."""
        licence = await self.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        if licence.ended is not None:
            return visit.refuse(Refused(Why.ENDED))
        site = site_of(visit)
        page = await paper_of(licence, cabinet=self._cabinet, site=site, now=visit.now)
        content = await self._cabinet.papers.of(licence, page, site=site, now=visit.now)
        headers = {"content-disposition": f'attachment; filename="{licence.identifier.serial}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    async def ask(self, visit: Visit) -> Response:
        """What it means to give a licence back, before it is done."""
        licence = await self.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        blocked = cancelled(licence, by=visit.acting(), today=visit.today)
        if isinstance(blocked, Refused):
            return visit.refuse(blocked)
        kind = await self._cabinet.licences.type_of(licence.issued)
        return visit.page(
            AT + "cancel.html",
            title=visit.say("licences.cancel.title", name=kind.name.said(visit.lang)),
            licence=licence,
            key=uuid4(),
            back_url=visit.at(f"/wallet/{licence.id}"),
        )

    async def give_back(self, visit: Visit) -> Response:
        """The holder does not want the licence any more."""
        licence = await self.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await cancel(
            licence.id, licences=self._cabinet.licences, key=visit.form.key(), by=visit.acting(), now=visit.now
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/wallet/{licence.id}"))

    async def own(self, visit: Visit) -> Licence | None:
        """The licence of the path, if it is the visitor's, or theirs for whom they act in its matter."""
        asked, licences = visit.id("licence"), self._cabinet.licences
        if asked is None:
            return None
        async with licences.ledger.readers.acquire() as connection:
            row = await store.own_licence(connection, asked, visit.subject)
        found = await load(asked, licences=licences) if row else None
        mine = found is not None and found.holder == visit.subject and visit.covers(found.issued.matter)
        return found if mine else None

    async def _card(self, visit: Visit, licence: Licence) -> dict[str, Any]:
        kind, lang = await self._cabinet.licences.type_of(licence.issued), visit.lang
        verdict = await self._cabinet.verdict_on(licence, now=visit.now)
        rows = [
            {"term": term, "value": value}
            for term, value in self._cabinet.values_of(licence, kind, lang, public=False).items()
        ]
        return {
            "issuer": self._cabinet.agency(licence.issued.agency, lang),
            "title": kind.name.said(lang),
            "holder": licence.issued.holder_name or visit.say("licences.forgotten"),
            "number": str(licence.identifier),
            "tag": TAG[verdict],
            "state": visit.say(f"licences.verdict.{verdict}"),
            "sentence": visit.say(f"licences.verdict.{verdict}.text"),
            "issued": licence.issued.issued,
            "until": licence.valid_until,
            "rows": rows,
            "example": kind.example,
            "href": visit.at(f"/wallet/{licence.id}"),
            "renew_by": self._renew_by(visit, licence, kind.renewal_last_day(licence.valid_until)),
        }

    def _renew_by(self, visit: Visit, licence: Licence, last_day: date | None) -> date | None:
        """The last day to ask for renewal, as long as that is possible."""
        possible = last_day is not None and last_day >= visit.today and state_on(licence, visit.today) is State.VALID
        return last_day if possible and licence.asked is None else None

    def _uses(self, visit: Visit, licence: Licence) -> list[dict[str, Any]]:
        return [
            {
                "title": self._cabinet.scribe.matter(visit.lang, use.fact.matter),
                "agency": self._cabinet.agency(use.fact.agency, visit.lang),
                "at": use.at,
            }
            for use in reversed(licence.uses)
        ]

    async def _reads(self, visit: Visit, licence: Licence) -> list[dict[str, Any]]:
        """Officers who looked at this licence; their names are masked, their departments are not."""
        reads = await self._cabinet.reads.of(licence.holder, about=licence.id)
        async with self._cabinet.licences.ledger.readers.acquire() as connection:
            names = await names_of(connection, [one.reader for one in reads if one.reader])
        return [
            {
                "who": self._who(visit, one, names),
                "at": one.at,
                "what": visit.say(f"people.reads.why.{one.what}"),
            }
            for one in reads
        ]

    def _who(self, visit: Visit, read: Read, names: Mapping[UUID, str]) -> str:
        if read.reader is None:
            return visit.say("people.engineer")
        return f"{self._cabinet.agency(read.agency, visit.lang)} {masked_name(names.get(read.reader, ''))}"
