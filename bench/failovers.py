"""Machines lost and networks cut under load, in namespaces of this machine: it needs root, and `make cluster-parts`.

More of them: ONECITY_FAILOVERS=10 python -m bench failover, ONECITY_PARTITIONS=100 python -m bench partitions.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Final

from onecity.drills.figures import Figure, at_least, at_most
from onecity.drills.machines.cluster import Cluster
from onecity.drills.machines.hosts import Network
from onecity.drills.machines.losing import Trial, told
from onecity.drills.proving import Claim, room
from onecity.machinery.postgres import Cluster as OwnCluster

_AGAIN_S: Final = 15.0
_WHERE: Final = "two application hosts, three PostgreSQL 15 under Patroni, three etcd, two key hosts, a TLS proxy; "


async def measure_failover(_cluster: OwnCluster) -> list[Figure]:
    """Cut the power of the primary's machine, again and again; the longest silence counts."""
    rounds = int(os.environ.get("ONECITY_FAILOVERS", "3"))
    trial = await asyncio.to_thread(_tried, lambda trial, _: _failovers(trial, rounds))
    waits, acknowledged = [one.seconds for one in trial.outages], float(trial.acknowledged)
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
    trial = await asyncio.to_thread(
        _tried, lambda trial, network: trial.nothing_is_lost(*trial.partitions(network, rounds))
    )
    anew = sum(1 for one in trial.copied_anew.values() if one)
    note = f"{_WHERE}halves and single links cut at random, {trial.acknowledged} commands acknowledged on all sides"
    note += f"; {anew} times a standby had got too far and was copied anew"
    name = "random partitions without a fact lost or doubled, and without two primaries that acknowledge"
    return [at_least(name, [float(rounds)], "partitions", rounds, note=note)]


def _tried(do: Callable[[Trial, Network], Sequence[Claim]]) -> Trial:
    """A city on many machines after something was done to it; raises unless all that was claimed holds."""
    with room() as folder, Network(folder) as network:
        cluster = Cluster(network)
        with told(cluster):
            cluster.start()
            cluster.start_city()
            trial = Trial(cluster)
            broken = [claim for claim in do(trial, network) if not claim.holds]
            assert broken == [], "what was acknowledged is there once and whole"
            return trial


def _failovers(trial: Trial, rounds: int) -> Sequence[Claim]:
    with trial.cluster["people"].inside(), trial.crowd() as crowd:
        trial.whole()
        for _ in range(rounds):
            trial.primary_lost(crowd)
        crowd.go_home()
    return trial.nothing_is_lost(crowd)
