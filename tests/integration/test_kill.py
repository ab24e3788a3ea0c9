"""Killed at any moment, the city loses nothing that it acknowledged, doubles nothing, and keeps nothing half."""

import asyncio
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from tests.cities import ANSWERS, RunningCity

from onecity.machinery.postgres import connect

ROOT = Path(__file__).parents[2]
TIMES = 20
WORKERS = 4
PAUSE_S = 0.05
NAMESPACE = UUID(int=7)


@pytest.fixture
def city(open_folder: Path) -> Iterator[RunningCity]:
    found = RunningCity(open_folder / "killed")
    found.start()
    yield found
    found.clean()


class Applicant(threading.Thread):
    """Applies again and again; a key whose answer did not arrive is repeated until it does."""

    def __init__(self, city: RunningCity, token: str, name: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._city, self._token, self._name, self._over = city, token, name, over
        self.answers: dict[str, Any] = {}
        self.doubled: list[str] = []

    def run(self) -> None:
        number = 0
        while not self._over.is_set():
            key = str(uuid5(NAMESPACE, f"{self._name} {number}"))
            answer = self._asked(key)
            time.sleep(PAUSE_S)
            if answer is None:
                continue
            # What was acknowledged once is acknowledged in the same words ever after.
            if self.answers.setdefault(key, answer) != answer:
                self.doubled.append(key)
            number += 1

    def _asked(self, key: str) -> Any:
        body = {"items": ["food_business"], "answers": ANSWERS}
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": key}
        try:
            answer = httpx.post(
                f"{self._city.address}/api/applications", json=body, headers=headers, timeout=10, trust_env=False
            )
        except httpx.HTTPError:
            return None
        if answer.status_code in (429, 503):
            return None
        answer.raise_for_status()
        return answer.json()


def test_twenty_power_cuts_lose_nothing_double_nothing_and_leave_nothing_half(
    city: RunningCity, tmp_path: Path
) -> None:
    dice = random.Random(7)
    program = city.program()
    token = str(program.http.headers["authorization"]).removeprefix("Bearer ")
    program.close()
    over = threading.Event()
    applicants = [Applicant(city, token, f"applicant {number}", over) for number in range(WORKERS)]
    for one in applicants:
        one.start()
    for number in range(TIMES):
        time.sleep(dice.uniform(0.05, 0.6))
        if number % 2:
            city.kill()
            city.start()
        else:
            city.kill_database()
    time.sleep(1)
    over.set()
    for one in applicants:
        one.join()
    acknowledged = {key: answer for one in applicants for key, answer in one.answers.items()}
    assert [one.doubled for one in applicants] == [[]] * WORKERS
    assert len(acknowledged) > TIMES, "the city was hardly used between the cuts"
    numbers = [answer["number"] for answer in acknowledged.values()]
    assert len(set(numbers)) == len(numbers)
    kept = asyncio.run(remembered(city))
    assert [answer for answer in acknowledged.values() if kept.count(answer) != 1] == []
    assert city.stop() == 0
    assert whole(city, tmp_path, at_least=len(acknowledged))


async def remembered(city: RunningCity) -> list[Any]:
    """Every answer that the ledger holds."""
    connection = await connect(city.cluster().address("onecity_app"))
    rows = await connection.fetch("select answer from ledger.answers")
    await connection.close()
    return [json.loads(row["answer"]) for row in rows]


def whole(city: RunningCity, folder: Path, *, at_least: int) -> bool:
    """Facts, projections and tree agree, and an outsider finds the same."""
    for words in (["verify"], ["rebuild", "--check"], ["export", str(folder / "export")]):
        done = onecity("ledger", *words, "--data", str(city.data))
        assert done.returncode == 0, done.stdout + done.stderr
    checked = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "verify_ledger.py"), str(folder / "export")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    # An application is three histories: itself, its case, its letter.
    return int(checked.stdout.split(" facts in ")[1].split()[0]) >= 3 * at_least


def onecity(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "onecity", *words], capture_output=True, text=True, check=False)
