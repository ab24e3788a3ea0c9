"""The doctor says of a city with facts and without a backup that this is to be mended."""

from pathlib import Path

import pytest

from onecity.bootstrap.doctor import backup
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Address


def test_no_backup_is_something_to_mend_as_soon_as_there_are_facts(tmp_path: Path) -> None:
    assert backup(Settings(tmp_path)).startswith("none yet")
    (tmp_path / "ledger").mkdir()
    checkpoint = tmp_path / "ledger" / "checkpoint"
    checkpoint.write_text("ledger.test.example\n0\nAAAA\n")
    assert backup(Settings(tmp_path)).startswith("none yet")
    checkpoint.write_text("ledger.test.example\n7\nAAAA\n")
    with pytest.raises(CannotStart, match="The city has facts and no backup"):
        backup(Settings(tmp_path))


def test_a_database_of_somebody_else_has_backups_of_their_own(tmp_path: Path) -> None:
    assert backup(Settings(tmp_path, database=Address("postgresql://a@b/c"))).startswith("made with the tools")
