"""The crash drill: server and database are killed at any moment, and nothing that was acknowledged is lost."""

import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

from onecity.drills.cities import RunningCity
from onecity.drills.figures import at_least
from onecity.drills.power_cuts import Crowd, kill_a_process_of, nothing_is_lost_doubled_or_half, the_tree_is_the_facts
from onecity.drills.proving import Claim, Drill, Ground, Proof

_KILLS: Final = int(os.environ.get("ONECITY_KILLS", "100"))
_MANY_KILLS: Final = 1_000
"""Source: goals of the house, "kill -9 of server or database at random moments"."""
_ASKERS: Final = (None, "shouli", "jueding", "xiaofang")
"""Whose sessions the people use: the citizen's and three officers', who may apply for themselves like anybody."""
_LONGEST_S: Final = 0.15
"""A cut comes so soon after an answer, while the next are under way."""
_A_START_S: Final = 1.5

Cut = Callable[[RunningCity, random.Random], int]
"""Cuts the power of something and brings it back, if it does not come back by itself; how many kills that was."""


def the_server(city: RunningCity, _: random.Random) -> int:
    """The server is killed and started again."""
    city.kill()
    city.start()
    return 1


def the_server_while_it_starts(city: RunningCity, dice: random.Random) -> int:
    """The server is killed, and once more while it comes back."""
    city.kill()
    city.begin()
    time.sleep(dice.uniform(0.0, _A_START_S))
    return 1 + the_server(city, dice)


def the_database(city: RunningCity, _: random.Random) -> int:
    """The first process of the database is killed; the city brings it back."""
    return int(city.kill_database())


def a_part_of_the_database(city: RunningCity, dice: random.Random) -> int:
    """Any other process of the database is killed; it recovers by itself."""
    return int(kill_a_process_of(city.cluster(), dice))


def everything(city: RunningCity, dice: random.Random) -> int:
    """Database and server are killed together."""
    return int(city.kill_database()) + the_server(city, dice)


CUTS: Final[tuple[Cut, ...]] = (
    the_server, the_database, a_part_of_the_database, the_database, a_part_of_the_database, the_server_while_it_starts,
    the_database, a_part_of_the_database, the_database, a_part_of_the_database, everything, the_database,
    a_part_of_the_database, the_database, a_part_of_the_database,
)  # fmt: skip
"""A start of the server costs seconds, and the database comes back in one: it is hit oftener."""


def _do(ground: Ground) -> Proof:
    city, wanted = RunningCity(ground.city()), _KILLS if ground.quick else _MANY_KILLS
    older = ground.folder / "older"
    try:
        city.start()
        askers = [(f"applicant {n}", lambda: city.address, token) for n, token in enumerate(_tokens(city))]
        with Crowd(askers) as crowd:
            kills = _killed(city, crowd, wanted, older)
            crowd.go_home()
        kept = nothing_is_lost_doubled_or_half(city.cluster().address("onecity_owner"), crowd)
        stopped = city.stop()
        tree = the_tree_is_the_facts(ground.folder / "export", older, "--data", str(city.data))
    finally:
        city.clean()
    ended = Claim("drills.claim.stopped", stopped == 0, f"exit code {stopped}")
    return Proof(
        claims=(*crowd.well_answered(), *kept, ended, *tree),
        figures=(
            at_least("drills.crash.kills", [float(kills)], "", wanted),
            at_least("drills.crash.acknowledged", [float(len(crowd.acknowledged))], "", wanted),
        ),
    )


def _tokens(city: RunningCity) -> Iterator[str]:
    for login in _ASKERS:
        program = city.program(login)
        yield str(program.http.headers["authorization"]).removeprefix("Bearer ")
        program.close()


def _killed(city: RunningCity, crowd: Crowd, wanted: int, older: Path) -> int:
    """How many kills there were; the checkpoint of a while before the end lies in `older` afterwards."""
    dice, kills, cuts = random.Random(7), 0, cycle(CUTS)
    while kills < wanted:
        # Each cut hits a city in use: not by the clock, which means nothing on a busy machine, but by its answers.
        crowd.served(beyond=crowd.count())
        if kills < wanted / 2:
            older.write_bytes((city.data / "ledger" / "checkpoint").read_bytes())
        time.sleep(dice.uniform(0.0, _LONGEST_S))
        kills += next(cuts)(city, dice)
    return kills


CRASH: Final = Drill(name="crash", do=_do, beside=True)
