"""Everything that can be applied for, in lists that a person can read: agency by agency, event by event."""

from typing import Any, Final

from starlette.responses import Response

from onecity.machinery.web import Paging, Visit
from onecity.services.declared import ForWhom
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.frequent import events_in_order, items_by_agency, items_in_order
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.shown import AT

_A_PAGE: Final = 30
_AT_ONCE: Final = 60
"""So many items are one list; more are shown agency by agency."""


class Lists:
    """Pages that everybody may read."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._guides = Guides(counter)

    async def items(self, visit: Visit) -> Response:
        """The agencies with how many items each has, where there are many; else the items, or those of one agency."""
        of_agency = items_by_agency(self._counter.catalogue.pack)
        chosen = visit.request.query_params.get("agency", "")
        names = of_agency.get(chosen, items_in_order(self._counter.catalogue.pack))
        many = chosen not in of_agency and len(names) > _AT_ONCE
        paging = Paging.of(visit, len(of_agency) if many else len(names), _A_PAGE)
        here = slice(paging.offset, paging.offset + paging.a_page)
        if many:
            rows = [self._agency(visit, name, len(those)) for name, those in list(of_agency.items())[here]]
        else:
            rows = [self._guides.row(visit, f"{ITEMS}{name}") for name in names[here]]
        agency = self._counter.agency(chosen).name.said(visit.lang) if chosen in of_agency else ""
        return visit.page(
            AT + "offers.html", title=agency or visit.say("services.items"), lead=visit.say("services.items_lead"),
            tabs=[], rows=rows, paging=paging, catalogue=True, back_url="/items" if agency else "/",
        )  # fmt: skip

    def _agency(self, visit: Visit, name: str, number: int) -> dict[str, Any]:
        return {
            "href": f"/items?agency={name}", "icon": "building", "subtitle": "",
            "title": self._counter.agency(name).name.said(visit.lang),
            "figure": str(number), "unit": visit.say("services.matters"),
        }  # fmt: skip

    async def events(self, visit: Visit) -> Response:
        """All life events that can be applied for, or those of people or of firms alone."""
        asked = visit.request.query_params.get("for", "")
        whose = {name: self._whose(name) for name in events_in_order(self._counter.catalogue.pack)}
        names = [name for name, whom in whose.items() if asked in ("", whom)]
        paging = Paging.of(visit, len(names), _A_PAGE)
        shown = names[paging.offset : paging.offset + paging.a_page]
        counts = {whom: list(whose.values()).count(whom) for whom in (ForWhom.PERSON, ForWhom.FIRM)}
        tabs = [self._tab(visit, "", len(whose), asked), *(self._tab(visit, *one, asked) for one in counts.items())]
        return visit.page(
            AT + "offers.html", title=visit.say("services.life_events"), lead=visit.say("services.life_events_lead"),
            tabs=tabs, rows=[self._guides.row(visit, f"{EVENTS}{name}") for name in shown], paging=paging,
            catalogue=False, back_url="/",
        )  # fmt: skip

    def _whose(self, event: str) -> str:
        """Whose affair a life event is: a firm's if one of its items is for nobody else."""
        catalogue = self._counter.catalogue
        found = catalogue.event(event)
        items = catalogue.bundle(found.named).values() if found else ()
        return str(ForWhom.FIRM if any(one.subject is ForWhom.FIRM for one in items) else ForWhom.PERSON)

    def _tab(self, visit: Visit, whom: str, number: int, asked: str) -> dict[str, Any]:
        return {
            "href": f"/life-events?for={whom}" if whom else "/life-events",
            "label": visit.say(f"services.subject.{whom}" if whom else "services.catalogue.all"),
            "count": number,
            "current": whom == asked,
        }
