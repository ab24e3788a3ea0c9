"""Machines lost and networks cut under load, in namespaces of this machine: it needs root, and `make cluster-parts`.

More of them: ONECITY_FAILOVERS=10 python -m bench failover, ONECITY_PARTITIONS=100 python -m bench partitions.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from tests.cluster.cluster import Cluster
from tests.cluster.drills import Drill, told
from tests.cluster.hosts import Network

from bench.figures import Figure, at_least, at_most
from onecity.machinery.postgres import Cluster as OwnCluster

_AGAIN_S: Final = 15.0
_WHERE: Final = "two application hosts, three PostgreSQL 15 under Patroni, three etcd, two key hosts, a TLS proxy; "


async def measure_failover(_cluster: OwnCluster) -> list[Figure]:
    """Cut the power of the primary's machine, again and again; the longest silence counts."""
    rounds = int(os.environ.get("ONECITY_FAILOVERS", "3"))
    drill, acknowledged = await asyncio.to_thread(_drilled, lambda drill, network: _failovers(drill, rounds))
    waits = [one.seconds for one in drill.outages]
    note = (
        f"{_WHERE}{rounds} times the power of the primary's machine, {acknowledged:.0f} commands acknowledged meanwhile"
    )
    return [
        at_most("primary database host lost under load: writing again", max(waits), "s", _AGAIN_S, note=note),
        at_least(
            "primary database host lost under load: acknowledged commands found once and whole", [acknowledged],
            "commands", acknowledged, note=note,
        ),
    ]  # fmt: skip


async def measure_partitions(_cluster: OwnCluster) -> list[Figure]:
    """Cut the network at random, again and again, with somebody on each side who goes on asking."""
    rounds = int(os.environ.get("ONECITY_PARTITIONS", "20"))
    drill, acknowledged = await asyncio.to_thread(_drilled, lambda drill, network: _partitions(drill, network, rounds))
    anew = sum(1 for one in drill.copied_anew.values() if one)
    note = f"{_WHERE}halves and single links cut at random, {acknowledged:.0f} commands acknowledged on all sides"
    note += f"; {anew} times a standby had got too far and was copied anew"
    name = "random partitions without a fact lost or doubled, and without two primaries that acknowledge"
    return [at_least(name, [float(rounds)], "partitions", rounds, note=note)]


def _drilled(do: Callable[[Drill, Network], int]) -> tuple[Drill, float]:
    """A city on many machines and what was done to it; how many commands were acknowledged and found. Raises."""
    folder = Path(tempfile.mkdtemp(prefix="oc"))
    folder.chmod(0o755)
    try:
        with Network(folder) as network:
            cluster = Cluster(network)
            with told(cluster):
                cluster.start()
                cluster.start_city()
                drill = Drill(cluster)
                return drill, float(do(drill, network))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _failovers(drill: Drill, rounds: int) -> int:
    with drill.cluster["people"].inside(), drill.crowd() as crowd:
        drill.whole()
        for _ in range(rounds):
            drill.primary_lost(crowd)
        crowd.go_home()
    return drill.nothing_is_lost(crowd)


def _partitions(drill: Drill, network: Network, rounds: int) -> int:
    dice = Random(rounds)
    with drill.cluster["people"].inside(), drill.crowd() as crowd:
        drill.whole()
        behind = [drill.left_behind(app) for app in drill.cluster.named("app")]
        for _ in range(rounds):
            drill.cut_at_random(dice, network)
            crowd.served(beyond=crowd.count() + 1)
        for one in (*behind, crowd):
            one.go_home()
    return drill.nothing_is_lost(crowd, *behind)
