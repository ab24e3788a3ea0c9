"""What can be applied for, and the guide of each item with the dates that it would have today."""

from collections import Counter as Counted
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from starlette.responses import Response

from onecity.casework import APPLICANT, simulated_laws
from onecity.kernel.clock import Calendar, Day, Run, due
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.packs import Text
from onecity.services.bundles import critical_path, latest_days, materials_of, saved
from onecity.services.cited import FREE
from onecity.services.declared import Condition, Item, Needed, Permits
from onecity.services.elsewhere import elsewhere_of
from onecity.services.everyday import ELSEWHERE, EVENTS, ITEMS
from onecity.services.intermediaries import Intermediary, intermediaries_of
from onecity.services.rules import Why
from onecity.services.web.counter import Counter
from onecity.services.web.listed import ListedGuides
from onecity.services.web.offers import offer_at
from onecity.services.web.pledges import pledge_text
from onecity.services.web.shown import AT, bring_words, contest, limit_words

_OFTEN_SAID: Final = 3
"""So many papers with the same sentence below them make a list in which nobody reads it."""


def _days(items: Mapping[str, Item], path: Sequence[str], calendar: Calendar, since: date) -> list[Day]:
    """The days of the items that wait for each other, one after another, numbered through."""
    days: list[Day] = []
    for name in path:
        run = due(calendar, Run(since, items[name].limit.limit))
        offset = max((day.number or 0 for day in days), default=0)
        later = run.days[1:] if days else run.days
        days += [msgspec.structs.replace(day, number=day.number + offset if day.number else None) for day in later]
        since = run.day
    return days


def _all_days(items: Sequence[Item], *, mixed: str) -> str:
    """The key of the words for the days of all items together; `mixed` if not all count the same days."""
    units = {str(item.limit.unit) for item in items}
    return f"services.limit.{units.pop() if len(units) == 1 else mixed}"


def _free(item: Item) -> bool:
    """Whether the law says that it costs nothing: a permit for which the pack knows no fee."""
    return item.kind is Permits.PERMIT and item.fee is None and not item.template


def _often_said(materials: Sequence[Mapping[str, str]]) -> str:
    """What holds for most papers of a long list and is said above it, once; empty if nothing does."""
    hint, times = Counted(one["hint"] for one in materials).most_common(1)[0] if materials else ("", 0)
    return hint if times >= _OFTEN_SAID else ""


def _source(visit: Visit, demand: Condition | Needed) -> str:
    """The article by which something is demanded, or that it is an example."""
    return visit.cited(demand.because.citation) if demand.because else visit.say("services.guide.example")


def _hint(visit: Visit, needed: Needed, made: Intermediary | None) -> str:
    """Why a paper is asked for, by which article, and who has to make it if that is up to others."""
    said = [needed.why.said(visit.lang), _source(visit, needed)]
    if made is not None:
        said.append(visit.say("services.guide.made_by", who=made.who.said(visit.lang)))
        said.append(visit.cited(made.because.citation))
    # Of many papers the article is all that is said, and one article may say both.
    return " · ".join(dict.fromkeys(said))


