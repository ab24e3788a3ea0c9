"""What a backup or a restore refuses; that a city comes back from one is the restore drill, see `test_prove`."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from onecity.bootstrap.backing_up import restore
from onecity.bootstrap.last_backup import Backup
from onecity.bootstrap.settings import BackupSettings, Settings
from onecity.kernel.errors import CannotStart

pytestmark = pytest.mark.slow


@pytest.fixture
def place(open_folder: Path) -> Iterator[Path]:
    found = open_folder / uuid4().hex[:8]
    found.mkdir(mode=0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--to", "2026-11-26T10:20:00"), 2, "lacks its zone"),
        (("--to", "yesterday"), 2, "no instant like"),
        ((), 4, "There is no backup in"),
    ],
)
def test_a_restore_that_cannot_be_says_why_and_leaves_nothing(
    place: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    command = [sys.executable, "-m", "onecity", "restore", str(place / "no"), "--keys", str(place / "keys")]
    command += ["--data", str(place / "data"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert not (place / "data").exists()


def test_a_restore_that_would_bring_everybody_back_is_refused(tmp_path: Path) -> None:
    into, keys, data = tmp_path / "backup", tmp_path / "vault" / "20261119T010000000000Z", tmp_path / "data"
    for folder in (into / "base", keys):
        folder.mkdir(parents=True)
    (keys / "keys.sqlite").touch()
    at = datetime(2026, 11, 19, tzinfo=UTC)
    made = Backup(keys.name, at, at, "15", 0, 0, str(into), str(keys.parent))
    (into / "base" / f"{made.stamp}.json").write_bytes(msgspec.json.encode(made))

    def restored(deleted: Path | None = None) -> str:
        settings = Settings(data, backup=BackupSettings(into, keys, deleted=deleted))
        with pytest.raises(CannotStart) as refused:
            asyncio.run(restore(settings, into, keys, None, tell=told.append, told=lambda *_: None))
        return refused.value.sentence

    told: list[str] = []
    assert "There is no list of destroyed keys, keys-deleted" in restored()
    assert "--deleted" in restored(tmp_path / "nothing")
    assert not told and not data.exists()


def test_a_city_is_restored_into_an_empty_folder_only(place: Path) -> None:
    (place / "data").mkdir()
    (place / "data" / "papers").write_text("mine", "utf-8")
    command = [
        sys.executable,
        "-m",
        "onecity",
        "restore",
        str(place),
        "--keys",
        str(place),
        "--data",
        str(place / "data"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 4 and "is not empty" in done.stderr
    assert (place / "data" / "papers").read_text("utf-8") == "mine"
