"""A commit whose wait for the standby somebody cancelled is no success: people hear of it when it is safe, or ask again."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.ledgers import Box, house

from onecity.kernel.errors import Unavailable
from onecity.machinery.postgres import Address, connect

PATIENCE_S = 30.0
_WAITS = "select pid from pg_stat_activity where wait_event = 'SyncRep' and datname = current_database()"


@pytest.fixture
async def admin(owner: Address) -> AsyncIterator[asyncpg.Connection]:
    """Somebody with too many rights; afterwards no standby is waited for."""
    found = await connect(owner)
    await found.execute("set synchronous_commit = off")
    yield found
    await standby(found, None)
    await found.close()


async def standby(admin: asyncpg.Connection, name: str | None) -> None:
    """Let commits wait for a standby of this name; none has it."""
    await admin.execute(f"alter system set synchronous_standby_names = '{name or ''}'")
    await admin.execute("select pg_reload_conf()")


async def waiting(admin: asyncpg.Connection, but: int = 0) -> int:
    """The backend that waits for the standby, as soon as one does that is not cancelled already."""
    patience = time.monotonic() + PATIENCE_S
    while not (found := await admin.fetchval(f"{_WAITS} and pid <> $1", but)):
        assert time.monotonic() < patience, "nobody waits for the standby"
        await asyncio.sleep(0.02)
    return int(found)


async def test_a_commit_whose_wait_for_the_standby_was_cancelled_is_not_acknowledged(
    admin: asyncpg.Connection, owner: Address, app: Address, database: str, tmp_path: Path
) -> None:
    async with house(owner, app, tmp_path) as city:
        await admin.execute(f"alter database {database} set synchronous_commit = on")
        await standby(admin, "nobody")
        key = uuid4()
        asked = asyncio.create_task(city.open(key, "林晓梅", (3, 4)))
        lane = await waiting(admin)
        assert await admin.fetchval("select count(*) from ledger.facts") == 0, "not before the standby has it"
        # Twice, as somebody does to whom the first time seemed to do nothing.
        await cancelled(admin, lane)
        assert not asked.done()
        await cancelled(admin, lane)
        with pytest.raises(Unavailable):
            await asked
        assert await admin.fetchval("select count(*) from ledger.facts") == 3, "committed, on one disk"

        again = asyncio.create_task(city.open(key, "林晓梅", (3, 4)))
        await waiting(admin)
        assert not again.done()
        await standby(admin, None)
        found = await asyncio.wait_for(again, PATIENCE_S)
        assert isinstance(found, Box) and found.total == 7
        assert await admin.fetchval("select count(*) from ledger.facts") == 3


async def cancelled(admin: asyncpg.Connection, lane: int) -> None:
    """Cancel what waits; when this returns, the same backend waits again or serves nobody any more."""
    began = await admin.fetchval("select query_start from pg_stat_activity where pid = $1", lane)
    await admin.execute("select pg_cancel_backend($1)", lane)
    patience = time.monotonic() + PATIENCE_S
    changed = (
        "select state = 'idle' or (query_start > $2 and wait_event = 'SyncRep') from pg_stat_activity where pid = $1"
    )
    while await admin.fetchval(changed, lane, began) is False:
        assert time.monotonic() < patience, "the wait does not end"
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)
