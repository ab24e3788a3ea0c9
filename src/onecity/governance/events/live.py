"""Live pages: one reader in each process follows the ledger while somebody looks, and feeds all open streams.

A stream holds no connection to the database: it waits in memory. It ends by itself after some minutes, so that whoever
lost a duty or signed out hears nothing more, and the page comes back with the last position that it saw.
Source: HTML Living Standard, server-sent events.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from onecity.governance.events import store
from onecity.governance.events.kinds import SHOWN, Event, events, news_of
from onecity.ledger import FactBook, sealed_until, stretch
from onecity.machinery.postgres import is_down

if TYPE_CHECKING:
    from asyncpg import Pool

_LOG: Final = structlog.get_logger("onecity.live")
MOST: Final = 200
"""Open streams of a process."""
MOST_OF_LINKS: Final = MOST // 2
"""Of these, how many may be of links of reports: strangers who hold links never shut officers out."""
EACH: Final = 4
"""Open streams of one person, or of one report; with one more, the oldest ends. A page that was left is the oldest."""
EACH_ADDRESS: Final = 12
"""Open streams of links from one address: a household, or some behind one gate of a mobile network."""
LOOK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0
LONGEST_S: Final = 300.0
RETRY_MS: Final = 3_000
"""After how long a browser comes back."""
REPLACED_RETRY_MS: Final = 60_000
"""And after how long one whose stream ended for a newer page, so that two open pages do not chase each other."""
_WAITING: Final = 64
"""Rounds that a stream may lag behind; after that it ends, and its page comes back for what it missed."""
_MOST_STRETCHES: Final = 10
"""How far back somebody who comes again is told one by one; who was away for longer is told to look anew."""

Shows: TypeAlias = Callable[[Event], bytes | None]
"""What somebody may be told of an event, as JSON; None if nothing."""


class TooMany(StrEnum):
    """Why no stream is opened: their address has enough of them, or the house."""

    ADDRESS = "address"
    HOUSE = "house"


class Stream:
    """One open page. `joined` is the position from which the reader feeds it, `address` that of whoever has a link."""

    def __init__(self, who: str, joined: int, address: str | None = None) -> None:
        self.who = who
        self.address = address
        self.joined = joined
        self.replaced = False
        self.heard: asyncio.Queue[tuple[Event, ...] | None] = asyncio.Queue(_WAITING)

    def hear(self, told: tuple[Event, ...]) -> None:
        """Take what happened; a stream that lags too far ends."""
        if self.heard.full():
            self.end()
        else:
            self.heard.put_nowait(told)

    def end(self) -> None:
        """Let the stream end before anything else that waits in it."""
        while not self.heard.empty():
            self.heard.get_nowait()
        self.heard.put_nowait(None)


class Live:
    """All open streams of a process, and the one reader that feeds them."""

    def __init__(
        self, readers: "Pool", book: FactBook, *, most: int = MOST, each: int = EACH, of_links: int = MOST_OF_LINKS
    ) -> None:
        self._readers = readers
        self._book = book
        self._most = most
        self._each = each
        self._of_links = of_links
        self._streams: dict[Stream, None] = {}
        self._of: Counter[str] = Counter()
        self._position = 0
        self._reader: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._closed = False

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    async def open(self, who: str, *, address: str | None = None) -> Stream | TooMany:
        """A stream for somebody, from now on, of a link if there is an `address`. Whoever gets it gives it back."""
        async with self._beginning:
            oldest = self._oldest(who)
            full = self._full(address, oldest)
            if full is not None:
                return full
            if oldest is not None:
                self._replace(oldest)
            if self._reader is None or self._reader.done():
                async with self._readers.acquire() as connection:
                    self._position = await sealed_until(connection)
            found = Stream(who, self._position, address)
            self._streams[found] = None
            self._of[who] += 1
            if self._closed:
                found.end()
            elif self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._read())
            return found

    def _oldest(self, who: str) -> Stream | None:
        """The oldest stream of somebody who has as many as anybody may: it ends for one more."""
        return next(stream for stream in self._streams if stream.who == who) if self._of[who] >= self._each else None

    def _replace(self, oldest: Stream) -> None:
        """End a stream for a newer one of the same person."""
        oldest.replaced = True
        oldest.end()
        self.leave(oldest)

    def _full(self, address: str | None, ends: Stream | None) -> TooMany | None:
        """Why there is no stream for one more, were it not for the one that `ends`; None if there is one."""
        stay = [stream for stream in self._streams if stream is not ends]
        links = [stream.address for stream in stay if stream.address is not None]
        if address is not None and links.count(address) >= EACH_ADDRESS:
            return TooMany.ADDRESS
        full = len(stay) >= self._most or (address is not None and len(links) >= self._of_links)
        return TooMany.HOUSE if full else None

    def leave(self, stream: Stream) -> None:
        """Somebody looks no more."""
        if stream in self._streams:
            del self._streams[stream]
            self._of -= Counter([stream.who])

    def close(self) -> None:
        """End all streams, and every new one at once: the city stops."""
        self._closed = True
        for stream in self._streams:
            stream.end()

    async def messages(self, stream: Stream, shows: Shows, *, last: int | None = None) -> AsyncIterator[bytes]:
        """What a page hears, as bytes on the wire; `last` is the position that it saw last."""
        yield f"retry: {RETRY_MS}\n".encode() + _at(stream.joined - 1)
        if last is not None and last + 1 < stream.joined:
            async for missed in self._missed(stream, shows, last + 1):
                yield missed
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_S
        while (left := ends - loop.time()) > 0:
            try:
                told = await asyncio.wait_for(stream.heard.get(), min(HEARTBEAT_S, left))
            except TimeoutError:
                # Everything before the reader's position was heard, so the page need not ask for it again.
                yield _at(self._position - 1)
                continue
            if told is None:
                if stream.replaced:
                    yield f"retry: {REPLACED_RETRY_MS}\n\n".encode()
                return
            for message in _messages(told, shows):
                yield message

    async def _missed(self, stream: Stream, shows: Shows, since: int) -> AsyncIterator[bytes]:
        """What happened between the last position of a page and its coming back."""
        for _ in range(_MOST_STRETCHES):
            told, end = await self._told(since, until=stream.joined)
            for message in _messages(told, shows):
                yield message
            if end >= stream.joined:
                return
            since = end
        yield f"event: reset\nid: {stream.joined - 1}\ndata: {{}}\n\n".encode()

    async def _told(self, since: int, *, until: int | None = None) -> tuple[tuple[Event, ...], int]:
        """What happened from a position on, and where the next look begins."""
        async with self._readers.acquire() as connection:
            found = await stretch(connection, self._book, SHOWN, since=since)
            own = tuple(one for one in map(news_of, found.facts) if one is not None)
            known = await store.abouts(connection, [one.case for one in own]) if own else {}
        told = events(own, known)
        return tuple(one for one in told if until is None or one.news.position < until), found.end

    async def _read(self) -> None:
        """Feed all streams as long as there is one; when the database goes away, wait for it."""
        while self._streams and not self._closed:
            try:
                told, end = await self._told(self._position)
            except Exception as failure:  # noqa: BLE001 - the edge of a task that nobody waits for
                _LOG.warning("live pages wait", failure=type(failure).__name__)
                if not is_down(failure):
                    for stream in self._streams:
                        stream.end()
                    return
                await asyncio.sleep(LOOK_S)
                continue
            moved, self._position = end > self._position, end
            if told:
                for stream in self._streams:
                    stream.hear(told)
            if not moved:
                await asyncio.sleep(LOOK_S)


def _at(position: int) -> bytes:
    """A sign of life that moves the position of a page and shows nothing."""
    return f"id: {position}\n\n".encode() if position >= 0 else b": \n\n"


def _messages(told: Iterable[Event], shows: Shows) -> Iterator[bytes]:
    for event in told:
        said = shows(event)
        if said is not None:
            yield f"event: change\nid: {event.news.position}\ndata: ".encode() + said + b"\n\n"
