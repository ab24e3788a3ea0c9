"""Power cuts: the crash drill of `onecity prove` as a figure. More: ONECITY_KILLS=1000 python -m bench kills."""

import asyncio

from onecity.drills.crash import CRASH
from onecity.drills.figures import Figure, at_least
from onecity.drills.proving import a_pattern, done
from onecity.machinery.postgres import Cluster


async def measure_kills(_cluster: Cluster) -> list[Figure]:
    """Kill server and database at random moments under load; what was acknowledged must be there, once and whole."""
    with a_pattern() as pattern:
        found = await asyncio.to_thread(done, CRASH, pattern, quick=True)
    assert found.proof is not None, found.broke
    kills = found.proof.figures[0]
    note = "the server, its start, the database and parts of it, under load, with repeated keys"
    survived = kills.value if found.holds else 0.0
    return [at_least("kill -9 without a fact lost, doubled or half", [survived], "kills", kills.value, note=note)]
