"""What all pages of a deployment share: the city's name, its words, the doors, and how a refusal looks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from onecity.kernel.lists import listed
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web.forms import MOST_BYTES_WITH_FILES
from onecity.machinery.web.language import is_api
from onecity.machinery.web.pages import Pages, Speech
from onecity.machinery.web.reading import Reading
from onecity.machinery.web.routes import Who

if TYPE_CHECKING:
    from onecity.machinery.web.visit import Visit, Visitor

CONFLICT: Final = 409
TOO_OFTEN: Final = 429
_STATUS: Final = {
    "not_found": 404,
    "no_such_item": 404,
    "no_such_event": 404,
    "no_such_material": 404,
    "no_such_fact": 404,
    "not_your_duty": 403,
    "same_agency": 403,
    "too_often": TOO_OFTEN,
    "locked": TOO_OFTEN,
    "not_signed_in": 401,
}


class Door(msgspec.Struct, frozen=True):
    """An entry of the main navigation; `who` sees it."""

    href: str
    words: str
    icon: str
    who: Who

    @property
    def office(self) -> bool:
        """Whether it leads to an officer's work, and not to what everybody has for themselves."""
        return self.who.officer or bool(self.who.duties)


Guard = Callable[[str, datetime], "Awaitable[Visitor | None]"]
"""Tells whose session a token is of."""

Brake = Callable[[str, Rate, datetime], Awaitable[bool]]
"""Counts one more time for a key; true if that is once too often."""

Failing: TypeAlias = Callable[[Request, int, Callable[[str], str]], Response]
"""How a protocol that others laid down says a failure, from its status and the sentence about it by language."""


