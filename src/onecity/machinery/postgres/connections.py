"""Connections to a database, and the questions that any database must answer before the city trusts it."""

from typing import TYPE_CHECKING, Final, NewType

import asyncpg

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.postgres.binaries import NEWEST, OLDEST

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

Address = NewType("Address", str)
"""A PostgreSQL URL. It may hold a password, so it is never printed."""

SEARCH_PATH = "projections, working, ledger, public"

_LANE: Final = {
    "search_path": SEARCH_PATH,
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
}
_LONGEST_STATEMENT: Final = 64 * 1024
"""Bytes up to which a lane keeps a statement prepared."""


async def connect(address: Address) -> "Connection":
    """One connection of its own. Raises CannotStart if the database does not answer."""
    try:
        return await asyncpg.connect(address, server_settings={"search_path": SEARCH_PATH, "jit": "off"})
    except (OSError, asyncpg.PostgresError, ValueError) as failure:
        raise CannotStart(
            f"The database does not let us in ({type(failure).__name__}). Check that it runs and that the address, "
            "role and password are right."
        ) from failure


async def open_pool(address: Address, *, size: int) -> "Pool":
    """A pool of connections that nobody leaves changed behind, so none is reset between two uses."""
    settings = {"search_path": SEARCH_PATH, "jit": "off"}
    try:
        return await asyncpg.create_pool(address, min_size=1, max_size=size, server_settings=settings, reset=_as_it_is)
    except (OSError, asyncpg.PostgresError) as failure:
        raise Unavailable("The database does not answer.") from failure


async def open_lane(address: Address) -> "Connection":
    """A connection that writes batches: planned once, by index, whatever the tables hold at that moment.

    Its statements take arrays, whose length the planner guesses; planned over an empty table it would scan a full one.
    Raises Unavailable if the database does not answer.
    """
    try:
        return await asyncpg.connect(address, server_settings=_LANE, max_cacheable_statement_size=_LONGEST_STATEMENT)
    except (OSError, asyncpg.PostgresError) as failure:
        raise Unavailable("The database does not answer.") from failure


async def _as_it_is(_connection: object) -> None:
    """A reset would cost each request one more round trip; nothing of ours sets anything on a connection."""


def is_down(failure: BaseException) -> bool:
    """Whether a failure says that the database is away: the same request may succeed when it is back."""
    return isinstance(
        failure,
        (
            OSError,
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # what asyncpg says when the other end dies in the middle of an answer
            asyncpg.OperatorInterventionError,
            asyncpg.TooManyConnectionsError,
        ),
    )


async def still_there(connection: "Connection") -> None:
    """Raise what the database says if it does not answer."""
    await connection.execute("select 1")


async def alone(connection: "Connection", lock: int) -> bool:
    """Whether this connection holds a lock that only one can hold; it ends with the connection."""
    held: bool = await connection.fetchval("select pg_try_advisory_lock($1)", lock)
    return held


async def make_database(connection: "Connection", name: str) -> None:
    """A database of this name, if there is none yet. The name is ours, never somebody's input."""
    if not await connection.fetchval("select exists (select from pg_database where datname = $1)", name):
        await connection.execute(f"create database {name}")


async def join(connection: "Connection", role: str) -> None:
    """Let whoever is connected act in a role of ours."""
    await connection.execute(f"grant {role} to current_user")


async def check_database(connection: "Connection") -> None:
    """Refuse a database whose version or locale would fail later, silently. Raises CannotStart."""
    major = connection.get_server_version().major
    if not OLDEST <= major <= NEWEST:
        raise CannotStart(f"The database is PostgreSQL {major}; OneCity runs on {OLDEST} to {NEWEST}.")
    row = await connection.fetchrow(
        "select pg_encoding_to_char(encoding) as encoding, datctype as ctype from pg_database"
        " where datname = current_database()"
    )
    if row["encoding"] != "UTF8" or "UTF" not in row["ctype"].upper():
        raise CannotStart(
            f"The database's encoding is {row['encoding']} and its character type {row['ctype']}; with these a search "
            "for Chinese words finds nothing. Make one with: "
            "createdb -E UTF8 --lc-ctype=C.UTF-8 --lc-collate=C -T template0."
        )
