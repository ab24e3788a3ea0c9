"""What a power cut must not take back: the names of files, and of the folders in which they lie, are flushed too."""

import asyncio
import os
from pathlib import Path

import pytest
from tests.ledgers import ORIGIN

from onecity.ledger import CheckpointKey
from onecity.ledger.published import Published
from onecity.ledger.tiles import TileTree
from onecity.machinery.blobs import Blobs
from onecity.machinery.files import put_whole
from onecity.machinery.keystore import KeyStore


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file and folder that was flushed."""
    found: list[Path] = []
    real = os.fsync

    def noted(file: int) -> None:
        found.append(Path(f"/proc/self/fd/{file}").readlink())
        real(file)

    monkeypatch.setattr(os, "fsync", noted)
    return found


def test_a_file_is_on_disk_with_its_name_and_the_names_of_the_folders_made_for_it(
    tmp_path: Path, flushed: list[Path]
) -> None:
    put_whole(tmp_path / "a" / "b" / "file", b"whole")
    assert flushed == [tmp_path, tmp_path / "a", tmp_path / "a" / "b" / ".file.new", tmp_path / "a" / "b"]
    flushed.clear()
    put_whole(tmp_path / "a" / "c" / "file", b"whole", named=False)
    assert flushed == [tmp_path / "a" / "c" / ".file.new"]


def test_a_photograph_that_was_kept_has_its_name(tmp_path: Path, flushed: list[Path]) -> None:
    name = Blobs(tmp_path / "photos").put(b"a photograph")
    assert flushed[:2] == [tmp_path, tmp_path / "photos"]
    assert flushed[-1] == tmp_path / "photos" / name[:2]


def test_a_checkpoint_has_its_name_and_a_tile_needs_none(tmp_path: Path, flushed: list[Path]) -> None:
    keys = KeyStore(tmp_path / "keys")
    published = Published(tmp_path / "ledger", CheckpointKey(ORIGIN, keys.ring("checkpoint")))
    new: dict[str, bytes] = {}
    tree = TileTree(new.__setitem__)
    for number in range(256):
        tree.append(bytes([number]) * 32)
    flushed.clear()
    asyncio.run(published.put(new))
    assert {path.name for path in flushed} == {".000.new"}
    flushed.clear()
    asyncio.run(published.announce(tree))
    assert flushed[-2:] == [tmp_path / "ledger" / ".checkpoint.new", tmp_path / "ledger"]
    keys.close()