class Site(msgspec.Struct, frozen=True):
    """The settings of the edge. `city` is its name by language; `now` is the only clock that pages know.

    `protocols` are, by the beginning of their paths, those whose failures have a form of their own;
    `reading` chooses the database from which a page is read, where there are several.
    """

    city: Mapping[str, str]
    words: Speech
    zone: ZoneInfo
    pages: Pages
    now: Callable[[], datetime]
    guard: Guard
    brake: Brake
    hosts: tuple[str, ...]
    simulated: bool
    secure: bool = False
    upload_bytes: int = MOST_BYTES_WITH_FILES
    doors: Sequence[Door] = ()
    protocols: Mapping[str, Failing] = {}
    reading: Reading | None = None

    @property
    def session_cookie(self) -> str:
        """The name under which a browser keeps a session.

        Behind TLS it is one that a browser takes from this very host and over https only (RFC 6265bis §4.1.3.2): a
        neighbour under the same domain cannot put a session of its own choosing in the place of it.
        """
        return "__Host-session" if self.secure else "session"

    def token_of(self, request: Request) -> str:
        """The session of a request: the bearer token on the interface for machines, the cookie on pages, never the
        other way round; empty without one.
        """
        if not is_api(request):
            return request.cookies.get(self.session_cookie, "")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    async def who_comes(self, request: Request, now: datetime) -> "Visitor | None":
        """Who makes a request; None for somebody without a session that still runs."""
        token = self.token_of(request)
        return await self.guard(token, now) if token else None

    def render(self, visit: "Visit", template: str, status: int, values: Mapping[str, Any]) -> Response:
        """A page with everything that the shells need around it."""
        html = self.pages.render(visit.lang, template, self._shell(visit) | dict(values), today=visit.today)
        return HTMLResponse(html, status)

    def refusal(self, visit: "Visit", refused: Refused) -> Response:
        """A refusal in the visitor's words, with the status that machines expect."""
        status = status_of(refused)
        sentence = visit.say(refused.reason, **refused.details)
        values = {"title": visit.say("web.refused.title"), "sentence": sentence}
        page = self.render(visit, "machinery/web/templates/refused.html", status, values)
        page.headers.update(headers_of(refused))
        return page

    def landing(self, visitor: "Visitor | None") -> str:
        """Where somebody begins who named no page: an officer at the first door of their office, all others at home."""
        office = (door.href for door in self.doors if door.office and visible(visitor, door.who))
        return next(office, "/")

    def _shell(self, visit: "Visit") -> dict[str, Any]:
        visitor, request = visit.visitor, visit.request
        other = "en" if visit.lang == "zh" else "zh"
        here = request.url.path if request.method == "GET" else "/"
        return {
            "title": visit.say("ui.shell.name"),
            "city": self.city[visit.lang],
            "simulated": self.simulated,
            "signed_in": visitor.name if visitor else None,
            "csrf": visitor.csrf if visitor else "",
            "doors": self._doors(visit),
            "mode": visit.mode,
            "css_url": self.pages.css_url,
            "language_url": "/look?" + urlencode({"lang": other, "back": here}),
            "language_label": "English" if other == "en" else "中文",
            "mode_url": "/look?" + urlencode({"mode": "normal" if visit.mode else "elder", "back": here}),
            "sign_in_url": "/sign-in",
            "sign_out_url": "/sign-out",
            "account_url": "/account",
            "today": visit.today,
            "station": self._station(visit),
            "base": visit.base,
            "acting_for": self._acting_for(visit),
        }

    def _station(self, visit: "Visit") -> str:
        """Under an officer's name stands for whom they stand in."""
        names = visit.visitor.stands_in_for if visit.visitor else ()
        return visit.say("web.stands_in_for", names=listed(names, visit.lang)) if names else ""

    def _acting_for(self, visit: "Visit") -> dict[str, str] | None:
        """The line that says for whom the visitor acts, and the way out of it."""
        acting_for = visit.visitor.acting_for if visit.visitor else None
        if acting_for is None:
            return None
        if acting_for.base:
            said = "web.at_window_for" if acting_for.agent else "web.at_window"
            text = visit.say(said, name=acting_for.name, agent=acting_for.agent)
            way_out = {"end": visit.say("web.end_reception"), "url": f"{acting_for.base}/end"}
            return way_out | {"text": text, "href": acting_for.base}
        words = {"text": visit.say("web.acting_for", name=acting_for.name), "end": visit.say("web.act_for_myself")}
        return words | {"url": "/mandates/for-myself"}

    def _doors(self, visit: "Visit") -> list[dict[str, Any]]:
        """The doors that the visitor sees; the one that leads nearest to this page is the active one."""
        path = visit.request.url.path
        seen = [door for door in self.doors if visible(visit.visitor, door.who)]
        if visit.base:
            # Beside somebody else's affairs no door leads to the officer's own.
            seen = [door for door in seen if door.office]
        above = [one.href for one in seen if path == one.href or (one.href != "/" and path.startswith(one.href + "/"))]
        active = max(above, key=len, default=None)
        return [
            {
                "href": door.href,
                "label": visit.say(door.words),
                "icon": door.icon,
                "active": door.href == active,
                "office": door.office,
            }
            for door in seen
        ]


def visible(visitor: "Visitor | None", who: Who) -> bool:
    """Whether a visitor may take what is declared for `who`."""
    if who.everybody:
        return True
    if visitor is None:
        return False
    if who.officer:
        return bool(visitor.duties)
    return who.duties is None or any(visitor.holds(duty) for duty in who.duties)


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    return _STATUS.get(refused.reason.rpartition(".")[2], CONFLICT)


def headers_of(refused: Refused) -> dict[str, str]:
    """What the answer to a refusal says beside its text: in how many seconds one may try again, where it is told."""
    seconds = refused.details.get("seconds")
    return {} if seconds is None else {"Retry-After": str(seconds)}


def held_up(form: Response, refused: Refused) -> Response:
    """A form that is shown again; where one must wait before the next try, with the status and header of that."""
    if status_of(refused) == TOO_OFTEN:
        form.status_code = TOO_OFTEN
        form.headers.update(headers_of(refused))
    return form
