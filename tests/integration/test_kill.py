"""Killed at any moment, the city loses nothing that it acknowledged, doubles nothing, and keeps nothing half."""

import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest
from tests.cities import RunningCity
from tests.power_cuts import Crowd, kill_a_process_of, nothing_is_lost_doubled_or_half, the_tree_is_the_facts

TIMES: Final = int(os.environ.get("ONECITY_KILLS", "100"))
"""More than the tests of every day: ONECITY_KILLS=1000 .venv/bin/python -m pytest tests/integration/test_kill.py"""

ASKERS: Final = (None, "shouli", "jueding", "xiaofang")
"""Whose sessions the people use: the citizen's and three officers', who may apply for themselves like anybody."""

LONGEST_S: Final = 0.15
"""A cut comes so soon after an answer, while the next are under way."""
A_START_S: Final = 1.5

pytestmark = pytest.mark.slow


@pytest.fixture
def city(open_folder: Path) -> Iterator[RunningCity]:
    found = RunningCity(open_folder / "killed")
    found.start()
    yield found
    found.clean()


Cut = Callable[[RunningCity, random.Random], int]
"""Cuts the power of something and brings it back, if it does not come back by itself; how many kills that was."""


def the_server(city: RunningCity, _: random.Random) -> int:
    city.kill()
    city.start()
    return 1


def the_server_while_it_starts(city: RunningCity, dice: random.Random) -> int:
    city.kill()
    city.begin()
    time.sleep(dice.uniform(0.0, A_START_S))
    return 1 + the_server(city, dice)


def the_database(city: RunningCity, _: random.Random) -> int:
    return int(city.kill_database())


def a_part_of_the_database(city: RunningCity, dice: random.Random) -> int:
    return int(kill_a_process_of(city.cluster(), dice))


def everything(city: RunningCity, dice: random.Random) -> int:
    return int(city.kill_database()) + the_server(city, dice)


CUTS: Final[tuple[Cut, ...]] = (
    the_server, the_database, the_server_while_it_starts, a_part_of_the_database, everything, the_database,
)  # fmt: skip


def tokens(city: RunningCity) -> Iterator[str]:
    for login in ASKERS:
        program = city.program(login)
        yield str(program.http.headers["authorization"]).removeprefix("Bearer ")
        program.close()


def test_power_cuts_lose_nothing_double_nothing_and_leave_nothing_half(city: RunningCity, tmp_path: Path) -> None:
    dice, older, kills, cuts = random.Random(7), tmp_path / "older", 0, cycle(CUTS)
    with Crowd([(f"applicant {n}", lambda: city.address, token) for n, token in enumerate(tokens(city))]) as crowd:
        while kills < TIMES:
            # Each cut hits a city in use: not by the clock, which means nothing on a busy machine, but by its answers.
            crowd.served(beyond=crowd.count())
            if kills < TIMES / 2:
                older.write_bytes((city.data / "ledger" / "checkpoint").read_bytes())
            time.sleep(dice.uniform(0.0, LONGEST_S))
            kills += next(cuts)(city, dice)
        crowd.go_home()
    nothing_is_lost_doubled_or_half(city.cluster().address("onecity_owner"), crowd)
    assert city.stop() == 0
    the_tree_is_the_facts(tmp_path / "export", older, "--data", str(city.data))
