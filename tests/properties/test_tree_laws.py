"""What is true of every tree: the fast one is the defined one, its proofs hold, and one flipped bit breaks them."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import tree as reference

from onecity.ledger.tiles import Tiles, TileTree
from onecity.ledger.tree import consistency_path, consistent, included, inclusion_path, leaf_hash, root_of

# The time of an example says more about the neighbours on the machine than about the tree.
unhurried = settings(deadline=None)
seeds = st.integers(0, 2**32)
sizes = st.one_of(st.integers(1, 20), st.integers(1, 600), st.sampled_from([255, 256, 257, 511, 512, 513]))


def entries_of(size: int, seed: int) -> list[bytes]:
    return [f"{seed}/{number}".encode() for number in range(size)]


def leaves_of(entries: Sequence[bytes]) -> list[bytes]:
    return [leaf_hash(entry) for entry in entries]


def with_one_bit_flipped(hashes: Sequence[bytes], data: st.DataObject) -> list[bytes]:
    """The same hashes with one bit of one of them flipped."""
    bit = data.draw(st.integers(0, 256 * len(hashes) - 1))
    flipped = bytearray(b"".join(hashes))
    flipped[bit // 8] ^= 1 << bit % 8
    return [bytes(flipped[start : start + 32]) for start in range(0, len(flipped), 32)]


@unhurried
@given(st.lists(st.binary(max_size=40), max_size=80))
def test_the_root_over_any_entries_is_the_defined_one(entries: list[bytes]) -> None:
    assert root_of(leaves_of(entries)) == reference.tree_hash(entries)


@unhurried
@given(sizes, seeds)
def test_the_tree_that_grows_leaf_by_leaf_has_the_defined_root(size: int, seed: int) -> None:
    entries = entries_of(size, seed)
    tree = TileTree(lambda *_: None)
    for leaf in leaves_of(entries):
        tree.append(leaf)
    assert (tree.size, tree.root()) == (size, reference.tree_hash(entries))


def published(size: int, seed: int) -> tuple[TileTree, dict[str, bytes]]:
    """A tree and its tiles as files."""
    files: dict[str, bytes] = {}
    tree = TileTree(files.__setitem__)
    for leaf in leaves_of(entries_of(size, seed)):
        tree.append(leaf)
    return tree, files | dict(tree.partial_tiles())


tiled = st.one_of(sizes, st.sampled_from([65_535, 65_536, 65_537, 66_049]))


@unhurried
@given(tiled, seeds, st.data())
def test_a_proof_from_tiles_is_the_one_from_all_leaves(size: int, seed: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree, files = published(size, seed)
    path = Tiles(size, files.__getitem__).inclusion_path(index)
    assert path == inclusion_path(leaves_of(entries_of(size, seed)), index)
    assert included(leaf_hash(entries_of(size, seed)[index]), index, size, path, tree.root())


@unhurried
@given(tiled, st.integers(0, 600), seeds)
def test_a_tree_that_continues_from_its_tiles_is_the_one_that_never_stopped(size: int, more: int, seed: int) -> None:
    whole, wanted = published(size + more, seed)
    _, files = published(size, seed)
    tree = TileTree(files.__setitem__, size, Tiles(size, files.__getitem__).edge())
    for leaf in leaves_of(entries_of(size + more, seed))[size:]:
        tree.append(leaf)
    assert tree.root() == whole.root()
    files |= dict(tree.partial_tiles())
    assert {path: files[path] for path, _ in Tiles(size + more, files.__getitem__).paths()} == wanted


@unhurried
@given(sizes, seeds)
def test_the_tiles_that_a_size_demands_are_those_that_are_written(size: int, seed: int) -> None:
    _, files = published(size, seed)
    assert dict(Tiles(size, files.__getitem__).paths()) == {path: len(content) for path, content in files.items()}


@unhurried
@given(sizes, seeds, st.data())
def test_an_inclusion_proof_is_the_defined_one_and_holds(size: int, seed: int, data: st.DataObject) -> None:
    entries, index = entries_of(size, seed), data.draw(st.integers(0, size - 1))
    path, root = inclusion_path(leaves_of(entries), index), reference.tree_hash(entries)
    assert path == reference.audit_path(index, entries)
    assert included(reference.leaf(entries[index]), index, size, path, root)
    assert reference.contains(reference.leaf(entries[index]), index, size, path, root)


@unhurried
@given(sizes, seeds, st.data())
def test_a_consistency_proof_is_the_defined_one_and_holds(size: int, seed: int, data: st.DataObject) -> None:
    entries, older = entries_of(size, seed), data.draw(st.integers(1, size))
    path = consistency_path(leaves_of(entries), older)
    before, now = reference.tree_hash(entries[:older]), reference.tree_hash(entries)
    assert path == reference.consistency_proof(older, entries)
    assert consistent(older, size, path, before, now)
    assert reference.continues(older, size, path, before, now)


@unhurried
@given(sizes, seeds, st.data())
def test_any_flipped_bit_breaks_an_inclusion_proof(size: int, seed: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(entries_of(size, seed)), data.draw(st.integers(0, size - 1))
    good = [leaves[index], root_of(leaves), *inclusion_path(leaves, index)]
    leaf, root, *path = with_one_bit_flipped(good, data)
    assert not included(leaf, index, size, path, root)


@unhurried
@given(sizes, seeds, st.data())
def test_any_flipped_bit_breaks_a_consistency_proof(size: int, seed: int, data: st.DataObject) -> None:
    leaves, older = leaves_of(entries_of(size, seed)), data.draw(st.integers(1, size))
    good = [root_of(leaves[:older]), root_of(leaves), *consistency_path(leaves, older)]
    before, now, *path = with_one_bit_flipped(good, data)
    assert not consistent(older, size, path, before, now)


@unhurried
@given(st.integers(1, 40), st.integers(-1, 41), st.integers(-1, 41), st.data())
def test_a_path_is_judged_as_the_definition_judges_it_at_every_place(
    size: int, index: int, claimed: int, data: st.DataObject
) -> None:
    """Paths cut, doubled and exchanged, for places and sizes that are not theirs."""
    leaves = leaves_of(entries_of(size, 0))
    true, older = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, root, before = leaves[true], root_of(leaves), root_of(leaves[:older])
    path = changed(inclusion_path(leaves, true), data)
    assert included(leaf, index, claimed, path, root) is reference.contains(leaf, index, claimed, path, root)
    path = changed(consistency_path(leaves, older), data)
    fast = consistent(index, claimed, path, before, root)
    assert fast is reference.continues(index, claimed, path, before, root)


def changed(path: list[bytes], data: st.DataObject) -> list[bytes]:
    first = data.draw(st.integers(0, len(path)))
    again = data.draw(st.integers(0, len(path)))
    return path[first:] + path[:again]
