"""A city on many machines loses each of them under load, and nobody who was answered was answered wrongly."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.cluster.cluster import Cluster
from tests.cluster.drills import Drill, told
from tests.cluster.hosts import Network
from tests.cluster.together import two_machines_are_one_city

AGAIN_S: Final = 60.0
"""How soon the city writes again, on two cores with other work. The goal is 15 s: `python -m bench failover`."""

pytestmark = pytest.mark.slow


@pytest.fixture
def network() -> Iterator[Network]:
    folder = Path(tempfile.mkdtemp(prefix="oc"))
    folder.chmod(0o755)
    with Network(folder) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


def test_whichever_machine_is_lost_under_load_no_acknowledged_fact_is_lost_or_doubled(
    network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = Cluster(network)
    with told(cluster):
        cluster.start()
        cluster.start_city()
        drill = Drill(cluster)
        _lose_each(drill, network)
        # Afterwards: what is asked here is no part of what the drill counts.
        two_machines_are_one_city(cluster)
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{one.what}: {one.seconds:.1f} s" for one in drill.outages))
    slow = [one for one in drill.outages if one.seconds > AGAIN_S]
    assert slow == [], "writing again in time"


def _lose_each(drill: Drill, network: Network) -> None:
    cluster = drill.cluster
    with cluster["people"].inside(), drill.crowd() as crowd:
        drill.whole()
        drill.primary_lost(crowd)
        drill.lost("etcd1", crowd, 2)
        drill.lost("keys1", crowd, 2)
        behind = drill.primary_cut_off(crowd, network)
        drill.standby_lost(crowd)
        drill.lost("app1", crowd, 2)
        crowd.go_home()
    drill.nothing_is_lost(crowd, behind)
