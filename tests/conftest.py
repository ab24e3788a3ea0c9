"""A PostgreSQL of their own for tests that need one: started once a process, a fresh database for each test."""

import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.cities import Pattern
from onecity.drills.proving import room
from onecity.machinery.postgres import Address, Cluster, connect, find_binaries, start_cluster, stop_cluster
from onecity.packs import Fault, Kind, Pack, load_pack

_NUMBERS = count()


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Commands that are called in the process of the tests read the shipped pack once, as everything else does."""

    def known(folder: Path, kinds: Sequence[Kind[Any]]) -> tuple[Pack, tuple[Fault, ...]]:
        return (shipped(), ()) if folder == shipped_pack() and kinds is KINDS else load_pack(folder, kinds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onecity.cli.pack.load_pack", known)
        yield


@pytest.fixture(scope="session")
def shared_folder() -> Iterator[Path]:
    """A folder that the database user can reach; pytest's own is closed to others."""
    with room() as folder:
        yield folder


@pytest.fixture(scope="module")
def open_folder(shared_folder: Path) -> Path:
    """A folder like that for the tests of one file: what they call their own, no other file has taken. Its name is
    short, for the paths of sockets in it.
    """
    folder = shared_folder / str(next(_NUMBERS))
    folder.mkdir()
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def pattern(shared_folder: Path) -> Pattern:
    """A city that was founded and stopped, for the cities of tests to begin as its copies."""
    return Pattern(shared_folder / "founded")


@pytest.fixture(scope="session")
def cluster(shared_folder: Path) -> Iterator[Cluster]:
    """The city's own PostgreSQL, as `onecity run` starts it, but for the disk: what a power cut does to a city is tried
    with cities that are started whole.
    """
    found = start_cluster(find_binaries(), shared_folder / "data", tell=lambda _: None)
    with (found.folder / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n")
    os.kill(int((found.folder / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)
    yield found
    stop_cluster(found)


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[str]:
    """The name of an empty database that goes away after the test."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    admin = await connect(cluster.address("onecity_owner", "postgres"))
    await admin.execute(f"create database {name}")
    yield name
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
def owner(cluster: Cluster, database: str) -> Address:
    return cluster.address("onecity_owner", database)


@pytest.fixture
def app(cluster: Cluster, database: str) -> Address:
    return cluster.address("onecity_app", database)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts whole cities comes first: at the end no process waits minutes for the last test of another."""
    whole = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in whole)
