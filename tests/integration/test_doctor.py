"""`onecity doctor` finds what `onecity run` would stumble over, says what to do, and changes nothing."""

import asyncio
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.provocations import as_user, is_root, old_server, small_disk

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.doctor import ROOM_MB
from onecity.bootstrap.finding import Finding
from onecity.bootstrap.hold import held
from onecity.cli.exits import Exit
from onecity.machinery.postgres import Address, find_binaries

ALL = [
    "python",
    "postgresql",
    "standbys",
    "locale",
    "folder",
    "disk",
    "port",
    "pack",
    "keys",
    "key-hosts",
    "bucket",
    "secrets",
    "backup",
    "sink",
    "browser",
    "sealing",
    "outbox",
    "jobs",
    "rows",
]
root_only = pytest.mark.skipif(not is_root(), reason="only root can become somebody else, and only root must")


def doctor(*words: str) -> tuple[int, dict[str, Finding]]:
    """What the doctor finds, by what was looked at, with the exit code."""
    line = [sys.executable, "-m", "onecity", "doctor", "--port", "0", "--json", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found = msgspec.json.decode(done.stdout, type=list[Finding])
    assert [one.what for one in found] == ALL
    return done.returncode, {one.what: one for one in found}


def trouble(*words: str) -> list[Finding]:
    """What is not as it must be."""
    code, found = doctor(*words)
    wrong = [one for one in found.values() if not one.ok]
    assert code == (Exit.OUTSIDE if wrong else Exit.DONE)
    assert all(one.mend for one in wrong)
    return wrong


def test_a_machine_that_has_everything_is_told_so_and_stays_as_it_is(open_folder: Path) -> None:
    code, found = doctor("--data", str(open_folder / "new" / "city"))
    assert (code, [one for one in found.values() if not one.ok]) == (Exit.DONE, [])
    assert found["postgresql"].found.startswith(find_binaries().version)
    assert found["folder"].found == f"{open_folder}/new/city, which will be made"
    assert not (open_folder / "new").exists()


def test_each_finding_is_one_line_for_people(open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = [sys.executable, "-m", "onecity", "doctor", "--port", str(port), "--data", str(open_folder / "new")]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == Exit.OUTSIDE
    assert [line[6:].split()[0] for line in lines] == ALL
    assert f"mend  port        Port {port} is taken. Choose another with --port." in lines
    assert [line[:6] for line in lines].count("ok    ") == len(ALL) - 1


def test_a_folder_on_which_a_city_runs_is_no_trouble(open_folder: Path) -> None:
    data = open_folder / "running"
    with held(data, lambda _: None):
        code, found = doctor("--data", str(data))
    assert (code, found["folder"].found) == (Exit.DONE, f"{data}, on which a city runs")


def test_a_folder_of_another_postgresql(open_folder: Path) -> None:
    cluster = open_folder / "old" / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("14\n", "utf-8")
    [wrong] = trouble("--data", str(open_folder / "old"))
    assert (wrong.what, wrong.mend) == ("folder", "Install 14 again.")


@root_only
def test_a_folder_in_which_the_database_cannot_start(open_folder: Path) -> None:
    closed = open_folder / "closed_here"
    closed.mkdir(mode=0o700)
    [wrong] = trouble("--data", str(closed / "deep" / "data"))
    assert (wrong.what, wrong.found.startswith(f"The folder {closed} is closed")) == ("folder", True)


@root_only
def test_a_folder_that_this_user_cannot_write(open_folder: Path) -> None:
    folder = open_folder / "roots"
    folder.mkdir(mode=0o755)
    done = as_user(65534, "doctor", "--port", "0", "--data", str(folder / "data"))
    assert done.returncode == Exit.OUTSIDE
    said = f"mend  folder      {folder} cannot be written by this user. Choose another folder with --data."
    assert said in done.stdout.splitlines()


def test_a_disk_with_too_little_room(open_folder: Path) -> None:
    with small_disk(open_folder / "little", megabytes=4) as disk:
        if disk is None:
            pytest.skip("this machine lets nobody mount a disk")
        [wrong] = trouble("--data", str(disk / "data"))
    assert (wrong.what, wrong.mend) == ("disk", f"Free some space: a city begins with {ROOM_MB} MB.")


def test_a_master_key_that_others_can_read_or_whose_change_broke_off(open_folder: Path) -> None:
    keys = open_folder / "keys"
    keys.mkdir()
    (keys / "master.key").write_bytes(bytes(64))
    (keys / "master.key").chmod(0o640)
    [wrong] = trouble("--data", str(open_folder))
    assert (wrong.what, wrong.mend) == ("keys", "Let only its owner read it: chmod 600.")
    (keys / "master.key").chmod(0o600)
    [wrong] = trouble("--data", str(open_folder))
    assert (wrong.what, wrong.mend) == ("keys", "Finish it with `onecity keys rotate master`.")


def test_a_secret_that_everybody_can_read(open_folder: Path) -> None:
    secret, file = open_folder / "password", open_folder / "secret.toml"
    secret.write_text("hunter2", "utf-8")
    file.write_text(
        f'database = "postgresql://127.0.0.1:1/x"\ndatabase_password_file = "{secret}"\ndata = "{open_folder}/new"\n'
    )
    secret.chmod(0o644)
    wrong = trouble("--config", str(file))
    assert [one.what for one in wrong] == ["postgresql", "secrets"]
    assert {one.mend for one in wrong} == {f"Close it: chmod g-w,o-rwx {secret}"}
    secret.chmod(0o600)
    assert [one.what for one in trouble("--config", str(file))] == ["postgresql"]


def test_a_pack_with_faults(open_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(shipped_pack(), tmp_path / "pack")
    (tmp_path / "pack" / "pack.yaml").unlink()
    [wrong] = trouble("--data", str(open_folder / "new"), "--pack", str(tmp_path / "pack"))
    assert (wrong.what, wrong.found) == ("pack", f"{tmp_path}/pack has 1 faults")


async def test_a_database_that_was_named(owner: Address, tmp_path: Path) -> None:
    code, found = await asyncio.to_thread(doctor, "--data", str(tmp_path), "--database", owner)
    assert (code, found["postgresql"].ok) == (Exit.DONE, True)
    assert found["postgresql"].found.endswith("at the URL that was given")
    async with old_server("14.19") as old:
        [wrong] = await asyncio.to_thread(trouble, "--data", str(tmp_path), "--database", old)
    assert (wrong.what, wrong.found) == ("postgresql", "The database is PostgreSQL 14; OneCity runs on 15 to 18")
