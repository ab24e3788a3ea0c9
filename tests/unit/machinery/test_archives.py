"""An archive of a database's log takes the log of that database and of no other."""

import sys
from pathlib import Path
from typing import Any, cast

import pytest

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Cluster, archive_to, connect
from onecity.machinery.postgres.backups import identifier


class Database:
    """What a database tells of itself, and what it was told to do."""

    def __init__(self, identifier: int) -> None:
        self._identifier = identifier
        self.told: list[str] = []

    async def fetchval(self, statement: str, *_: str) -> object:
        return self._identifier if "system_identifier" in statement else "on"

    async def execute(self, statement: str) -> None:
        self.told.append(statement)


async def archiving(database: Database, folder: Path) -> None:
    await archive_to(cast("Any", database), Cluster(folder, folder, folder, None), folder / "wal", folder / "base")


async def test_an_archive_takes_the_log_of_its_own_database_again_and_of_another_never(tmp_path: Path) -> None:
    for _ in range(2):
        await archiving(Database(1), tmp_path)
    other = Database(2)
    with pytest.raises(CannotStart, match="holds the log of another database"):
        await archiving(other, tmp_path)
    assert other.told == [], "nothing was sent there"
    await archiving(other, tmp_path / "new")
    assert other.told != []


async def test_of_a_folder_of_an_older_program_the_copies_tell_whose_it_is(tmp_path: Path) -> None:
    control = tmp_path / "base" / "20261126T000000000000Z" / "global" / "pg_control"
    control.parent.mkdir(parents=True)
    control.write_bytes((1).to_bytes(8, sys.byteorder) + b"more")
    with pytest.raises(CannotStart, match="holds the log of another database"):
        await archiving(Database(2), tmp_path)
    await archiving(Database(1), tmp_path)
    assert (tmp_path / "wal" / "system.identifier").read_text("ascii") == "1"


async def test_a_database_is_named_as_its_control_file_names_it(cluster: Cluster) -> None:
    connection = await connect(cluster.address("onecity_owner", "postgres"))
    own = await connection.fetchval("select system_identifier from pg_control_system()")
    await connection.close()
    assert identifier(cluster.folder.parent) == str(own)
