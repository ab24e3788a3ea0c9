"""Whatever row of whatever projection somebody changes, takes away or puts in: the fold of all facts names it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from asyncpg import Connection
from tests.http import stages, street
from tests.http.test_forgetting import forget
from tests.http.test_newborn import ANSWERS as NEWBORN
from tests.http.towns import Town, open_town

from onecity.bootstrap.jobs import jobs_of, post_jobs_of
from onecity.bootstrap.rooms import PROJECTIONS
from onecity.bootstrap.settings import Settings
from onecity.ledger import rebuild
from onecity.machinery.jobs import run_once
from onecity.machinery.postgres import Cluster, connect

TABLES: Final = sorted(table.name for projection in PROJECTIONS for table in projection.tables)

FORGED: Final = {
    "uuid": "gen_random_uuid()", "text": "'forged'", "integer": "7", "smallint": "7", "bigint": "7", "double precision": "7.5",
    "boolean": "true", "date": "date '2001-01-01'", "timestamp with time zone": "timestamptz '2001-01-01'",
    "text[]": "array['forged']", "uuid[]": "array[gen_random_uuid()]", "bytea": "'\\x00'::bytea", "jsonb": "'{}'::jsonb",
}  # fmt: skip
"""A value of each type that no fact ever said."""

COLUMNS: Final = """
select a.attname, format_type(a.atttypid, null), a.attnotnull,
       exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey))
from pg_attribute a
where a.attrelid = ('projections.' || $1)::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""


ONE: Final = "ctid = (select ctid from projections.{} limit 1)"
"""Any row of a table."""

CHECKS: Final = """
select conrelid::regclass::text, conname from pg_constraint
where contype = 'c' and connamespace = 'projections'::regnamespace and conparentid = 0
"""


async def happened(town: Town, licence: str) -> None:
    """What is rare in a city, so that no table of it is empty."""
    await town.keeper.post(f"/desk/licences/{licence}/revoke", {"facts": "a", "rule": "b", "sure": "yes"})
    await town.citizen.send(f"/api/wallet/{licence}/renew", None)
    await town.citizen.post("/account/post", {"channel": "sms"})
    born = await town.citizen.send("/api/applications", {"event": "newborn", "answers": NEWBORN})
    assert born.status_code == 200, born.text
    await stages.paid_in_vain(town, (await town.fee(town.citizen)).payment)
    yesterday = await stages.books_of_yesterday(town)
    assert (await town.cashier.post(f"/finance/{yesterday}", {})).status_code == 303
    await town.reception(town.citizen)
    await stages.amendment(town)
    await stages.booking(town, town.citizen)
    await stages.project(town, town.citizen)
    await stages.somebody_called(town, town.citizen)
    await stages.pledged(town, await town.new_citizen())
    await stages.called_back(town, await town.new_citizen())
    await forget(town, await town.person(await town.new_citizen()))
    posting = post_jobs_of(town.city, Settings(data=town.city.memory.folder.parent), "http://city.example")
    jobs = [job for job in jobs_of(town.city) if job.name == "casework.remind"]
    with town.clock.later(timedelta(days=60)):
        await run_once([*jobs, *posting], town.clock())


@pytest.fixture(scope="module")
async def town(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    """A city of its own in which much has happened: what is forged here is missed nowhere else."""
    async with open_town(cluster, open_folder / "projected", f"projected_{uuid4().hex}") as found:
        for stage in (
            stages.asked_for_more, stages.waiting_at_the_counter, stages.under_way, stages.late, stages.in_hand, stages.hearing_called,
        ):  # fmt: skip
            await stage(found, await found.new_citizen())
        thread = await stages.applied_with_a_file(found, found.citizen)
        await found.question(thread)
        await found.proposal()
        await found.absence(found.decide)
        await found.mandate(found.citizen, found.other)
        await found.consent(found.citizen)
        await stages.put_right(found)
        await stages.order(found)
        await stages.released(found)
        await street.registered(found, "01002", 3)
        await stages.waiting_for_the_lot(found)
        await happened(found, str((await found.issue(found.citizen)).licence))
        yield found


@pytest.fixture(scope="module")
async def owner(town: Town) -> AsyncIterator[Connection]:
    """Somebody who owns the database and writes what they like, whatever it is bound to."""
    connection = await connect(town.city.memory.database.owner)
    await connection.execute("set session_replication_role = replica")
    for table, check in await connection.fetch(CHECKS):
        await connection.execute(f"alter table {table} drop constraint {check}")
    yield connection
    await connection.close()


async def found(town: Town, *, replace: bool = False) -> set[tuple[str, str]]:
    memory = town.city.memory
    connection = await connect(memory.database.owner)
    try:
        _, differences = await rebuild(connection, memory.book, memory.projections, replace=replace)
    finally:
        await connection.close()
    return {(one.table, one.how) for one in differences}


async def has_rows(owner: Connection, table: str) -> bool:
    return bool(await owner.fetchval(f"select exists (select from projections.{table})"))


async def test_every_table_of_the_schema_belongs_to_a_projection(town: Town, owner: Connection) -> None:
    rows = await owner.fetch("select tablename from pg_tables where schemaname = 'projections' order by 1")
    assert [row["tablename"] for row in rows] == TABLES
    assert await found(town) == set()


async def test_rows_that_somebody_put_in_are_named(town: Town, owner: Connection) -> None:
    for table in TABLES:
        columns = await owner.fetch(COLUMNS, table)
        # A copy of a real row under another key: it looks as much like the others as can be.
        copied = await has_rows(owner, table)
        values = [
            FORGED[kind] if unique or not copied else f"r.{name}"
            for name, kind, _, unique in columns
        ]  # fmt: skip
        real = f" from (select * from projections.{table} limit 1) r" if copied else ""
        await owner.execute(f"insert into projections.{table} select {', '.join(values)}{real}")
    assert await found(town, replace=True) == {(table, "extra") for table in TABLES}
    assert await found(town) == set()


async def test_rows_that_somebody_took_away_are_named(town: Town, owner: Connection) -> None:
    empty = [table for table in TABLES if not await has_rows(owner, table)]
    assert empty == [], "nothing happened of which these tables tell"
    for table in TABLES:
        await owner.execute(f"delete from projections.{table} where {ONE.format(table)}")
    assert await found(town, replace=True) == {(table, "missing") for table in TABLES}
    assert await found(town) == set()


async def test_a_change_of_any_column_of_any_table_is_named(town: Town, owner: Connection) -> None:
    """One column of every table at a time: a fold of all facts costs seconds, and tables do not know each other."""
    columns = {table: await owner.fetch(COLUMNS, table) for table in TABLES}
    unseen = []
    for number in range(max(map(len, columns.values()))):
        changed = {table: those[number] for table, those in columns.items() if number < len(those)}
        for table, (name, kind, _, _) in changed.items():
            other = f"case when {name} is distinct from {FORGED[kind]} then {FORGED[kind]} end"
            if kind == "boolean":
                other = f"not coalesce({name}, false)"
            await owner.execute(f"update projections.{table} set {name} = {other} where {ONE.format(table)}")
        seen = await found(town, replace=True)
        unseen += [
            f"{table}.{column[0]}" for table, column in changed.items()
            if {how for of, how in seen if of == table} != {"missing", "extra"}
        ]  # fmt: skip
        assert {of for of, _ in seen} <= set(changed), "a table that nobody touched was named"
    assert unseen == [], "changed and not named"
    assert await found(town) == set()
