"""The version in which governance was finished gives way to a next one, process by process, while people report.

Whoever asks tries three times at most, each time at another process, as a proxy would do.
"""

import asyncio
import io
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec
import pytest
from tests.upgrade.next_version import next_version

from onecity.drills.cities import RunningCity
from onecity.machinery.postgres import Address, connect

TRIES: Final = 3
COMMON: Final = ("keys", "ledger", "licences", "blobs", "simulated_accounts.json")
PLACE: Final = {"longitude": 113.6651, "latitude": 34.7466}
ROOT: Final = Path(__file__).parents[2]
WAITS: Final = {"services/0012 uploads_for_anything_go", "governance/0902 answer_by_goes"}
"""What only takes away, since the version in which governance was finished."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the version in which governance was finished, from the history of the checkout."""
    commit = (Path(__file__).parent / "governance_finished").read_text("utf-8").strip()
    packed = subprocess.run(
        ["git", "archive", commit, "src", "packs/zhengzhou"], cwd=ROOT, capture_output=True, check=False
    )
    assert packed.returncode == 0, f"the history of this checkout lacks {commit}; fetch all of it"
    folder = tmp_path_factory.mktemp("finished")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


class House:
    """Processes of one city on a database of their own, each in one version."""

    def __init__(self, owner: Address, folder: Path) -> None:
        self._owner = owner
        self._folder = folder
        self.common = folder / "common"
        self.common.mkdir()
        self.live: dict[str, RunningCity] = {}

    def start(self, name: str, sources: Path) -> None:
        """A process that answers when this returns, and is asked from then on."""
        folder = self._folder / name
        folder.mkdir()
        for shared in COMMON:
            (folder / shared).symlink_to(self.common / shared)
            if not shared.endswith(".json"):
                (self.common / shared).mkdir(exist_ok=True, mode=0o700)
        program = ("env", f"PYTHONPATH={sources}", sys.executable, "-m", "onecity")
        city = RunningCity(folder, "--database", self._owner, program=program)
        city.start()
        self.live[name] = city

    def stop(self, name: str) -> None:
        """Nobody is sent there any more, then it stops."""
        assert self.live.pop(name).stop() == 0

    def command(self, sources: Path, *words: str) -> subprocess.CompletedProcess[str]:
        folder = next(iter(self.live.values())).data
        command = ["env", f"PYTHONPATH={sources}", sys.executable, "-m", "onecity", *words]
        command += ["--data", str(folder), "--database", self._owner]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def house(owner: Address, open_folder: Path) -> Iterator[House]:
    found = House(owner, open_folder)
    yield found
    for city in found.live.values():
        city.end()


class People(threading.Thread):
    """People who report, follow what they reported and look it up; of each request how often it was tried."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self._house = house
        self.told: list[dict[str, Any]] = []
        self.tries: list[int] = []
        self.wrong: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=30, trust_env=False) as client:
            while not self.over.is_set():
                if len(self.told) < 50:
                    sent = {"words": f"第 {len(self.told)} 个坑", "matter": "z:road_collapse", "point": PLACE}
                    answer = self._ask(client, "POST", "/api/reports", {"Idempotency-Key": str(uuid4())}, sent)
                    self.told.append(answer.json()) if answer else None
                for one in self.told[:1] + self.told[-1:]:
                    page = self._ask(client, "GET", one["follow"])
                    if page is not None and one["number"] not in page.text:
                        self.wrong.append(f"the page of {one['number']} does not name it")
                    self._ask(client, "GET", f"/reports?q={one['number']}")
                # Whoever looks up reports may do so twice a second; this one does so for minutes on a slow machine.
                time.sleep(1.2)

    def _ask(
        self, client: httpx.Client, how: str, path: str, headers: dict[str, str] | None = None, sent: Any = None
    ) -> httpx.Response | None:
        said = []
        for number in range(1, TRIES + 1):
            cities = list(self._house.live.items())
            name, city = cities[-number % len(cities)]
            try:
                answer = client.request(how, f"{city.address}{path}", headers=headers, json=sent)
            except httpx.TransportError as failure:
                said.append(f"{name}: {type(failure).__name__}")
                continue
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                answer.raise_for_status()
                self.tries.append(number)
                return answer
            said.append(f"{name}: {answer.status_code}")
        self.wrong.append(f"{how} {path.partition('?')[0][:12]}: {said}")
        return None

    def more(self, number: int) -> None:
        """Until so many more requests were answered."""
        until = len(self.tries) + number
        while len(self.tries) < until and self.is_alive():
            time.sleep(0.05)


def test_one_version_follows_another_while_people_report(
    house: House, finished: Path, tmp_path: Path, owner: Address
) -> None:
    newer = next_version(tmp_path)
    house.start("old one", finished)
    house.start("old two", finished)
    people = People(house)
    people.start()
    people.more(12)
    house.stop("old one")
    house.start("new one", newer)
    people.more(12)
    told = msgspec.json.decode(house.command(newer, "upgrade", "status", "--json").stdout)
    assert set(told["waits"]) == WAITS and told["older"] > 0
    early = house.command(newer, "upgrade", "finish")
    assert early.returncode == 4 and "Stop every process of it" in early.stderr, early.stderr
    house.stop("old two")
    house.start("new two", newer)
    done = house.command(newer, "upgrade", "finish", "--json")
    assert done.returncode == 0, done.stderr
    ended = msgspec.json.decode(done.stdout)
    assert ended["steps"] == len(WAITS) and ended["rows"] > 0, "what the older program wrote has no day of the week yet"
    people.more(12)
    people.over.set()
    people.join()

    assert people.wrong == [], "not served within three tries"
    assert len(people.told) >= 6
    versions = asyncio.run(kinds(owner))
    assert versions["governance.reported/1"] >= 3 and versions["governance.reported/2"] >= 3
    for words in (("ledger", "rebuild", "--check"), ("ledger", "verify")):
        checked = house.command(newer, *words)
        assert checked.returncode == 0, checked.stdout + checked.stderr


async def kinds(owner: Address) -> dict[str, int]:
    """How many facts there are of each version of a report."""
    connection = await connect(owner)
    try:
        rows = await connection.fetch(
            "select kind, count(*) from ledger.facts where kind like 'governance.reported/%' group by 1"
        )
        return dict(map(tuple, rows))
    finally:
        await connection.close()
