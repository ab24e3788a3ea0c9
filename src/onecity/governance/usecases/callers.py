"""Whoever calls again is found by the number, of which only a keyed hash is kept, and only while something is open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.governance import store
from onecity.governance.dialling import dialled
from onecity.governance.store import ProblemRow, ReportRow

if TYPE_CHECKING:
    from asyncpg import Pool

KEPT: Final = timedelta(days=30)
"""How long after the end of a case its caller is still found: for as long as it may be opened again, and some more."""
_MOST: Final = 20
_AT_ONCE: Final = 1_000
_COMES: Final = timedelta(days=1)
"""A report comes a moment after its number; after a day it will not come any more."""


class Callers:
    """Numbers and the reports that came from them. The key lies outside the database: the hash alone tells nothing."""

    def __init__(self, pool: "Pool", key: bytes) -> None:
        self._pool = pool
        self._key = key

    async def remember(self, contact: str, report: UUID, *, now: datetime) -> None:
        """Remember from which number a report came, if whoever reported left one."""
        number = dialled(contact)
        if not number:
            return
        async with self._pool.acquire() as connection:
            await store.keep_caller(connection, self._hashed(number), report, now)

    async def open_of(self, contact: str) -> Sequence[tuple[ReportRow, ProblemRow]]:
        """What is open of whoever calls from a number, the newest first."""
        number = dialled(contact)
        if not number:
            return ()
        async with self._pool.acquire() as connection:
            return await store.open_of_caller(connection, self._hashed(number), limit=_MOST)

    async def forget(self, reports: Sequence[UUID]) -> None:
        """Forget from which numbers some reports came."""
        async with self._pool.acquire() as connection:
            await store.forget_callers(connection, reports)

    async def purge(self, now: datetime) -> int:
        """Forget the numbers behind cases that ended long enough ago; how many."""
        gone = 0
        while True:
            async with self._pool.acquire() as connection:
                some = await store.purge_callers(connection, now - KEPT, now - _COMES, limit=_AT_ONCE)
            gone += some
            if some < _AT_ONCE:
                return gone

    def _hashed(self, number: str) -> bytes:
        return blake2b(number.encode(), key=self._key, digest_size=32).digest()
