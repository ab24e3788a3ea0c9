"""A service has a view of its own of the folders, a container one of the processes too: a database is never begun twice."""

from pathlib import Path

import pytest

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Cluster, connect, find_binaries, launcher, start_cluster


def test_a_process_is_known_by_its_folder_whatever_the_path_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "other_path").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path / "real")
    assert launcher._works_in(Path("/proc/self"), tmp_path / "other_path")
    assert not launcher._works_in(Path("/proc/self"), tmp_path)
    assert not launcher._works_in(Path("/proc/self"), tmp_path / "none")


async def test_a_database_whose_process_is_not_seen_is_left_alone(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = cluster.folder / "postmaster.pid"
    before = mark.read_bytes()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(launcher, "_works_in", lambda _process, _folder: False)
        with pytest.raises(CannotStart, match="another container"):
            start_cluster(find_binaries(), cluster.folder.parents[1], tell=lambda _: None)
    assert mark.read_bytes() == before
    connection = await connect(cluster.address("onecity_owner", "postgres"))
    await connection.close()
