"""A database ready for the city: the city's own PostgreSQL or one that was named, with the newest schema."""

from collections.abc import Callable

import asyncpg
import msgspec

from onecity.bootstrap.rooms import SCHEMAS
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart
from onecity.ledger import settle_in
from onecity.machinery.postgres import (
    Address,
    Cluster,
    connect,
    find_binaries,
    join,
    make_database,
    migrate,
    read_migrations,
    standbys_of,
    start_cluster,
    stop_cluster,
    waiting,
)

NAME = "onecity"


class Database(msgspec.Struct, frozen=True):
    """The addresses of the roles, and the cluster if it is the city's own.

    From `standbys` is read what may be some seconds old, while they are not further behind than `lag_s`.
    """

    owner: Address
    app: Address
    cluster: Cluster | None
    standbys: tuple[Address, ...] = ()
    lag_s: int = 0

    def stop(self) -> None:
        """Stop the city's own cluster; a named database is somebody else's."""
        if self.cluster is not None:
            stop_cluster(self.cluster)


async def open_database(settings: Settings, *, tell: Callable[[str], None]) -> Database:
    """A database with the newest schema. Raises CannotStart."""
    named = settings.database_at()
    if named is not None:
        found = Database(named, _as_app(named), None, *_standbys(settings))
    else:
        cluster = start_cluster(find_binaries(), settings.data, tell=tell)
        await _create(cluster)
        found = Database(cluster.address("onecity_owner"), cluster.address("onecity_app"), cluster)
    tell("database: its tables")
    admin = await connect(found.owner)
    try:
        steps = read_migrations(SCHEMAS)
        await migrate(admin, steps)
        if waits := await waiting(admin, steps):
            tell(f"database: {len(waits)} steps wait for `onecity upgrade finish`")
        if await settle_in(admin):
            tell("database: another cluster than before, so a new era begins")
        if found.cluster is None:
            await join(admin, "onecity_app")
    except asyncpg.InsufficientPrivilegeError as failure:
        raise CannotStart(
            "The database role may not create what the city needs. Give it CREATEROLE and the database itself."
        ) from failure
    finally:
        await admin.close()
    return found


def reached(settings: Settings) -> Database:
    """The addresses of a database that a running city has prepared. Raises CannotStart if there is none."""
    named = settings.database_at()
    if named is not None:
        return Database(named, _as_app(named), None)
    if not (settings.data / "postgres" / "cluster").is_dir():
        raise CannotStart(f"There is no city in {settings.data}. Start one with `onecity run`, or name it with --data.")
    cluster = start_cluster(find_binaries(), settings.data, tell=lambda _: None)
    return Database(cluster.address("onecity_owner"), cluster.address("onecity_app"), cluster)


def _as_app(address: Address) -> Address:
    """The same database in the role that may append facts and nothing else."""
    return Address(f"{address}{'&' if '?' in address else '?'}role=onecity_app")


def _standbys(settings: Settings) -> tuple[tuple[Address, ...], int]:
    named = settings.standbys_at()
    found = standbys_of(named) if named is not None else ()
    return tuple(_as_app(one) for one in found), settings.standby_lag_s


async def _create(cluster: Cluster) -> None:
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    try:
        await make_database(admin, NAME)
    finally:
        await admin.close()
