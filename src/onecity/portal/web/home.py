"""Home: what waits for the person, what runs, what can be done."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from onecity.machinery.web import EVERYBODY, SIGNED_IN, Door, Route, Visit
from onecity.notices import unread
from onecity.people.web import RECENT
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.frequent import events_in_order, items_in_order
from onecity.services.web import Affairs, Counter, Guides

DOORS: Final = (
    Door("/", "portal.home", "home", EVERYBODY),
    Door("/letters", "notices.inbox", "mail", SIGNED_IN),
)
_MOST_CARDS: Final = 3
_MOST_EVENTS: Final = 6
_MOST_ITEMS: Final = 6
_MOST_HINTS: Final = 4


class Home:
    """The page behind `/`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)
        self._guides = Guides(counter)

    def routes(self) -> Sequence[Route]:
        return (Route("GET", "/", EVERYBODY, self._home),)

    def _hints(self, lang: str) -> list[str]:
        """A few everyday words with which to begin a search: the first that the life events know, which are Chinese;
        else their names.
        """
        catalogue = self._counter.catalogue
        events = [event for name in events_in_order(catalogue.pack) if (event := catalogue.event(name))]
        if lang != "zh":
            return [event.name.said(lang) for event in events][:_MOST_HINTS]
        return [event.also[0] for event in events if event.also][:_MOST_HINTS]

    async def _home(self, visit: Visit) -> Response:
        letters = reads = 0
        pack = self._counter.catalogue.pack
        if visit.visitor is not None:
            within = await self._counter.reachable(visit)
            async with self._counter.ledger.readers.acquire() as connection:
                letters = await unread(connection, visit.subject, within)
            reads = await self._counter.reads.count_since(visit.visitor.person, visit.now - RECENT)
        return visit.page(
            "portal/web/templates/home.html",
            title=visit.say("portal.home"),
            bar="home",
            letters=letters,
            reads=reads,
            cards=await self._affairs.cards(visit, limit=_MOST_CARDS) if visit.visitor else [],
            events=[self._guides.row(visit, f"{EVENTS}{name}") for name in events_in_order(pack)[:_MOST_EVENTS]],
            items=[self._guides.row(visit, f"{ITEMS}{name}") for name in items_in_order(pack)[:_MOST_ITEMS]],
            halls=bool(self._counter.halls.halls),
            hints=[{"href": f"/search?q={quote(word)}", "label": word} for word in self._hints(visit.lang)],
        )
