"""Counting what a search did not understand, and telling it to those who can name things better."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.instants import day_in
from onecity.kernel.search import Found
from onecity.ledger import Together
from onecity.people import anybody_called
from onecity.services.catalogue import Catalogue
from onecity.services.riddles import store
from onecity.services.riddles.rules import is_riddle, names_in, phrase_in
from onecity.services.riddles.store import Riddle

if TYPE_CHECKING:
    from asyncpg import Pool

KEPT: Final = timedelta(days=90)
"""How long a phrase stays that nobody asks any more."""
HASHES_KEPT: Final = timedelta(days=30)
"""How long a hash waits for the next who asks the same."""
NEW_A_DAY: Final = 2_000
"""New phrases that a day takes: with what is kept how long, that is all the room that anybody can fill."""
_WHO_BYTES: Final = 2
"""Bytes of the hash of an asker: so few that hundreds share each value, and not even the key tells who it was."""
_AT_ONCE: Final = 200


class _Asked(msgspec.Struct, frozen=True):
    """A phrase that somebody asked for on a day."""

    phrase: str
    who: str
    day: date


class Riddles:
    """What people search for and the city does not understand. The key of the hashes lies outside the database."""

    def __init__(self, pool: "Pool", key: bytes, catalogue: Catalogue, zone: ZoneInfo) -> None:
        self._pool = pool
        self._key = key
        self._catalogue = catalogue
        self._zone = zone
        # One connection is enough for what nobody waits for.
        self._noting = Together(self._put, at_once=1)

    async def note(self, question: str, who: str, *, now: datetime) -> None:
        """Count a question that was not understood, as far as it may be counted. `who` is what counts as one asker."""
        phrase = phrase_in(question, self._catalogue.wanted(question))
        if phrase:
            await self._noting.ask(_Asked(phrase, who, day_in(self._zone, now)))

    async def _put(self, asked: Sequence[_Asked]) -> list[None]:
        async with self._pool.acquire() as connection:
            for one in asked:
                hashed, who = self._hashed(one.phrase), self._hashed(one.phrase, one.who)[:_WHO_BYTES]
                ripe = await store.ask(connection, hashed, who, one.day, most=NEW_A_DAY)
                if ripe and not await anybody_called(connection, names_in(one.phrase)):
                    await store.tell(connection, hashed, one.phrase)
        return [None] * len(asked)

    async def told(self, *, newest: bool = False, limit: int, offset: int = 0) -> list[Riddle]:
        """The phrases that may be read, those asked most first, or the newest."""
        async with self._pool.acquire() as connection:
            return await store.told(connection, newest=newest, limit=limit, offset=offset)

    def unsolved(self, riddles: Sequence[Riddle]) -> list[tuple[Riddle, Found | None]]:
        """Those that the pack in force does not understand, each with its best guess."""
        found = [(one, self._catalogue.search(one.phrase)) for one in riddles]
        return [(one, hits[0] if hits else None) for one, hits in found if is_riddle(hits)]

    def _solved(self, phrases: Sequence[str]) -> list[str]:
        return [one for one in phrases if not is_riddle(self._catalogue.search(one))]

    async def purge(self, now: datetime) -> int:
        """Remove what nobody asks any more, what the pack in force understands, and what is somebody's name by now; how
        many.
        """
        today, after, gone = day_in(self._zone, now), "", 0
        async with self._pool.acquire() as connection:
            gone += await store.purge(connection, told_before=today - KEPT, hashes_before=today - HASHES_KEPT)
        while True:
            async with self._pool.acquire() as connection:
                some = await store.phrases(connection, after=after, limit=_AT_ONCE)
            # Two hundred searches would keep everybody waiting.
            solved = await asyncio.to_thread(self._solved, some)
            async with self._pool.acquire() as connection:
                named = [one for one in some if await anybody_called(connection, names_in(one))]
                gone += await store.drop(connection, [*solved, *named])
            if len(some) < _AT_ONCE:
                return gone
            after = some[-1]

    def _hashed(self, *parts: str) -> bytes:
        return blake2b("\n".join(parts).encode(), key=self._key, digest_size=16).digest()
