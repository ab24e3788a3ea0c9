"""A key that was destroyed stays destroyed, whatever backup of the key store comes back."""

import shutil
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from onecity.ledger import Basis, key_of
from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.keystore import LOOK_S, KeyStore


def forget(keys: KeyStore, deletions: DeletionList, subject: UUID) -> None:
    key = keys.key_id(subject)
    assert key is not None
    deletions.add([Deleted(subject, key)])
    keys.destroy(subject)


@pytest.fixture
def subject() -> UUID:
    return uuid4()


def test_a_key_that_a_backup_brings_back_is_destroyed_again(tmp_path: Path, subject: UUID) -> None:
    keys, deletions = KeyStore(tmp_path / "keys"), DeletionList(tmp_path / "keys-deleted")
    other = uuid4()
    keys.ensure([subject, other])
    keys.close()
    shutil.copytree(tmp_path / "keys", tmp_path / "backup")
    keys = KeyStore(tmp_path / "keys")
    forget(keys, deletions, subject)
    keys.close()
    shutil.rmtree(tmp_path / "keys")
    shutil.copytree(tmp_path / "backup", tmp_path / "keys")
    restored = KeyStore(tmp_path / "keys")
    assert restored.cipher(subject) is not None
    assert deletions.apply(restored) == 1
    assert restored.cipher(subject) is None
    assert restored.cipher(other) is not None
    assert deletions.apply(restored) == 0
    restored.close()


def test_a_new_key_of_the_same_name_stays(tmp_path: Path, subject: UUID) -> None:
    keys, deletions = KeyStore(tmp_path / "keys"), DeletionList(tmp_path / "keys-deleted")
    keys.ensure([subject])
    forget(keys, deletions, subject)
    keys.ensure([subject])
    assert deletions.apply(keys) == 0
    assert keys.cipher(subject) is not None
    keys.close()


def test_an_id_tells_keys_apart_and_is_no_key(tmp_path: Path, subject: UUID) -> None:
    keys = KeyStore(tmp_path / "keys")
    assert keys.key_id(subject) is None
    keys.ensure([subject, key_of(subject, Basis.NOTHING)])
    first, second = keys.key_id(subject), keys.key_id(key_of(subject, Basis.NOTHING))
    assert first != second
    assert keys.key_id(subject) == first
    keys.close()


def test_a_line_that_a_power_cut_left_half_written_is_passed_over(tmp_path: Path, subject: UUID) -> None:
    deletions = DeletionList(tmp_path / "keys-deleted")
    assert deletions.lines() == []
    deletions.add([Deleted(subject, "a" * 32)])
    with (tmp_path / "keys-deleted").open("a") as file:
        file.write(f"{uuid4()} abc")
    assert deletions.lines() == [Deleted(subject, "a" * 32)]


def test_what_is_added_after_a_half_line_is_not_lost(tmp_path: Path, subject: UUID) -> None:
    deletions = DeletionList(tmp_path / "keys-deleted")
    (tmp_path / "keys-deleted").write_text(f"{uuid4()} abc")
    deletions.add([Deleted(subject, "b" * 32)])
    assert deletions.lines() == [Deleted(subject, "b" * 32)]


def test_a_key_that_another_process_destroyed_is_forgotten_in_a_moment(tmp_path: Path, subject: UUID) -> None:
    one, other = KeyStore(tmp_path / "keys"), KeyStore(tmp_path / "keys")
    stays = uuid4()
    one.ensure([subject, stays])
    assert other.cipher(subject) is not None
    assert other.cipher(stays) is not None
    one.destroy(subject)
    time.sleep(LOOK_S)
    assert other.cipher(subject) is None
    assert one.cipher(subject) is None
    assert other.cipher(stays) is not None
    one.close()
    other.close()


def test_new_keys_of_another_process_do_not_empty_what_is_remembered(tmp_path: Path, subject: UUID) -> None:
    one, other = KeyStore(tmp_path / "keys"), KeyStore(tmp_path / "keys")
    one.ensure([subject])
    remembered = other.cipher(subject)
    one.ensure([uuid4()])
    time.sleep(LOOK_S)
    assert other.cipher(subject) is remembered
    one.close()
    other.close()
