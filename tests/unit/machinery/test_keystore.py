"""Keys are made beside those who read them, and what is destroyed is nowhere, or that is said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest

from onecity.kernel.errors import Unavailable
from onecity.machinery import keystore
from onecity.machinery.keystore import KeyStore


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    with closing(KeyStore(tmp_path / "keys")) as found:
        yield found


def wrapped(tmp_path: Path, subject: UUID) -> bytes:
    """The bytes of a key as they lie on disk."""
    with closing(sqlite3.connect(tmp_path / "keys" / "keys.sqlite")) as other:
        [[found]] = other.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchall()
    return bytes(found)


def on_disk(tmp_path: Path, content: bytes) -> bool:
    return any(content in file.read_bytes() for file in (tmp_path / "keys").iterdir())


def test_readers_find_keys_whole_or_not_at_all_while_a_thread_makes_them(keys: KeyStore) -> None:
    before, new = [uuid4() for _ in range(20)], [[uuid4() for _ in range(5)] for _ in range(30)]
    keys.ensure(before)
    begun, done = Event(), Event()

    def make() -> None:
        begun.set()
        for batch in new:
            keys.make(batch)
        done.set()

    thread = Thread(target=make)
    thread.start()
    begun.wait()
    looks = 0
    while not done.is_set():
        assert keys.missing(before) == []
        # Where one of a batch is there, all are.
        assert all(keys.cipher(batch[0]) is None or keys.missing(batch) == [] for batch in new)
        looks += 1
    thread.join()
    assert looks > 0
    assert keys.missing([one for batch in new for one in batch]) == []


def test_who_makes_a_key_that_is_there_changes_nothing(keys: KeyStore) -> None:
    here, there = uuid4(), uuid4()
    assert keys.missing([here, there]) == [here, there]
    keys.make([here])
    first = keys.key_id(here)
    keys.make([here, there])
    assert keys.key_id(here) == first
    assert keys.missing([here, there]) == []


def test_a_destroyed_key_is_in_no_file_although_another_line_writes(keys: KeyStore, tmp_path: Path) -> None:
    subject = uuid4()
    keys.make([subject])
    content = wrapped(tmp_path, subject)
    assert on_disk(tmp_path, content)
    keys.make([uuid4() for _ in range(50)])
    keys.destroy(subject)
    assert not on_disk(tmp_path, content)


def test_a_log_that_somebody_keeps_is_told_and_empty_once_they_are_gone(
    keys: KeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore, "EMPTYING_S", 0.1)
    subject = uuid4()
    keys.make([subject])
    content = wrapped(tmp_path, subject)
    with closing(sqlite3.connect(tmp_path / "keys" / "keys.sqlite", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from person_keys").fetchone()
        with pytest.raises(Unavailable):
            keys.destroy(subject)
        # The key opens nothing, whatever lies in the log.
        assert keys.cipher(subject) is None
        assert on_disk(tmp_path, content)
    keys.empty_log()
    assert not on_disk(tmp_path, content)
    keys.make([subject])
