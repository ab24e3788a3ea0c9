"""The pages of the inbox."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from starlette.responses import Response

from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.machinery.web import SIGNED_IN, Route, Visit
from onecity.notices import store
from onecity.notices.usecases import Why, open_letter
from onecity.notices.writing import Scribe

Reachable = Callable[[Visit], Awaitable[Sequence[UUID] | None]]
"""The affairs whose letters a visitor may read for another; None if they act for themself. Bootstrap connects it."""

_AT: Final = "notices/web/templates/"
_TO_AFFAIR: Final = ("/affairs/{about}", "notices.affair")


class LetterPages:
    """Letters, the newest first; opening one is a fact.

    A letter leads to its affair, unless `leads` names another way for its kind: an address and the words for it.
    """

    def __init__(
        self, ledger: Ledger, scribe: Scribe, leads: Mapping[str, tuple[str, str]], reachable: Reachable
    ) -> None:
        self._ledger = ledger
        self._scribe = scribe
        self._leads = leads
        self._reachable = reachable

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", "/letters", SIGNED_IN, self._inbox),
            Route("GET", "/letters/{letter}", SIGNED_IN, self._letter),
        )

    async def _inbox(self, visit: Visit) -> Response:
        about = await self._reachable(visit)
        async with self._ledger.readers.acquire() as connection:
            letters = await store.inbox(connection, visit.subject, about=about)
        rows = [
            {
                "href": f"/letters/{letter.letter}",
                "title": self._scribe.title(letter.kind, visit.lang),
                "from": self._scribe.agency(visit.lang, letter.sender),
                "at": letter.sent,
                "unread": letter.opened is None,
            }
            for letter in letters
        ]
        return visit.page(_AT + "inbox.html", title=visit.say("notices.inbox"), letters=rows)

    async def _letter(self, visit: Visit) -> Response:
        asked = visit.id("letter")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        about = await self._reachable(visit)
        found = await open_letter(asked, ledger=self._ledger, by=visit.acting(), now=visit.now, about=about)
        if isinstance(found, Refused):
            return visit.refuse(found)
        written = self._scribe.of(found.fact, visit.lang)
        address, words = self._leads.get(found.fact.kind, _TO_AFFAIR)
        return visit.page(
            _AT + "letter.html",
            title=written.title,
            written=written,
            sender=self._scribe.agency(visit.lang, found.fact.sender),
            to=visit.someone.acting_for.name if visit.someone.acting_for else visit.someone.name,
            at=found.sent,
            law=found.fact.law,
            lead={"href": address.format(about=found.fact.about), "label": visit.say(words)},
            back_url="/letters",
        )
