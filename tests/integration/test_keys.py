"""Another key after one of a city's, while it runs: nobody waits, nothing is lost, outsiders can follow."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from onecity.bootstrap.renewing import USES
from onecity.cli.exits import Exit
from onecity.drills.cities import RunningCity

TOOLS = Path(__file__).parents[2] / "tools"

pytestmark = pytest.mark.slow


def onecity(city: RunningCity, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onecity", *words, "--data", str(city.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_running_city_takes_other_keys_and_goes_on(city: RunningCity, tmp_path: Path) -> None:
    ledger, master = city.data / "ledger", (city.data / "keys" / "master.key").read_bytes()
    first = tmp_path / "first.key"
    in_a_moment((ledger / "checkpoint").is_file)
    first.write_bytes((ledger / "key").read_bytes())
    before = told(onecity(city, "keys", "list", "--json"))
    assert {one["purpose"]: one["number"] for one in before["purposes"]} == dict.fromkeys(USES, 1)
    assert isinstance(before["persons"], int) and before["persons"] > 0

    done = told(onecity(city, "keys", "rotate", "checkpoint", "--why", "每年换一次", "--json"))
    assert (ledger / "key").read_text() == done["line"] != first.read_text()
    assert told(onecity(city, "keys", "rotate", "master", "--json"))["count"] == before["persons"] + len(USES) + 1
    assert (city.data / "keys" / "master.key").read_bytes() != master
    after = told(onecity(city, "keys", "list", "--json"))
    assert [one["why"] for one in after["signers"]] == ["每年换一次"]
    assert master.hex() not in str(after) and after["persons"] == before["persons"]

    citizen = city.program()
    assert citizen.http.get("/api/account/export").status_code == 200, "what people are called still opens"
    in_a_moment(lambda: (ledger / "checkpoint").read_text().count("\nkeys 1 ") == 1)
    assert followed(city, first, tmp_path / "export") == done["line"]

    assert told(onecity(city, "keys", "rotate", "session", "--json"))["count"] >= 1
    assert citizen.http.get("/api/account/export").status_code == 401
    citizen.close()
    assert city.stop() == 0
    # Nobody seals now, so the command does it itself.
    again = told(onecity(city, "keys", "rotate", "checkpoint", "--json"))
    assert again["count"] == 2
    assert followed(city, first, tmp_path / "again") == again["line"]
    city.start()
    assert httpx.get(f"{city.address}/health/ready", trust_env=False).status_code == 200
    assert told(onecity(city, "ledger", "verify", "--json"))["damages"] == []


def followed(city: RunningCity, kept: Path, into: Path) -> str:
    """The key of now as an outsider finds it from the one that they kept."""
    assert onecity(city, "ledger", "export", str(into)).returncode == 0
    command = [sys.executable, str(TOOLS / "follow_keys.py"), str(into), "--key", str(kept)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    command = [sys.executable, str(TOOLS / "verify_ledger.py"), str(into)]
    subprocess.run(command, capture_output=True, check=True)
    return found


@pytest.mark.parametrize("why", ["", " ", "two\nlines", "x" * 201])
def test_a_reason_is_one_line(why: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onecity", "keys", "rotate", "checkpoint", "--why", why, "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.USAGE and "one line" in done.stderr


def in_a_moment(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)
