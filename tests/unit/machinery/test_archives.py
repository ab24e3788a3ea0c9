"""An archive of a database's log takes the log of that database and of no other."""

from pathlib import Path
from typing import Any, cast

import pytest

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Cluster, archive_to


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
    await archive_to(cast("Any", database), Cluster(folder, folder, folder, None), folder / "wal")


async def test_an_archive_takes_the_log_of_its_own_database_again_and_of_another_never(tmp_path: Path) -> None:
    for _ in range(2):
        await archiving(Database(1), tmp_path)
    other = Database(2)
    with pytest.raises(CannotStart, match="holds the log of another database"):
        await archiving(other, tmp_path)
    assert other.told == [], "nothing was sent there"
    await archiving(other, tmp_path / "new")
    assert other.told != []