class Guides:
    """Pages that everybody may read."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._listed = ListedGuides(counter)

    def row(self, visit: Visit, path: str) -> dict[str, str]:
        """An item, a life event or what is not decided here as a row of a list; the last leads nowhere and says all."""
        if path.startswith(ELSEWHERE):
            return self._elsewhere(visit, path.removeprefix(ELSEWHERE))
        offer = offer_at(path, self._counter.catalogue)
        if offer is None:
            return self._listed.row(visit, path)
        if offer.event is not None:
            return {
                "href": path,
                "icon": offer.event.icon,
                "title": offer.event.name.said(visit.lang),
                "subtitle": offer.event.plain.said(visit.lang),
                "figure": f"{len(offer.event.parts)}→1",
                "unit": visit.say("services.matters"),
            }
        item = self._counter.catalogue.item(offer.id)
        assert item is not None, "the offer is an item"
        return {
            "href": path,
            "icon": "file",
            "title": item.called.said(visit.lang),
            "subtitle": item.plain.said(visit.lang),
            "figure": "",
            "unit": "",
        }

    def _elsewhere(self, visit: Visit, name: str) -> dict[str, str]:
        one = elsewhere_of(self._counter.catalogue.pack)[name]
        who, how = one.who.said(visit.lang), one.how.said(visit.lang)
        told = visit.say("services.search.elsewhere", who=who, how=how)
        return {"href": "", "icon": "building", "title": one.name.said(visit.lang), "subtitle": "", "told": told}

    async def event(self, visit: Visit) -> Response:
        """The guide of a life event: everything on, accepted today; what one form spares."""
        name, catalogue = visit.path("event"), self._counter.catalogue
        event = catalogue.event(name)
        if event is None:
            return self._listed.event(visit, name) or visit.refuse(Refused(Why.NO_SUCH_EVENT))
        items = catalogue.bundle([part.item for part in event.parts])
        latest = latest_days(items, self._counter.office.calendar, since=visit.today)
        last = max(latest, key=lambda item: latest[item])
        path = critical_path(items, last)
        asked = catalogue.fields(list(items), event)
        rows = [
            {
                "title": items[part.item].called.said(visit.lang),
                "subtitle": self._of_part(visit, items[part.item], part.because),
                "meta": self._limit(visit, items[part.item]),
            }
            for part in event.parts
        ]
        questions = len(event.questions)
        fresh = visit.say("services.event.start", number=questions) if questions else visit.say("services.guide.start")
        return visit.page(
            AT + "event.html",
            title=event.name.said(visit.lang),
            name=name,
            start=await self._start(visit, f"{EVENTS}{name}", fresh),
            event=event,
            latest=latest[last],
            provisional=self._counter.office.calendar.provisional(latest[last]),
            with_answers=self._with_answers(items, visit.today),
            days=_days(items, path, self._counter.office.calendar, visit.today),
            last=items[last],
            all_days=_all_days(list(items.values()), mixed="natural_days"),
            waits=self._sum(visit, [items[one] for one in path]),
            agencies=len({item.agency for item in items.values()}),
            online=not any(item.visits for item in items.values()),
            price=self._price(visit, list(items.values())),
            saved=saved(items, asked=len(asked)),
            materials=(brought := self._brought(visit, materials_of(items))),
            often=_often_said(brought),
            bring=bring_words(visit, len(brought)),
            fetched=[catalogue.material(made) for item in items.values() if (made := item.result.material)],
            rows=rows,
            composed=visit.say("services.listed.name_is.composed") if event.composed else "",
            of_project=self._counter.projects.asks_for(list(items)),
            back_url="/",
        )

    def _with_answers(self, items: Mapping[str, Item], today: date) -> date:
        """The day that the application will bear if it is handed in today: before acceptance an answer takes time."""
        catalogue, calendar = self._counter.catalogue, self._counter.office.calendar
        answered_in = {name: catalogue.process(item).answered_in for name, item in items.items()}
        return max(latest_days(items, calendar, since=today, answered_in=answered_in).values())

    def _sum(self, visit: Visit, items: Sequence[Item]) -> str:
        """The days of items one after another; days of the calendar are not called working days."""
        return visit.say(_all_days(items, mixed="days"), number=sum(item.limit.limit.number for item in items))

    def _price(self, visit: Visit, items: Sequence[Item]) -> str:
        """What the items cost together; free only where the law says so of all of them."""
        fen = sum(item.fee.fen for item in items if item.fee)
        if any(item.template for item in items):
            return visit.say("services.guide.fee_unknown")
        if fen:
            return visit.say("services.guide.yuan", number=f"{fen / 100:g}")
        return visit.say("services.guide.free" if all(map(_free, items)) else "services.guide.fee_none")

    def _of_part(self, visit: Visit, item: Item, because: Text | None) -> str:
        agency = self._counter.agency(item.agency).name.said(visit.lang)
        return f"{agency} · {because.said(visit.lang)}" if because else agency

    def _limit(self, visit: Visit, item: Item) -> str:
        return visit.say(limit_words(item.limit.unit), number=item.limit.limit.number)

    def _promise(self, visit: Visit, item: Item) -> str:
        """Who gives the days: the law, the city that promises fewer, or only the simulated city."""
        limit = item.limit
        law = visit.say(limit_words(limit.unit), number=limit.number)
        kind = "law" if limit.promised is None else "promised"
        if limit.because.law in self._counter.catalogue.pack.once(simulated_laws):
            kind = "simulated"
        return visit.say(f"services.guide.promise.{kind}", limit=self._limit(visit, item), law=law)

    async def item(self, visit: Visit) -> Response:
        """The guide of one item: the latest day if it were accepted today, and why that day."""
        name = visit.path("item")
        item = self._counter.catalogue.item(name)
        if item is None:
            return self._listed.item(visit, name) or visit.refuse(Refused(Why.NO_SUCH_ITEM))
        start = await self._start(visit, f"{ITEMS}{name}", visit.say("services.guide.start"))
        told = self.told(visit, name, item)
        return visit.page(
            AT + "guide.html", title=item.called.said(visit.lang), name=name, start=start, back_url="/", **told
        )

    def told(self, visit: Visit, name: str, item: Item) -> dict[str, Any]:
        """All that the guide of an item tells, by the names under which its templates show it."""
        fields = self._counter.catalogue.fields([name])
        asks = [
            {"term": fields[asked.field].ask.said(visit.lang), "value": asked.because.said(visit.lang)}
            for asked in item.asks
        ]
        return {
            "item": item,
            "limits": self._limits(visit, name),
            "conflict": self._conflict(visit, name),
            "latest": due(self._counter.office.calendar, Run(visit.today, item.limit.limit)),
            "with_answers": self._with_answers({name: item}, visit.today),
            "promise": self._promise(visit, item),
            "limit": self._limit(visit, item),
            "asks": asks,
            "needs": self._needs(visit, name, item),
            "bring": bring_words(visit, len(item.needs)),
            "conditions": self._conditions(visit, item),
            "pledge": self._pledge(visit, name),
            "steps": self._steps(visit, item),
            "facts": self._facts(visit, item),
            "of_project": self._counter.projects.asks_for([name]),
        }

    def _pledge(self, visit: Visit, name: str) -> dict[str, Any] | None:
        """What is declared where the item is decided on a pledge as well."""
        pledge = self._counter.catalogue.pledges([name]).get(name)
        return pledge_text(pledge, counter=self._counter, lang=visit.lang) if pledge else None

    async def _start(self, visit: Visit, path: str, fresh: str) -> str:
        """What the button of a guide says: whoever has begun goes on."""
        if visit.visitor is None or path not in await self._counter.drafts.begun(visit.subject):
            return fresh
        return visit.say("services.guide.go_on")

    def _limits(self, visit: Visit, name: str) -> list[dict[str, Any]]:
        """The limits that several laws name for an item, the one that holds first; none where one law names one."""
        row = self._counter.catalogue.listing.items.get(name)
        found = self._listed.limits(visit, row) if row is not None else []
        return found if len(found) > 1 else []

    def _conflict(self, visit: Visit, name: str) -> bool:
        """Whether an older law of the province or the city still names more days."""
        row = self._counter.catalogue.listing.items.get(name)
        return row is not None and row.resolved(visit.today).conflict

    def _conditions(self, visit: Visit, item: Item) -> list[dict[str, str]]:
        """What must be so, with its article, or that it is an example."""
        return [{"say": one.say.said(visit.lang), "law": _source(visit, one)} for one in item.conditions]

    def _brought(self, visit: Visit, materials: Sequence[str]) -> list[dict[str, str]]:
        """What somebody brings to a life event, and how each paper must be."""
        found = [self._counter.catalogue.material(name) for name in materials]
        return [{"name": one.name.said(visit.lang), "hint": one.hint.said(visit.lang)} for one in found]

    def _needs(self, visit: Visit, name: str, item: Item) -> list[dict[str, str]]:
        """What must be there, why, by which article or that it is an example, who has to make it, and what may follow
        later.
        """
        others = intermediaries_of(self._counter.catalogue.pack).get(name, {})
        return [
            {
                "name": self._counter.thing(needed.material, visit.lang),
                "hint": _hint(visit, needed, others.get(needed.material)),
                "tag": visit.say("services.guide.later") if needed.later else "",
            }
            for needed in item.needs
        ]

    def _steps(self, visit: Visit, item: Item) -> list[dict[str, str]]:
        """The steps that an application may take, with whose they are."""
        process, lang = self._counter.catalogue.process(item), visit.lang
        agency = self._counter.agency(item.agency).name.said(lang)
        return [
            {
                "name": step.name.said(lang),
                "law": visit.cited(step.because.citation),
                "who": visit.say("services.guide.you") if step.duty == APPLICANT else agency,
            }
            for step in process.steps.values()
        ]

    def _facts(self, visit: Visit, item: Item) -> list[dict[str, Any]]:
        """Who, by which law, at what price, with what result, and where to contest it."""
        agency, say = self._counter.agency(item.agency), visit.say
        fee = self._price(visit, [item])
        if item.fee or _free(item):
            fee = f"{fee} · {visit.cited(item.fee.because.citation if item.fee else FREE.citation)}"
        coming = say("services.guide.times", number=item.visits) if item.visits else say("services.guide.no_visit")
        rows = {
            "result": item.result.name.said(visit.lang),
            "fee": fee,
            "visits": coming,
            "law": visit.cited(item.basis.citation),
            "who": agency.name.said(visit.lang),
            "ask": agency.phone,
            "complain": agency.complaints,
            "contest": contest(visit, item.remedy),
        }
        calls = ("ask", "complain")
        return [
            {"term": say(f"services.guide.{term}"), "value": value, "called": term in calls}
            for term, value in rows.items()
        ]
