"""Two processes of one city, started with different folders, always speak of the same rules."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.packs_in_time import TWELVE_DAYS, pack_folder, pack_of, tea

from onecity.drills.cities import Pattern, RunningCity

PATIENCE_S = 30.0
AHEAD = timedelta(seconds=20)
"""Long enough for a command and four answers on a machine with other work."""

pytestmark = pytest.mark.slow


@pytest.fixture
def first(open_folder: Path, pattern: Pattern) -> Iterator[RunningCity]:
    found = RunningCity(pattern.copied(open_folder / "first"))
    found.start()
    yield found
    found.clean()


@pytest.fixture
def second(first: RunningCity, open_folder: Path, tmp_path: Path) -> Iterator[RunningCity]:
    """Another process on the first one's database and keys, with a newer pack."""
    data = open_folder / "second"
    data.mkdir()
    for shared in ("keys", "simulated_accounts.json"):
        (data / shared).symlink_to(first.data / shared)
    url = f"postgresql://onecity_owner@/onecity?host={first.data}/postgres/socket"
    found = RunningCity(data, "--database", url, "--pack", str(pack_folder(tmp_path, tea)))
    found.start()
    yield found
    found.stop()


def days(city: RunningCity) -> str | None:
    """What a process says of the tea stall now: its latest day, None if it knows no tea stall."""
    answer = httpx.get(f"{city.address}/api/items/tea_stall", trust_env=False)
    return answer.json()["latest"] if answer.status_code == 200 else None


def test_both_follow_a_newer_folder_and_change_over_at_an_instant(
    first: RunningCity, second: RunningCity, tmp_path: Path
) -> None:
    before = days(second)
    assert before is not None
    in_time(lambda: days(first) == before)
    instant = datetime.now(UTC) + AHEAD
    folder = pack_folder(tmp_path, tea, TWELVE_DAYS)
    done = onecity("pack", "apply", str(folder), "--at", instant.isoformat(), "--data", str(first.data))
    assert done.returncode == 0, done.stderr
    asked = 0
    while datetime.now(UTC) < instant:
        told = [days(city) for city in (first, second)]
        # What was asked before the instant and answered after it may be either.
        early = datetime.now(UTC) < instant
        assert told == [before, before] or not early
        asked += early
        time.sleep(0.05)
    assert asked, "the command took longer than the time before the instant"
    in_time(lambda: days(first) == days(second) != before)
    after = days(first)
    [*_, old, new] = msgspec.json.decode(onecity("pack", "versions", "--json", "--data", str(first.data)).stdout)
    assert (old["how"], new["how"], new["in_force"]) == ("start", "command", True)
    assert new["counts"] == pack_of(folder).counts()

    assert first.stop() == 0
    first.start()
    # The folder of the older process is not news, and somebody has decided by command.
    assert days(first) == after
    assert any("The city keeps version" in line for line in first.said)


def in_time(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    patience = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < patience, "the processes did not come together"
        time.sleep(0.1)


def onecity(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "onecity", *words], capture_output=True, text=True, check=False)
