"""How pages look for this visitor: language and size of type, kept in two cookies; and the files that never change."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from onecity.machinery.web.routes import EVERYBODY, Route
from onecity.machinery.web.visit import Visit

_CHOICES: Final = {"lang": ("zh", "en"), "mode": ("normal", "elder")}
_A_YEAR_S: Final = 365 * 24 * 3600


def local_path(text: str) -> str:
    """A path of this site, whatever was given: nobody is sent elsewhere by a link of ours.

    >>> local_path("/mine"), local_path("//evil.example"), local_path("https://evil.example")
    ('/mine', '/', '/')
    """
    local = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if local else "/"


async def look(visit: Visit) -> Response:
    """Keep the chosen language or size of type and go back to the page."""
    asked = visit.request.query_params
    answer = RedirectResponse(local_path(asked.get("back", "/")), 303)
    for name, known in _CHOICES.items():
        if asked.get(name) in known:
            answer.set_cookie(
                name, asked[name], max_age=_A_YEAR_S, samesite="lax", httponly=True, secure=visit.site.secure
            )
    return answer


async def style(visit: Visit) -> Response:
    """The style sheet; its address changes with its content."""
    if visit.request.url.path != visit.site.pages.css_url:
        raise HTTPException(404)
    return _for_ever(visit, visit.site.pages.css, visit.site.pages.small_css, "text/css")


async def script(visit: Visit) -> Response:
    """A module of the few scripts; its address changes with its content."""
    modules = visit.site.pages.modules.values()
    found = next((one for one in modules if one.url == visit.request.url.path), None)
    if found is None:
        raise HTTPException(404)
    return _for_ever(visit, found.content, found.small, "text/javascript")


def _for_ever(visit: Visit, content: bytes, small: bytes, kind: str) -> Response:
    headers = {"cache-control": f"public, max-age={_A_YEAR_S}, immutable", "vary": "accept-encoding"}
    if "gzip" not in visit.request.headers.get("accept-encoding", ""):
        return Response(content, media_type=kind, headers=headers)
    return Response(small, media_type=kind, headers=headers | {"content-encoding": "gzip"})


LOOK_ROUTES: Final = (
    Route("GET", "/look", EVERYBODY, look),
    Route("GET", "/static/{name}.css", EVERYBODY, style),
    Route("GET", "/static/{name}.js", EVERYBODY, script),
)
