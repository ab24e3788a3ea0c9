"""Keys with which programs report."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


class ProgramKey(msgspec.Struct, frozen=True):
    """A key with which a program reports, without the key itself: for which program it was made, and when."""

    name: str
    made: datetime


async def keep_key(connection: "Connection", hashed: bytes, name: str, at: datetime) -> bool:
    """Keep the hash of a key; false if there is one of that name."""
    query = "insert into open311_keys values ($1, $2, $3) on conflict (name) do nothing returning name"
    return await connection.fetchval(query, hashed, name, at) is not None


async def key_holds(connection: "Connection", hashed: bytes) -> bool:
    """Whether there is a key of a hash."""
    return await connection.fetchval("select true from open311_keys where hash = $1", hashed) is not None


async def program_of(connection: "Connection", hashed: bytes) -> str | None:
    """For which program a key of a hash was made."""
    found: str | None = await connection.fetchval("select name from open311_keys where hash = $1", hashed)
    return found


async def keys(connection: "Connection") -> list[ProgramKey]:
    """All keys of programs."""
    rows = await connection.fetch("select name, made from open311_keys order by name")
    return [ProgramKey(*row) for row in rows]


async def end_key(connection: "Connection", name: str) -> bool:
    """Let a key open nothing more; false if there is none of that name."""
    return await connection.fetchval("delete from open311_keys where name = $1 returning name", name) is not None
