"""The city for one command, beside a running city or without one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import asyncpg

from onecity.bootstrap.city import City, city_under
from onecity.bootstrap.content import KINDS
from onecity.bootstrap.database import Database, reached
from onecity.bootstrap.hold import is_held
from onecity.bootstrap.memory import Memory, open_memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart
from onecity.ledger import holding, pack_versions, settle_in
from onecity.machinery.postgres import connect
from onecity.packs import Pack
from onecity.places import CITY


@asynccontextmanager
async def at_hand(settings: Settings) -> AsyncIterator[Memory]:
    """The memory of the city of these settings. A cluster that only this command needed stops with it."""
    database = reached(settings)
    try:
        async with open_memory(database, settings.data, await _origin(database)) as memory:
            yield memory
    finally:
        if database.cluster is not None and not is_held(settings.data):
            database.stop()


@asynccontextmanager
async def city_at_hand(settings: Settings) -> AsyncIterator[City]:
    """The city of these settings, under the version of its pack that holds now."""
    async with at_hand(settings) as memory:
        held = holding(await memory.declarations.versions(), now())
        assert held is not None, "a city has a pack from its first start on"
        yield await city_under(memory, held.version)


async def zone_at_hand(memory: Memory) -> ZoneInfo:
    """The zone of the city's days, as the version of its pack says that holds now."""
    return (await pack_at_hand(memory)).one(CITY).clock_zone()


async def pack_at_hand(memory: Memory) -> Pack:
    """The version of the city's pack that holds now."""
    held = holding(await memory.declarations.versions(), now())
    assert held is not None, "a city has a pack from its first start on"
    return await memory.declarations.whole(held.version, KINDS)


async def _origin(database: Database) -> str:
    """The name under which the city signs; every version of its pack says the same. Raises CannotStart."""
    connection = await connect(database.owner)
    try:
        known = await pack_versions(connection)
        # A command may be the first that writes into a database that came from elsewhere.
        await settle_in(connection)
    except asyncpg.UndefinedTableError:
        known = []
    finally:
        await connection.close()
    if not known:
        raise CannotStart("There is no city in this database yet. Start one with `onecity run`.")
    return known[-1].origin
