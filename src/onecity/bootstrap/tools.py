"""The city's memory for one command, beside a running city or without one."""

import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onecity.bootstrap.database import reached
from onecity.bootstrap.memory import Memory, open_memory
from onecity.bootstrap.settings import Settings
from onecity.packs import Pack
from onecity.places import CITY


@asynccontextmanager
async def at_hand(settings: Settings, pack: Pack) -> AsyncIterator[Memory]:
    """The memory of the city of these settings. A cluster that only this command needed stops with it."""
    database = reached(settings)
    try:
        async with open_memory(database, settings.data, pack.one(CITY).ledger_origin) as memory:
            yield memory
    finally:
        if database.cluster is not None and not _city_runs(settings):
            database.stop()


def _city_runs(settings: Settings) -> bool:
    with (settings.data / "run.lock").open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
