"""Preparing a listed item in the browser: what its form asks and demands, what people would see, and its level."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.kernel.search import plain
from onecity.machinery.web import Paging, Visit
from onecity.packs import Pack, Text
from onecity.services.amending import NewDemand, Preparing
from onecity.services.amending.preparing import candidates, unproven, version_listed, wrong_prepared
from onecity.services.amending.rules import AMEND, Why, wrong_reason
from onecity.services.amending.usecases import Handed
from onecity.services.declared import Faq
from onecity.services.listing import Demands, ListedItem, listing_of
from onecity.services.web.asking import AskingPart, Choosing
from onecity.services.web.begun import LOOK, SEND, Begun, again
from onecity.services.web.counter import Counter
from onecity.services.web.listed import days_of
from onecity.services.web.mending import Labels, new_by_place, told
from onecity.services.web.previewing import previewed, unproven_words
from onecity.services.web.shown import AT
from onecity.services.web.typed import typed_text

_A_PAGE: Final = 30
_DEMAND: Final = re.compile(r"(condition|material)_([0-9]{1,2})_zh")
_NOTHING: Final = Text("", "")
_NAMED: Final = {
    "plain": "services.preparing.plain",
    "q": "services.asking.search",
    "visits": "services.preparing.visits_ask",
    "why_visit": "services.preparing.why_visit",
    "faq_ask": "services.amending.ask",
    "faq_answer": "services.amending.answer",
    "reason": "services.preparing.reason",
}
"""What the fields of the form are called, by the keys of words."""


class PreparingPages:
    """Pages for the duty `services.amend`: each officer prepares items of their own agencies."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._asking = AskingPart(counter)
        self._begun = Begun(counter.drafts)

    async def items(self, visit: Visit) -> Response:
        """The listed items that the visitor may prepare, or those that are called like what was asked."""
        asked, mine = visit.request.query_params.get("q", "").strip(), self._counter.agencies_of(visit, AMEND)
        found = [
            (name, row)
            for name, row in sorted(candidates(self._counter.catalogue.pack).items(), key=_by_agency)
            if row.agency in mine and plain(asked) in plain(f"{row.name.both} {row.also}")
        ]
        paging = Paging.of(visit, len(found), _A_PAGE)
        rows = [
            {
                "href": f"/desk/amendments/listed/{name}",
                "title": row.name.said(visit.lang),
                "subtitle": self._counter.agency(row.agency).name.said(visit.lang),
            }
            for name, row in found[paging.offset : paging.offset + paging.a_page]
        ]
        return visit.page(
            AT + "amending_items.html", title=visit.say("services.preparing.which"), rows=rows, paging=paging,
            asked=asked, url="/desk/amendments/listed", back_url="/desk/amendments",
        )  # fmt: skip

    async def form(self, visit: Visit) -> Response:
        """The form of one listed item: blank, or as whoever writes it left it."""
        row, name = self._row(visit), visit.path("item")
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        found = await self._begun.found(visit)
        if found is None:
            typed = Preparing(_NOTHING, (), (), (), "0", _NOTHING, Faq(_NOTHING, _NOTHING))
            return self._page(visit, row, typed, Choosing(name, ()), kept=False)
        chosen = self._asking.chosen(found, name)
        typed = _typed(found, chosen)
        if found.form.text("do") not in (LOOK, SEND):
            return self._page(found, row, typed, chosen)
        return await self._looked_at(found, row, typed, chosen)

    async def go_on(self, visit: Visit) -> Response:
        """Keep what was typed, and go back to it: with other questions, or to look at it; or hand it over."""
        row, name, do = self._row(visit), visit.path("item"), visit.form.text("do")
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        if (emptied := await self._begun.taken(visit)) is not None:
            return emptied
        if do == SEND:
            done = await self._proposed(visit, row, _typed(visit, self._asking.chosen(visit, name)))
            if isinstance(done, Handed):
                await self._begun.drop(visit)
                return visit.go(f"/desk/amendments/{done.amendment}")
            if done.reason is Why.NOT_YOUR_DUTY:
                return visit.refuse(done)
        more, _, what = do.partition(":")
        return visit.go(again(visit, f"{what}s" if more == "more" else "asking"))

    async def _looked_at(self, visit: Visit, row: ListedItem, typed: Preparing, chosen: Choosing) -> Response:
        """The form with all that is wrong with it, or with what people would see."""
        pack, name = self._counter.catalogue.pack, visit.path("item")
        wrong = [*wrong_prepared(pack, name, typed)]
        found = None if wrong else await self._counter.amendments.tried(name, typed)
        if isinstance(found, Refused):
            wrong = [found]
        if visit.form.text("do") == SEND and (reason := wrong_reason(visit.form.text("reason"))):
            wrong.append(reason)
        seen = previewed(visit, self._counter, found, name, typed.demands) if isinstance(found, Pack) else None
        return self._page(visit, row, typed, chosen, wrong, None if wrong else seen)

    async def _proposed(self, visit: Visit, row: ListedItem, typed: Preparing) -> Handed | Refused:
        return await self._counter.amendments.prepare(
            visit.path("item"), typed, visit.form.text("reason"),
            by=visit.acting_as(AMEND, row.agency, self._counter.intake.area), key=visit.form.key(), now=visit.now,
        )  # fmt: skip

    def _row(self, visit: Visit) -> ListedItem | None:
        """The listed item of the path, if the visitor may prepare it."""
        found = candidates(self._counter.catalogue.pack).get(visit.path("item"))
        return found if found is not None and found.agency in self._counter.agencies_of(visit, AMEND) else None

    def _page(
        self, visit: Visit, row: ListedItem, typed: Preparing, chosen: Choosing, wrong: Sequence[Refused] = (),
        seen: Mapping[str, Any] | None = None, *, kept: bool = True,
    ) -> Response:  # fmt: skip
        pack, name = self._counter.catalogue.pack, visit.path("item")
        version, alone = version_listed(pack, name), unproven(pack, name, typed.demands)
        labels = Labels(visit, self._counter, _NAMED, new_by_place(chosen.asks, typed.questions))
        mend = told(wrong, labels)
        return visit.page(
            AT + "preparing.html", title=row.name.said(visit.lang),
            url=f"/desk/amendments/listed/{name}", typed=typed, listed=self._listed(visit, row),
            demands=[self._demands(visit, name, what, typed) for what in Demands], law=_law(visit, row),
            article=row.basis.article if row.basis else "", asking=self._asking.shown(visit, chosen, row.agency),
            unproven={at: unproven_words(visit, pack, name, one) for at, one in alone.items()},
            reason=visit.form.text("reason"), errors=mend.errors, faults=mend.faults, key=uuid4(), preview=seen,
            kept=kept, seen=visit.form.text("seen") or version, changed=visit.form.text("seen") not in ("", version),
            back_url="/desk/amendments/listed",
        )  # fmt: skip

    def _listed(self, visit: Visit, row: ListedItem) -> list[dict[str, str]]:
        """What the list tells already and nobody writes here: whose it is, by which law, in how many days, and how."""
        holds = row.resolved(visit.today).holds
        process = self._counter.catalogue.named_process(row.process)
        steps = [one.name.said(visit.lang) for one in process.steps.values()] if process else []
        return [
            {"term": visit.say(f"services.{term}"), "value": value}
            for term, value in (
                ("guide.who", self._counter.agency(row.agency).name.said(visit.lang)),
                ("guide.law", visit.cited(row.basis.citation) if row.basis else ""),
                ("guide.result", row.result.said(visit.lang) if row.result else ""),
                ("listed.limit", days_of(visit, holds) if holds else visit.say("services.preparing.by_template")),
                ("guide.steps", "、".join(steps)),
            )
        ]

    def _demands(self, visit: Visit, name: str, what: Demands, typed: Preparing) -> dict[str, Any]:
        """The conditions, or the papers: those that stand in the list, those that were typed, and one more if asked."""
        there = listing_of(self._counter.catalogue.pack).demanded(name, what)
        new = [one for one in typed.demands if one.what == what]
        more = not (new or there) or visit.form.text("do") == f"more:{what}"
        return {
            "what": what,
            "there": [
                {
                    "title": one.say.said(visit.lang),
                    "subtitle": visit.cited(one.because.citation) if one.because else "",
                }
                for one in there
            ],
            "new": [*new, None] if more else new,
        }


def _by_agency(one: tuple[str, ListedItem]) -> tuple[str, str]:
    return one[1].agency, one[1].name.zh


def _law(visit: Visit, row: ListedItem) -> str:
    assert row.basis is not None, "only an item whose article is known can be prepared"
    return visit.cited(row.basis.citation)


def _typed(visit: Visit, chosen: Choosing) -> Preparing:
    """What stands in the form. A demand without any text is none."""
    places = sorted((found[1], int(found[2])) for name in visit.form.fields if (found := _DEMAND.fullmatch(name)))
    demands = [
        NewDemand(what, typed_text(visit, f"{what}_{number}"), visit.form.text(f"{what}_{number}_article"))
        for what, number in places
    ]
    return Preparing(
        typed_text(visit, "plain"),
        chosen.asks,
        chosen.questions(visit),
        tuple(one for one in demands if one.say.zh or one.say.en),
        visit.form.text("visits"),
        typed_text(visit, "why_visit"),
        Faq(typed_text(visit, "faq_ask"), typed_text(visit, "faq_answer")),
    )
