"""On a pledge or with papers: the text in full before anybody agrees, and what was agreed to wherever the case is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from onecity.casework import Case
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.machinery.web import Visit
from onecity.services.catalogue import Catalogue
from onecity.services.drafts import Draft
from onecity.services.model import Affair
from onecity.services.pledging import Pledge, store
from onecity.services.web.counter import Counter
from onecity.services.web.offers import Offer, first_unfinished, offer_for
from onecity.services.web.pledges import days_text, pledge_text
from onecity.services.web.shown import AT, limit_words

_WAY: Final = "way-"
"""Before an item: the choice between a pledge and papers. No item has a hyphen."""
_TEXT: Final = "text-"
"""Before an item: the version of the text that the page showed."""
_PLEDGE: Final = "pledge"
_PAPERS: Final = "papers"


class PledgePages:
    """The step of a form in which people choose how their matter is decided."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def choose(self, visit: Visit) -> Response:
        """The text of each pledge, what follows where it is not so, and the choice."""
        offer = offer_for(visit, self._counter.catalogue)
        return visit.refuse(offer) if isinstance(offer, Refused) else await self._page(visit, offer, {})

    async def keep(self, visit: Visit) -> Response:
        """Keep the choice; go on when each matter has one."""
        catalogue = self._counter.catalogue
        offer = offer_for(visit, catalogue)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        if draft is None:
            return visit.go(f"{offer.path}/apply")
        offered = offer.pledges(catalogue, draft.typed)
        barred = await barred_for(visit, self._counter.ledger, list(offered))
        words = {name: _chosen(visit, name, barred) for name in offered}
        wrong = {name: no for name, word in words.items() if (no := self._wrong(visit, name, word))}
        right = {name: word for name, word in words.items() if word is not None and name not in wrong}
        draft = await self._counter.drafts.keep(
            visit.subject, offer.draft, draft.typed, known=draft.known, pledges={**draft.pledges, **right},
            now=visit.now,
        )  # fmt: skip
        if wrong:
            return await self._page(visit, offer, wrong)
        return visit.go(f"{offer.path}/{_after_pledges(offer, catalogue, draft)}")

    def _wrong(self, visit: Visit, name: str, word: str | None) -> str:
        """What is wrong with a choice, in words; empty if nothing is."""
        if word is None:
            return visit.say("services.pledge.unchosen")
        # Nobody is held to words that they did not read.
        changed = word and word != self._counter.catalogue.pledge_version(name)
        return visit.say("services.pledge_changed", number=1) if changed else ""

    async def _page(self, visit: Visit, offer: Offer, wrong: Mapping[str, str]) -> Response:
        catalogue = self._counter.catalogue
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        typed = draft.typed if draft else {}
        pages, offered = offer.pages(catalogue, typed), offer.pledges(catalogue, typed)
        unfinished = first_unfinished(pages, typed, on=visit.today)
        if draft is None or unfinished or not offered:
            return visit.go(f"{offer.path}/apply")
        barred = await barred_for(visit, self._counter.ledger, list(offered))
        named = {name: catalogue.bundle([name])[name].called.said(visit.lang) for name in offered}
        return visit.page(
            AT + "pledge.html",
            status=422 if wrong else 200,
            title=offer.name.said(visit.lang),
            path=offer.path,
            pledges=[
                self._card(visit, name, one, barred.get(name), draft.pledges.get(name), wrong.get(name, ""))
                for name, one in offered.items()
            ],
            faults=[{"field": _WAY + name, "text": f"{named[name]}：{text}"} for name, text in wrong.items()],
            step=len(pages) + 1,
            steps=offer.length(catalogue, typed, draft.pledges),
            back_url=f"{offer.path}/apply/{pages[-1].id}",
        )

    def _card(
        self, visit: Visit, name: str, pledge: Pledge, barred: date | None, word: str | None, wrong: str
    ) -> dict[str, Any]:
        catalogue = self._counter.catalogue
        item, text = catalogue.bundle([name])[name], catalogue.pledge_version(name)
        chosen = _PLEDGE if word == text else _PAPERS if word == "" else ""
        days = visit.say(limit_words(item.limit.unit), number=item.limit.limit.number)
        within = days_text(pledge.within, counter=self._counter, lang=visit.lang)
        return {
            **pledge_text(pledge, counter=self._counter, lang=visit.lang),
            "name": item.called.said(visit.lang),
            "barred": _barred_text(visit, barred),
            "field": _WAY + name,
            "text_field": _TEXT + name,
            "text": text,
            "chosen": chosen,
            "decided": visit.say("services.pledge.decided", days=within),
            "otherwise": visit.say("services.pledge.otherwise", days=days),
            "error": wrong,
        }


