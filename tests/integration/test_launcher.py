"""Whatever keeps a city from starting ends in one sentence, that says what to do, and in its exit code."""

import asyncio
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.provocations import as_user, is_root, old_server, small_disk

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.serve import listening
from onecity.bootstrap.settings import Settings
from onecity.cli.exits import Exit
from onecity.cli.main import main, onecity
from onecity.drills.cities import Pattern, RunningCity
from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import FULL
from onecity.machinery.postgres import Address, Cluster, connect

root_only = pytest.mark.skipif(not is_root(), reason="only root can become somebody else, and only root must")
STRANGER = 54321
NOBODY = 65534
CANARY = "林晓梅"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`onecity run`, which is expected not to start."""
    line = [sys.executable, "-m", "onecity", "run", "--port", "0", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


def sentence(done: subprocess.CompletedProcess[str], code: Exit = Exit.OUTSIDE) -> str:
    """The one sentence with which a command ended; beside it there are only lines of progress."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    [found] = [line for line in done.stderr.splitlines() if not line.startswith("  ")]
    return found


async def refusal(*words: str) -> str:
    """The sentence with which `onecity run` ends, while this process does its part."""
    return sentence(await asyncio.to_thread(run, *words))


def test_a_port_that_is_taken(open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("--port", str(port), "--data", str(open_folder / "taken"))
    assert sentence(done) == f"Port {port} is taken. Choose another with --port."
    assert not (open_folder / "taken" / "postgres").exists(), "the port is looked at before anything slow begins"


def test_two_cities_that_start_together_do_not_share_a_port(tmp_path: Path) -> None:
    with listening(Settings(data=tmp_path, port=0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken"):
            listening(Settings(data=tmp_path, port=port))


def test_an_address_that_this_machine_has_not(open_folder: Path) -> None:
    done = run("--host", "192.0.2.1", "--data", str(open_folder / "address"))
    assert sentence(done) == "This machine has no address 192.0.2.1. Choose another with --host."


@pytest.mark.parametrize("megabytes", [4, 50, 60, 80])
def test_a_full_disk_whoever_finds_it_full(open_folder: Path, megabytes: int) -> None:
    """The copier of programs, the maker of the database's files, the database as it starts, and the schema."""
    with small_disk(open_folder / f"disk_{megabytes}", megabytes=megabytes) as disk:
        if disk is None:
            pytest.skip("this machine lets nobody mount a disk; the next test fills one without")
        assert sentence(run("--data", str(disk / "data"))) == FULL


async def test_a_disk_that_takes_no_more_byte(owner: Address, tmp_path: Path) -> None:
    # The device takes no byte and says so as a full disk does.
    (tmp_path / "simulated_accounts.json").symlink_to("/dev/full")
    assert await refusal("--data", str(tmp_path), "--database", owner) == FULL


@pytest.mark.parametrize(("version", "major"), [("14.19", 14), ("9.6.24", 9), ("19.0", 19)])
async def test_a_database_server_of_another_time(tmp_path: Path, version: str, major: int) -> None:
    async with old_server(version) as address:
        said = await refusal("--data", str(tmp_path), "--database", address)
    assert said == f"The database is PostgreSQL {major}; OneCity runs on 15 to 18. Name another with --database."


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "UTF8"])
async def test_a_database_that_finds_no_chinese_word(cluster: Cluster, tmp_path: Path, encoding: str) -> None:
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    name = f"no_chinese_{encoding.lower()}"
    how = f"template template0 encoding '{encoding}' locale_provider libc lc_collate 'C' lc_ctype 'C'"
    await admin.execute(f"create database {name} {how}")
    said = await refusal("--data", str(tmp_path), "--database", cluster.address("onecity_owner", name))
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()
    assert said == (
        f"The database's encoding is {encoding} and its character type C; with these a search for Chinese words finds "
        "nothing. Make one with: createdb -E UTF8 --lc-ctype=C.UTF-8 --lc-collate=C -T template0 NAME."
    )


@pytest.mark.parametrize("owns", [False, True])
async def test_a_role_that_may_not_enough(cluster: Cluster, database: str, tmp_path: Path, owns: bool) -> None:
    """One that may make nothing in the database, and one that owns it but may not give roles."""
    admin = await connect(cluster.address("onecity_owner", database))
    if not await admin.fetchval("select exists (select from pg_roles where rolname = 'onecity_reader')"):
        await admin.execute("create role onecity_reader login")
    if owns:
        await admin.execute(f"alter database {database} owner to onecity_reader")
    await admin.close()
    said = await refusal("--data", str(tmp_path), "--database", cluster.address("onecity_reader", database))
    assert said == ("The database role may not create what the city needs. Give it CREATEROLE and the database itself.")


async def test_a_role_that_the_server_does_not_know(cluster: Cluster, database: str, tmp_path: Path) -> None:
    said = await refusal("--data", str(tmp_path), "--database", cluster.address("stranger", database))
    assert said == "The database does not know the role of its URL, or the password is wrong. Correct --database."


async def test_a_database_that_the_server_does_not_have(cluster: Cluster, tmp_path: Path) -> None:
    said = await refusal("--data", str(tmp_path), "--database", cluster.address("onecity_owner", "nowhere"))
    assert said.startswith("The database server has no database of that name. Make one with: createdb -E UTF8 ")


@pytest.mark.parametrize("url", ["postgresql://c:secret@127.0.0.1:{port}/c", "postgresql://c:secret@nowhere.invalid/c"])
def test_a_database_that_does_not_answer(tmp_path: Path, url: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        done = run("--data", str(tmp_path), "--database", url.format(port=silent.getsockname()[1]))
    assert sentence(done) == (
        "The database does not answer. Check that it runs, and that host and port of --database are right."
    )


async def test_a_server_that_takes_the_call_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.machinery.postgres.reaching.PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CannotStart, match="does not answer"):
        await connect(Address(f"postgresql://city@127.0.0.1:{silent.getsockname()[1]}/city"))


@pytest.mark.parametrize(
    "url",
    [
        "c:secret@127.0.0.1/c",
        "mysql://c:secret@127.0.0.1/c",
        "postgresql://c:secret@127.0.0.1:port/c",
        "postgresql://[c",
    ],
)
def test_a_url_that_is_none(tmp_path: Path, url: str) -> None:
    done = run("--data", str(tmp_path), "--database", url)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert "That is no URL of a PostgreSQL. Write it like postgresql://role:password@host:5432/database." in done.stderr
    assert "secret" not in done.stderr


@root_only
def test_a_parent_folder_that_is_closed_to_the_databases_user(open_folder: Path) -> None:
    closed = open_folder / "closed_to_others"
    closed.mkdir(mode=0o700)
    assert sentence(run("--data", str(closed / "data"))) == (
        f"The folder {closed} is closed to others, so the database user `nobody` cannot reach {closed}/data/postgres. "
        "Choose another place with --data, for example /var/lib/onecity."
    )


def test_a_folder_whose_name_is_too_long_for_a_socket(open_folder: Path) -> None:
    name = "x" * (107 - len(str(open_folder)) - len("/postgres/socket/.s.PGSQL.5432"))
    assert re.fullmatch(
        "The data folder's name is too long: the database's socket would need 108 bytes and the system allows 107. "
        "Choose a shorter one with --data.",
        sentence(run("--data", str(open_folder / name))),
    )


@root_only
def test_a_user_whom_the_system_does_not_know(open_folder: Path) -> None:
    data = open_folder / "strange"
    data.mkdir(mode=0o777)
    data.chmod(0o777)
    assert sentence(as_user(STRANGER, "run", "--port", "0", "--data", str(data))) == (
        f"User id {STRANGER} has no entry in the system's user list, and PostgreSQL needs one. Start as a listed user, "
        "or add an entry to /etc/passwd."
    )


@root_only
def test_a_user_without_a_home_is_asked_for_a_folder() -> None:
    assert sentence(as_user(STRANGER, "run", "--port", "0")) == (
        "Nobody knows your home folder here. Name a data folder with --data."
    )


def test_a_folder_on_which_another_city_runs(open_folder: Path, pattern: Pattern) -> None:
    city = RunningCity(pattern.copied(open_folder / "one"))
    city.start()
    try:
        said = sentence(run("--data", str(city.data)))
        assert said == f"Another city runs on {city.data}. Stop it, or name another folder with --data."
    finally:
        city.clean()


@root_only
def test_a_data_folder_that_only_others_may_write(open_folder: Path) -> None:
    data = open_folder / "of_root"
    data.mkdir(mode=0o755)
    assert sentence(as_user(NOBODY, "run", "--port", "0", "--data", str(data))) == (
        f"The data folder {data} cannot be used: Permission denied. Choose another with --data."
    )


def test_a_data_folder_on_a_disk_that_is_only_read(open_folder: Path) -> None:
    with small_disk(open_folder / "read_only", megabytes=1, options="ro,mode=0755") as disk:
        if disk is None:
            pytest.skip("this machine lets nobody mount a disk; the test before this one needs none")
        for data in (disk, disk / "data"):
            assert sentence(run("--data", str(data))) == (
                f"The data folder {data} cannot be used: Read-only file system. Choose another with --data."
            )


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    done = run(
        "--data", str(tmp_path), "--log", str(tmp_path / "nowhere" / "city.log"), "--database", "postgresql://x/y"
    )
    assert sentence(done) == f"{tmp_path}/nowhere/city.log: No such file or directory."


def test_a_pack_with_a_fault(tmp_path: Path) -> None:
    shutil.copytree(shipped_pack(), tmp_path / "pack")
    (tmp_path / "pack" / "pack.yaml").write_text("id: x\n", "utf-8")
    done = run("--data", str(tmp_path / "data"), "--pack", str(tmp_path / "pack"))
    assert (done.returncode, done.stdout) == (Exit.PACK_FAULT, "")
    assert done.stderr.splitlines()[0] == "pack.yaml:1:1: The key `area` is missing. Add `area:` with its value."
    assert not (tmp_path / "data").exists()


async def test_a_database_that_a_newer_onecity_has_used(owner: Address, tmp_path: Path) -> None:
    admin = await connect(owner)
    await admin.execute(
        "create table public.migrations (package text, number int, name text not null, sha256 text not null,"
        " at timestamptz not null default now(), primary key (package, number))"
    )
    await admin.execute("insert into public.migrations values ('citycode', 7, 'gates', repeat('0', 64))")
    await admin.close()
    assert await refusal("--data", str(tmp_path), "--database", owner) == (
        "The database is newer than this program: it has seen citycode/0007. Install the newer one."
    )


def test_files_of_another_postgresql(open_folder: Path) -> None:
    cluster = open_folder / "older_files" / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("14\n", "utf-8")
    said = sentence(run("--data", str(open_folder / "older_files")))
    assert re.fullmatch(
        r"The data were made by PostgreSQL 14 and [\d.]+ is installed\. Install version 14 again, or move the data with"
        r" `onecity upgrade postgresql`\.",
        said,
    )


def test_a_database_that_lies_aside_is_no_reason_to_begin_anew(open_folder: Path) -> None:
    (open_folder / "aside" / "postgres" / "cluster-15").mkdir(parents=True)
    said = sentence(run("--data", str(open_folder / "aside")))
    assert said.startswith("A move to another PostgreSQL broke off: the database lies in ")
    assert not (open_folder / "aside" / "postgres" / "cluster").exists()


def test_a_file_of_keys_that_was_cut(open_folder: Path, owner: Address) -> None:
    (open_folder / "cut" / "keys").mkdir(parents=True)
    (open_folder / "cut" / "keys" / "master.key").write_bytes(b"short")
    done = run("--data", str(open_folder / "cut"), "--database", owner)
    assert sentence(done) == "The master key file is damaged. Restore it from the backup of the keys."


def test_a_bug_of_ours_says_where_and_quotes_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def stumble() -> None:
        raise KeyError(CANARY)

    monkeypatch.setitem(onecity.commands, "stumble", stumble)
    monkeypatch.setattr(sys, "argv", ["onecity", "stumble"])
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr().err
    assert end.value.code == Exit.BUG
    assert ("'stumble:" in told, "This is a bug of ours" in told, CANARY in told) == (True, True, False)
