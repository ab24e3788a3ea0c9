"""The pages of the inbox."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.machinery.web import SIGNED_IN, Paging, Route, Visit
from onecity.machinery.web.visit import read_id
from onecity.notices import store
from onecity.notices.facts import LetterSent
from onecity.notices.rules import Why
from onecity.notices.store import DeliveryRow, FolderRow, LetterRow
from onecity.notices.usecases import open_letter
from onecity.notices.writing import Scribe

Reachable = Callable[[Visit], Awaitable[Sequence[UUID] | None]]
"""The affairs whose letters a visitor may read for another; None if they act for themself. Bootstrap connects it."""

_AT: Final = "notices/web/templates/"
_TO_AFFAIR: Final = ("/affairs/{about}", "notices.affair")
_A_PAGE: Final = 50
_MOST_TABS: Final = 5


Leads: TypeAlias = Callable[[LetterSent], tuple[str, str] | None]
"""Where a letter leads: an address with a place for what it is `about`, and the words for it; None to its affair."""


class LetterPages:
    """Letters, the newest first; opening one is a fact. Who acts for another sees theirs, within the mandate.

    A letter leads to its affair, unless `leads` knows another way for it: an address and the words for it.
    """

    def __init__(self, ledger: Ledger, scribe: Scribe, leads: Leads, reachable: Reachable) -> None:
        self._ledger = ledger
        self._scribe = scribe
        self._leads = leads
        self._reachable = reachable

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", "/letters", SIGNED_IN, self.inbox),
            Route("GET", "/letters/{letter}", SIGNED_IN, self.letter),
        )

    async def inbox(self, visit: Visit) -> Response:
        """All letters, or those of one affair, or those that nobody opened."""
        within, asked = await self._reachable(visit), visit.request.query_params
        about, unopened = read_id(asked.get("affair", "")), "unopened" in asked
        async with self._ledger.readers.acquire() as connection:
            folders = await store.folders(connection, visit.subject, within)
            paging = Paging.of(visit, _how_many(folders, about, unopened=unopened), _A_PAGE)
            letters = await store.inbox(
                connection, visit.subject, within, about=about, unopened=unopened, limit=_A_PAGE, offset=paging.offset
            )
        return visit.page(
            _AT + "inbox.html",
            title=visit.say("notices.inbox"),
            letters=[self._row(visit, letter) for letter in letters],
            unopened=sum(folder.unopened for folder in folders),
            tabs=self._tabs(visit, folders, about, unopened=unopened),
            paging=paging,
        )

    def _row(self, visit: Visit, letter: LetterRow) -> dict[str, Any]:
        return {
            "href": visit.at(f"/letters/{letter.letter}"),
            "title": self._scribe.line(letter.kind, visit.lang, letter.matter),
            "from": self._scribe.agency(visit.lang, letter.sender),
            "at": letter.sent,
            "unread": letter.opened is None,
        }

    def _tabs(
        self, visit: Visit, folders: Sequence[FolderRow], about: UUID | None, *, unopened: bool
    ) -> list[dict[str, Any]]:
        """All letters, those that nobody opened, and those of each affair; nothing to choose from with one affair."""
        if len(folders) < 2:
            return []
        waiting = sum(folder.unopened for folder in folders)
        found = [
            _tab(
                visit,
                visit.say("notices.all"),
                sum(folder.letters for folder in folders),
                {},
                current=not (about or unopened),
            )
        ]
        if waiting:
            found.append(_tab(visit, visit.say("notices.unopened"), waiting, {"unopened": ""}, current=unopened))
        for folder in folders:
            if len(found) < _MOST_TABS or folder.about == about:
                asked = {"affair": str(folder.about)}
                found.append(
                    _tab(visit, self._folder(visit, folder), folder.letters, asked, current=folder.about == about)
                )
        return found

    def _folder(self, visit: Visit, folder: FolderRow) -> str:
        """An affair is called by what its first letter was about, and by that letter's day."""
        day = visit.site.pages.formats[visit.lang].day(
            day_in(visit.site.zone, folder.begun), today=visit.today, weekday=False
        )
        about = self._scribe.about(visit.lang, folder.matter) or visit.say("notices.other")
        return visit.say("notices.folder", about=about, day=day)

    async def letter(self, visit: Visit) -> Response:
        """One letter; reading it is a fact."""
        asked = visit.id("letter")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        within = await self._reachable(visit)
        found = await open_letter(asked, within=within, ledger=self._ledger, by=visit.acting(), now=visit.now)
        if isinstance(found, Refused):
            return visit.refuse(found)
        async with self._ledger.readers.acquire() as connection:
            deliveries = await store.deliveries(connection, [found.id])
        written, day = self._scribe.of(found.fact, visit.lang), day_in(visit.site.zone, found.sent)
        address, words = self._leads(found.fact) or _TO_AFFAIR
        return visit.page(
            _AT + "letter.html",
            title=written.title,
            written=written,
            sender=self._scribe.agency(visit.lang, found.fact.sender),
            to=visit.someone.acting_for.name if visit.someone.acting_for else visit.someone.name,
            day=day,
            # On paper the year stands even if it is this one.
            full_day=visit.site.pages.formats[visit.lang].full_day(day),
            law=found.fact.law,
            number=found.id,
            deliveries=[delivery_line(visit, row) for row in deliveries],
            lead={"href": visit.at(address.format(about=found.fact.about)), "label": visit.say(words)},
            back_url=visit.at("/letters"),
        )


def _how_many(folders: Sequence[FolderRow], about: UUID | None, *, unopened: bool) -> int:
    chosen = [folder for folder in folders if about in (None, folder.about)]
    return sum(folder.unopened if unopened else folder.letters for folder in chosen)


def _tab(visit: Visit, label: str, count: int, asked: dict[str, str], *, current: bool) -> dict[str, Any]:
    return {"href": visit.at(f"/letters?{urlencode(asked)}"), "label": label, "count": count, "current": current}


def delivery_line(visit: Visit, row: DeliveryRow) -> str:
    """How telling somebody of a letter ended, and when: 9月22日 10:18 短信已发."""
    said = visit.say(f"notices.delivery.{row.channel}.{row.state}")
    if row.simulated:
        said = visit.say("notices.delivery.simulated", said=said)
    return f"{visit.site.pages.formats[visit.lang].instant(row.at, today=visit.today)} {said}" if row.at else said