def _chosen(visit: Visit, name: str, barred: Mapping[str, date]) -> str | None:
    """The word of a choice as drafts keep it: the version that was read, nothing for papers; None if none was made."""
    if name in barred:
        return ""
    match visit.form.text(_WAY + name):
        case "pledge":
            return visit.form.text(_TEXT + name) or None
        case "papers":
            return ""
        case _:
            return None


def _barred_text(visit: Visit, until: date | None) -> str:
    if until is None:
        return ""
    return visit.say("services.pledge_barred", day=visit.site.pages.formats[visit.lang].full_day(until))


async def barred_for(visit: Visit, ledger: Ledger, items: Sequence[str]) -> dict[str, date]:
    """The items in which the visitor can give no pledge today, each with the last day of it."""
    async with ledger.readers.acquire() as connection:
        return await store.barred(connection, visit.subject, items, visit.today)


async def undecided(visit: Visit, counter: Counter, offer: Offer, draft: Draft) -> bool:
    """Whether the person has yet to choose between a pledge and papers, or chose what is not to be had now."""
    offered = offer.pledges(counter.catalogue, draft.typed)
    barred = await barred_for(visit, counter.ledger, list(offered)) if offered else {}
    good = {name: ("",) if name in barred else ("", counter.catalogue.pledge_version(name)) for name in offered}
    return any(draft.pledges.get(name, None if name not in barred else "") not in good[name] for name in offered)


def after_questions(offer: Offer, catalogue: Catalogue, draft: Draft | None) -> str:
    """The step after the questions."""
    if draft is not None and offer.pledges(catalogue, draft.typed):
        return "pledge"
    return _after_pledges(offer, catalogue, draft)


def _after_pledges(offer: Offer, catalogue: Catalogue, draft: Draft | None) -> str:
    typed, pledged = (draft.typed, draft.pledges) if draft else ({}, {})
    return "materials" if offer.materials(catalogue, typed, pledged) else "review"


def before_review(offer: Offer, catalogue: Catalogue, draft: Draft) -> str:
    """The step before the last look."""
    if offer.materials(catalogue, draft.typed, draft.pledges):
        return "materials"
    pages = offer.pages(catalogue, draft.typed)
    return "pledge" if offer.pledges(catalogue, draft.typed) else f"apply/{pages[-1].id}"


async def pledge_of(visit: Visit, counter: Counter, affair: Affair, case: Case) -> dict[str, Any] | None:
    """The pledge on which a case was decided, or at which it looks, in the version that was agreed to; for officers
    with the way to the case at the other end.
    """
    pledged = affair.pledge_of(case)
    if pledged is None:
        return None
    pledge = await counter.catalogue.pledge_in(pledged.matter, pledged.version)
    check = affair.check_of(pledged.case)
    other = case.opened.looks_at or (check.case if check else None)
    leads = "services.pledge.to_decision" if case.opened.looks_at else "services.pledge.to_check"
    return {
        **pledge_text(pledge, counter=counter, lang=visit.lang),
        "given": day_in(visit.site.zone, affair.at),
        "href": f"/desk/cases/{other}" if other else "",
        "leads": visit.say(leads),
        "fell": visit.say("services.pledge.fell") if case.ordinary else "",
    }
