"""Composing a life event, or amending one: items are chosen, what they would be together is computed."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.kernel.search import plain
from onecity.machinery.web import Paging, Visit
from onecity.packs import version_of
from onecity.services.amending import ComposedPart, Composing
from onecity.services.amending.composing import (
    as_composed,
    event_otherwise,
    id_of,
    line_of,
    questions_for,
    simulated,
    wrong_composed,
    wrong_event,
)
from onecity.services.amending.facts import EventComposed
from onecity.services.amending.rules import AMEND, Otherwise, Why, wrong_reason
from onecity.services.amending.usecases import Handed
from onecity.services.bundles import latest_days
from onecity.services.everyday import ITEMS
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.web.begun import SEND, Begun, again
from onecity.services.web.counter import Counter
from onecity.services.web.mending import Labels, told
from onecity.services.web.shown import AT
from onecity.services.web.typed import typed_lines, typed_text

_MOST_FOUND: Final = 12
_ALWAYS: Final = "always"
_A_PAGE: Final = 30
_EVENTS: Final = "/desk/amendments/life-events"
_COMPOSED: Final = "/desk/amendments/events"
_NAMED: Final = {
    "q": "services.composing.search",
    "name": "services.composing.name",
    "plain": "services.composing.plain",
    "also": "services.amending.part.also",
    "reason": "services.composing.reason",
}
_AMENDED: Final = {"reason": "services.amending.reason"}
"""What the fields of the form are called, by the keys of words; one of them otherwise where an event is there."""


class ComposingPages:
    """Pages for the duty `services.amend`: whoever composes an event leads it with their agency."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._begun = Begun(counter.drafts)

    async def form(self, visit: Visit) -> Response:
        """An event of which nothing is chosen yet, or as whoever composes it left it."""
        return await self._shown(visit, None)

    async def events(self, visit: Visit) -> Response:
        """The life events that the visitor may amend, or those that are called like what was asked."""
        asked, mine = visit.request.query_params.get("q", "").strip(), self._counter.agencies_of(visit, AMEND)
        found = [
            (name, event)
            for name, event in self._counter.catalogue.events()
            if event.lead in mine and plain(asked) in plain(event.name.both)
        ]
        paging = Paging.of(visit, len(found), _A_PAGE)
        rows = [
            {
                "href": f"{_EVENTS}/{name}",
                "title": event.name.said(visit.lang),
                "subtitle": event.plain.said(visit.lang),
            }
            for name, event in found[paging.offset : paging.offset + paging.a_page]
        ]
        return visit.page(
            AT + "amending_items.html", title=visit.say("services.composing.which"), rows=rows, paging=paging,
            asked=asked, url=_EVENTS, back_url="/desk/amendments",
        )  # fmt: skip

    async def amends(self, visit: Visit) -> Response:
        """A life event as it is now, or as whoever amends it left it, in the form in which events are composed."""
        event = self._event(visit)
        return visit.refuse(Refused(Why.NOT_FOUND)) if event is None else await self._shown(visit, event)

    async def go_on_amending(self, visit: Visit) -> Response:
        """The same as `go_on`, for an event that is there."""
        event = self._event(visit)
        return visit.refuse(Refused(Why.NOT_FOUND)) if event is None else await self._going_on(visit, event)

    async def go_on(self, visit: Visit) -> Response:
        """Keep what was typed, and go back to it with other items; or hand over what was composed."""
        return await self._going_on(visit, None)

    async def _shown(self, visit: Visit, event: LifeEvent | None) -> Response:
        found = await self._begun.found(visit)
        if found is None:
            chosen, typed = ([], _typed(visit, ())) if event is None else (event.named, as_composed(event))
            return self._page(visit, chosen, typed, event, kept=False)
        chosen = self._chosen(found)
        typed = _typed(found, self._parts(found, chosen, event))
        wrong = await self._wrong(found, chosen, typed, event) if found.form.text("do") == SEND else []
        return self._page(found, chosen, typed, event, wrong)

    def _chosen(self, visit: Visit) -> list[str]:
        """The items after what was pressed: one is taken in, moved up or taken out."""
        chosen, (do, _, name) = self._known(visit.form.text("items").split()), visit.form.text("do").partition(":")
        if do == "add":
            chosen = self._known([*chosen, name])
        elif do == "drop":
            chosen = [one for one in chosen if one != name]
        elif do == "up" and name in chosen[1:]:
            at = chosen.index(name)
            chosen[at - 1 : at + 1] = [name, chosen[at - 1]]
        return chosen

    async def _going_on(self, visit: Visit, event: LifeEvent | None) -> Response:
        do = visit.form.text("do")
        if (emptied := await self._begun.taken(visit)) is not None:
            return emptied
        if do != SEND:
            return visit.go(visit.request.url.path)
        chosen = self._chosen(visit)
        done = await self._proposed(visit, chosen, _typed(visit, self._parts(visit, chosen, event)), event)
        if isinstance(done, Handed):
            await self._begun.drop(visit)
            return visit.go(f"/desk/amendments/{done.amendment}")
        return visit.refuse(done) if done.reason is Why.NOT_YOUR_DUTY else visit.go(again(visit))

    async def _wrong(
        self, visit: Visit, chosen: Sequence[str], typed: Composing, event: LifeEvent | None
    ) -> list[Refused]:
        """Everything that forbids to hand over what was composed."""
        pack, name = self._counter.catalogue.pack, None if event is None else visit.path("event")
        agency = event.lead if event is not None else self._lead(visit, chosen)
        if name is None:
            wrong = [*wrong_composed(pack, id_of(typed.name), typed, agency)]
        else:
            wrong = [*wrong_event(pack, name, typed)]
        found = None if wrong else await self._counter.amendments.tried_event(name, typed, agency)
        if isinstance(found, Refused):
            wrong = [found]
        reason = wrong_reason(visit.form.text("reason"))
        return [*wrong, *([reason] if reason else ())]

    async def _proposed(
        self, visit: Visit, chosen: Sequence[str], typed: Composing, event: LifeEvent | None
    ) -> Handed | Refused:
        amendments, reason = self._counter.amendments, visit.form.text("reason")
        agency = event.lead if event is not None else self._lead(visit, chosen)
        by = visit.acting_as(AMEND, agency, self._counter.intake.area)
        if event is None:
            return await amendments.compose(typed, reason, agency, by=by, key=visit.form.key(), now=visit.now)
        name = visit.path("event")
        return await amendments.amend_event(name, typed, reason, by=by, key=visit.form.key(), now=visit.now)

    def _event(self, visit: Visit) -> LifeEvent | None:
        """The life event of the path, if the visitor may amend it: whoever writes for the agency that leads it."""
        found = self._counter.catalogue.event(visit.path("event"))
        return found if found is not None and found.lead in self._counter.agencies_of(visit, AMEND) else None

    def _known(self, names: Sequence[str]) -> list[str]:
        """The items of some names, each once, in their order."""
        return [name for name in dict.fromkeys(names) if self._counter.catalogue.item(name) is not None]

    def _mine(self, visit: Visit, chosen: Sequence[str]) -> list[str]:
        """The agencies that may lead: those of the chosen items for which the visitor writes in the whole city."""
        mine = self._counter.agencies_of(visit, AMEND)
        agencies = [item.agency for item in self._counter.catalogue.bundle(list(chosen)).values()]
        return [name for name in dict.fromkeys(agencies) if name in mine]

    def _lead(self, visit: Visit, chosen: Sequence[str]) -> str:
        """The agency that is to lead: the one that was chosen, the first one that may, or one of the visitor's."""
        mine, asked = self._mine(visit, chosen), visit.form.text("lead")
        if asked in mine:
            return asked
        return mine[0] if mine else visit.someone.holding(AMEND)[0].scope.department

    def _parts(self, visit: Visit, chosen: Sequence[str], event: LifeEvent | None) -> tuple[ComposedPart, ...]:
        """The items with what was chosen for each: always, or the question that switches it on, and its reason.

        What an event says already of an item it says on in its own words.
        """
        pack, found = self._counter.catalogue.pack, list[ComposedPart]()
        own = {(part.item, part.when): part.because for part in event.parts} if event is not None else {}
        for name in chosen:
            when = visit.form.text(f"when-{name}")
            question = None if when in ("", _ALWAYS) else when
            asked = next((one.because for one in questions_for(pack, name) if one.question == question), None)
            found.append(ComposedPart(name, question, own.get((name, question), asked)))
        return tuple(found)

    def _page(
        self, visit: Visit, chosen: Sequence[str], typed: Composing, event: LifeEvent | None,
        wrong: Sequence[Refused] = (), *, kept: bool = True,
    ) -> Response:  # fmt: skip
        question, named = visit.form.text("q"), _NAMED if event is None else _NAMED | _AMENDED
        mend = told(wrong, Labels(visit, self._counter, named))
        version = version_of(self._counter.catalogue.pack.all(LIFE_EVENT)[visit.path("event")]) if event else ""
        return visit.page(
            AT + "composing.html", amends=event is not None,
            title=visit.say("services.composing") if event is None else event.name.said(visit.lang),
            url=_COMPOSED if event is None else f"{_EVENTS}/{visit.path('event')}",
            question=question, chosen=list(chosen), rows=[self._row(visit, one, typed, event) for one in chosen],
            found=self._found(visit, chosen, question), simulated=self.simulated(visit, chosen), typed=typed,
            also="\n".join(typed.also), leads=[] if event is not None else self._leads(visit, chosen),
            lead=self._lead(visit, chosen), reason=visit.form.text("reason"), errors=mend.errors, faults=mend.faults,
            key=uuid4(), kept=kept, seen=visit.form.text("seen") or version,
            changed=visit.form.text("seen") not in ("", version),
            back_url="/desk/amendments" if event is None else _EVENTS,
        )  # fmt: skip

    def _leads(self, visit: Visit, chosen: Sequence[str]) -> list[dict[str, str]]:
        """The agencies that may lead, by name."""
        agencies = self._mine(visit, chosen)
        return [{"value": name, "label": self._counter.agency(name).name.said(visit.lang)} for name in agencies]

    def _row(self, visit: Visit, name: str, typed: Composing, event: LifeEvent | None) -> dict[str, Any]:
        """An item that was chosen, with the questions that may switch it on.

        What switches it on in the event as it is now stays to be chosen, whatever is chosen meanwhile.
        """
        item = self._counter.catalogue.item(name)
        assert item is not None, "only what is known was chosen"
        when = next((one.question for one in typed.parts if one.item == name), None)
        own = next((part for part in event.parts if part.item == name), None) if event is not None else None
        asked = questions_for(self._counter.catalogue.pack, name)
        options = [{"value": one.question, "label": one.ask.said(visit.lang)} for one in asked]
        if own is not None and own.when and own.because and own.when not in {one.question for one in asked}:
            label = visit.say("services.composing.as_now", why=own.because.said(visit.lang))
            options.append({"value": own.when, "label": label})
        return {
            "name": name,
            "title": item.called.said(visit.lang),
            "agency": self._counter.agency(item.agency).name.said(visit.lang),
            "options": [{"value": _ALWAYS, "label": visit.say("services.composing.always")}, *options],
            "when": when or _ALWAYS,
        }

    def _found(self, visit: Visit, chosen: Sequence[str], question: str) -> list[dict[str, str]]:
        """Items that fit a question and are not chosen yet."""
        paths = self._counter.catalogue.find(question) if question else []
        names = [path.removeprefix(ITEMS) for path in paths if path.startswith(ITEMS)]
        rows: list[dict[str, str]] = []
        for name in self._known(names):
            item = self._counter.catalogue.item(name)
            if item is not None and name not in chosen and len(rows) < _MOST_FOUND:
                agency = self._counter.agency(item.agency).name.said(visit.lang)
                rows.append({"title": item.called.said(visit.lang), "agency": agency, "name": name})
        return rows

    def simulated(self, visit: Visit, chosen: Sequence[str]) -> list[dict[str, str]]:
        """What an event of some items would be, as rows; nothing of fewer than two."""
        if len(chosen) < 2:
            return []
        catalogue, say = self._counter.catalogue, visit.say
        found = simulated(catalogue.pack, chosen)
        items = catalogue.bundle(list(chosen))
        last = max(latest_days(items, self._counter.office.calendar, since=visit.today).values())
        day = visit.site.pages.formats[visit.lang].day(last, today=visit.today)
        agencies = listed((self._counter.agency(one).name.said(visit.lang) for one in found.agencies), visit.lang)
        waits = [
            say(
                "services.composing.waits_for", item=items[name].called.said(visit.lang),
                others=listed((items[one].called.said(visit.lang) for one in others), visit.lang),
            )
            for name, others in found.waits.items()
        ]  # fmt: skip
        return [
            {"term": say("services.composing.agencies"), "value": agencies},
            *(
                {"term": say(f"services.composing.{what}"), "value": say("services.composing.spares", apart=a, once=b)}
                for what, (a, b) in (
                    ("forms", found.saved.forms), ("questions", found.saved.questions),
                    ("materials", found.saved.materials), ("days", found.saved.days),
                )
            ),
            {"term": say("services.composing.repeats"), "value": str(found.repeats)},
            {"term": say("services.composing.visits"), "value": str(found.visits)},
            {"term": say("services.composing.last"), "value": day},
            {"term": say("services.composing.order"), "value": " · ".join(waits) or say("services.composing.no_order")},
        ]  # fmt: skip

    def otherwise(self, visit: Visit, before: Composing, after: Composing) -> list[Otherwise]:
        """What is otherwise in an event, in words: each item stands with what switches it on."""
        said = {line_of(one): self._item_words(visit, one) for one in (*before.parts, *after.parts)}
        return [
            Otherwise(one.part, *(tuple(said.get(line, line) for line in lines) for lines in (one.before, one.after)))
            if one.part == "items"
            else one
            for one in event_otherwise(before, after)
        ]

    def _item_words(self, visit: Visit, one: ComposedPart) -> str:
        called, field = self._counter.catalogue.called(one.item), self._counter.catalogue.field(one.question or "")
        when = visit.say("services.composing.always")
        if one.question is not None:
            said = field.ask if field is not None else one.because
            when = said.said(visit.lang) if said is not None else one.question
        item = called.said(visit.lang) if called else one.item
        return visit.say("services.composing.item_when", item=item, when=when)

    def simulation(self, visit: Visit, items: Sequence[str]) -> list[dict[str, Any]]:
        """What an event of some items would spare, as a part of a page; none of fewer than two."""
        found = self.simulated(visit, self._known(items))
        return [{"name": visit.say("services.composing.simulated"), "facts": found}] if found else []

    def parts(self, visit: Visit, proposed: EventComposed) -> list[dict[str, Any]]:
        """What was composed, in words, for whoever publishes it: its texts, its items, and what it would spare."""
        catalogue, typed, say = self._counter.catalogue, proposed.typed, visit.say
        rows = []
        for one in typed.parts:
            called, field = catalogue.called(one.item), catalogue.field(one.question) if one.question else None
            when = field.ask.said(visit.lang) if field else say("services.composing.always")
            rows.append({"term": called.said(visit.lang) if called else one.item, "value": when})
        texts = [
            {"term": say(f"services.composing.{name}"), "value": text.said(visit.lang)}
            for name, text in (("name", typed.name), ("plain", typed.plain))
        ]
        words = [{"term": say("services.amending.part.also"), "value": "、".join(typed.also)}] if typed.also else []
        leads = self._counter.agency(proposed.agency).name.said(visit.lang)
        lead = {"term": say("services.composing.lead"), "value": leads}
        return [
            {"name": say("services.composing.words"), "facts": [*texts, *words, lead]},
            {"name": say("services.composing.items"), "facts": rows},
            *self.simulation(visit, [one.item for one in typed.parts]),
        ]


def _typed(visit: Visit, parts: tuple[ComposedPart, ...]) -> Composing:
    return Composing(
        typed_text(visit, "name"),
        typed_text(visit, "plain"),
        typed_lines(visit, "also"),
        parts,
    )
