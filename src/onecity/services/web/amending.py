"""Departments write: an item's form for those who amend it, and what was written beside what holds, to be published."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.kernel.acting import Acting
from onecity.kernel.instants import read_day
from onecity.kernel.refusal import Refused
from onecity.kernel.search import plain
from onecity.machinery.web import Paging, Visit
from onecity.packs import Pack, Text, version_of
from onecity.services.amending import Amending, store
from onecity.services.amending.asking import asked_by, wrong_asked
from onecity.services.amending.facts import AmendmentProposed, EventAmended, EventComposed, ItemPrepared
from onecity.services.amending.model import Amendment, State
from onecity.services.amending.projections import EVENTS
from onecity.services.amending.rules import (
    AMEND,
    PUBLISH,
    Why,
    as_it_is,
    may_drop,
    may_publish,
    wrong_amended,
    wrong_reason,
)
from onecity.services.amending.usecases import Decided, Handed
from onecity.services.checking import ITEM
from onecity.services.declared import Faq, Item, Origin
from onecity.services.web.asking import AskingPart, Choosing
from onecity.services.web.begun import LOOK, SEND, Begun, again
from onecity.services.web.counter import Counter
from onecity.services.web.mending import Labels, new_by_place, told
from onecity.services.web.previewing import previewed
from onecity.services.web.shown import AT, limit_words
from onecity.services.web.told import Told
from onecity.services.web.typed import typed_lines, typed_text

_A_PAGE: Final = 30


class AmendingPages:
    """Pages for the duties `services.amend` and `services.publish`, each for the items of its own agencies."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._told = Told(counter)
        self._asking = AskingPart(counter)
        self._begun = Begun(counter.drafts)

    async def all(self, visit: Visit) -> Response:
        """The amendments of the visitor's agencies, those that wait first."""
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            read = await store.amendments_of(
                connection,
                sorted(self._counter.agencies_of(visit, AMEND, PUBLISH)),
                limit=paging.one_more,
                offset=paging.offset,
            )
        found, paging = paging.cut(read)
        rows = [
            {
                "href": f"/desk/amendments/{row.amendment}",
                "title": await self._called(row.amendment, row.matter, visit),
                "subtitle": visit.say(f"services.amending.state.{row.state}"),
                "at": row.proposed,
            }
            for row in found
        ]
        writes = visit.someone.holds(AMEND)
        title = visit.say("services.amending")
        return visit.page(AT + "amendments.html", title=title, rows=rows, paging=paging, writes=writes)

    async def items(self, visit: Visit) -> Response:
        """The items that the visitor may amend, or those that are called like what was asked."""
        asked, mine = visit.request.query_params.get("q", "").strip(), self._counter.agencies_of(visit, AMEND)
        found = [
            (name, item)
            for name, item in sorted(self._counter.catalogue.items(), key=lambda one: (one[1].agency, one[1].called.zh))
            if item.agency in mine and plain(asked) in plain(f"{item.called.both} {item.name.both}")
        ]
        paging = Paging.of(visit, len(found), _A_PAGE)
        rows = [
            {
                "href": f"/desk/amendments/items/{name}",
                "title": item.called.said(visit.lang),
                "subtitle": self._counter.agency(item.agency).name.said(visit.lang),
            }
            for name, item in found[paging.offset : paging.offset + paging.a_page]
        ]
        return visit.page(
            AT + "amending_items.html", title=visit.say("services.amending.which"), rows=rows, paging=paging,
            asked=asked, url="/desk/amendments/items", back_url="/desk/amendments",
        )  # fmt: skip

    async def form(self, visit: Visit) -> Response:
        """The form of one item: as it reads now, or as whoever writes it left it."""
        item, name = self._item(visit), visit.path("item")
        if item is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        found = await self._begun.found(visit)
        if found is None:
            return self._form(visit, item, as_it_is(item), Choosing(name, asked_by(item)), kept=False)
        # What no form sent is asked as it is.
        chosen = self._asking.chosen(found, name) if "asks" in found.form.fields else Choosing(name, asked_by(item))
        typed = _typed(found, chosen)
        if found.form.text("do") not in (LOOK, SEND):
            return self._form(found, item, typed, chosen)
        return await self._looked_at(found, item, typed, chosen)

    async def propose(self, visit: Visit) -> Response:
        """Keep what was typed, and go back to it: with other questions, or to look at it; or propose it."""
        item, do = self._item(visit), visit.form.text("do")
        if item is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        if (emptied := await self._begun.taken(visit)) is not None:
            return emptied
        if do in ("", SEND):
            typed = _typed(visit, self._asking.chosen(visit, visit.path("item")))
            done = await self._counter.amendments.propose(
                visit.path("item"), typed, visit.form.text("reason"), by=self._acting(visit, AMEND, item.agency),
                key=visit.form.key(), now=visit.now,
            )  # fmt: skip
            if isinstance(done, Handed):
                await self._begun.drop(visit)
                return visit.go(f"/desk/amendments/{done.amendment}")
            if done.reason is Why.NOT_YOUR_DUTY:
                return visit.refuse(done)
        return visit.go(again(visit, "asking"))

    async def _looked_at(self, visit: Visit, item: Item, typed: Amending, chosen: Choosing) -> Response:
        """The form with all that is wrong with it, or with what people would see."""
        asks = wrong_asked(self._counter.catalogue.pack, chosen.asks, typed.questions)
        wrong = [*(asks if item.template is not None else ()), *wrong_amended(item, typed)]
        found = None if wrong else await self._counter.amendments.tried(visit.path("item"), typed)
        if isinstance(found, Refused):
            wrong = [found]
        if visit.form.text("do") == SEND and (reason := wrong_reason(visit.form.text("reason"))):
            wrong.append(reason)
        seen = previewed(visit, self._counter, found, visit.path("item")) if isinstance(found, Pack) else None
        return self._form(visit, item, typed, chosen, wrong, None if wrong else seen)

    async def one(self, visit: Visit) -> Response:
        """One amendment: what reads otherwise, why, and what can be done with it."""
        found = await self._found(visit)
        return visit.refuse(Refused(Why.NOT_FOUND)) if found is None else await self._page(visit, found, None)

    async def publish(self, visit: Visit) -> Response:
        """Publish an amendment from the day that was typed."""
        found = await self._found(visit)
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        day = read_day(visit.form.text("since"), today=visit.today)
        if day is None:
            return await self._page(visit, found, Refused(Why.DAY, {"field": "since"}))
        done = await self._counter.amendments.publish(
            found.id, day, by=self._acting(visit, PUBLISH, found.proposed.agency), key=visit.form.key(), now=visit.now
        )
        return await self._answered(visit, found, done)

    async def drop(self, visit: Visit) -> Response:
        """Drop an amendment, with a reason."""
        found = await self._found(visit)
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        duty = AMEND if found.author.person == visit.someone.person else PUBLISH
        done = await self._counter.amendments.drop(
            found.id, visit.form.text("reason"), by=self._acting(visit, duty, found.proposed.agency),
            key=visit.form.key(), now=visit.now,
        )  # fmt: skip
        return await self._answered(visit, found, done)

    async def _answered(self, visit: Visit, found: Amendment, done: Decided | Refused) -> Response:
        """The amendment as it is then; or the page with what is to be typed otherwise."""
        if isinstance(done, Decided):
            return visit.go(_path(found))
        return visit.refuse(done) if done.reason is Why.NOT_YOUR_DUTY else await self._page(visit, found, done)

    def _acting(self, visit: Visit, duty: str, agency: str) -> Acting:
        return visit.acting_as(duty, agency, self._counter.intake.area)

    async def _called(self, amendment: UUID, matter: str, visit: Visit) -> str:
        """How a row of a list is called: an item by the pack, a composed event by its history."""
        if not matter.startswith(EVENTS):
            return self._item_called(matter, visit)
        found = await self._counter.amendments.find(amendment)
        assert found is not None, "what is listed has a history"
        return self._name(found, visit)

    def _name(self, found: Amendment, visit: Visit) -> str:
        if isinstance(found.proposed, EventComposed):
            return found.proposed.typed.name.said(visit.lang)
        if isinstance(found.proposed, EventAmended):
            event = self._counter.catalogue.event(found.proposed.matter)
            return (event or found.proposed.typed).name.said(visit.lang)
        return self._item_called(found.proposed.matter, visit)

    def _item_called(self, name: str, visit: Visit) -> str:
        """How an item is called, also one that is only listed."""
        listed = self._counter.catalogue.listing.items.get(name)
        called = self._counter.catalogue.called(name) or (listed.name if listed else None)
        return called.said(visit.lang) if called else name

    def _item(self, visit: Visit) -> Item | None:
        """The item of the path, if the visitor may amend it."""
        found = self._counter.catalogue.item(visit.path("item"))
        return found if found is not None and found.agency in self._counter.agencies_of(visit, AMEND) else None

    async def _found(self, visit: Visit) -> Amendment | None:
        """The amendment of the path, if it is of one of the visitor's agencies."""
        asked = visit.id("amendment")
        found = await self._counter.amendments.find(asked) if asked else None
        return (
            found
            if found is not None and found.proposed.agency in self._counter.agencies_of(visit, AMEND, PUBLISH)
            else None
        )

    def _form(
        self, visit: Visit, item: Item, typed: Amending, chosen: Choosing, wrong: Sequence[Refused] = (),
        seen: Mapping[str, Any] | None = None, *, kept: bool = True,
    ) -> Response:  # fmt: skip
        """The form of an item, with what is to be typed otherwise, or with what people would see."""
        papers = [(one, self._counter.thing(one.material, visit.lang)) for one in item.needs]
        options = [
            {"id": f"{_SPARE}{one.material}", "label": name, "ticked": one.material in typed.spared}
            for one, name in papers
            if one.origin is not Origin.LAW
        ]
        by_law = [
            {"term": name, "value": visit.cited(one.because.citation) if one.because else ""}
            for one, name in papers
            if one.origin is Origin.LAW
        ]
        limit = visit.say(limit_words(item.limit.unit), number=item.limit.number)
        named = {field: key for field, key in _NAMED.items() if field != "q" or item.template is not None}
        labels = Labels(visit, self._counter, named, new_by_place(chosen.asks, typed.questions))
        mend = told(wrong, labels, {"spared": str(options[0]["id"])} if options else {"spared": ""})
        version = version_of(self._counter.catalogue.pack.all(ITEM)[visit.path("item")])
        return visit.page(
            AT + "amending.html", title=item.called.said(visit.lang),
            url=f"/desk/amendments/items/{visit.path('item')}", typed=typed, also="\n".join(typed.also),
            asked=[*typed.faq, _EMPTY], papers=options, by_law=by_law, limit=limit,
            law=visit.cited(item.limit.because.citation), reason=visit.form.text("reason"), errors=mend.errors,
            faults=mend.faults, key=uuid4(), back_url="/desk/amendments/items", preview=seen,
            kept=kept, seen=visit.form.text("seen") or version, changed=visit.form.text("seen") not in ("", version),
            asking=self._asking.shown(visit, chosen, item.agency) if item.template is not None else None,
        )  # fmt: skip

    async def _page(self, visit: Visit, found: Amendment, wrong: Refused | None) -> Response:
        parts, yaml = await self._told.parts(visit, found.proposed)
        by = self._acting(visit, PUBLISH, found.proposed.agency)
        mend = told([wrong] if wrong else [], Labels(visit, self._counter, _DECIDING))
        return visit.page(
            AT + "amendment.html", status=422 if wrong else 200, title=self._name(found, visit),
            state=self._state(visit, found), reason=found.proposed.reason,
            author=await self._author(visit, found), at=found.at,
            parts=parts, yaml=yaml.splitlines(), written_as=_WRITTEN_AS[isinstance(found.proposed, ItemPrepared)],
            preview=await self._preview(visit, found), may=may_publish(found, by=by) is None,
            drops=may_drop(found, by=by) is None, own=found.state is State.OPEN and bool(found.author.hands & by.hands),
            url=_path(found), since=visit.form.text("since") or visit.today.isoformat(),
            typed=visit.form.text("reason"), errors=mend.errors, faults=mend.faults, key=uuid4(),
            back_url="/desk/amendments",
        )  # fmt: skip

    async def _preview(self, visit: Visit, found: Amendment) -> Mapping[str, Any] | None:
        """What people would see of an item that waits to be published; nothing if it could not be any more."""
        if not isinstance(found.proposed, AmendmentProposed | ItemPrepared) or found.state is not State.OPEN:
            return None
        pack = await self._counter.amendments.with_it(found)
        if isinstance(pack, Refused):
            return None
        demands = found.proposed.typed.demands if isinstance(found.proposed, ItemPrepared) else ()
        return previewed(visit, self._counter, pack, found.proposed.matter, demands)

    async def _author(self, visit: Visit, found: Amendment) -> str:
        assert found.author.person is not None, "people write"
        return await self._counter.name_of(found.author.person, lang=visit.lang)

    def _state(self, visit: Visit, found: Amendment) -> str:
        if found.published is not None:
            formats = visit.site.pages.formats[visit.lang]
            return visit.say(
                "services.amending.published", since=formats.instant(found.published.since, today=visit.today)
            )
        if found.dropped is not None:
            return visit.say("services.amending.dropped", reason=found.dropped.reason)
        return visit.say("services.amending.state.open")


