"""Which database a page is read from: a standby where the route allows it, and never one that lacks what they wrote.

The only place where that is chosen. See `docs/adr/0059-read-from-a-standby-what-may-be-seconds-old.md`.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Counter
from starlette.exceptions import HTTPException

from onecity.machinery.postgres.standbys import Place, Readers, Standby, read_place
from onecity.machinery.web.language import is_api

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from onecity.machinery.web.routes import Route
    from onecity.machinery.web.visit import Visit

_LOG: Final = structlog.get_logger("onecity.web")
READS: Final = Counter(
    "onecity_reads",
    "Answers that a standby may give: those it gave, those for which none was near, those that were asked again",
    ["source"],
)
READ_AFTER: Final = "read-after"
"""The header, and on pages the cookie, that tells how far the database was when a visitor's last command was done."""
_LONGER_S: Final = 60
"""So much longer than any standby that is asked is behind, a browser keeps the cookie."""


class Reading:
    """Answers from a standby or from the primary, and tells each visitor how far their own commands have got."""

    def __init__(self, readers: Readers, *, secure: bool) -> None:
        self._readers = readers
        self._secure = secure

    async def answered(self, route: "Route", visit: "Visit") -> "Response":
        """The answer of a route. What a standby fails at or does not find, the primary is asked; so nobody is told no
        because a machine is away or late.
        """
        if not route.may_lag or not self._readers.standbys:
            return await route.answer(visit)
        standby = self._readers.near(_wrote(visit.request))
        if standby is None:
            READS.labels("primary").inc()
            return await route.answer(visit)
        response = await self._asked(standby, route, visit)
        READS.labels("again" if response is None else "standby").inc()
        return await route.answer(visit) if response is None else response

    async def _asked(self, standby: Standby, route: "Route", visit: "Visit") -> "Response | None":
        """What a standby answers; None for everything but a yes."""
        try:
            with self._readers.from_standby(standby):
                response = await route.answer(visit)
        except HTTPException:
            return None
        except Exception as failure:  # noqa: BLE001 - a bug shows itself again when the primary is asked
            _LOG.warning("a standby did not answer", standby=standby.name, failure=type(failure).__name__)
            return None
        return response if response.status_code < HTTPStatus.BAD_REQUEST else None

    async def mark(self, request: "Request", response: "Response") -> None:
        """After a command, whatever came of it, whoever sent it is told how far the database is."""
        if not self._readers.standbys:
            return
        reached = str(await self._readers.reached())
        response.headers[READ_AFTER] = reached
        if not is_api(request):
            kept_s = int(self._readers.lag_s) + _LONGER_S
            response.set_cookie(READ_AFTER, reached, max_age=kept_s, samesite="lax", httponly=True, secure=self._secure)


def _wrote(request: "Request") -> tuple[Place, ...]:
    """How far the database was after the last command of whoever asks; nothing if they bring nothing."""
    brought = (request.headers.get(READ_AFTER), request.cookies.get(READ_AFTER))
    return tuple(read_place(text) for text in brought if text)
