"""One version of the program after another beside the running city: what waits, and the end of it.

See `docs/adr/0057-widen-first-and-narrow-later.md` and `docs/operate/upgrade.md`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from onecity.bootstrap.database import NAME
from onecity.bootstrap.hold import held, is_held
from onecity.bootstrap.nightly import fold
from onecity.bootstrap.rooms import SCHEMAS
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.kernel.errors import CannotStart
from onecity.ledger import Told
from onecity.machinery.postgres import (
    connect,
    find_binaries,
    migrate,
    move_to,
    older_connections,
    read_migrations,
    waiting,
)


class Upgrade(msgspec.Struct, frozen=True):
    """Where an upgrade stands: the steps that wait, and connections of programs that still need what they remove."""

    waits: Sequence[str]
    older: int


class Finished(msgspec.Struct, frozen=True):
    """What was done: steps of the schema, and rows that the older program had written as it knew them."""

    steps: int
    rows: int


async def upgrade_of(settings: Settings) -> Upgrade:
    """What waits in the database of these settings."""
    async with at_hand(settings) as memory:
        connection = await connect(memory.database.owner)
        try:
            steps = await waiting(connection, read_migrations(SCHEMAS))
            names = [f"{one.package}/{one.number:04} {one.name}" for one in steps]
            return Upgrade(names, await older_connections(connection))
        finally:
            await connection.close()


async def finish(settings: Settings, *, now: datetime, told: Told) -> Finished:
    """Take away what only older programs needed, and fold anew what they wrote; no older one may run any more.

    Rows are compared first while everybody works; only if some differ do commands wait for a second fold. Raises
    CannotStart while an older program runs.
    """
    async with at_hand(settings) as memory:
        connection = await connect(memory.database.owner)
        try:
            if older := await older_connections(connection):
                raise CannotStart(
                    f"An older program still has {older} connections to the database. "
                    "Stop every process of it, then finish."
                )
            steps = await migrate(connection, read_migrations(SCHEMAS), narrow=True)
        finally:
            await connection.close()
        _, found = await fold(memory, now=now, replace=False, told=told)
        if found:
            _, found = await fold(memory, now=now, replace=True, told=told)
        return Finished(steps, len(found))


async def moved(settings: Settings, *, tell: Callable[[str], None]) -> Path:
    """Move the city's own database to the installed PostgreSQL; where the old one lies now. Raises CannotStart."""
    if settings.database is not None:
        raise CannotStart("This database is not the city's own. Move it with its own tools; see docs/operate.")
    if is_held(settings.data):
        raise CannotStart(f"A city runs on {settings.data}. Stop it, then move its database.")
    with held(settings.data, tell):
        return await move_to(find_binaries(), settings.data, NAME, tell=tell)
