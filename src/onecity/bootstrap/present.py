"""The city under the rules that hold now: doors and jobs ask here, and a new version takes its place at its instant."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from onecity.bootstrap.city import City, city_under
from onecity.kernel.errors import Unavailable
from onecity.ledger import holding
from onecity.machinery.postgres import is_down

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_LOG: Final = structlog.get_logger("onecity.present")
_LOOK_S: Final = 1.0
_AHEAD: Final = timedelta(seconds=2)
"""A version is made ready this long before it begins, so that all processes change over at the same instant."""

Pause = Callable[[float], Awaitable[bool]]
"""Waits so many seconds; true if the city is to stop."""


class Present:
    """An ASGI application that is always the present city. Requests under way end in the city in which they began."""

    def __init__(self, city: City, app_of: "Callable[[City], ASGIApp]") -> None:
        self._app_of = app_of
        self.become(city)

    def become(self, city: City) -> None:
        """From the next request on, this is the city."""
        self.city, self._app = city, self._app_of(city)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        await self._app(scope, receive, send)


def pausing(stopping: asyncio.Event) -> Pause:
    """A pause that ends early when the city is to stop."""

    async def pause(seconds: float) -> bool:
        try:
            await asyncio.wait_for(stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    return pause


async def keep_present(present: Present, clock: Callable[[], datetime], pause: Pause) -> None:
    """Change over to each version of the pack at its instant, until the city is to stop.

    A version that this program cannot read changes nothing here, and the log says so once.
    """
    unreadable = ""
    while not await pause(_LOOK_S):
        try:
            found = holding(await present.city.memory.declarations.versions(), clock() + _AHEAD)
            if found is None or found.version in (present.city.pack.version, unreadable):
                continue
            city = await city_under(present.city.memory, found.version)
            await asyncio.to_thread(city.counter.catalogue.prepare_search)
        except Unavailable as failure:
            unreadable = found.version if found else ""
            _LOG.error("a version of the pack cannot be read here", version=unreadable, sentence=failure.sentence)
        except Exception as failure:
            if not is_down(failure):
                raise
            _LOG.warning("versions wait for the database", failure=type(failure).__name__)
        else:
            if not await pause(max((found.since - clock()).total_seconds(), 0)):
                present.become(city)
                _LOG.info("another version of the pack holds", version=found.version)
