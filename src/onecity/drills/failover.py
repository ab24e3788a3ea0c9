"""The failover drill: a city on many machines loses each kind of them under load, and the cables between them."""

import shutil
from collections.abc import Sequence
from typing import Final

from onecity.drills.figures import Figure, at_most, plain
from onecity.drills.machines.cluster import Cluster
from onecity.drills.machines.hosts import Network
from onecity.drills.machines.losing import Trial, told
from onecity.drills.machines.together import two_machines_are_one_city
from onecity.drills.power_cuts import Crowd
from onecity.drills.proving import Claim, Drill, Ground, Proof, none_of

_AGAIN_S: Final = 15.0
"""Source: goals of the house, "primary database host lost under load"."""
_PARTITIONS: Final = 20
_FEW: Final = ("etcd1", "keys1", "app1")
_ALL: Final = ("etcd1", "etcd2", "etcd3", "keys1", "keys2", "app1", "app2")
"""Machines without a database, one after another."""
_AWAY_S: Final = 2.0
_PROGRAMS: Final = ("unshare", "nsenter", "ip", "etcd", "patroni", "haproxy", "curl")


def _lacks() -> str:
    return " ".join(program for program in _PROGRAMS if shutil.which(program) is None)


def _do(ground: Ground) -> Proof:
    with Network(ground.folder) as network:
        cluster = Cluster(network)
        with told(cluster):
            cluster.start()
            cluster.start_city()
            trial = Trial(cluster)
            with cluster["people"].inside(), trial.reporter() as reporter:
                crowds = _lose_each(trial, network, _FEW if ground.quick else _ALL)
                if not ground.quick:
                    crowds += trial.partitions(network, _PARTITIONS)
            kept = (
                none_of("drills.claim.two_primaries", trial.by_two),
                *trial.nothing_is_lost(*crowds), *trial.no_key_is_lost(reporter),
            )  # fmt: skip
            # Afterwards: what is asked here is no part of what the drill counts.
            together = _together(cluster)
    return Proof(claims=(*kept, together), figures=_figures(trial, quick=ground.quick))


def _figures(trial: Trial, *, quick: bool) -> tuple[Figure, ...]:
    """What people noticed. Beside other work, as in tests, the quick round shows no goal of seconds."""
    lost = [one for one in trial.outages if one.what.startswith("primary") and not quick]
    others = [one for one in trial.outages if one not in lost]
    return (
        *(at_most(f"drills.failover.{one.what}", one.seconds, "s", _AGAIN_S) for one in lost),
        *(plain(f"drills.failover.{one.what}", one.seconds, "s") for one in others),
        *(() if quick else _partitions(trial.partitioned)),
    )


def _partitions(elected: Sequence[bool]) -> tuple[Figure, ...]:
    numbers = {"partitions": len(elected), "elections": sum(elected)}
    return tuple(plain(f"drills.failover.{name}", float(number), "") for name, number in numbers.items())


def _lose_each(trial: Trial, network: Network, others: Sequence[str]) -> tuple[Crowd, ...]:
    """Let each machine lose power once; who asked meanwhile."""
    with trial.cluster["people"].inside(), trial.crowd() as crowd:
        trial.whole()
        trial.primary_lost(crowd)
        behind = trial.primary_cut_off(crowd, network)
        trial.standby_lost(crowd)
        for name in others:
            trial.lost(name, crowd, _AWAY_S)
        crowd.go_home()
    return crowd, behind


def _together(cluster: Cluster) -> Claim:
    try:
        two_machines_are_one_city(cluster)
    except AssertionError as wrong:
        return none_of("drills.claim.together", [wrong])
    return none_of("drills.claim.together", [])


FAILOVER: Final = Drill(name="failover", do=_do, lacks=_lacks)
