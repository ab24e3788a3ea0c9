"""Power cuts: the test of every day, as a figure. More of them: ONECITY_KILLS=1000 python -m bench kills."""

import os
import subprocess
import sys
from typing import Final

from bench.figures import Figure, at_least
from onecity.machinery.postgres import Cluster

_TEST: Final = "tests/integration/test_kill.py"


async def measure_kills(_cluster: Cluster) -> list[Figure]:
    """Kill server and database at random moments under load; what was acknowledged must be there, once and whole."""
    kills = int(os.environ.get("ONECITY_KILLS", "100"))
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", _TEST]
    environment = os.environ | {"ONECITY_KILLS": str(kills)}
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    note = f"{_TEST}: the server, its start, the database and parts of it, under load, with repeated keys"
    survived = float(kills if done.returncode == 0 else 0)
    return [at_least("kill -9 without a fact lost, doubled or half", [survived], "kills", kills, note=note)]
