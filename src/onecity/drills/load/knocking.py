"""Knocking at a city's door: as little of the machine as possible goes into asking, because it is shared."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from onecity.drills.load.towns import Somebody

_END: Final = b"\r\n\r\n"


class Reply(msgspec.Struct, frozen=True):
    """A status, the head and the body, and how long they took. Units: seconds."""

    status: int
    head: bytes
    body: bytes
    seconds: float


class Line:
    """One connection that is kept; one question at a time."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None and parts.port is not None, "the city named its address"
        self._host, self._port = parts.hostname, parts.port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, who: Somebody | None = None, *, compressed: bool = False) -> Reply:
        """A page, as somebody's browser asks for it."""
        head = {"cookie": f"session={who.token}"} if who else {}
        return await self._ask("GET", path, head | ({"accept-encoding": "gzip"} if compressed else {}), b"")

    async def get_json(self, path: str, who: Somebody) -> Reply:
        """An answer for a program."""
        return await self._ask("GET", path, {"authorization": f"Bearer {who.token}"}, b"")

    async def form(self, path: str, fields: Mapping[str, str], who: Somebody | None) -> Reply:
        """A form with its word."""
        body = urlencode({**fields, "csrf": who.csrf if who else ""}).encode()
        head = {"cookie": f"session={who.token}"} if who else {}
        return await self._ask("POST", path, head | {"content-type": "application/x-www-form-urlencoded"}, body)

    async def knock(self, method: str, path: str, who: Somebody | None) -> Reply:
        """An empty command or a question of a program, by anybody."""
        head = {"authorization": f"Bearer {who.token}"} if who else {}
        if method == "GET":
            return await self._ask(method, path, head, b"")
        return await self._ask(method, path, head | {"content-type": "application/json"}, b"{}")

    async def send(self, path: str, body: object, who: Somebody, *, key: str = "") -> Reply:
        """A command of a program."""
        head = {"authorization": f"Bearer {who.token}", "content-type": "application/json"}
        if key:
            head["idempotency-key"] = key
        return await self._ask("POST", path, head, msgspec.json.encode(body))

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _ask(self, method: str, path: str, head: Mapping[str, str], body: bytes) -> Reply:
        began = time.perf_counter()
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=2**22)
        assert self._reader is not None, "both ends are opened together"
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}:{self._port}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        self._writer.write("\r\n".join(lines).encode() + _END + body)
        got = await self._reader.readuntil(_END)
        if b"content-length" not in got.lower():
            # What has no length goes on for as long as somebody listens.
            await self.close()
        length = int(got.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        content = await self._reader.readexactly(length) if length else b""
        return Reply(int(got[9:12]), got, content, time.perf_counter() - began)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def in_turn(address: str, questions: Sequence[Callable[[Line], Awaitable[Reply]]]) -> list[float]:
    """Milliseconds of each question, one after another on one line."""
    line, found = Line(address), list[float]()
    for ask in questions:
        reply = await ask(line)
        assert reply.status == 200, f"answered {reply.status}"
        found.append(1_000 * reply.seconds)
    await line.close()
    return found


async def at_rate(
    address: str, questions: Sequence[Callable[[Line], Awaitable[Reply]]], *, each_second: float, lines: int = 32
) -> list[float]:
    """Milliseconds from the moment at which each question was due, however long the ones before took."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(lines):
        free.put_nowait(Line(address))
    began, found = time.perf_counter(), list[float]()

    async def one(number: int, ask: Callable[[Line], Awaitable[Reply]]) -> None:
        due = began + number / each_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line = await free.get()
        reply = await ask(line)
        assert reply.status == 200, f"answered {reply.status}"
        found.append(1_000 * (time.perf_counter() - due))
        free.put_nowait(line)

    await asyncio.gather(*(one(number, ask) for number, ask in enumerate(questions)))
    while not free.empty():
        await free.get_nowait().close()
    return found
