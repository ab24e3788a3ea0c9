"""Only proxies that are named are believed for whom they speak, and only programs that are named read the metrics."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec
import pytest
import yaml
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from onecity.bootstrap.health import health_routes
from onecity.bootstrap.serve import served
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.units import compose_files, deployment_of
from onecity.bootstrap.units.compose import GATEWAY
from onecity.cli.run import run
from onecity.kernel.acting import Channel
from onecity.machinery.watch import Watch
from onecity.machinery.web import Visit

NOW: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)


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


SEVERAL: Final = Settings(Path("/srv/onecity"), host="10.77.0.31", proxies=("10.77.0.51",))


def contained(settings: Settings) -> Settings:
    """The settings of a city in a container, as the line of its compose file makes them."""
    [text] = compose_files(deployment_of(settings, Path("/etc/onecity/onecity.toml"))).values()
    _, *words = yaml.load(text, Loader=yaml.CSafeLoader)["services"]["city"]["command"]
    options = run.make_context("run", words).params
    return msgspec.structs.replace(settings, host=options["host"], watchers=options["watchers"])


async def scraped(settings: Settings, peer: str, headers: Mapping[str, str] | None = None) -> int:
    """The status that a program gets which comes from an address for the metrics."""

    class Still(Watch):
        async def look(self, now: datetime) -> None:
            """Nothing is read."""

    [route] = [one for one in health_routes(None, Still(None, settings.data, ()), settings) if one.path == "/metrics"]  # type: ignore[arg-type]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(Request(scope), None, NOW, "en", "", Channel.PHONE, None, None)  # type: ignore[arg-type]
        try:
            await (await route.answer(visit))(scope, receive, send)
        except HTTPException as failure:
            await PlainTextResponse("", failure.status_code)(scope, receive, send)

    config = served(answer, settings)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://city.example") as http:
        return (await http.get("/metrics", headers=headers)).status_code


@pytest.mark.threat("T30")
@pytest.mark.parametrize(
    ("settings", "peer", "status"),
    [
        (Settings(Path("/srv")), "127.0.0.1", 200),
        (Settings(Path("/srv"), host="::"), "::ffff:127.0.0.1", 200),
        (SEVERAL, "10.77.0.31", 200),
        (SEVERAL, "10.77.0.61", 404),
        (SEVERAL, "10.77.0.51", 404),
        (msgspec.structs.replace(SEVERAL, watchers=("10.77.0.61",)), "10.77.0.61", 200),
        (msgspec.structs.replace(SEVERAL, watchers=("10.77.0.0/24",)), "10.77.0.61", 200),
        (msgspec.structs.replace(SEVERAL, watchers=("10.77.0.61",)), "10.77.0.62", 404),
        (contained(Settings(Path("/srv"))), GATEWAY, 200),
        (contained(Settings(Path("/srv"))), "127.0.0.1", 200),
        (contained(Settings(Path("/srv"), host="10.77.0.31")), GATEWAY, 404),
        (contained(SEVERAL), "10.201.77.9", 404),
        (contained(Settings(Path("/srv"), watchers=("10.201.77.9",))), "10.201.77.9", 200),
    ],
)
async def test_metrics_are_read_by_whoever_watches_and_by_nobody_else(
    settings: Settings, peer: str, status: int
) -> None:
    assert await scraped(settings, peer) == status
    # Through a proxy nobody reads them, also where the proxy may.
    assert await scraped(settings, peer, {"x-forwarded-for": "127.0.0.1"}) == 404
