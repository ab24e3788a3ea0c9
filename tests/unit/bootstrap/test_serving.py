"""Only proxies that are named are believed for whom they speak."""

from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from onecity.bootstrap.serve import served
from onecity.bootstrap.settings import Settings


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers who came, and how."""
    request = Request(scope)
    assert request.client is not None
    await PlainTextResponse(f"{request.url.scheme} {request.client.host}")(scope, receive, send)


@pytest.mark.parametrize(
    ("proxies", "peer", "told"),
    [
        ((), "10.1.0.9", "http 10.1.0.9"),
        (("10.1.0.9",), "10.1.0.9", "https 203.0.113.7"),
        (("10.1.0.0/24",), "10.1.0.9", "https 203.0.113.7"),
        (("10.1.0.0/24",), "10.2.0.9", "http 10.2.0.9"),
    ],
)
async def test_whom_a_proxy_speaks_for(tmp_path: Path, proxies: tuple[str, ...], peer: str, told: str) -> None:
    config = served(who, Settings(tmp_path, proxies=proxies))
    config.load()
    app: ASGIApp = config.loaded_app
    headers = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(peer, 1)), base_url="http://city.example"
    ) as http:
        assert (await http.get("/", headers=headers)).text == told
