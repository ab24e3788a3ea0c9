"""A database that moves into another cluster, which counts its transactions anew: each fact is sealed once, in order."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.ledgers import Box, House, house

from onecity.kernel.errors import CannotStart
from onecity.ledger import Sealer, damages, rebuild, settle_in
from onecity.ledger.store import watching
from onecity.machinery.postgres import (
    Address,
    Cluster,
    connect,
    find_binaries,
    make_database,
    move_to,
    start_cluster,
    stop_cluster,
)
from onecity.machinery.postgres.binaries import programs_of

BURNT = 20_000
"""Transactions of the older cluster, far more than the newer one has counted when it begins."""
_BURN = f"do $$ begin for i in 1..{BURNT} loop perform pg_current_xact_id(); commit; end loop; end $$"


@pytest.fixture
def older(open_folder: Path) -> Iterator[Cluster]:
    """The city's own database as PostgreSQL 15 made it."""
    data = open_folder / "moves"
    found = start_cluster(programs_of("15", data), data, tell=lambda _: None)
    with (found.folder / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nsynchronous_commit = off\n")
    os.kill(int((found.folder / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)
    yield found
    stop_cluster(found)
    shutil.rmtree(data)


async def asked(address: Address, query: str) -> list[asyncpg.Record]:
    connection = await connect(address)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def box_of(city: House, *amounts: int) -> Box:
    found = await city.open(uuid4(), "林晓梅", amounts)
    assert isinstance(found, Box)
    return found


async def test_a_city_moves_from_postgresql_15_to_the_newest_and_seals_everything_once(
    older: Cluster, tmp_path: Path
) -> None:
    data = older.folder.parents[1]
    owner, app = older.address("onecity_owner"), older.address("onecity_app")
    admin = await connect(older.address("onecity_owner", "postgres"))
    await make_database(admin, "onecity")
    await admin.close()
    async with house(owner, app, tmp_path) as city:
        await settle(owner)
        await asked(owner, _BURN)
        sealed = await box_of(city, 1, 2)
        assert (await city.sealer.seal()).size == 3
        waiting = await box_of(city, 3)
        assert not await settle(owner), "a start in the same cluster begins nothing"

    aside = await move_to(find_binaries(), data, "onecity", tell=lambda _: None)
    assert (aside / "PG_VERSION").read_text().strip() == "15"
    newer = start_cluster(find_binaries(), data, tell=lambda _: None)
    try:
        with pytest.raises(CannotStart, match="another cluster"):
            line = await connect(app)
            try:
                await Sealer(line, city.book, city.signer, tmp_path / "ledger").prepare()
            finally:
                await line.close()
        assert [await settle(owner), await settle(owner)] == [True, False]
        async with house(owner, app, tmp_path, fresh=False) as city:
            # One history goes on beyond the move: folded in the numbers' own order its end would come first.
            for amount in (4, 5):
                assert isinstance(await city.add(waiting.box, amount), Box)
            watch = await connect(app)
            assert (await watching.unsealed_facts(watch))[0] == 4
            done = await city.sealer.seal()
            assert (done.size, done.sealed, done.alarms) == (7, 4, 0)
            assert (await watching.unsealed_facts(watch))[0] == 0
            assert isinstance(await city.add(sealed.box, 6), Box)
            assert (await city.sealer.seal()).sealed == 1
            assert await damages(watch, city.book) == (8, [])
            await watch.close()
            assert [row[0] for row in await asked(owner, "select distinct era from ledger.facts order by 1")] == [1, 2]
            order = "select version from ledger.sealed join ledger.facts using (stream, version) where stream = '{}' order by position"
            assert [row[0] for row in await asked(owner, order.format(waiting.box))] == [1, 2, 3, 4]
            fold = await connect(owner)
            assert await rebuild(fold, city.book, city.projections, replace=False) == (8, [])
            await fold.close()
            assert (await city.sealer.seal()).sealed == 0
        await none_twice(owner)
    finally:
        stop_cluster(newer)


async def none_twice(owner: Address) -> None:
    [row] = await asked(
        owner, "select count(*), max(position) + 1, count(distinct (stream, version)) from ledger.sealed"
    )
    assert len(set(row)) == 1


async def settle(owner: Address) -> bool:
    """What a start of the city asks first."""
    connection = await connect(owner)
    try:
        return await settle_in(connection)
    finally:
        await connection.close()
