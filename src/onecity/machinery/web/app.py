"""The edge of the city: each declared route behind one guard, and every failure in words that help."""

from collections.abc import Sequence
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from onecity.kernel.acting import Channel
from onecity.kernel.errors import CityError
from onecity.machinery.web import problems
from onecity.machinery.web.entrance import Crowding, LogAndHeaders, Room, own_form
from onecity.machinery.web.forms import Form, TooLarge, TooSlow, read_form
from onecity.machinery.web.language import is_api, language_of
from onecity.machinery.web.look import LOOK_ROUTES
from onecity.machinery.web.routes import Route
from onecity.machinery.web.site import Site, visible
from onecity.machinery.web.visit import Visit


def build_app(site: Site, routes: Sequence[Route]) -> Starlette:
    """The ASGI application of the declared routes."""
    declared = (*routes, *LOOK_ROUTES)
    taken = {(route.method, route.path) for route in declared}
    assert len(taken) == len(declared), "two routes share a method and a path"
    assert all(route.method == "GET" for route in declared if route.may_lag), "a command is never asked of a standby"

    async def failed(request: Request, failure: Exception) -> Response:
        return await problems.answer(site, request, failure)

    app = Starlette(
        middleware=[
            Middleware(LogAndHeaders, secure=site.secure),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(site.hosts)),
        ],
        exception_handlers={HTTPException: failed, CityError: failed, Exception: failed},
    )
    crowding = app.state.crowding = Crowding()
    room = app.state.room = Room()
    app.router = _Shelves([_mounted(site, route, crowding, room) for route in declared])
    # What is declared can be asked of the application, so that a test can hold it against what it does.
    app.state.declared = declared
    return app


Shelf: TypeAlias = tuple[int, str]
"""How many parts a path has, and the first of them."""


class _Shelves(Router):
    """Asks only the routes of a path's shelf; of two hundred few are left. Whatever they do not know, all are asked."""

    def __init__(self, routes: Sequence[StarletteRoute]) -> None:
        super().__init__(routes)
        shelves: dict[Shelf, list[StarletteRoute]] = {}
        for route in routes:
            assert not route.path.startswith("/{"), "a path begins with a word, by which it is found"
            shelves.setdefault(_shelf(route.path), []).append(route)
        ask_all = super().app
        self._shelves = {shelf: Router(found, default=ask_all) for shelf, found in shelves.items()}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        shelf = self._shelves.get(_shelf(scope["path"])) if scope["type"] == "http" else None
        await (shelf.app if shelf else super().app)(scope, receive, send)


def _shelf(path: str) -> Shelf:
    """Where routes of a path lie.

    >>> _shelf("/desk/cases/{case}")
    (3, 'desk')
    """
    return path.count("/"), path.split("/", 2)[1] if path.startswith("/") else ""


def _mounted(site: Site, route: Route, crowding: Crowding, room: Room) -> StarletteRoute:
    async def endpoint(request: Request) -> Response:
        request.state.route, request.state.begun = route.path, False
        try:
            with crowding.let_in(route.path), room.shared() as request.state.take:
                response = await _answered(site, route, request)
        except TooLarge:
            response = await problems.answer(site, request, HTTPException(413))
        except TooSlow:
            response = await problems.answer(site, request, HTTPException(503, headers={"Retry-After": "5"}))
        except Exception as failure:  # noqa: BLE001 - answered here, so that the answer leaves with our headers and mark
            response = await problems.answer(site, request, failure)
        # Whoever was turned away at the door has written nothing, and costs the database nothing.
        if route.method == "POST" and site.reading is not None and request.state.begun:
            await site.reading.mark(request, response)
        return response

    # One endpoint for each method, so that a GET never reaches what was declared for POST.
    return StarletteRoute(route.path, endpoint, methods=[route.method], name=f"{route.method} {route.path}")


async def _answered(site: Site, route: Route, request: Request) -> Response:
    if "\0" in request.url.path or any("\0" in text for text in request.path_params.values()):
        # The sign zero is in no id and no name, and no database takes it.
        raise HTTPException(404)
    now = site.now()
    by_program = is_api(request)
    visitor = await site.who_comes(request, now)
    if not visible(visitor, route.who):
        if visitor is None and not by_program:
            back = request.url.path if route.method == "GET" else "/"
            return RedirectResponse(f"/sign-in?next={back}", status_code=303)
        raise HTTPException(401 if visitor is None else 403)
    if visitor is not None and visitor.lapsed:
        # What was meant for another is not done for oneself.
        raise HTTPException(403, detail="mandate")
    if route.rate is not None:
        caller = str(visitor.person) if visitor else request.client.host if request.client else "unknown"
        if await site.brake(f"{route.path} {caller}", route.rate, now):
            raise HTTPException(429, headers={"Retry-After": str(route.rate.seconds)})
    form = Form()
    if route.method == "POST" and not by_program:
        form = await read_form(request, request.state.take, files=route.files, with_files=site.upload_bytes)
        if not own_form(request, form, visitor):
            raise HTTPException(403, detail="csrf")
    channel = Channel.API if by_program else Channel.PHONE
    mode = "elder" if request.cookies.get("mode") == "elder" else ""
    visit = Visit(request, site, now, language_of(request), mode, channel, visitor, form)
    request.state.begun = True
    return await (site.reading.answered(route, visit) if site.reading is not None else route.answer(visit))
