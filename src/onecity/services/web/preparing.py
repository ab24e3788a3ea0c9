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
from onecity.services.amending.preparing import candidates, wrong_prepared
from onecity.services.amending.rules import AMEND, Why
from onecity.services.amending.usecases import Handed
from onecity.services.declared import Faq
from onecity.services.listing import Demands, ListedItem, listing_of
from onecity.services.web.asking import AskingPart, Choosing
from onecity.services.web.counter import Counter
from onecity.services.web.listed import days_of
from onecity.services.web.previewing import previewed
from onecity.services.web.shown import AT
from onecity.services.web.typed import typed_text

_A_PAGE: Final = 30
_DEMAND: Final = re.compile(r"(condition|material)_([0-9]{1,2})_zh")
_NOTHING: Final = Text("", "")


class PreparingPages:
    """Pages for the duty `services.amend`: each officer prepares items of their own agencies."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._asking = AskingPart(counter)

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
        """The form of one listed item, of which nothing is prepared yet."""
        row = self._row(visit)
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        typed = Preparing(_NOTHING, (), (), (), "0", _NOTHING, Faq(_NOTHING, _NOTHING))
        return self._page(visit, row, typed, Choosing(visit.path("item"), ()), {}, None)

    async def go_on(self, visit: Visit) -> Response:
        """Change the questions, show what people would see, or hand over what was prepared; nothing typed is lost."""
        row, name, do = self._row(visit), visit.path("item"), visit.form.text("do")
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        chosen = self._asking.chosen(visit, name)
        typed = _typed(visit, chosen)
        if do == "send":
            return await self._proposed(visit, row, typed, chosen)
        return (
            await self._looked_at(visit, row, typed, chosen)
            if do == "look"
            else self._page(visit, row, typed, chosen, {}, None)
        )

    async def _looked_at(self, visit: Visit, row: ListedItem, typed: Preparing, chosen: Choosing) -> Response:
        """The form with all that is wrong with it, or with what people would see."""
        name = visit.path("item")
        wrong = [*wrong_prepared(self._counter.catalogue.pack, name, typed)]
        found = None if wrong else await self._counter.amendments.tried(name, typed)
        if isinstance(found, Refused):
            wrong = [found]
        return self._page(visit, row, typed, chosen, _errors(visit, wrong), found if isinstance(found, Pack) else None)

    async def _proposed(self, visit: Visit, row: ListedItem, typed: Preparing, chosen: Choosing) -> Response:
        name = visit.path("item")
        done = await self._counter.amendments.prepare(
            name, typed, visit.form.text("reason"), by=visit.acting_as(AMEND, row.agency, self._counter.intake.area),
            key=visit.form.key(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Handed):
            return visit.go(f"/desk/amendments/{done.amendment}")
        if done.reason is Why.NOT_YOUR_DUTY:
            return visit.refuse(done)
        wrong = [*wrong_prepared(self._counter.catalogue.pack, name, typed)]
        return self._page(visit, row, typed, chosen, _errors(visit, [*wrong, done]), None)

    def _row(self, visit: Visit) -> ListedItem | None:
        """The listed item of the path, if the visitor may prepare it."""
        found = candidates(self._counter.catalogue.pack).get(visit.path("item"))
        return found if found is not None and found.agency in self._counter.agencies_of(visit, AMEND) else None

    def _page(
        self, visit: Visit, row: ListedItem, typed: Preparing, chosen: Choosing, errors: Mapping[str, str],
        seen: Pack | None,
    ) -> Response:  # fmt: skip
        name = visit.path("item")
        assert row.basis is not None, "only an item whose article is known can be prepared"
        return visit.page(
            AT + "preparing.html", status=422 if errors else 200, title=row.name.said(visit.lang),
            url=f"/desk/amendments/listed/{name}", typed=typed, listed=self._listed(visit, row),
            demands=[self._demands(visit, name, what, typed) for what in Demands], law=visit.cited(row.basis.citation),
            article=row.basis.article, asking=self._asking.shown(visit, chosen, row.agency),
            reason=visit.form.text("reason"), errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()], key=uuid4(),
            preview=previewed(visit, self._counter, seen, name) if seen else None,
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


def _errors(visit: Visit, wrong: Sequence[Refused]) -> dict[str, str]:
    """What is to be typed otherwise, by its field, the first thing of each; what is about the whole has none."""
    found: dict[str, str] = {}
    for one in wrong:
        found.setdefault(str(one.details.get("field", "")), visit.say(one.reason, **one.details))
    return found


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
