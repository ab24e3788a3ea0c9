"""Bytes under a person's key: theirs, as what they were sealed, and gone with the key."""

from pathlib import Path
from uuid import UUID

import pytest

from onecity.machinery.blobs import Blobs
from onecity.machinery.keystore import KeyStore
from onecity.machinery.sealed import Sealed

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_only_the_right_person_and_the_right_purpose_open_what_was_sealed(tmp_path: Path) -> None:
    keys, blobs = KeyStore(tmp_path / "keys"), Blobs(tmp_path / "blobs")
    sealed = Sealed(keys, blobs)
    name = sealed.keep(ONE, b"content", bound=b"paper")
    assert sealed.open(ONE, name, bound=b"paper") == b"content" and sealed.holds(ONE, name)
    assert sealed.open(ONE, name, bound=b"photo") is None
    assert sealed.open(OTHER, name, bound=b"paper") is None
    assert b"content" not in (blobs.get(name) or b"")
    assert sealed.keep(ONE, b"content", bound=b"paper") != name
    keys.destroy(ONE)
    assert sealed.open(ONE, name, bound=b"paper") is None and not sealed.holds(ONE, name)
    keys.close()


@pytest.mark.parametrize("change", ["cut", "bent", "gone"])
def test_what_is_damaged_or_gone_opens_as_nothing(tmp_path: Path, change: str) -> None:
    keys, blobs = KeyStore(tmp_path / "keys"), Blobs(tmp_path / "blobs")
    sealed = Sealed(keys, blobs)
    name = sealed.keep(ONE, b"content", bound=b"paper")
    [path] = [one for one in (tmp_path / "blobs").rglob("*") if one.is_file()]
    if change == "gone":
        sealed.remove(name)
    else:
        path.write_bytes(path.read_bytes()[:5] if change == "cut" else path.read_bytes()[:-1] + b"x")
    assert sealed.open(ONE, name, bound=b"paper") is None
    keys.close()
