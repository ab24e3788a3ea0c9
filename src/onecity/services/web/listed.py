"""The guide of what nobody can apply for online yet: whose it is, by which law, in how many days and why so many."""

from typing import Any

from starlette.responses import Response

from onecity.casework import APPLICANT, Because
from onecity.kernel.clock import Due, Limit, Run, Unit, due
from onecity.machinery.web import Visit
from onecity.services.declared import Item
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.listing import (
    Candidate,
    Demands,
    LegalUnit,
    ListedEvent,
    ListedItem,
    Sums,
    every_item,
    of_full,
    sums,
)
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT, bring_words


class ListedGuides:
    """Pages that everybody may read."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def item(self, visit: Visit, name: str) -> Response | None:
        """The guide of a listed item; None if it is not on the list."""
        listing = self._counter.catalogue.listing
        row = listing.items.get(name)
        if row is None:
            return None
        return visit.page(
            AT + "listed_item.html",
            title=row.name.said(visit.lang),
            kind=visit.say(f"services.kind.{row.kind}"),
            level=visit.say(f"services.level.{listing.level(name).lower()}"),
            limits=self.limits(visit, row),
            latest=self._latest(visit, row),
            conflict=row.resolved(visit.today).conflict,
            conditions=self._demanded(visit, name, Demands.CONDITION),
            materials=(materials := self._demanded(visit, name, Demands.MATERIAL)),
            bring=bring_words(visit, len(materials)),
            steps=self._steps(visit, row),
            facts=self._facts(visit, row),
            events=self._events(visit, name),
            back_url="/items",
        )

    def limits(self, visit: Visit, row: ListedItem) -> list[dict[str, Any]]:
        """The limit that holds, then those that do not."""
        found = row.resolved(visit.today)
        everyone = [found.holds, *found.loses] if found.holds else []
        return [
            {
                "days": days_of(visit, one),
                "whose": visit.say(f"services.rank.{one.rank}"),
                "law": _cited(visit, one.limit.because),
            }
            for one in everyone
        ]

    def _latest(self, visit: Visit, row: ListedItem) -> Due | None:
        """The latest day if it were accepted today; None where no law counts days, or it is done at once."""
        holds = row.resolved(visit.today).holds
        if holds is None or not holds.limit.number or holds.limit.unit is LegalUnit.MONTHS:
            return None
        limit = Limit(holds.limit.number, Unit(str(holds.limit.unit)))
        return due(self._counter.office.calendar, Run(visit.today, limit))

    def _demanded(self, visit: Visit, name: str, what: Demands) -> list[dict[str, str]]:
        example = visit.say("services.guide.example")
        return [
            {"say": one.say.said(visit.lang), "law": _cited(visit, one.because) if one.because else example}
            for one in self._counter.catalogue.listing.demanded(name, what)
        ]

    def _steps(self, visit: Visit, row: ListedItem) -> list[dict[str, str]]:
        """The steps of the process by which it goes, with whose they are."""
        process = self._counter.catalogue.named_process(row.process) if row.process else None
        if process is None:
            return []
        you, agency = visit.say("services.guide.you"), self._counter.agency(row.agency).name.said(visit.lang)
        return [
            {"name": step.name.said(visit.lang), "who": you if step.duty == APPLICANT else agency}
            for step in process.steps.values()
        ]

    def _facts(self, visit: Visit, row: ListedItem) -> list[dict[str, Any]]:
        """Who does it, for whom, by which law, what it gives, and whom to ask."""
        agency, say = self._counter.agency(row.agency), visit.say
        rows = {
            "who": agency.name.said(visit.lang),
            "subject": say(f"services.subject.{row.subject}"),
            "law": _cited(visit, row.basis) if row.basis else say("services.listed.no_law"),
            "result": row.result.said(visit.lang) if row.result else "",
            "ask": agency.phone,
            "complain": agency.complaints,
        }
        return [
            {"term": say(f"services.guide.{term}"), "value": value, "called": term in ("ask", "complain")}
            for term, value in rows.items()
            if value
        ]

    def _events(self, visit: Visit, name: str) -> list[dict[str, str]]:
        """The life events of which it is a part."""
        events = self._counter.catalogue.listing.events.items()
        return [
            {"href": f"{EVENTS}{id_}", "title": event.name.said(visit.lang), "subtitle": event.plain.said(visit.lang)}
            for id_, event in events
            if name in event.named
        ]

    def row(self, visit: Visit, path: str) -> dict[str, str]:
        """A listed item or life event as a row among others."""
        listing, name = self._counter.catalogue.listing, path.rpartition("/")[2]
        row = {"href": path, "figure": "", "unit": visit.say("services.listed.not_online_short")}
        if path.startswith(EVENTS):
            title, subtitle, icon = listing.events[name].name, listing.events[name].plain, "list"
        else:
            item = listing.items[name]
            title, subtitle, icon = item.name, self._counter.agency(item.agency).name, "file"
        return row | {"icon": icon, "title": title.said(visit.lang), "subtitle": subtitle.said(visit.lang)}

    def event(self, visit: Visit, name: str) -> Response | None:
        """What a listed life event takes, as somebody answers its questions; None if it is not on the list."""
        listing = self._counter.catalogue.listing
        event = listing.events.get(name)
        if event is None:
            return None
        yes = frozenset(event.questions) & frozenset(visit.request.query_params)
        taken = event.items_for(yes)
        found = sums([self._limit(visit, item) for item in taken])
        return visit.page(
            AT + "listed_event.html",
            title=event.name.said(visit.lang),
            name=name,
            event=event,
            composed=visit.say(f"services.listed.name_is.{event.name_is}"),
            agencies=len({self._agency(item) for item in taken}),
            questions=self._questions(visit, event, yes),
            rows=[self._row(visit, item) for item in taken],
            maybe=[self._row(visit, item) for item in event.named if item not in taken],
            sums=self._sums(visit, found),
            unknown=found.unknown,
            back_url="/",
        )

    def _questions(self, visit: Visit, event: ListedEvent, yes: frozenset[str]) -> list[dict[str, Any]]:
        known = self._counter.catalogue.listing.questions
        return [
            {
                "name": one, "chosen": one in yes,
                "label": known[one].ask.said(visit.lang), "hint": known[one].why.said(visit.lang),
            }
            for one in event.questions
        ]  # fmt: skip

    def _sums(self, visit: Visit, found: Sums) -> list[dict[str, str]]:
        """The waits one after another beside all of them side by side; nothing where that is the same."""
        if found.one_by_one == found.together:
            return []
        before, after = (visit.say("services.listed.about_days", number=number) for number in found[:2])
        return [{"what": visit.say("services.event.days"), "before": before, "after": after}]

    def _item(self, name: str) -> Item | ListedItem:
        return every_item(self._counter.catalogue.pack)[name]

    def _agency(self, name: str) -> str:
        return self._item(name).agency

    def _limit(self, visit: Visit, name: str) -> Candidate | None:
        item = self._item(name)
        return item.resolved(visit.today).holds if isinstance(item, ListedItem) else of_full(item.limit)

    def _row(self, visit: Visit, name: str) -> dict[str, str]:
        """An item of a life event: who does it, and in how many days."""
        item = self._item(name)
        limit = self._limit(visit, name)
        return {
            "href": f"{ITEMS}{name}",
            "title": item.name.said(visit.lang),
            "subtitle": self._counter.agency(item.agency).name.said(visit.lang),
            "meta": days_of(visit, limit) if limit else visit.say("services.listed.no_limit_short"),
        }


def days_of(visit: Visit, one: Candidate) -> str:
    """The days of a limit in words; none of them is at once."""
    limit = one.limit
    return visit.say(f"services.limit.{limit.unit}" if limit.number else "services.limit.at_once", number=limit.number)


def _cited(visit: Visit, because: Because) -> str:
    return visit.cited(because.citation)
