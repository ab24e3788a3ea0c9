"""One request, the batch in which it was written and the job that goes on with it are one trace; nobody's data is in it."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from uuid import uuid4

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from structlog.testing import capture_logs
from tests.http import street
from tests.http.towns import Town

from onecity.bootstrap.logs import write_logs
from onecity.bootstrap.moment import now
from onecity.governance.events import follow_street
from onecity.governance.usecases import hooks
from onecity.kernel.errors import CannotStart
from onecity.machinery.telemetry import telling
from onecity.machinery.tracing import begin
from onecity.places import CITY

TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
ABOVE: Final = "00f067aa0ba902b7"
WORDS: Final = "麤骉驫门前有个洞"
TOLD: Final = {
    "http.request.method", "http.route", "http.response.status_code", "onecity.request", "onecity.batch",
    "onecity.commands", "onecity.job", "onecity.batches",
}  # fmt: skip
"""All that a span may tell."""


class Collector:
    """A collector in this process, which keeps what it is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Says nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self) -> Iterator[None]:
        thread = Thread(target=partial(self._server.serve_forever, poll_interval=0.05))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span for request in requests for resource in request.resource_spans for scope in resource.scope_spans
            for span in scope.spans
        ]  # fmt: skip


async def followed(town: Town) -> int:
    return await follow_street(
        town.clock(), ledger=town.city.memory.ledger, origin=town.city.pack.one(CITY).ledger_origin
    )


async def reported(town: Town) -> str:
    """Somebody reports, and asks for their trace to be continued; the name of the request."""
    sent = {"words": WORDS, "matter": street.MATTER, "point": street.PLACE}
    headers = {"traceparent": f"00-{TRACE}-{ABOVE}-01", "idempotency-key": str(uuid4())}
    answer = await town.caller().ask("POST", "/api/reports", json=sent, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["x-request-id"]


@pytest.fixture
async def heard(alone: Town) -> Town:
    """A town in which a program hears of the street, from now on."""
    memory = alone.city.memory
    key = memory.keys.service_key("hooks")
    await hooks.new_hook(
        "board", "https://hooks.example.cn/x", (), pool=memory.pool, key=key, loopback=False, now=alone.clock()
    )
    await alone.seal()
    await followed(alone)
    return alone


async def test_a_request_its_batch_and_the_job_that_goes_on_are_one_trace(heard: Town) -> None:
    collector = Collector()
    with collector.open(), capture_logs() as lines:
        with telling(collector.address, version="0", clock=now):
            request = await reported(heard)
            await heard.seal()
            assert await followed(heard) > 0
        assert begin("nobody hears", "") is None
    spans = [span for span in collector.spans() if span.trace_id.hex() == TRACE]
    by_name = {span.name: span for span in spans}
    assert [by_name[name].parent_span_id.hex() for name in ("request", "batch", "governance.follow")] == [
        ABOVE, by_name["request"].span_id.hex(), by_name["batch"].span_id.hex(),
    ]  # fmt: skip
    told = {one.key: one.value for span in spans for one in span.attributes}
    assert told["onecity.request"].string_value == request
    assert told["http.route"].string_value == "/api/reports"
    assert {one.key for span in collector.spans() for one in span.attributes} <= TOLD
    everything = b"".join(collector.bodies)
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)
    assert not [secret for secret in (WORDS, "门前", "113.6651", "34.7466") if secret.encode() in everything]
    told_by_log(lines, request, told["onecity.batch"].string_value)


def told_by_log(lines: "list[Any]", request: str, batch: str) -> None:
    """The log says the same, whether anybody hears of spans or not."""
    [own] = [line for line in lines if line["event"] == "request" and line["id"] == request]
    assert batch in own["batches"]
    [written] = [line for line in lines if line["event"] == "batch" and line["id"] == batch]
    assert request in written["requests"]
    after = [line for line in lines if line["event"] == "went on" and request in line["requests"]]
    assert [(line["job"], batch in line["after"]) for line in after] == [("governance.follow", True)]


async def test_without_a_collector_the_log_names_the_same_and_no_span_is_begun(heard: Town) -> None:
    with capture_logs() as lines:
        request = await reported(heard)
        await heard.seal()
        await followed(heard)
    [own] = [line for line in lines if line["event"] == "request"]
    told_by_log(lines, request, own["batches"][0])
    assert begin("nobody hears", "") is None


async def test_requests_that_share_a_batch_are_all_named_by_it(town: Town) -> None:
    with capture_logs() as lines:
        names = await asyncio.gather(*(reported(town) for _ in range(6)))
    named = [line for line in lines if line["event"] == "batch"]
    assert {request for line in named for request in line["requests"]} >= set(names)
    assert sum(line["commands"] for line in named) >= len(names)
    batches = {line["id"]: line for line in named}
    for own in (line for line in lines if line["event"] == "request"):
        assert all(own["id"] in batches[batch]["requests"] for batch in own["batches"])


def test_a_line_of_a_library_becomes_json_without_its_words(tmp_path: Path) -> None:
    """What the city is asked for on a disk: nothing but JSON, whoever speaks."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        write_logs(tmp_path / "log")
        logging.getLogger("some.library").error("cannot reach %s", WORDS)
        structlog.get_logger("onecity.test").info("ours", number=1)
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)
    text = (tmp_path / "log").read_text("utf-8")
    found: list[Mapping[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert [(one["event"], one.get("logger")) for one in found] == [("a library spoke", "some.library"), ("ours", None)]
    assert all({"timestamp", "level"} <= one.keys() for one in found)
    assert "骉" not in text


def test_a_city_without_the_packages_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    with (
        pytest.raises(CannotStart, match=r"pip install onecity\[traces\]"),
        telling("http://x", version="0", clock=now),
    ):
        raise AssertionError("it cannot begin")
