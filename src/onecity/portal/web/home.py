"""Home: what waits for the person, what runs, what can be done."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from onecity.machinery.web import EVERYBODY, SIGNED_IN, Door, Route, Visit
from onecity.notices import unread
from onecity.people.web import RECENT
from onecity.services.web import Affairs, Counter

DOORS: Final = (
    Door("/", "portal.home", "home", EVERYBODY),
    Door("/letters", "notices.inbox", "mail", SIGNED_IN),
)
_MOST_CARDS: Final = 3


class Home:
    """The page behind `/`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)

    def routes(self) -> Sequence[Route]:
        return (Route("GET", "/", EVERYBODY, self._home),)

    async def _home(self, visit: Visit) -> Response:
        letters = reads = 0
        if visit.visitor is not None:
            about = await self._counter.reachable(visit)
            async with self._counter.ledger.readers.acquire() as connection:
                letters = await unread(connection, visit.subject, about=about)
            reads = await self._counter.reads.count_since(visit.visitor.person, visit.now - RECENT)
        items = [
            {"href": f"/items/{name}", "title": item.name.said(visit.lang), "subtitle": item.plain.said(visit.lang)}
            for name, item in self._counter.catalogue.items()
        ]
        return visit.page(
            "portal/web/templates/home.html",
            title=visit.say("portal.home"),
            bar="home",
            letters=letters,
            reads=reads,
            cards=await self._affairs.cards(visit, limit=_MOST_CARDS) if visit.visitor else [],
            events=[
                {
                    "href": f"/life-events/{name}",
                    "icon": event.icon,
                    "title": event.name.said(visit.lang),
                    "subtitle": event.plain.said(visit.lang),
                    "figure": f"{len(event.parts)}→1",
                }
                for name, event in self._counter.catalogue.events()
            ],
            items=items,
        )
