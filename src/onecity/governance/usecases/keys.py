"""The keys with which programs report: told once, kept as a hash, and ended by whoever runs the city."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from onecity.governance import store
from onecity.governance.store import ProgramKey

if TYPE_CHECKING:
    from asyncpg import Pool

__all__ = ["ProgramKey", "end_key", "holds", "known_keys", "new_key", "program_of"]

_BYTES: Final = 24
"""Of chance in a key: nobody finds one by trying, so a plain hash keeps it."""
LONGEST_KEY: Final = 200


async def new_key(name: str, *, pool: "Pool", now: datetime) -> str | None:
    """A key for a program, which is told only here; None if a program of that name has one."""
    key = token_urlsafe(_BYTES)
    async with pool.acquire() as connection:
        kept = await store.keep_key(connection, _hashed(key), name, now)
    return key if kept else None


async def holds(key: str, *, pool: "Pool") -> bool:
    """Whether a key is one of the city's."""
    if not key or len(key) > LONGEST_KEY:
        return False
    async with pool.acquire() as connection:
        return await store.key_holds(connection, _hashed(key))


async def program_of(key: str, *, pool: "Pool") -> str | None:
    """The program whose key this is; None if it is none of the city's."""
    if not key or len(key) > LONGEST_KEY:
        return None
    async with pool.acquire() as connection:
        return await store.program_of(connection, _hashed(key))


async def known_keys(*, pool: "Pool") -> Sequence[ProgramKey]:
    """For which programs there are keys."""
    async with pool.acquire() as connection:
        return await store.keys(connection)


async def end_key(name: str, *, pool: "Pool") -> bool:
    """Let the key of a program open nothing more; false if it has none."""
    async with pool.acquire() as connection:
        return await store.end_key(connection, name)


def _hashed(key: str) -> bytes:
    return sha256(key.encode()).digest()
