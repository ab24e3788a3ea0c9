"""Routes are found on their shelf, and answered as if all had been asked."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from onecity.machinery.web.app import _Shelves


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.method} {request.scope['route'].path} {request.path_params}")


ROUTES = [
    Route(path, echo, methods=[method])
    for method, path in (
        ("GET", "/"), ("GET", "/items"), ("POST", "/items"), ("GET", "/items/new"), ("GET", "/items/{item}"),
        ("POST", "/a/{x}/b"), ("GET", "/static/{name}.css"),
    )
]  # fmt: skip


def app(*, shelves: bool) -> httpx.AsyncClient:
    found = Starlette(routes=ROUTES)
    if shelves:
        found.router = _Shelves(ROUTES)
    return httpx.AsyncClient(transport=httpx.ASGITransport(found), base_url="http://city")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "//", "/items", "/items/", "/items//", "//items", "/ITEMS", "/%69tems", "/items/new", "/items/x", "/items/x/",
        "/items/x%2Fy", "/items%2Fx", "/items/%00", "/a/1/b", "/a/1/b/", "/static/x.css", "/nope", "/nope/at/all",
    ],
)  # fmt: skip
async def test_a_shelf_changes_no_answer(method: str, path: str) -> None:
    seen = []
    for shelves in (False, True):
        async with app(shelves=shelves) as client:
            answer = await client.request(method, path)
        seen.append((answer.status_code, answer.text, answer.headers.get("location"), answer.headers.get("allow")))
    assert seen[0] == seen[1]
