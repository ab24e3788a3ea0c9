"""The Merkle tree: pure hashing, and the two proofs that outsiders check.

Source: RFC 6962 (2013-06) §2.1, §2.1.1, §2.1.2.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Final, NamedTuple

EMPTY_ROOT: Final = sha256(b"").digest()
HASH_BYTES: Final = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def largest_power_below(size: int) -> int:
    """The largest power of two smaller than a size of at least two.

    >>> [largest_power_below(size) for size in (2, 3, 4, 5)]
    [1, 2, 2, 4]
    """
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes.

    >>> root_of([]) == EMPTY_ROOT
    True
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        level = [node_hash(left, right) for left, right in list(pairwise(level))[::2]] + odd
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf `index` to the root of all given leaves."""
    if len(leaves) <= 1:
        return []
    half = largest_power_below(len(leaves))
    if index < half:
        return [*inclusion_path(leaves[:half], index), root_of(leaves[half:])]
    return [*inclusion_path(leaves[half:], index - half), root_of(leaves[:half])]


def consistency_path(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """The hashes that show that the first `older` leaves, at least one, are a beginning of all given leaves."""
    return _consistency(leaves, older, whole=True)


def _consistency(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = largest_power_below(len(leaves))
    if older <= half:
        return [*_consistency(leaves[:half], older, whole=whole), root_of(leaves[half:])]
    return [*_consistency(leaves[half:], older - half, whole=False), root_of(leaves[:half])]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves that a leaf stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size or not _are_hashes(leaf, *path):
        return False
    node, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node % 2 or node == last:
            found = node_hash(step, found)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def _are_hashes(*steps: bytes) -> bool:
    """Whether each has the length of a hash; else the two halves of a node could be cut elsewhere."""
    return all(len(step) == HASH_BYTES for step in steps)


def consistent(older: int, newer: int, path: Sequence[bytes], older_root: bytes, newer_root: bytes) -> bool:
    """Whether a path proves that the tree of `older` leaves is a beginning of the tree of `newer` leaves.

    The empty tree proves nothing: every tree continues it, so `older` must be at least one.
    """
    if not 0 < older <= newer or not _are_hashes(*path):
        return False
    if older == newer:
        return not path and older_root == newer_root
    return _leads_to_both(older, newer, list(path), older_root, newer_root)


def _leads_to_both(older: int, newer: int, path: list[bytes], older_root: bytes, newer_root: bytes) -> bool:
    if older & (older - 1) == 0:
        path = [older_root, *path]
    if not path:
        return False
    node, last = older - 1, newer - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first == older_root and second == newer_root


class Node(NamedTuple):
    """A complete subtree: its first leaf, its height, and its hash. It has 2^height leaves."""

    first: int
    height: int
    digest: bytes

    @property
    def end(self) -> int:
        """The leaf after its last one."""
        return self.first + (1 << self.height)


class Frontier:
    """A row of leaves that grows at its right end, as the few complete subtrees that it consists of.

    It may begin anywhere: `nodes` are then what somebody who lacks these leaves needs to build the tree around them.
    """

    def __init__(self, first: int = 0) -> None:
        self.end = first
        self.nodes: list[Node] = []

    def add(self, digest: bytes, height: int = 0) -> None:
        """Add a leaf, or a complete subtree. Raises ValueError for a subtree that cannot stand here."""
        if self.end % (1 << height):
            raise ValueError(f"no subtree of height {height} begins at {self.end}")
        node = Node(self.end, height, digest)
        self.end = node.end
        while self.nodes and self._are_one(self.nodes[-1], node):
            left = self.nodes.pop()
            node = Node(left.first, left.height + 1, node_hash(left.digest, node.digest))
        self.nodes.append(node)

    def root(self) -> bytes:
        """The root of a row that begins at the first leaf of the tree."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1].digest
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node.digest, root)
        return root

    @staticmethod
    def _are_one(left: Node, right: Node) -> bool:
        """Whether two neighbours are the halves of one subtree."""
        return left.height == right.height and left.first % (2 << left.height) == 0
