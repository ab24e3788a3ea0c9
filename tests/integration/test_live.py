"""Open pages of a running city hear what changes, and a receiver that is killed hears everything once it is back."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from onecity.drills.cities import Pattern, Program, RunningCity
from onecity.governance.tokens import token_of
from onecity.machinery.keystore import KeyStore

MATTER: Final = "z:road_collapse"
PLACE: Final = {"longitude": 113.6651, "latitude": 34.7466}
PATIENCE_S: Final = 20.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def operator(city: RunningCity) -> Iterator[Program]:
    found = city.program("shoulitai")
    yield found
    found.close()


def reported(city: RunningCity) -> Mapping[str, Any]:
    sent = {"words": "路面塌了一个洞", "matter": MATTER, "point": PLACE}
    answer = httpx.post(f"{city.address}/api/reports", json=sent, trust_env=False)
    answer.raise_for_status()
    found: Mapping[str, Any] = answer.json()
    return found


class Listener:
    """A page that is open: every message with its position."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self.status, self.kind, self.retry_after = 0, "", ""
        self.heard: list[tuple[int, str, Any]] = []
        self.last = -1
        self._open = asyncio.Event()
        self._task = asyncio.create_task(self._listen(url, dict(headers)))

    async def opened(self) -> "Listener":
        await asyncio.wait_for(self._open.wait(), PATIENCE_S)
        return self

    async def _listen(self, url: str, headers: dict[str, str]) -> None:
        async with (
            httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            self.status, self.kind = answer.status_code, answer.headers.get("content-type", "")
            self.retry_after = answer.headers.get("retry-after", "")
            event: dict[str, str] = {}
            try:
                async for line in answer.aiter_lines():
                    self._take(line, event)
                    self._open.set()
            finally:
                self._open.set()

    def _take(self, line: str, event: dict[str, str]) -> None:
        if line:
            name, _, text = line.partition(": ")
            event[name] = text
            return
        self.last = int(event.get("id", self.last))
        if "event" in event:
            self.heard.append((self.last, event["event"], json.loads(event["data"])))
        event.clear()

    async def until(self, number: int) -> None:
        await wait(lambda: len(self.heard) >= number)

    async def case(self, number: str) -> str:
        """The case of a report, once it was heard."""
        await wait(lambda: any(data["number"] == number for _, _, data in self.heard))
        return str(next(data["case"] for _, _, data in self.heard if data["number"] == number))

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def ended(self) -> None:
        await asyncio.wait_for(self._task, PATIENCE_S)


async def wait(holds: Callable[[], bool], *, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds; it must within some seconds."""
    ends = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < ends, "it never came true"
        await asyncio.sleep(0.05)


async def at_the_centre(city: RunningCity, operator: Program, last: int | None = None) -> Listener:
    """A stream of the operator's."""
    headers = {"authorization": operator.http.headers["authorization"]}
    resumed = {} if last is None else {"last-event-id": str(last)}
    return await Listener(f"{city.address}/api/street/live", headers | resumed).opened()


def link(city: RunningCity, told: Mapping[str, Any]) -> str:
    keys = KeyStore(city.data / "keys")
    token = token_of(UUID(told["report"]), keys.service_key("reports"))
    keys.close()
    return f"{city.address}/follow/{token}/live"


async def test_an_officer_hears_of_stages_and_comes_back_to_what_they_missed(
    city: RunningCity, operator: Program
) -> None:
    listener = await at_the_centre(city, operator)
    assert (listener.status, listener.kind) == (200, "text/event-stream; charset=utf-8")
    told = reported(city)
    await listener.until(1)
    [(position, event, data)] = listener.heard
    assert (event, data["number"], data["stage"]) == ("change", told["number"], "intake")
    assert data.keys() == {"case", "number", "stage"}
    await listener.close()
    missed = reported(city)
    again = await at_the_centre(city, operator, position)
    await again.until(1)
    assert again.heard[0][2]["number"] == missed["number"]
    assert again.heard[0][0] > position
    await again.close()


async def test_whoever_reported_hears_of_their_own_report_only(city: RunningCity, operator: Program) -> None:
    at = await at_the_centre(city, operator)
    told, other = reported(city), reported(city)
    await at.until(2)
    mine = await Listener(link(city, told), {}).opened()
    for one in (other, told):
        case = await at.case(one["number"])
        move = {"move": {"step": "intake", "outcome": "look_first"}}
        operator.post(f"/api/street/{case}/moves", move).raise_for_status()
    await at.until(4)
    await mine.until(1)
    await asyncio.sleep(1)
    assert [(event, data) for _, event, data in mine.heard] == [("change", {"stage": "look"})]
    await mine.close()
    await at.close()


async def test_with_a_stream_too_many_the_oldest_ends_and_comes_back_later(
    city: RunningCity, operator: Program
) -> None:
    held = [await at_the_centre(city, operator) for _ in range(5)]
    assert [one.status for one in held] == [200] * 5
    await held[0].ended()
    reported(city)
    for one in held[1:]:
        await one.until(1)
    assert held[0].heard == []
    for one in held:
        await one.close()


async def test_a_citizen_hears_nothing_of_the_street_and_nobody_follows_a_link_that_is_none(city: RunningCity) -> None:
    citizen = city.program()
    headers = {"authorization": citizen.http.headers["authorization"]}
    for url, status in ((f"{city.address}/api/street/live", 403), (f"{city.address}/follow/nobodys/live", 404)):
        found = await Listener(url, headers).opened()
        assert found.status == status
        await found.ended()
    citizen.close()


class Taking:
    """A receiver of events, which can be killed and come back at the same port."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[tuple[Mapping[str, str], bytes]] = []
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def kill(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def numbers(self) -> list[str]:
        return [json.loads(body)["subject"] for _, body in self.taken]


def onecity(city: RunningCity, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onecity", "governance", "hooks", *words, "--data", str(city.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_a_receiver_that_was_killed_gets_everything_in_order_once_it_is_back(city: RunningCity) -> None:
    receiver, name = Taking(), uuid4().hex
    receiver.start()
    kind = "city.onecity.street.reported"
    made = onecity(city, "new", name, f"http://127.0.0.1:{receiver.port}/hook", "--kind", kind)
    assert made.returncode == 0, made.stderr
    tested = onecity(city, "test", name, "--json")
    assert json.loads(tested.stdout)["taken"], tested.stdout
    sent = [reported(city)["number"]]
    await wait(lambda: sent[0] in receiver.numbers())
    receiver.kill()
    sent += [reported(city)["number"] for _ in range(3)]
    # Long enough for a first try that fails; the second one comes after five seconds, a third after half a minute.
    await asyncio.sleep(2)
    receiver.start()
    await wait(lambda: receiver.numbers()[-1] == sent[-1], patience_s=90)
    assert [number for number in receiver.numbers() if number != name] == sent
    headers, body = receiver.taken[-1]
    assert Webhook(made.stdout.strip()).verify(body, dict(headers))["type"] == kind
    receiver.kill()
    assert onecity(city, "test", name).returncode == 4
    [listed] = json.loads(onecity(city, "list", "--json").stdout)
    assert (listed["name"], listed["waits"], listed["dead"]) == (name, 0, 0)
    assert json.loads(onecity(city, "dead", "--json").stdout) == []
    assert f"0 events will be sent to {name} again" in onecity(city, "again", name).stdout
    assert "0 events waiting" in onecity(city, "resume", name).stdout
    assert onecity(city, "end", name).returncode == 0
    assert onecity(city, "end", name).returncode == 1


async def test_open_pages_end_with_the_city(open_folder: Path, pattern: Pattern) -> None:
    """In a city of its own, which no other test finds stopped."""
    city = RunningCity(pattern.copied(open_folder / "ends"))
    await asyncio.to_thread(city.start)
    try:
        operator = city.program("shoulitai")
        listener = await at_the_centre(city, operator)
        operator.close()
        began = time.monotonic()
        assert await asyncio.to_thread(city.stop) == 0
        await listener.ended()
    finally:
        city.clean()
    # The server would wait ten seconds for whoever still hears something.
    assert time.monotonic() - began < 8
