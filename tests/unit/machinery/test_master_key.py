"""Another master key, laid under all others beside the running city: nothing is lost, and the old one opens nothing."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from structlog.testing import capture_logs

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery import keystore
from onecity.machinery.key_copies import taken_out
from onecity.machinery.keystore import KeyStore
from onecity.machinery.master_key import MasterKey, keys_in


def nobody(_done: int, _of: int) -> None:
    """Somebody who wants to hear nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def store(folder: Path) -> Iterator[KeyStore]:
    with closing(KeyStore(folder)) as found:
        yield found


def ids(store: KeyStore, subjects: list[UUID]) -> list[str | None]:
    return [store.key_id(one) for one in subjects]


def test_every_key_opens_as_before_and_nothing_under_the_old_master(store: KeyStore, folder: Path) -> None:
    subjects = [uuid4() for _ in range(20)]
    store.ensure(subjects)
    purpose, before, old = store.service_key("mac"), ids(store, subjects), (folder / "master.key").read_bytes()
    assert store.renew_master(nobody) == 21
    new = (folder / "master.key").read_bytes()
    assert len(new) == len(old) == 32 and new != old
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600
    with closing(KeyStore(folder)) as other:
        assert ids(other, subjects) == ids(store, subjects) == before and None not in before
        assert other.service_key("mac") == purpose
    (folder / "master.key").write_bytes(old)
    with closing(KeyStore(folder)) as thief, pytest.raises(InvalidTag):
        thief.key_id(subjects[0])


def test_others_make_read_and_destroy_keys_meanwhile(
    store: KeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore, "_AT_ONCE", 10)
    subjects, made, over = [uuid4() for _ in range(100)], list[UUID](), Event()
    store.ensure(subjects)
    kept = dict(zip(subjects, ids(store, subjects), strict=True))
    begun = Event()

    def work() -> None:
        with closing(KeyStore(folder)) as other:
            other.cipher(subjects[0])
            begun.set()
            while not over.is_set() or len(made) < 5:
                made.append(uuid4())
                other.make(made[-1:])
                if len(subjects) > 20:
                    other.destroy(subjects.pop())
                assert other.key_id(subjects[len(made) % len(subjects)]) is not None

    thread = Thread(target=work)
    thread.start()
    begun.wait()
    store.renew_master(nobody)
    over.set()
    thread.join()
    assert made
    with closing(KeyStore(folder)) as after:
        assert {one: after.key_id(one) for one in subjects} == {one: kept[one] for one in subjects}
        assert after.missing(made) == []
        gone = kept.keys() - set(subjects)
        assert gone and after.missing(gone) == list(gone)


def test_what_broke_off_opens_all_and_goes_on(store: KeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "_AT_ONCE", 4)
    subjects = [uuid4() for _ in range(12)]
    store.ensure(subjects)
    before = ids(store, subjects)

    def broken(done: int, _of: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.renew_master(broken)
    assert len(keys_in(folder / "master.key")) == 2
    with closing(KeyStore(folder)) as other:
        assert ids(other, subjects) == before
        assert other.renew_master(nobody) == 4, "eight lie under the new key already"
    assert len(keys_in(folder / "master.key")) == 1
    assert ids(store, subjects) == before


def test_copies_open_at_every_moment_also_one_that_was_away(store: KeyStore, folder: Path, tmp_path: Path) -> None:
    subjects = [uuid4() for _ in range(5)]
    store.ensure(subjects)
    before = ids(store, subjects)
    here, away = tmp_path / "here", tmp_path / "away"
    for one in (here, away):
        store.copy_to(one)
    away.rename(tmp_path / "unplugged")
    with capture_logs() as lines, pytest.raises(Unavailable, match="cannot be reached"):
        # Whoever changes the master key hears that a copy cannot follow; the old key stays until it can.
        store.renew_master(nobody)
    assert lines == [] and len(keys_in(folder / "master.key")) == 2
    (tmp_path / "unplugged").rename(away)
    store.ensure([late := uuid4()])
    for number, one in enumerate((here, away)):
        assert opened(one, tmp_path / f"a{number}", [*subjects, late]) == [*before, store.key_id(late)]
    assert store.renew_master(nobody) == 0
    for number, one in enumerate((here, away)):
        assert len(keys_in(one / "master.key")) == 1
        assert opened(one, tmp_path / f"b{number}", subjects) == before


def opened(copy: Path, into: Path, subjects: list[UUID]) -> list[str | None]:
    taken_out(copy, into)
    with closing(KeyStore(into)) as found:
        return ids(found, subjects)


def test_a_copy_of_before_stays_whole(store: KeyStore, tmp_path: Path) -> None:
    subjects = [uuid4()]
    store.ensure(subjects)
    store.copy_to(tmp_path / "vault")
    shutil.copytree(tmp_path / "vault", tmp_path / "old")
    store.renew_master(nobody)
    assert opened(tmp_path / "old", tmp_path / "again", subjects) == ids(store, subjects)


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 65])
def test_a_damaged_master_key_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "master.key").write_bytes(content)
    with pytest.raises(CannotStart, match="damaged"):
        MasterKey(tmp_path / "master.key")
