"""A backup under load, an accident, and the city again on an empty machine: all that was answered, nobody forgotten."""

import asyncio
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from tests.cities import RunningCity
from tests.integration.test_person_commands import newcomer, onecity

from onecity.ledger import Basis, key_of
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import archived, connect

pytestmark = pytest.mark.slow

PLACE = {"longitude": 113.6651, "latitude": 34.7466}


class Reporters(threading.Thread):
    """People who go on reporting; of each answer the number, the link and when it came."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.told: list[tuple[datetime, dict[str, str]]] = []
        self.over = threading.Event()
        self._address = address

    def run(self) -> None:
        with httpx.Client(base_url=self._address, timeout=30, trust_env=False) as client:
            while not self.over.is_set():
                sent = {"words": f"第 {len(self.told)} 个坑", "matter": "z:road_collapse", "point": PLACE}
                answer = client.post("/api/reports", json=sent)
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    return
                answer.raise_for_status()
                self.told.append((datetime.now(UTC), answer.json()))
                # Sixty in ten minutes are everybody's measure; a slow machine needs them for longer.
                time.sleep(0.7 if len(self.told) < 30 else 4)

    def more(self, number: int) -> None:
        """Wait until so many more have an answer."""
        until = len(self.told) + number
        while len(self.told) < until and self.is_alive():
            time.sleep(0.02)


@pytest.fixture
def place(open_folder: Path) -> Iterator[Path]:
    found = open_folder / uuid4().hex[:8]
    found.mkdir(mode=0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


async def written_away(city: RunningCity) -> None:
    """What lies in the log of the database goes to the archive now, not within the minute."""
    connection = await connect(city.cluster().address("onecity_owner"))
    await archived(connection)
    await connection.close()


async def wreck(city: RunningCity) -> None:
    """Somebody with too many rights and the wrong window."""
    connection = await connect(city.cluster().address("onecity_owner"))
    await connection.execute("truncate projections.reports, projections.cases, ledger.facts, ledger.sealed cascade")
    await connection.close()


def forgotten(data: Path, person: UUID) -> bool:
    """Whether nothing opens what was a person's."""
    keys = KeyStore(data / "keys")
    try:
        return all(keys.cipher(key_of(person, basis)) is None for basis in Basis)
    finally:
        keys.close()


def second_of_two(city: RunningCity, into: Path, keys: Path) -> dict[str, str]:
    """A backup after which only it is left, of the one before it and of one that broke off long ago."""
    (into / "base" / "20200101T000000000000Z.new").mkdir(parents=True)
    words = ("backup", str(into), "--keys", str(keys), "--keep", "1", "--json")
    first, second = (json.loads(onecity(city, *words)) for _ in range(2))
    assert {path.name for path in (into / "base").iterdir()} == {second["stamp"], f"{second['stamp']}.json"}
    assert [path.name for path in (into / "rest").iterdir()] == [second["stamp"]] != [first["stamp"]]
    label = (into / "base" / second["stamp"] / "backup_label").read_text("utf-8")
    needed = label.partition("(file ")[2].partition(")")[0]
    assert min(path.name for path in (into / "wal").iterdir() if not path.suffix) >= needed
    assert "second copy of the keys has all" in onecity(city, "doctor")
    found: dict[str, str] = second
    return found


def test_a_city_is_restored_to_a_second_before_an_accident(place: Path) -> None:
    city = RunningCity(place / "lost")
    city.start()
    person = UUID(newcomer(city))
    into, keys = place / "backup", place / "vault"
    crowd = Reporters(city.address)
    crowd.start()
    crowd.more(5)
    made = second_of_two(city, into, keys)
    # The key of each report after the backup is in the second copy alone.
    crowd.more(5)
    until = datetime.now(UTC)
    time.sleep(0.6)
    crowd.more(2)
    assert crowd.is_alive(), "somebody reported all the time"
    crowd.over.set()
    crowd.join()
    onecity(city, "person", "forget", str(person))
    asyncio.run(wreck(city))
    asyncio.run(written_away(city))
    city.clean()
    shutil.rmtree(city.data)

    again = RunningCity(place / "again")
    words = ("restore", str(into), "--keys", str(keys), "--to", until.isoformat())
    told = onecity(again, *words)
    assert ": 0 of them or of their rows differ" in told
    assert "1 people were forgotten after the copy" in told
    assert forgotten(again.data, person)
    last_week = RunningCity(place / "last_week")
    onecity(last_week, "restore", str(into), "--keys", str(keys / made["stamp"]), "--to", until.isoformat())
    assert forgotten(last_week.data, person)

    again.start()
    try:
        before = [one for at, one in crowd.told if at < until]
        after = [one for at, one in crowd.told if at > until + timedelta(seconds=0.5)]
        with httpx.Client(base_url=again.address, timeout=30, trust_env=False) as visitor:
            assert len(before) >= 10 and after
            for one in before:
                assert one["number"] in visitor.get(one["follow"]).text
            assert visitor.get("/reports", params={"q": before[-1]["number"]}).text.count(before[-1]["number"]) > 1
            for one in after:
                assert visitor.get(one["follow"]).status_code == httpx.codes.NOT_FOUND
        onecity(again, "ledger", "verify")
        onecity(again, "ledger", "rebuild", "--check")
    finally:
        again.clean()


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
