"""Connections to a database, and the questions that any database must answer before the city trusts it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import asyncpg

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.disk import FULL
from onecity.machinery.postgres.binaries import NEWEST, OLDEST
from onecity.machinery.postgres.levels import called
from onecity.machinery.postgres.reaching import Address, Attentive, hosts_of, reach

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

SEARCH_PATH = "projections, working, ledger, public"


def is_address(url: str) -> bool:
    """Whether this is a URL of a PostgreSQL, with one host or several.

    >>> [is_address(f"postgresql://{rest}") for rest in ("a", "role@a:5432,b/city", "a:0", "a:b", "[::1")]
    [True, True, False, False, False]
    """
    try:
        found = [urlsplit(one) for one in hosts_of(Address(url))]
        return all(one.scheme in ("postgresql", "postgres") and one.port != 0 for one in found)
    except ValueError:
        return False


MALFORMED: Final = "That is no URL of a PostgreSQL. Write it like postgresql://role:password@host:5432/database."

CREATE: Final = "Make one with: createdb -E UTF8 --lc-ctype=C.UTF-8 --lc-collate=C -T template0 NAME."

_GONE: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

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
    settings = {"search_path": SEARCH_PATH, "jit": "off", "application_name": called()}
    try:
        return await reach(address, server_settings=settings)
    except (*_GONE, ValueError) as failure:
        raise CannotStart(_why_not(failure)) from failure


def _why_not(failure: Exception) -> str:
    """Why a database does not let us in. The address is not repeated: it may hold a password."""
    match failure:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return "The database does not know the role of its URL, or the password is wrong. Correct --database."
        case asyncpg.InvalidCatalogNameError():
            return f"The database server has no database of that name. {CREATE}"
        case asyncpg.InsufficientPrivilegeError():
            return "The role of the database's URL may not use that database. Grant it CONNECT, or name its owner."
        case ValueError():
            return MALFORMED
        case _ if is_down(failure):
            return "The database does not answer. Check that it runs, and that host and port of --database are right."
        case _:
            return f"The database does not let us in ({type(failure).__name__}). Look into its log."


def sentence_of(failure: BaseException) -> str | None:
    """What to say when a database fails in the middle of a command; None if the failure is not the database's."""
    if isinstance(failure, asyncpg.DiskFullError):
        return FULL
    return "The database went away. Start it, then try again; nothing is lost." if is_down(failure) else None


async def open_pool(
    address: Address, *, size: int, first: "Callable[[Connection], Awaitable[None]] | None" = None
) -> "Pool":
    """A pool of connections that nobody leaves changed behind, so none is reset between two uses.

    `first` is done with each new one, which is not used if that fails.
    """
    settings = {"search_path": SEARCH_PATH, "jit": "off", "application_name": called()}
    try:
        return await asyncpg.create_pool(
            address, min_size=1, max_size=size, server_settings=settings, reset=_as_it_is, connect=reach,
            connection_class=Attentive, init=first,
        )  # fmt: skip
    except _GONE as failure:
        raise Unavailable("The database does not answer.") from failure


async def open_lane(address: Address) -> "Connection":
    """A connection that writes batches: planned once, by index, whatever the tables hold at that moment.

    Its statements take arrays, whose length the planner guesses; planned over an empty table it would scan a full one.
    Raises Unavailable if the database does not answer.
    """
    try:
        return await reach(
            address,
            server_settings={**_LANE, "application_name": called()},
            max_cacheable_statement_size=_LONGEST_STATEMENT,
        )
    except _GONE as failure:
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
            asyncpg.InsufficientResourcesError,  # a full disk, too many connections
            asyncpg.ReadOnlySQLTransactionError,  # it was the first of several hosts, and is a standby now
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
        raise CannotStart(
            f"The database is PostgreSQL {major}; OneCity runs on {OLDEST} to {NEWEST}. Name another with --database."
        )
    row = await connection.fetchrow(
        "select pg_encoding_to_char(encoding) as encoding, datctype as ctype from pg_database"
        " where datname = current_database()"
    )
    if row["encoding"] != "UTF8" or "UTF" not in row["ctype"].upper():
        raise CannotStart(
            f"The database's encoding is {row['encoding']} and its character type {row['ctype']}; with these a search "
            f"for Chinese words finds nothing. {CREATE}"
        )
