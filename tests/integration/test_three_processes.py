"""Three processes serve one city; whichever is killed, each fact has one place in the tree and each job is done once."""

import asyncio
import random
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from onecity.drills.cities import Program, RunningCity
from onecity.drills.power_cuts import PATIENCE_S, Crowd, nothing_is_lost_doubled_or_half, the_tree_is_the_facts
from onecity.machinery.postgres import Address, connect

PROCESSES: Final = 3
ROUNDS: Final = 1
COMMON: Final = ("keys", "ledger", "licences", "blobs")
"""What all processes of a city share beside the database."""

pytestmark = pytest.mark.slow


@pytest.fixture
def cities(owner: Address, open_folder: Path) -> Iterator[list[RunningCity]]:
    """Processes of one city, with a data folder of its own for each."""
    common = open_folder / "common"
    folders = [open_folder / f"process_{number}" for number in range(PROCESSES)]
    for folder in folders:
        folder.mkdir()
        for shared in COMMON:
            (common / shared).mkdir(exist_ok=True, parents=True, mode=0o700)
            (folder / shared).symlink_to(common / shared)
    found = [RunningCity(folder, "--database", owner) for folder in folders]
    found[0].start()
    for one in found[1:]:
        shutil.copy(found[0].data / "simulated_accounts.json", one.data)
        one.start()
    yield found
    for one in found:
        one.end()


async def row(address: Address, query: str) -> tuple[Any, ...]:
    connection = await connect(address)
    try:
        return tuple(await connection.fetchrow(query))
    finally:
        await connection.close()


PLACES: Final = """
select (select count(*) from ledger.facts), (select count(*) from ledger.sealed),
       (select count(distinct (stream, version)) from ledger.sealed), (select max(position) + 1 from ledger.sealed),
       (select count(*) from ledger.facts join ledger.sealed using (stream, version))
"""
"""Facts, places, facts that have a place, the length of the tree, places that have a fact: all the same number."""

LOOKS: Final = """
select (select count(*) from working.reads), (select count(*) from working.reads where told),
       (select count(distinct batch) from working.reads),
       (select count(*) from ledger.facts where kind like 'people.read_log_recorded/%')
"""
"""Looks at people's data, those that a job told, their batches, the facts that tell of a batch."""


def look(city: RunningCity, officer: Program, case: str) -> None:
    """An officer looks at a case through one of the processes."""
    answer = httpx.get(f"{city.address}/api/cases/{case}", headers=officer.http.headers, timeout=60, trust_env=False)
    assert answer.status_code == 200, answer.text


def all_looks_are_told(owner: Address) -> tuple[Any, ...]:
    """Wait until the job has told every look; what it counted then."""
    patience = time.monotonic() + PATIENCE_S
    while True:
        looks, told, batches, facts = asyncio.run(row(owner, LOOKS))
        if looks == told:
            return looks, batches, facts
        assert time.monotonic() < patience, "nobody does the jobs"
        time.sleep(0.1)


def test_whichever_of_three_is_killed_tree_and_facts_agree_and_every_job_is_done_once(
    cities: list[RunningCity], owner: Address, tmp_path: Path
) -> None:
    dice, older, looks = random.Random(11), tmp_path / "older", 0
    citizen, officer = cities[0].program(), cities[0].program("shouli")
    token = str(citizen.http.headers["authorization"]).removeprefix("Bearer ")
    doors = [(f"door {number}", partial(getattr, one, "address"), token) for number, one in enumerate(cities)]
    with Crowd(doors) as crowd:
        crowd.served(beyond=0)
        case = next(answer for answer in crowd.acknowledged.values() if "cases" in answer)["cases"][0]
        for round_ in range(ROUNDS):
            for victim in dice.sample(cities, PROCESSES):
                crowd.served(beyond=crowd.count() + PROCESSES)
                victim.kill()
                for one in cities:
                    if one is not victim:
                        look(one, officer, case)
                        looks += 1
                victim.start()
            if round_ == 0:
                shutil.copy(cities[0].data / "ledger" / "checkpoint", older)
        crowd.go_home()
    for program in (citizen, officer):
        program.close()
    claims = (*crowd.well_answered(), *nothing_is_lost_doubled_or_half(owner, crowd))
    assert [claim for claim in claims if not claim.holds] == []
    # Whoever does the jobs now stops; the next begins with all of them.
    for one in cities[:-1]:
        assert one.stop() == 0
    told, batches, facts = all_looks_are_told(owner)
    assert (told, batches) == (looks, facts)
    assert cities[-1].stop() == 0
    assert len(set(asyncio.run(row(owner, PLACES)))) == 1
    assert asyncio.run(row(owner, "select count(*) from ledger.alarms")) == (0,)
    tree = the_tree_is_the_facts(tmp_path / "export", older, "--data", str(cities[0].data), "--database", owner)
    assert [claim for claim in tree if not claim.holds] == []
