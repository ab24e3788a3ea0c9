"""What can be applied for, and the guide of each item with the dates that it would have today."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from starlette.responses import Response

from onecity.kernel.clock import Calendar, Day, Run, due
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.packs import Text
from onecity.services.bundles import critical_path, latest_days, materials_of, saved
from onecity.services.declared import Item
from onecity.services.rules import Why
from onecity.services.web.counter import Counter

AT: Final = "services/web/templates/"


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


class Guides:
    """Pages that everybody may read."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def items(self, visit: Visit) -> Response:
        """All items that can be applied for now."""
        rows = [
            {"href": f"/items/{name}", "title": item.name.said(visit.lang), "subtitle": item.plain.said(visit.lang)}
            for name, item in self._counter.catalogue.items()
        ]
        return visit.page(AT + "items.html", title=visit.say("services.items"), items=rows)

    async def event(self, visit: Visit) -> Response:
        """The guide of a life event: everything on, accepted today; what one form spares."""
        name, catalogue = visit.path("event"), self._counter.catalogue
        event = catalogue.event(name)
        if event is None:
            return visit.refuse(Refused(Why.NO_SUCH_EVENT))
        items = catalogue.bundle([part.item for part in event.parts])
        latest = latest_days(items, self._counter.office.calendar, since=visit.today)
        last = max(latest, key=lambda item: latest[item])
        path = critical_path(items, last)
        asked = catalogue.fields(list(items), event)
        rows = [
            {
                "title": items[part.item].name.said(visit.lang),
                "subtitle": self._of_part(visit, items[part.item], part.because),
                "meta": self._limit(visit, items[part.item]),
            }
            for part in event.parts
        ]
        return visit.page(
            AT + "event.html",
            title=event.name.said(visit.lang),
            name=name,
            event=event,
            latest=latest[last],
            days=_days(items, path, self._counter.office.calendar, visit.today),
            last=items[last],
            agencies=len({item.agency for item in items.values()}),
            saved=saved(items, asked=len(asked)),
            materials=[catalogue.material(material) for material in materials_of(items)],
            fetched=[catalogue.material(made) for item in items.values() if (made := item.result.material)],
            rows=rows,
            back_url="/",
        )

    def _of_part(self, visit: Visit, item: Item, because: Text | None) -> str:
        agency = self._counter.agency(item.agency).name.said(visit.lang)
        return f"{agency} · {because.said(visit.lang)}" if because else agency

    def _limit(self, visit: Visit, item: Item) -> str:
        return visit.say(f"services.limit.{item.limit.unit}", number=item.limit.limit.number)

    async def item(self, visit: Visit) -> Response:
        """The guide of one item: the latest day if it were accepted today, and why that day."""
        name = visit.path("item")
        item = self._counter.catalogue.item(name)
        if item is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        fields = self._counter.catalogue.fields([name])
        asks = [
            {"term": fields[asked.field].ask.said(visit.lang), "value": asked.because.said(visit.lang)}
            for asked in item.asks
        ]
        return visit.page(
            AT + "guide.html",
            title=item.name.said(visit.lang),
            name=name,
            item=item,
            latest=due(self._counter.office.calendar, Run(visit.today, item.limit.limit)),
            agency=self._counter.agency(item.agency),
            asks=asks,
            needs=[self._counter.catalogue.material(needed.material) for needed in item.needs],
            back_url="/",
        )
