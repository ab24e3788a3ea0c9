"""A step of the schema finds what was written before it."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from onecity.bootstrap.rooms import SCHEMAS
from onecity.machinery.postgres import Address, Migration, connect, migrate, older_connections, read_migrations, waiting
from onecity.machinery.postgres.levels import called, level
from onecity.services import store
from onecity.services.forms import FileType
from onecity.services.store import Upload

AFFAIR: Final = UUID(int=7)
BODY: Final = b'{"data":{"materials":{"floor_plan":"aa","hygiene_rules":"bb"},"number":"20200922-DJ4BTU8"}}'
MORE: Final = b'{"data":{"materials":{"floor_plan":"cc","hygiene_rules":"bb"}}}'
OTHER: Final = b'{"data":{"materials":{"floor_plan":"dd"}}}'


async def test_files_that_older_applications_quote_are_known_to_the_purge(owner: Address) -> None:
    steps = read_migrations(SCHEMAS)
    before = tuple(step for step in steps if step.package != "services" or step.number < 3)
    connection = await connect(owner)
    await migrate(connection, before)
    insert = "insert into ledger.facts (stream, version, kind, body, mac) values ($1, $2, $3, $4, $5)"
    await connection.execute(insert, AFFAIR, 1, "services.applied/1", BODY, bytes(16))
    await connection.execute(insert, AFFAIR, 2, "services.supplemented/1", MORE, bytes(16))
    await connection.execute(insert, AFFAIR, 3, "casework.opened/1", OTHER, bytes(16))
    await connection.execute(insert, UUID(int=8), 1, "services.applied/1", b'{"data":{}}', bytes(16))
    assert await migrate(connection, steps) == len([step for step in steps if not step.narrows]) - len(before)
    found = await connection.fetch("select blob, affair from brought order by 1")
    assert found == [("aa", AFFAIR), ("bb", AFFAIR), ("cc", AFFAIR)]
    await connection.close()


async def test_an_older_program_and_a_newer_one_find_each_others_files_until_the_step_that_narrows(
    owner: Address,
) -> None:
    steps, person, now = read_migrations(SCHEMAS), UUID(int=9), datetime(2026, 11, 28, tzinfo=UTC)
    before = tuple(step for step in steps if step.package != "services" or step.number < 11)
    wide = tuple(step for step in steps if step.package != "services" or step.number < 12)
    first, older, newer, other = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
    connection = await connect(owner)
    await migrate(connection, before)

    async def as_before(blob: str, at: datetime) -> None:
        """What a program of before says when somebody brings a file."""
        await connection.execute(
            "insert into uploads values ($1, $2, $3, $4, $5, $6) on conflict (person, material) do update set"
            " blob = excluded.blob, type = excluded.type, size = excluded.size, at = excluded.at",
            person, "floor_plan", blob, "pdf", 9, at,
        )  # fmt: skip

    async def as_now(blob: str, purpose: str, at: datetime) -> None:
        await store.put_upload(connection, person, Upload("floor_plan", purpose, blob, FileType.PDF, 9, at))

    async def there() -> tuple[dict[str, str], str | None]:
        """By sealed bytes what each file is for, and the one that an older program finds."""
        found = await store.all_uploads(connection, person)
        alone = await connection.fetchval("select blob from uploads where person = $1", person)
        return {one.blob: one.purpose for one in found}, alone

    await as_before(first, now)
    await migrate(connection, wide)
    assert await there() == ({first: ""}, first)
    await as_now(newer, "/items/food_business", now + timedelta(days=1))
    assert await there() == ({first: "", newer: "/items/food_business"}, newer)
    await as_before(older, now + timedelta(days=2))
    assert await there() == ({first: "", newer: "/items/food_business", older: ""}, older)
    await as_now(other, "/items/food_business", now + timedelta(days=3))
    assert await there() == ({first: "", older: "", other: "/items/food_business"}, other)
    await connection.execute("delete from uploads where person = $1 and blob = $2", person, other)
    assert await there() == ({first: "", older: ""}, None)
    await as_now(newer, "", now + timedelta(days=4))
    assert await store.drop_uploads(connection, person, [newer]) == 1
    assert (await there())[1] is None
    assert [one.number for one in await waiting(connection, steps)] == [12]
    await migrate(connection, steps, narrow=True)
    assert len(await store.all_uploads(connection, person)) == 0
    await connection.close()


async def test_what_narrows_waits_for_somebody_who_says_that_no_older_program_runs(owner: Address) -> None:
    first = Migration("ledger", 1, "first", "create table first (a int, b int)")
    goes = Migration("ledger", 2, "b_goes", "alter table first drop b", narrows=True)
    later = Migration("ledger", 3, "later", "create table later (a int)")
    connection = await connect(owner)
    assert await migrate(connection, [first]) == 1
    assert await migrate(connection, [first, goes, later]) == 1
    assert await waiting(connection, [first, goes, later]) == [goes]
    await connection.execute("insert into later values (1); insert into first (b) values (1)")
    assert await migrate(connection, [first, goes, later], narrow=True) == 1
    assert await waiting(connection, [first, goes, later]) == []
    assert [row["column_name"] for row in await columns(connection, "first")] == ["a"]
    await connection.close()


async def test_a_new_database_has_the_newest_schema_at_once(owner: Address) -> None:
    first = Migration("ledger", 1, "first", "create table first (a int, b int)")
    goes = Migration("ledger", 2, "b_goes", "alter table first drop b", narrows=True)
    connection = await connect(owner)
    assert await migrate(connection, [first, goes]) == 2
    assert [row["column_name"] for row in await columns(connection, "first")] == ["a"]
    await connection.close()


async def test_connections_of_older_programs_are_counted_and_no_others(owner: Address) -> None:
    ours = await connect(owner)
    assert await older_connections(ours) == 0
    # A release may change how facts are folded and nothing of the schema.
    older = [
        "",
        f"onecity {level() - 1}",
        f"onecity {level()}",
        f"onecity {level() - 1} 9.0",
        f"onecity {level()} 0.0.9",
    ]
    names = [*older, called(), f"onecity {level() + 1} 9.0", "psql", "onecity x"]
    others = [await asyncpg.connect(owner, server_settings={"application_name": name}) for name in names]
    assert await older_connections(ours) == len(older)
    for one in (*others, ours):
        await one.close()


async def columns(connection: asyncpg.Connection, table: str) -> list[asyncpg.Record]:
    query = "select column_name from information_schema.columns where table_name = $1 order by 1"
    return list(await connection.fetch(query, table))
