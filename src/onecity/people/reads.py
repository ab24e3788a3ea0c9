"""The read log: whenever an officer sees a person's data, the person can see it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.people import store
from onecity.people.store import Read

if TYPE_CHECKING:
    from asyncpg import Pool

KEPT: Final = timedelta(days=3 * 366)
"""How long a look can be seen. Source: 个人信息保护法 (2021-11-01) article 56: at least three years."""


class ReadLog:
    """Written before the data are shown: whoever cannot be recorded sees nothing."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    async def note(self, subject: UUID, what: str, *, about: UUID, by: Acting, now: datetime) -> None:
        """Record a look at a person's data by an officer in a duty."""
        assert by.person is not None and by.duty is not None and by.scope is not None, "officers read in a duty"
        read = Read(now, by.person, by.duty, by.scope.department, about, what)
        async with self._pool.acquire() as connection:
            await store.put_read(connection, subject, read)

    async def of(self, subject: UUID, *, limit: int = 200) -> list[Read]:
        """Who looked at a person's data, the latest first."""
        async with self._pool.acquire() as connection:
            return await store.reads_of(connection, subject, limit)

    async def purge(self, now: datetime) -> int:
        """Remove looks that are old enough; how many."""
        async with self._pool.acquire() as connection:
            return await store.purge_reads(connection, now - KEPT)
