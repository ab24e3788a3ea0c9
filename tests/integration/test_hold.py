"""A data folder is in one hand; the next waits for one that opens, and not for one that does not."""

import threading
import time
from pathlib import Path

import pytest

from onecity.bootstrap.hold import held, is_held
from onecity.kernel.errors import CannotStart


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.bootstrap.hold._GRACE_S", 0.3)


def silent(_what: str) -> None:
    """Nobody listens."""


def city(data: Path, *, stops_after: float, begun: threading.Event) -> threading.Thread:
    """A city that is told to stop at once and takes its time."""

    def run() -> None:
        with held(data, silent) as hold:
            hold.stopping()
            begun.set()
            time.sleep(stops_after)

    found = threading.Thread(target=run)
    found.start()
    return found


def test_a_start_waits_for_a_city_that_is_still_stopping(tmp_path: Path) -> None:
    begun, told = threading.Event(), list[str]()
    before = city(tmp_path, stops_after=0.9, begun=begun)
    begun.wait()
    with held(tmp_path, told.append):
        before.join(1)
        assert not before.is_alive()
    assert told == ["waiting for the city that is still stopping on this folder"]


def test_a_start_does_not_wait_for_a_city_that_runs(tmp_path: Path) -> None:
    with held(tmp_path, silent):
        assert is_held(tmp_path)
        with pytest.raises(CannotStart, match="Another city runs on"), held(tmp_path, silent):
            pass
    assert not is_held(tmp_path)


def test_even_a_city_that_stops_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.bootstrap.hold._PATIENCE_S", 0.5)
    begun = threading.Event()
    before = city(tmp_path, stops_after=1.5, begun=begun)
    begun.wait()
    with pytest.raises(CannotStart, match="Another city runs on"), held(tmp_path, silent):
        pass
    before.join()


def test_a_folder_without_a_city_is_in_nobodys_hand(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []
