"""What every request passes: a name and a line in the log, closed doors, the count of those inside, own forms."""

import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from prometheus_client import Counter, Gauge, Histogram
from starlette.exceptions import HTTPException

from onecity.machinery.tracing import Cause, because, begin, is_traced, parent_of
from onecity.machinery.web.forms import Form

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from onecity.machinery.web.visit import Visitor

_LOG: Final = structlog.get_logger("onecity.web")
SECONDS: Final = Histogram(
    "onecity_request_seconds", "Time to answer, by route and class of status", ["method", "route", "status"]
)
TURNED_AWAY: Final = Counter("onecity_requests_turned_away", "Requests asked to come again, as too many were inside")
INSIDE: Final = Gauge("onecity_requests_inside", "Requests that are being answered")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Whoever asks may write what they like there; a metric and a log name these, and all others as one."""

_HEADERS: Final = (
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self';"
     b" frame-ancestors 'none'; object-src 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=()"),
)  # fmt: skip
_ONLY_TLS: Final = (b"strict-transport-security", b"max-age=31536000")
"""For a year browsers come over https only. Other hosts of the domain are not the city's to promise for. Unit: seconds.
Source: RFC 6797 §6.1."""


Take: TypeAlias = Callable[[int], None]
"""Tells that so many bytes of a body have come. Raises HTTPException."""

MOST_AT_ONCE: Final = 512
"""Requests that one process answers at the same time. Beyond it all would only wait longer, and nobody would be served
sooner: some hundred a second are answered, so the last of them waits about a second."""
MOST_HELD: Final = 256 * 1024 * 1024
"""Bytes of bodies that one process holds: four forms as large as one may be, or hundreds of photographs."""
_COME_AGAIN_S: Final = 2
_ALWAYS_LET_IN: Final = ("/health", "/metrics", "/static/")
"""Who watches over the city sees it at its busiest, and a page that asks for patience has its style."""


class Crowding:
    """Whoever comes while too many are being served is asked to come again, before anything is done for them."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self.most = most
        self.inside = 0

    @contextmanager
    def let_in(self, path: str) -> Iterator[None]:
        """Count somebody as long as they are served. Raises HTTPException."""
        if self.inside >= self.most and not path.startswith(_ALWAYS_LET_IN):
            TURNED_AWAY.inc()
            raise HTTPException(503, headers={"Retry-After": str(_COME_AGAIN_S)})
        self.inside += 1
        INSIDE.inc()
        try:
            yield
        finally:
            self.inside -= 1
            INSIDE.dec()


class Room:
    """How many bytes of bodies one process holds at the same time: so much memory is there, whoever sends how much."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self.most = most
        self.held = 0

    @contextmanager
    def shared(self) -> Iterator[Take]:
        """A share for one request; what it takes is free again when it has been answered.

        Taking raises HTTPException where there is no room left.
        """
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self.held + size > self.most:
                raise HTTPException(503, headers={"Retry-After": str(_COME_AGAIN_S)})
            self.held += size
            mine += size

        try:
            yield take
        finally:
            self.held -= mine


class LogAndHeaders:
    """Names each request, writes one line about it, and closes the doors that no page of ours needs.

    The line holds the route's pattern, never the address as typed: a query may hold a name.
    """

    def __init__(self, app: "ASGIApp", *, secure: bool) -> None:
        self._app = app
        self._headers = (*_HEADERS, _ONLY_TLS) if secure else _HEADERS

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name, began, status = uuid4().hex, time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = name
        span = begin("request", _parent(scope)) if is_traced() else None

        async def send_on(message: "Message") -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_ours(message["headers"], self._headers, name)
            await send(message)

        with because(Cause((name,), parent=span.parent if span else "")) as cause:
            try:
                await self._app(scope, receive, send_on)
            finally:
                seconds = time.perf_counter() - began
                route = scope["state"].get("route", "-")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                SECONDS.labels(method, route, f"{status // 100}xx").observe(seconds)
                told = {"id": name, "method": method, "route": route, "status": status}
                wrote = {"batches": cause.batches} if cause.batches else {}
                _LOG.info("request", **told, ms=round(seconds * 1000, 1), **wrote)
                if span is not None:
                    span.end({"http.request.method": method, "http.route": route,
                              "http.response.status_code": status, "onecity.request": name})  # fmt: skip


def _parent(scope: "Scope") -> str:
    """The trace that whoever asks wants continued, if they name one."""
    given = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
    return parent_of(given.decode("latin-1"))


def _with_ours(
    headers: list[tuple[bytes, bytes]], always: Sequence[tuple[bytes, bytes]], name: str
) -> list[tuple[bytes, bytes]]:
    given = {key.lower() for key, _ in headers}
    ours = [(key, value) for key, value in always if key not in given]
    # What a person sees is theirs: no cache between them and the city keeps it, unless the answer says it may.
    kept = [] if b"cache-control" in given else [(b"cache-control", b"no-store")]
    return [*headers, *ours, *kept, (b"x-request-id", name.encode())]


def own_form(request: "Request", form: Form, visitor: "Visitor | None") -> bool:
    """Whether a posted form is our own: it comes from this site and, if somebody is signed in, carries their word."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if origin is not None and urlsplit(origin).netloc != host:
        return False
    if visitor is None:
        return True
    return hmac.compare_digest(form.fields.get("csrf", "").encode(), visitor.csrf.encode())


def described(failure: Exception) -> dict[str, Any]:
    """What the log may say about a bug: its type and places, never its words, which may quote a person."""
    places: list[str] = []
    trace = failure.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"type": type(failure).__name__, "at": places[-12:]}
