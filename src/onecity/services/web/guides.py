"""What can be applied for, and the guide of each item with the dates that it would have today."""

from typing import Final

from starlette.responses import Response

from onecity.kernel.clock import Run, due
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.rules import Why
from onecity.services.web.counter import Counter

AT: Final = "services/web/templates/"


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
            back_url="/",
        )
