"""One city for all tests over HTTP of a process; tests leave each other's people and affairs alone."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http.towns import Town, open_town

from onecity.machinery.postgres import Cluster


@pytest.fixture(scope="session")
async def the_town(cluster: Cluster, shared_folder: Path) -> AsyncIterator[Town]:
    async with open_town(cluster, shared_folder / "town", f"town_{os.getpid()}") as found:
        yield found


@pytest.fixture
async def town(the_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The city; letters and pages know its clock, for as long as a test runs."""
    monkeypatch.setattr("onecity.bootstrap.city.now", the_town.clock)
    await the_town.wake()
    return the_town


@pytest.fixture
async def alone(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town of its own, for a test to which whatever others did would matter."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}") as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found
