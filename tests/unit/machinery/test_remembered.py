"""A key that was read is remembered for a minute, and what is too old is held by nobody."""

from uuid import uuid4

import pytest

from onecity.machinery import remembered
from onecity.machinery.remembered import LIFE_S, Remembered


class Watch:
    """An instant, which the test may change."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_key_is_known_for_a_minute_from_the_last_time_it_was_read() -> None:
    watch, one = Watch(), uuid4()
    keys = Remembered[str](watch)
    keys.put(one, "old")
    watch.at += LIFE_S - 1
    assert keys.get(one) == "old"
    keys.put(one, "new")
    watch.at += LIFE_S - 1
    assert keys.get(one) == "new"
    watch.at += 1
    assert keys.get(one) is None


def test_what_is_too_old_goes_when_another_comes() -> None:
    watch = Watch()
    keys = Remembered[str](watch)
    for _ in range(3):
        keys.put(uuid4(), "old")
        watch.at += 1
    watch.at += LIFE_S - 2
    keys.put(uuid4(), "new")
    assert len(keys) == 2


def test_the_most_that_are_held_are_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST", 2)
    keys, first, second, third = Remembered[str](), *(uuid4() for _ in range(3))
    for one in (first, second, first, third):
        keys.put(one, "key")
    assert [keys.get(one) for one in (first, second, third)] == ["key", None, "key"]


def test_a_key_that_was_destroyed_is_forgotten_at_once() -> None:
    keys, one, other = Remembered[str](), uuid4(), uuid4()
    keys.put(one, "key")
    keys.put(other, "key")
    keys.forget(one)
    assert (keys.get(one), keys.get(other)) == (None, "key")
    keys.clear()
    assert len(keys) == 0
