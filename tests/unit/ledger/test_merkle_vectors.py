"""Other people's proofs for subtrees, good and bad: each is taken or refused as its authors say.

Source: transparency-dev/merkle, Apache-2.0; the proofs are those of draft-ietf-plants-merkle-tree-certs §4.
The product offers no subtrees. So the reference judges all of them, and the product judges those that RFC 6962 knows:
a leaf in a subtree is a leaf in a tree of its own, and a subtree that begins at 0 is an older tree.
"""

import json
import tarfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from tests.reference import tree as reference

from onecity.ledger.tree import consistent, included, leaf_hash, node_hash, root_of

VECTORS = Path(__file__).parents[2] / "data" / "merkle_rfc6962.tar.gz"


def cases(kind: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tarfile.open(VECTORS) as archive:
        for member in sorted(archive.getnames()):
            if member.startswith(f"merkle_rfc6962/{kind}/") and member.endswith(".json"):
                file = archive.extractfile(member)
                assert file is not None
                found[member.removeprefix(f"merkle_rfc6962/{kind}/")] = json.load(file)
    return found


INCLUSION = cases("subtreeinclusion")
CONSISTENCY = cases("subtreeconsistency")


def decoded(text: str | None) -> bytes:
    return b64decode(text or "")


def steps(case: dict[str, Any]) -> list[bytes]:
    return [decoded(step) for step in case["proof"] or []]


def test_the_vectors_are_all_there() -> None:
    counts = [
        [case["wantErr"] for case in kind.values()].count(bad)
        for kind in (INCLUSION, CONSISTENCY)
        for bad in (False, True)
    ]
    assert counts == [12, 192, 12, 106]


@pytest.mark.parametrize("name", INCLUSION)
def test_an_inclusion_proof_in_a_subtree_is_classified_as_its_authors_say(name: str) -> None:
    case = INCLUSION[name]
    index, start, end = case["leafIdx"], case["start"], case["end"]
    leaf, root, path = decoded(case["leafHash"]), decoded(case["root"]), steps(case)
    assert reference.contains_in_subtree(leaf, index, start, end, path, root) is not case["wantErr"]
    if reference.is_subtree(start, end):
        assert included(leaf, index - start, end - start, path, root) is not case["wantErr"]


@pytest.mark.parametrize("name", CONSISTENCY)
def test_a_consistency_proof_of_a_subtree_is_classified_as_its_authors_say(name: str) -> None:
    case = CONSISTENCY[name]
    start, end, size, path = case["start"], case["end"], case["size"], steps(case)
    subroot, root = decoded(case["root1"]), decoded(case["root2"])
    assert reference.continues_subtree(start, end, size, path, subroot, root) is not case["wantErr"]
    if start == 0 and end > 0:
        assert consistent(end, size, path, subroot, root) is not case["wantErr"]


LEAVES = [leaf_hash(bytes([number])) for number in range(4)]
HALVES = node_hash(LEAVES[0], LEAVES[1]) + LEAVES[2]
OTHER_CUTS = [0, 16, 31, 33, 48, 64]


def cut_at(cut: int) -> tuple[bytes, bytes, bytes]:
    """The two halves under the root of three leaves, cut elsewhere, and the root of a fourth leaf put beside them."""
    low, high = HALVES[:cut], HALVES[cut:]
    return low, high, node_hash(low, node_hash(high, LEAVES[3]))


@pytest.mark.parametrize("cut", OTHER_CUTS)
def test_steps_of_another_length_do_not_continue_a_tree_and_lose_its_leaf(cut: int) -> None:
    low, high, forged = cut_at(cut)
    assert not reference.continues(3, 4, [high, LEAVES[3], low], root_of(LEAVES[:3]), forged)
    assert not consistent(3, 4, [high, LEAVES[3], low], root_of(LEAVES[:3]), forged)


@pytest.mark.parametrize("cut", OTHER_CUTS)
def test_steps_of_another_length_do_not_show_a_leaf(cut: int) -> None:
    low, high, forged = cut_at(cut)
    assert not reference.contains(LEAVES[3], 3, 4, [high, low], forged)
    assert not included(LEAVES[3], 3, 4, [high, low], forged)
