"""Composing a life event: items are chosen, what they would be together is computed, another officer publishes it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.amending import ComposedPart, Composing
from onecity.services.amending.composing import questions_for, simulated
from onecity.services.amending.facts import EventComposed
from onecity.services.amending.rules import AMEND, Why
from onecity.services.amending.usecases import Handed
from onecity.services.bundles import latest_days
from onecity.services.everyday import ITEMS
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT
from onecity.services.web.typed import typed_lines, typed_text

_MOST_FOUND: Final = 12
_ALWAYS: Final = "always"


class ComposingPages:
    """Pages for the duty `services.amend`: whoever composes an event leads it with their agency."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def form(self, visit: Visit) -> Response:
        """An event of which nothing is chosen yet."""
        return self._page(visit, [], _typed(visit, ()), None)

    async def go_on(self, visit: Visit) -> Response:
        """Take an item in or out, look for another one, or hand over what was composed; nothing typed is lost."""
        chosen, (do, _, name) = self._known(visit.form.text("items").split()), visit.form.text("do").partition(":")
        if do == "add":
            chosen = self._known([*chosen, name])
        elif do == "drop":
            chosen = [one for one in chosen if one != name]
        typed = _typed(visit, self._parts(visit, chosen))
        return await self._proposed(visit, chosen, typed) if do == "send" else self._page(visit, chosen, typed, None)

    async def _proposed(self, visit: Visit, chosen: Sequence[str], typed: Composing) -> Response:
        agency = self._lead(visit, chosen)
        done = await self._counter.amendments.compose(
            typed, visit.form.text("reason"), agency, by=visit.acting_as(AMEND, agency, self._counter.intake.area),
            key=visit.form.key(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Handed):
            return visit.go(f"/desk/amendments/{done.amendment}")
        return visit.refuse(done) if done.reason is Why.NOT_YOUR_DUTY else self._page(visit, chosen, typed, done)

    def _known(self, names: Sequence[str]) -> list[str]:
        """The items of some names, each once, in their order."""
        return [name for name in dict.fromkeys(names) if self._counter.catalogue.item(name) is not None]

    def _mine(self, visit: Visit, chosen: Sequence[str]) -> list[str]:
        """The agencies that may lead: those of the chosen items for which the visitor writes in the whole city."""
        held = [one.scope for one in visit.someone.holding(AMEND)]
        mine = {one.department for one in held if one.reaches(self._counter.intake.area)}
        agencies = [item.agency for item in self._counter.catalogue.bundle(list(chosen)).values()]
        return [name for name in dict.fromkeys(agencies) if name in mine]

    def _lead(self, visit: Visit, chosen: Sequence[str]) -> str:
        """The agency that is to lead: the one that was chosen, the first one that may, or one of the visitor's."""
        mine, asked = self._mine(visit, chosen), visit.form.text("lead")
        if asked in mine:
            return asked
        return mine[0] if mine else visit.someone.holding(AMEND)[0].scope.department

    def _parts(self, visit: Visit, chosen: Sequence[str]) -> tuple[ComposedPart, ...]:
        """The items with what was chosen for each: always, or the question that switches it on, and its reason."""
        pack, found = self._counter.catalogue.pack, list[ComposedPart]()
        for name in chosen:
            when = visit.form.text(f"when-{name}")
            because = next((one.because for one in questions_for(pack, name) if one.question == when), None)
            found.append(ComposedPart(name, None if when in ("", _ALWAYS) else when, because))
        return tuple(found)

    def _page(self, visit: Visit, chosen: Sequence[str], typed: Composing, wrong: Refused | None) -> Response:
        question = visit.form.text("q")
        errors = {str(wrong.details.get("field", "")): visit.say(wrong.reason, **wrong.details)} if wrong else {}
        return visit.page(
            AT + "composing.html", status=422 if wrong else 200, title=visit.say("services.composing"),
            question=question, chosen=list(chosen), rows=[self._row(visit, one, typed) for one in chosen],
            found=self._found(visit, chosen, question), simulated=self.simulated(visit, chosen), typed=typed,
            also="\n".join(typed.also), leads=self._leads(visit, chosen), lead=self._lead(visit, chosen),
            reason=visit.form.text("reason"), errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()], key=uuid4(),
            back_url="/desk/amendments",
        )  # fmt: skip

    def _leads(self, visit: Visit, chosen: Sequence[str]) -> list[dict[str, str]]:
        """The agencies that may lead, by name."""
        agencies = self._mine(visit, chosen)
        return [{"value": name, "label": self._counter.agency(name).name.said(visit.lang)} for name in agencies]

    def _row(self, visit: Visit, name: str, typed: Composing) -> dict[str, Any]:
        """An item that was chosen, with the questions that may switch it on."""
        item = self._counter.catalogue.item(name)
        assert item is not None, "only what is known was chosen"
        when = next((one.question for one in typed.parts if one.item == name), None)
        asked = questions_for(self._counter.catalogue.pack, name)
        options = [{"value": one.question, "label": one.ask.said(visit.lang)} for one in asked]
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
        simulation = self.simulated(visit, self._known([one.item for one in typed.parts]))
        return [
            {"name": say("services.composing.words"), "facts": [*texts, *words, lead]},
            {"name": say("services.composing.items"), "facts": rows},
            *([{"name": say("services.composing.simulated"), "facts": simulation}] if simulation else []),
        ]


def _typed(visit: Visit, parts: tuple[ComposedPart, ...]) -> Composing:
    return Composing(
        typed_text(visit, "name"),
        typed_text(visit, "plain"),
        typed_lines(visit, "also"),
        parts,
    )
