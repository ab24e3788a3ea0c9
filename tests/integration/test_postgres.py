"""The embedded PostgreSQL: what it must be able to do, and the places in which it cannot start."""

import os
from pathlib import Path

import pytest

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import (
    Address,
    Cluster,
    Migration,
    connect,
    find_binaries,
    migrate,
    start_cluster,
    stop_cluster,
)
from onecity.machinery.postgres.launcher import is_running


async def test_chinese_words_are_found(owner: Address) -> None:
    connection = await connect(owner)
    await connection.execute("create extension pg_trgm")
    assert len(await connection.fetchval("select show_trgm('郑州市道路')")) == 6
    await connection.close()


async def test_a_running_database_is_adopted(cluster: Cluster, shared_folder: Path) -> None:
    again = start_cluster(find_binaries(), shared_folder / "data", tell=lambda _: None)
    assert is_running(again)
    assert again == cluster


def test_the_mark_of_a_killed_database_that_nobody_waited_for_does_not_keep_the_next_from_starting(
    open_folder: Path,
) -> None:
    """In a container nobody may ever wait for it: to PostgreSQL the process that its socket's mark names still lives."""
    data = open_folder / "unburied"
    found = start_cluster(find_binaries(), data, tell=lambda _: None)
    stop_cluster(found)
    mark = found.socket / ".s.PGSQL.5432.lock"
    mark.write_text(f"{os.getpid()}\n{found.folder}\n0\n5432\n{found.socket}\n", "utf-8")
    assert is_running(start_cluster(find_binaries(), data, tell=lambda _: None))
    stop_cluster(found)


async def test_it_never_listens_on_the_network(owner: Address) -> None:
    connection = await connect(owner)
    assert await connection.fetchval("show listen_addresses") == ""
    await connection.close()


def test_the_socket_folder_is_closed_to_others(cluster: Cluster) -> None:
    assert cluster.socket.stat().st_mode & 0o777 == 0o700


def test_a_socket_path_that_is_too_long_is_said(open_folder: Path) -> None:
    with pytest.raises(CannotStart, match="too long"):
        start_cluster(find_binaries(), open_folder / ("x" * 90), tell=lambda _: None)


def test_a_closed_parent_folder_is_said(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match="is closed to others"):
        start_cluster(find_binaries(), closed / "data", tell=lambda _: None)


async def test_a_database_without_chinese_is_refused(cluster: Cluster, owner: Address) -> None:
    connection = await connect(owner)
    await connection.execute(
        "create database wrong template template0 encoding 'SQL_ASCII' locale_provider libc lc_collate 'C' lc_ctype 'C'"
    )
    wrong = await connect(cluster.address("onecity_owner", "wrong"))
    with pytest.raises(CannotStart, match="SQL_ASCII"):
        await migrate(wrong, ())
    await wrong.close()
    await connection.execute("drop database wrong")
    await connection.close()


async def test_migrations_run_once_and_may_not_change(owner: Address) -> None:
    connection = await connect(owner)
    step = Migration("ledger", 1, "first", "create table first (a int)")
    assert [await migrate(connection, [step]) for _ in range(2)] == [1, 0]
    with pytest.raises(CannotStart, match="was changed"):
        await migrate(connection, [Migration("ledger", 1, "first", "create table other (a int)")])
    with pytest.raises(CannotStart, match="newer than this program"):
        await migrate(connection, [])
    await connection.close()


async def test_a_migration_that_fails_leaves_nothing_behind(owner: Address) -> None:
    connection = await connect(owner)
    broken = Migration("ledger", 1, "broken", "create table half (a int); select 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        await migrate(connection, [broken])
    assert await connection.fetchval("select to_regclass('half')") is None
    await connection.close()
