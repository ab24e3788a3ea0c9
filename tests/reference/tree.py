"""The Merkle tree as its standard defines it, slow and obvious: each function is one recursive definition.

Sources: RFC 6962 (2013-06) §2.1 (tree hash), §2.1.1 (inclusion), §2.1.2 (consistency);
draft-ietf-plants-merkle-tree-certs §4 (subtrees). The product offers no subtrees: `contains_in_subtree` and
`continues_subtree` are here only to judge other people's vectors, of which RFC 6962's proofs are the case `start == 0`.
"""

from collections.abc import Sequence
from hashlib import sha256

Pair = tuple[bytes, bytes]


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than a size of at least two."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return leaf(entries[0])
    k = split(len(entries))
    return node(tree_hash(entries[:k]), tree_hash(entries[k:]))


def audit_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*audit_path(index, entries[:k]), tree_hash(entries[k:])]
    return [*audit_path(index - k, entries[k:]), tree_hash(entries[:k])]


def root_from(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an audit path leads from the hash of a leaf."""
    if size == 1:
        assert not path
        return found
    k = split(size)
    if index < k:
        return node(root_from(found, index, k, path[:-1]), path[-1])
    return node(path[-1], root_from(found, index - k, size - k, path[:-1]))


def consistency_proof(older: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(older, entries, known=True)


def subproof(older: int, entries: Sequence[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if older == len(entries):
        return [] if known else [tree_hash(entries)]
    k = split(len(entries))
    if older <= k:
        return [*subproof(older, entries[:k], known=known), tree_hash(entries[k:])]
    return [*subproof(older - k, entries[k:], known=False), tree_hash(entries[:k])]


def contains(found: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from a leaf hash at `index` to the root of `size` leaves."""
    return 0 <= index < size and are_hashes([found, *path]) and reached(found, index, size, path) == root


def are_hashes(found: Sequence[bytes]) -> bool:
    """Whether each has the length of a hash; otherwise a node's two halves could be cut elsewhere."""
    return all(len(one) == 32 for one in found)


def reached(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads; None if the path has another length than the place demands."""
    if size == 1 or not path:
        return found if size == 1 and not path else None
    *lower, sibling = path
    k = split(size)
    below = reached(found, index, k, lower) if index < k else reached(found, index - k, size - k, lower)
    if below is None:
        return None
    return node(below, sibling) if index < k else node(sibling, below)


def continues(older: int, newer: int, path: Sequence[bytes], older_root: bytes, newer_root: bytes) -> bool:
    """Whether a path proves that the first `older` leaves, at least one, begin the tree of `newer` leaves."""
    return older > 0 and continues_subtree(0, older, newer, path, older_root, newer_root)


def is_subtree(start: int, end: int) -> bool:
    """Whether [start, end) is a subtree: it begins at a multiple of the power of two that holds its width."""
    power = 1
    while power < end - start:
        power *= 2
    return 0 <= start < end and start % power == 0


def contains_in_subtree(found: bytes, index: int, start: int, end: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from the leaf hash at `index` of the whole tree to the root of its subtree [start, end)."""
    return is_subtree(start, end) and contains(found, index - start, end - start, path, root)


def continues_subtree(start: int, end: int, size: int, path: Sequence[bytes], subroot: bytes, root: bytes) -> bool:
    """Whether a path proves that the subtree [start, end) stands in the tree of `size` leaves.

    An empty subtree stands in every tree, without a proof.
    """
    if start == end:
        return 0 <= start <= size and not path and subroot == tree_hash([])
    if not is_subtree(start, end) or end > size or not are_hashes(path):
        return False
    return both_roots(start, end, size, path, subroot) == (subroot, root)


def both_roots(start: int, end: int, size: int, path: Sequence[bytes], known: bytes | None) -> Pair | None:
    """The roots of subtree and tree to which a path leads; `known` is the subtree's root while it is one whole node."""
    if (start, end) == (0, size):
        whole = [*path] if known is None else [known, *path]
        return (whole[0], whole[0]) if len(whole) == 1 else None
    if not path:
        return None
    *lower, sibling = path
    k = split(size)
    if end <= k:
        below = both_roots(start, end, k, lower, known)
        return below and (below[0], node(below[1], sibling))
    if start >= k:
        below = both_roots(start - k, end - k, size - k, lower, known)
        return below and (below[0], node(sibling, below[1]))
    below = both_roots(0, end - k, size - k, lower, None)
    return below and (node(sibling, below[0]), node(sibling, below[1]))
