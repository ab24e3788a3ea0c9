"""A city on many machines loses each of them under load, and nobody who was answered was answered wrongly."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.cluster.cluster import Cluster
from tests.cluster.drills import Drill
from tests.cluster.hosts import Network

AGAIN_S: Final = 15.0
"""How soon the city writes again after it lost the machine of its primary database. Source: the goals of the house."""

pytestmark = pytest.mark.slow


@pytest.fixture
def network() -> Iterator[Network]:
    folder = Path(tempfile.mkdtemp(prefix="oc"))
    folder.chmod(0o755)
    with Network(folder) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


def test_whichever_machine_is_lost_under_load_no_acknowledged_fact_is_lost_or_doubled(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = Cluster(network)
    cluster.start()
    cluster.start_city()
    drill = Drill(cluster)
    with cluster["people"].inside(), drill.crowd() as crowd:
        drill.whole()
        drill.primary_lost(crowd)
        drill.lost("etcd1", crowd, 2)
        drill.lost("keys1", crowd, 2)
        behind = drill.primary_cut_off(crowd, network)
        drill.standby_lost(crowd)
        drill.lost("app1", crowd, 2)
        crowd.go_home()
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{one.what}: {one.seconds:.1f} s" for one in drill.outages))
    drill.nothing_is_lost(tmp_path, crowd, behind)
    slow = [one for one in drill.outages if one.seconds > AGAIN_S]
    assert slow == [], "writing again in time"
