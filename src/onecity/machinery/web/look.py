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
    content = visit.site.pages.small_css if packed(visit) else visit.site.pages.css
    return kept_for(visit, content, "text/css", seconds=_A_YEAR_S, more=", immutable")


async def script(visit: Visit) -> Response:
    """A module; its address changes with its content."""
    scripts = visit.site.pages.scripts
    content = scripts.read(visit.path("name"), small=packed(visit))
    if content is None or visit.path("version") != scripts.version:
        raise HTTPException(404)
    return kept_for(visit, content, "text/javascript", seconds=_A_YEAR_S, more=", immutable")


def packed(visit: Visit) -> bool:
    """Whether whoever asks can read what was packed. Only what says nothing of anybody may travel so."""
    return "gzip" in visit.request.headers.get("accept-encoding", "")


def kept_for(visit: Visit, content: bytes, media: str, *, seconds: int, more: str = "") -> Response:
    """A file that is the same for everybody and may be kept on the way; `content` is packed if that can be read."""
    headers = {"cache-control": f"public, max-age={seconds}{more}", "vary": "accept-encoding"}
    if packed(visit):
        headers["content-encoding"] = "gzip"
    return Response(content, media_type=media, headers=headers)


LOOK_ROUTES: Final = (
    Route("GET", "/look", EVERYBODY, look),
    Route("GET", "/static/{name}.css", EVERYBODY, style),
    Route("GET", "/static/{version}/{name}.js", EVERYBODY, script),
)
