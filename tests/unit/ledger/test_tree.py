"""The Merkle tree against other people's vectors and against its own slow definition."""

import json
import tarfile
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.ledger.tiles import WIDTH, TileTree, tile_path
from onecity.ledger.tree import consistency_path, consistent, included, inclusion_path, leaf_hash, root_of

VECTORS = Path(__file__).parents[2] / "data" / "merkle_rfc6962.tar.gz"


def cases(kind: str) -> list[Any]:
    """Other people's proofs, good and bad. Source: transparency-dev/merkle, Apache-2.0."""
    found = []
    with tarfile.open(VECTORS) as archive:
        for member in sorted(archive.getnames()):
            if member.startswith(f"merkle_rfc6962/{kind}/") and member.endswith(".json"):
                file = archive.extractfile(member)
                assert file is not None
                found.append(pytest.param(json.load(file), id=member.removeprefix("merkle_rfc6962/")))
    return found


def steps(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(step or "") for step in case["proof"] or []]


@pytest.mark.parametrize("case", cases("inclusion"))
def test_an_inclusion_proof_is_classified_as_its_authors_say(case: dict[str, Any]) -> None:
    leaf, root = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
    assert included(leaf, case["leafIdx"], case["treeSize"], steps(case), root) is not case["wantErr"]


@pytest.mark.parametrize("case", cases("consistency"))
def test_a_consistency_proof_is_classified_as_its_authors_say(case: dict[str, Any]) -> None:
    older, newer = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
    assert consistent(case["size1"], case["size2"], steps(case), older, newer) is not case["wantErr"]


@cache
def leaves(size: int) -> tuple[bytes, ...]:
    return tuple(leaf_hash(str(number).encode()) for number in range(size))


sizes = st.integers(1, 300)


@given(sizes, st.data())
def test_every_leaf_proves_that_it_is_in(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves(size), index)
    assert included(leaves(size)[index], index, size, path, root_of(leaves(size)))


@given(sizes, st.data())
def test_a_leaf_does_not_prove_another_place(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves(size), index)
    found = included(leaves(size)[other], other, size, path, root_of(leaves(size)))
    assert found is (index == other)


@given(sizes, st.data())
def test_every_older_tree_proves_that_it_was_continued(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, size))
    path = consistency_path(leaves(size), older)
    assert consistent(older, size, path, root_of(leaves(older)), root_of(leaves(size)))
    assert not consistent(older, size, path, leaf_hash(b"forged"), root_of(leaves(size)))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 600, 65_536, 65_537])
def test_tiles_grow_to_the_same_root(size: int) -> None:
    files: dict[str, bytes] = {}
    tree = TileTree(files.__setitem__)
    for leaf in leaves(size):
        tree.append(leaf)
    assert tree.root() == root_of(leaves(size))
    assert len(files) == size // WIDTH + size // WIDTH**2
    assert all(len(content) == 32 * WIDTH for content in files.values())


def test_a_partial_tile_says_its_width() -> None:
    tree = TileTree(lambda *_: None)
    for leaf in leaves(257):
        tree.append(leaf)
    assert [path for path, _ in tree.partial_tiles()] == [tile_path(0, 1, 1), tile_path(1, 0, 1)]