_WRITTEN_AS: Final = {True: "services.amending.as_lines", False: "services.amending.as_yaml"}
"""How what stands in a pack is called: what was prepared is lines, all else a declaration of its own."""
_NAMED: Final = {
    "called": "services.amending.part.called",
    "plain": "services.amending.part.plain",
    "promised": "services.amending.part.promised",
    "also": "services.amending.part.also",
    "spared": "services.amending.drop",
    "q": "services.asking.search",
    "reason": "services.amending.reason",
}
_DECIDING: Final = {"since": "services.amending.since", "reason": "services.amending.why_not"}
"""What the fields of the form of an item are called, and those of whoever publishes it, by the keys of words."""
_EMPTY: Final = Faq(Text("", ""), Text("", ""))
"""The question that an officer may add."""


def _path(amendment: Amendment) -> str:
    return f"/desk/amendments/{amendment.id}"


def _typed(visit: Visit, chosen: Choosing) -> Amending:
    """What stands in the form of an item. A question without any of its four texts is none."""
    fields = visit.form.fields
    asked = sorted({int(found[1]) for name in fields if (found := _ASK.fullmatch(name))})
    faq = [Faq(typed_text(visit, f"faq_{number}_ask"), typed_text(visit, f"faq_{number}_answer")) for number in asked]
    return Amending(
        typed_text(visit, "called"),
        typed_text(visit, "plain"),
        visit.form.text("promised"),
        typed_lines(visit, "also"),
        tuple(one for one in faq if any((one.ask.zh, one.ask.en, one.answer.zh, one.answer.en))),
        tuple(sorted(name.removeprefix(_SPARE) for name, said in fields.items() if name.startswith(_SPARE) and said)),
        chosen.asks if "asks" in fields else None,
        chosen.questions(visit),
    )


_SPARE: Final = "spare-"
_ASK: Final = re.compile(r"faq_([0-9]{1,2})_ask_zh")
