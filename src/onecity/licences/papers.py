"""The papers of licences: made when a holder first asks for one, then kept sealed under that holder's key."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.licences import store
from onecity.licences.model import Licence
from onecity.licences.store import Paper
from onecity.machinery.qr import drawn
from onecity.machinery.sealed import Sealed

if TYPE_CHECKING:
    from asyncpg import Pool


KEPT: Final = timedelta(days=30)
"""How long a paper is kept; it can be drawn again as long as its licence has not ended."""
_AT_ONCE: Final = 1_000


class Page(msgspec.Struct, frozen=True):
    """What stands on the paper. `warning` says what it is not, `lines` are facts as term and value."""

    title: str
    issuer: str
    warning: str
    lines: Sequence[tuple[str, str]]
    identifier: str
    address: str
    how: str
    made: datetime
    lacking: str


class Sheet(msgspec.Struct, frozen=True):
    """A plain sheet: who sends it, what stands large, paragraphs, and small lines below. `room` is the space above what
    stands large, `size` how large. Units: millimetres, points.
    """

    sender: str
    title: str
    paragraphs: Sequence[str]
    notes: Sequence[str] = ()
    room: float = 6
    size: int = 20


class Papers:
    """Papers by licence and edition. `site` is the address to which the code on a paper leads."""

    def __init__(self, pool: "Pool", sealed: Sealed) -> None:
        self._pool = pool
        self._sealed = sealed

    async def of(self, licence: Licence, page: Page, *, site: str, now: datetime) -> bytes:
        """The paper of a licence; drawn now if there is none yet, or if the city has moved since."""
        async with self._pool.acquire() as connection:
            kept = await store.paper(connection, licence.id, licence.edition)
        found = self._opened(licence, kept.blob) if kept is not None and kept.site == site else None
        if found is not None:
            return found
        # Drawing takes a third of a second of computing; meanwhile others are answered.
        content = await asyncio.to_thread(_drawn, page)
        blob = await asyncio.to_thread(self._sealed.keep, licence.holder, content, bound=_bound_to(licence))
        async with self._pool.acquire() as connection:
            await store.put_paper(connection, licence.id, licence.edition, Paper(site, blob), now)
        if kept is not None:
            await asyncio.to_thread(self._sealed.remove, kept.blob)
        return content

    async def purge(self, now: datetime) -> int:
        """Remove papers that were made some time ago, bytes first; whoever asks again gets a new one. How many."""
        async with self._pool.acquire() as connection:
            old = await store.old_papers(connection, now - KEPT, limit=_AT_ONCE)
            for blob in old:
                await asyncio.to_thread(self._sealed.remove, blob)
            return await store.drop_papers(connection, old)

    async def count(self, holder: UUID) -> int:
        """How many papers lie here of a person's licences."""
        async with self._pool.acquire() as connection:
            return len(await store.papers_of(connection, holder))

    async def erase(self, holder: UUID) -> int:
        """Remove every paper of a person's licences, bytes first; how many."""
        async with self._pool.acquire() as connection:
            theirs = await store.papers_of(connection, holder)
            for blob in theirs:
                await asyncio.to_thread(self._sealed.remove, blob)
            return await store.drop_papers(connection, theirs)

    def _opened(self, licence: Licence, blob: str) -> bytes | None:
        """The bytes of a paper; None if the holder was forgotten or the bytes are damaged."""
        return self._sealed.open(licence.holder, blob, bound=_bound_to(licence))


def _drawn(page: Page) -> bytes:
    # The printer is fetched for the first paper: no start of the city and no other command waits for it.
    from onecity.licences.drawing import drawn_page

    return drawn_page(page, drawn(page.address))


def _bound_to(licence: Licence) -> bytes:
    """Binds sealed bytes to their licence, so that they cannot be given out as another one's."""
    return f"paper {licence.id} {licence.edition}".encode()
