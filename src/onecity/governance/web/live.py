"""Streams of what changes: for officers within their scope, for whoever reported about their own report.

They tell ids and stages and nothing else; what is shown is asked of the page itself. Source: HTML, server-sent events.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from onecity.governance.events import Event, Kind, Live, Stream, TooMany
from onecity.governance.events.live import Shows
from onecity.governance.web.centre import PILLAR, Centre
from onecity.kernel.acting import Held
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, OFFICER, Route, Visit

_RATE: Final = Rate(60, 60)
_AGAIN_S: Final = 30
"""After how many seconds somebody comes again for whom there is no stream."""
_LONGEST_ID: Final = 18


class Change(msgspec.Struct, frozen=True):
    """What an officer is told: which case, its number, and the stage that it has now."""

    case: UUID
    number: str
    stage: str


class OwnChange(msgspec.Struct, frozen=True):
    """What whoever reported is told: the stage."""

    stage: str


class LiveStreet:
    """The streams of the street."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def routes(self) -> Sequence[Route]:
        """The same stream for pages, which come with a cookie, and for programs, which bring a token."""
        return (
            Route("GET", "/street/live", OFFICER, self.street, _RATE),
            Route("GET", "/api/street/live", OFFICER, self.street, _RATE),
            Route("GET", "/follow/{token}/live", EVERYBODY, self.report, _RATE),
        )

    async def street(self, visit: Visit) -> Response:
        """What changes within the scope of an officer."""
        someone, centre = visit.someone, self._centre.street.rules.centre
        held = someone.duties_of(PILLAR)

        def shows(event: Event) -> bytes | None:
            if not seen_by(event, held, centre, someone.person):
                return None
            one, about = event.news, event.about
            return msgspec.json.encode(Change(one.case, about.number, one.stage))

        return await self._stream(visit, str(someone.person), shows)

    async def report(self, visit: Visit) -> Response:
        """What changes for one report."""
        report = await self._centre.followed(visit)
        if isinstance(report, Refused):
            return visit.refuse(report)
        client = visit.request.client
        shows, address = of_report(report.id, report.case), client.host if client else "unknown"
        return await self._stream(visit, f"report {report.id}", shows, address)

    async def _stream(self, visit: Visit, who: str, shows: Shows, address: str | None = None) -> Response:
        live = self._centre.live
        stream = await live.open(who, address=address)
        if isinstance(stream, TooMany):
            status = 503 if stream is TooMany.HOUSE else 429
            raise HTTPException(status, headers={"Retry-After": str(_AGAIN_S)})
        return _Streaming(live, stream, shows, _last_of(visit))


def seen_by(event: Event, held: Sequence[Held], centre: str, person: UUID) -> bool:
    """Whether an event lies within the scope of one of some duties: at the centre, or at whoever has the case; or is
    a lot that fell on the person, who comes from elsewhere.
    """
    about = event.about
    if event.news.drawn == person:
        return True
    agencies = {centre, *event.news.agencies, *((about.lead,) if about.lead else ())}
    return any(one.scope.department in agencies and one.scope.reaches(about.area) for one in held)


def of_report(report: UUID, case: UUID) -> Shows:
    """What is told of one report: whatever happens to it, and to the case that it follows at that moment."""
    follows = case

    def shows(event: Event) -> bytes | None:
        nonlocal follows
        one = event.news
        if one.report == report and one.kind in (Kind.JOINED, Kind.PARTED):
            follows = one.case
        if report != one.report and one.case != follows:
            return None
        # Another report that joins the case says nothing about this one.
        return msgspec.json.encode(OwnChange(one.stage)) if one.report in (None, report) else None

    return shows


def _last_of(visit: Visit) -> int | None:
    """The last position that a page saw; whatever is no position counts as none."""
    text = visit.request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


class _Streaming(StreamingResponse):
    """A stream that is given back whatever ends it, also before it began."""

    def __init__(self, live: Live, stream: Stream, shows: Shows, last: int | None) -> None:
        # A proxy that gathers an answer before it hands it on would hold everything up.
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(live.messages(stream, shows, last=last), media_type="text/event-stream", headers=headers)
        self._live = live
        self._own = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._live.leave(self._own)
