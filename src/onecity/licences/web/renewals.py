"""Renewal on pages: the holder asks from the wallet, an officer says yes, or no with reasons, before the last day."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.licences import store
from onecity.licences.model import Licence
from onecity.licences.rules import Why
from onecity.licences.rules.renewal import REFUSING, RENEW, renewal_asked
from onecity.licences.usecases import Changed, load
from onecity.licences.usecases.renewing import ask_renewal, refuse_renewal, renew
from onecity.licences.web.cabinet import AT, Cabinet
from onecity.licences.web.desk import moments
from onecity.licences.web.opening import Opened, open_licence
from onecity.licences.web.wallet import Wallet
from onecity.machinery.web import Paging, Visit

_A_PAGE: Final = 50


class Asking:
    """For the holder: what a renewal means, and the wish for it."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet
        self._wallet = Wallet(cabinet)

    async def page(self, visit: Visit) -> Response:
        """Until when somebody answers, and what happens if nobody does."""
        licence = await self._wallet.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        kind = await self._cabinet.licences.type_of(licence.issued)
        no = renewal_asked(licence, kind, by=visit.acting(), today=visit.today)
        if isinstance(no, Refused):
            return visit.refuse(no)
        return visit.page(
            AT + "renew.html",
            title=visit.say("licences.renew.title", name=kind.name.said(visit.lang)),
            licence=licence,
            key=uuid4(),
            back_url=visit.at(f"/wallet/{licence.id}"),
        )

    async def ask(self, visit: Visit) -> Response:
        """The holder asks."""
        licence = await self._wallet.own(visit)
        if licence is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await ask_renewal(
            licence.id, licences=self._cabinet.licences, key=visit.form.key(), by=visit.acting(), now=visit.now
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/wallet/{licence.id}"))


class Renewals:
    """For the duty `licences.renew`; a licence is shown only after the look at it was recorded."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    async def list(self, visit: Visit) -> Response:
        """Who waits for an answer, the first end first."""
        licences = self._cabinet.licences
        paging, held = Paging.uncounted(visit, _A_PAGE), visit.someone.holding(RENEW)
        async with licences.ledger.readers.acquire() as connection:
            found, paging = paging.cut(
                await store.renewals(connection, held, limit=paging.one_more, offset=paging.offset)
            )
        waiting = [await load(one.licence, licences=licences) for one in found]
        rows = [await self._row(visit, one) for one in waiting if one is not None]
        return visit.page(AT + "renewals.html", title=visit.say("licences.renewals"), rows=rows, paging=paging)

    async def one(self, visit: Visit) -> Response:
        """One licence, with yes and no."""
        opened = await self._opened(visit)
        return visit.refuse(opened) if isinstance(opened, Refused) else await self._page(visit, opened)

    async def answer(self, visit: Visit) -> Response:
        """Yes, or no with reasons."""
        opened = await self._opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        words = {part: visit.form.text(part) for part in REFUSING}
        done = await self._answered(visit, opened, words)
        if not isinstance(done, Refused):
            return visit.go("/desk/renewals")
        unwritten = done.reason in (Why.UNSAID, Why.TOO_LONG)
        return await self._page(visit, opened, words, done) if unwritten else visit.refuse(done)

    async def _answered(self, visit: Visit, opened: Opened, words: Mapping[str, str]) -> Changed | Refused:
        licence, key, licences = opened.licence.id, visit.form.key(), self._cabinet.licences
        if visit.form.text("do") == "renew":
            return await renew(licence, licences=licences, key=key, by=opened.by, now=visit.now)
        return await refuse_renewal(licence, words, licences=licences, key=key, by=opened.by, now=visit.now)

    async def _opened(self, visit: Visit) -> Opened | Refused:
        return await open_licence(
            visit.id("licence"), cabinet=self._cabinet, visitor=visit.someone, channel=visit.channel, now=visit.now,
            duty=RENEW,
        )  # fmt: skip

    async def _row(self, visit: Visit, licence: Licence) -> dict[str, Any]:
        kind = await self._cabinet.licences.type_of(licence.issued)
        name = licence.issued.holder_name
        return {
            "href": f"/desk/renewals/{licence.id}",
            "due": licence.valid_until,
            "title": kind.name.said(visit.lang),
            "applicant": masked_name(name) if name else visit.say("licences.forgotten"),
        }

    async def _page(
        self, visit: Visit, opened: Opened, words: Mapping[str, str] | None = None, wrong: Refused | None = None
    ) -> Response:
        licence, lang = opened.licence, visit.lang
        kind = await self._cabinet.licences.type_of(licence.issued)
        values = self._cabinet.values_of(licence, kind, lang, public=False)
        return visit.page(
            AT + "renewal.html",
            status=422 if wrong else 200,
            title=kind.name.said(lang),
            licence=licence,
            holder=licence.issued.holder_name or visit.say("licences.forgotten"),
            rows=[{"term": term, "value": value} for term, value in values.items()],
            moments=moments(visit, opened.history),
            asks=REFUSING,
            typed=words or {},
            wrong=visit.say(wrong.reason, **wrong.details) if wrong else "",
            field=wrong.details.get("field", "") if wrong else "",
            key=uuid4(),
            back_url="/desk/renewals",
        )
