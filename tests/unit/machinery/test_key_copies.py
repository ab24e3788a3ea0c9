"""Second copies of the keys and of the list of destroyed ones: never behind unless somebody hears of it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery import key_copies
from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.key_copies import behind, taken_out, whole_copy
from onecity.machinery.keystore import KeyStore
from onecity.machinery.master_key import MasterKey


def opens_alike(store: KeyStore, folder: Path, into: Path, subject: UUID) -> bool:
    """Whether a copy, put in the place of a store, opens what the store locked for somebody."""
    taken_out(folder, into)
    other = KeyStore(into)
    try:
        mine, theirs = store.key_id(subject), other.key_id(subject)
        return mine is not None and mine == theirs
    finally:
        other.close()


def lacks(store: Path, copy: Path) -> int:
    return behind(store / "keys.sqlite", copy / "keys.sqlite")


def test_a_copy_has_the_keys_of_before_and_each_new_one_whoever_makes_it(tmp_path: Path) -> None:
    first, second = KeyStore(tmp_path / "keys"), KeyStore(tmp_path / "keys")
    old, new, others = uuid4(), uuid4(), uuid4()
    first.ensure([old])
    purpose = first.service_key("mac")
    first.copy_to(tmp_path / "vault")
    first.ensure([new])
    second.ensure([new, others])
    for number, subject in enumerate((old, new, others)):
        assert opens_alike(first, tmp_path / "vault", tmp_path / f"again{number}", subject)
    restored = KeyStore(tmp_path / "again0")
    assert restored.service_key("mac") == purpose
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 0
    for store in (first, second, restored):
        store.close()


def test_a_whole_copy_stands_still_and_the_next_one_takes_its_place(tmp_path: Path) -> None:
    store, gone, kept, later = KeyStore(tmp_path / "keys"), uuid4(), uuid4(), uuid4()
    store.ensure([gone, kept])
    whole_copy(tmp_path / "keys", tmp_path / "whole")
    store.destroy(gone)
    store.ensure([later])
    assert opens_alike(store, tmp_path / "whole", tmp_path / "again", kept)
    assert not opens_alike(store, tmp_path / "whole", tmp_path / "then", later)
    whole_copy(tmp_path / "keys", tmp_path / "whole")
    assert opens_alike(store, tmp_path / "whole", tmp_path / "now", later)
    copy = KeyStore(tmp_path / "now")
    assert copy.key_id(gone) is None
    assert sorted(one.name for one in tmp_path.iterdir()) == ["again", "keys", "now", "then", "whole"]
    for one in (store, copy):
        one.close()


def test_a_whole_copy_opens_with_its_own_master_key_whenever_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, subject = KeyStore(tmp_path / "keys"), uuid4()
    store.ensure([subject])
    once = [True]

    def renewed_meanwhile(folder: Path, into: Path) -> None:
        """Keys of before, and beside them the master key of after: what a copy may never be."""
        into.mkdir()
        shutil.copy2(folder / "keys.sqlite", into / "keys.sqlite")
        if once.pop():
            once.append(False)
            store.renew_master(lambda _done, _all: None)
        shutil.copy2(folder / "master.key", into / "master.key")

    monkeypatch.setattr(key_copies, "taken_out", renewed_meanwhile)
    store.empty_log()
    whole_copy(tmp_path / "keys", tmp_path / "whole")
    monkeypatch.undo()
    assert opens_alike(store, tmp_path / "whole", tmp_path / "again", subject)
    store.close()


def test_a_destroyed_key_is_gone_from_the_copy_to_the_last_byte(tmp_path: Path) -> None:
    store, subject = KeyStore(tmp_path / "keys"), uuid4()
    store.copy_to(tmp_path / "vault")
    store.ensure([subject])
    with sqlite3.connect(tmp_path / "vault" / "keys.sqlite") as copy:
        [wrapped] = copy.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchone()
    copy.close()
    store.destroy(subject)
    left = b"".join(path.read_bytes() for path in (tmp_path / "vault").iterdir())
    assert wrapped not in left and subject.bytes not in left
    store.close()


def test_a_copy_that_is_away_holds_nobody_up_is_told_of_and_catches_up(tmp_path: Path) -> None:
    store, kept, gone = KeyStore(tmp_path / "keys"), uuid4(), uuid4()
    store.ensure([gone])
    store.copy_to(tmp_path / "vault")
    (tmp_path / "vault").rename(tmp_path / "unplugged")
    with capture_logs() as lines:
        store.ensure([kept])
        store.destroy(gone)
    assert [line["event"] for line in lines] == ["a copy of the keys is behind"] * 2
    assert str(kept) not in repr(lines)
    with pytest.raises(FileNotFoundError):
        lacks(tmp_path / "keys", tmp_path / "vault")
    (tmp_path / "unplugged").rename(tmp_path / "vault")
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 1
    store.copy_to(tmp_path / "vault")
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 0
    taken_out(tmp_path / "vault", tmp_path / "again")
    again = KeyStore(tmp_path / "again")
    assert again.cipher(gone) is None and again.key_id(kept) == store.key_id(kept)
    for one in (store, again):
        one.close()


def test_a_copy_that_lacks_a_purpose_or_has_another_key_is_behind(tmp_path: Path) -> None:
    store, subject = KeyStore(tmp_path / "keys"), uuid4()
    store.ensure([subject])
    store.service_key("mac")
    store.copy_to(tmp_path / "vault")
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 0
    with closing(sqlite3.connect(tmp_path / "vault" / "keys.sqlite", isolation_level=None)) as copy:
        copy.execute("delete from service_keys")
        assert lacks(tmp_path / "keys", tmp_path / "vault") == 1
        copy.execute(
            "update person_keys set wrapped = ?",
            (MasterKey(tmp_path / "vault" / "master.key").wrap(bytes(32), subject.bytes),),
        )
        assert lacks(tmp_path / "keys", tmp_path / "vault") == 2
    store.copy_to(tmp_path / "vault")
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 0
    store.close()


def test_a_copy_whose_own_master_key_opens_nothing_is_told_of(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    store.service_key("mac")
    store.copy_to(tmp_path / "vault")
    (tmp_path / "vault" / "master.key").write_bytes(bytes(32))
    with pytest.raises(CannotStart, match="does not open the keys"):
        lacks(tmp_path / "keys", tmp_path / "vault")
    store.copy_to(tmp_path / "vault")
    assert lacks(tmp_path / "keys", tmp_path / "vault") == 0
    store.close()


def test_no_key_goes_before_every_copy_of_the_list_names_it(tmp_path: Path) -> None:
    listed, before, after = DeletionList(tmp_path / "list"), Deleted(uuid4(), "a" * 32), Deleted(uuid4(), "b" * 32)
    listed.add([before])
    (tmp_path / "backup").mkdir()
    for _ in range(2):
        listed.copy_to(tmp_path / "backup" / "list")
    listed.add([after])
    assert DeletionList(tmp_path / "backup" / "list").lines() == [before, after]
    assert len(listed.copies()) == 1
    shutil.rmtree(tmp_path / "backup")
    with pytest.raises(Unavailable, match="beside the backup"):
        listed.add([Deleted(uuid4(), "c" * 32)])
    assert listed.lines() == [before, after]
