"""The public board: what the city tells everybody, for people and for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from onecity.kernel.instants import day_in
from onecity.ledger import Ledger
from onecity.machinery.web import EVERYBODY, Operation, Paging, Route, Visit
from onecity.notices import store
from onecity.notices.store import NoticeRow
from onecity.notices.writing import Scribe

_AT: Final = "notices/web/templates/"
_PATH: Final = "/open/notices"
_A_PAGE: Final = 20
_MOST_TABS: Final = 5


class PublicNotice(msgspec.Struct, frozen=True):
    """A notice: when and by whom, which kind, what it says, and the article behind it."""

    notice: UUID
    published: datetime
    kind: str
    agency: str
    title: str
    paragraphs: tuple[str, ...]
    law: str


class NoticeList(msgspec.Struct, frozen=True):
    """A page of notices, the newest first."""

    page: int
    pages: int
    notices: tuple[PublicNotice, ...]


class BoardPages:
    """Notices, the newest first, of all agencies or of one."""

    def __init__(self, ledger: Ledger, scribe: Scribe) -> None:
        self._ledger = ledger
        self._scribe = scribe

    def routes(self) -> Sequence[Route]:
        return (Route("GET", _PATH, EVERYBODY, self._board, may_lag=True),)

    def operations(self) -> Sequence[Operation]:
        says = "Notices on the public board, the newest first; ?agency= asks for those of one agency, ?page= for more"
        return (Operation("GET", "/api/notices", EVERYBODY, self._list, says, NoticeList, may_lag=True),)

    async def _board(self, visit: Visit) -> Response:
        agencies, paging, rows = await self._asked(visit)
        return visit.page(
            _AT + "board.html",
            title=visit.say("notices.board"),
            notices=[
                {
                    "notice": self._public(visit, row),
                    "day": day_in(visit.site.zone, row.published),
                    "agency": self._scribe.agency(visit.lang, row.agency),
                }
                for row in rows
            ],
            tabs=self._tabs(visit, agencies),
            paging=paging,
        )

    async def _list(self, visit: Visit, _: None) -> NoticeList:
        _agencies, paging, rows = await self._asked(visit)
        return NoticeList(paging.page, paging.pages, tuple(self._public(visit, row) for row in rows))

    async def _asked(self, visit: Visit) -> tuple[dict[str, int], Paging, list[NoticeRow]]:
        agency = visit.request.query_params.get("agency")
        async with self._ledger.readers.acquire() as connection:
            agencies = await store.board_agencies(connection)
            how_many = sum(agencies.values()) if agency is None else agencies.get(agency, 0)
            paging = Paging.of(visit, how_many, _A_PAGE)
            rows = await store.board(connection, agency, limit=_A_PAGE, offset=paging.offset)
        return agencies, paging, rows

    def _public(self, visit: Visit, row: NoticeRow) -> PublicNotice:
        written = self._scribe.notice(row.kind, visit.lang, row.facts, agency=row.agency)
        law = visit.cited(row.law)
        return PublicNotice(row.notice, row.published, row.kind, row.agency, written.title, written.paragraphs, law)

    def _tabs(self, visit: Visit, agencies: dict[str, int]) -> list[dict[str, Any]]:
        """All notices, and those of the agencies with the most; the others are found by their name in a notice."""
        if len(agencies) < 2:
            return []
        asked = visit.request.query_params.get("agency")
        everything = {
            "href": _PATH, "label": visit.say("notices.all"), "count": sum(agencies.values()), "current": asked is None,
        }  # fmt: skip
        return [everything] + [
            {
                "href": f"{_PATH}?agency={name}", "label": self._scribe.agency(visit.lang, name), "count": count,
                "current": asked == name,
            }
            for place, (name, count) in enumerate(agencies.items())
            if place < _MOST_TABS or asked == name
        ]  # fmt: skip
