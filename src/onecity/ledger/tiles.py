"""The tree as static files that anybody can mirror.

Source: C2SP tlog-tiles. Wire contract: `docs/ledger-format.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from onecity.ledger.tree import EMPTY_ROOT, node_hash, root_of

WIDTH: Final = 256
"""Hashes in a full tile: eight levels of the tree."""

Write = Callable[[str, bytes], None]


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The file of a tile, relative to the ledger's folder; level "entries" names a bundle of entries.

    >>> tile_path(0, 1234067), tile_path("entries", 5, 7)
    ('tile/0/x001/x234/067', 'tile/entries/005.p/7')
    """
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def framed(entries: Sequence[bytes]) -> bytes:
    """A bundle of entries, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


class TileTree:
    """A tree that grows leaf by leaf and keeps only its right edge in memory; full tiles go to `write`."""

    def __init__(self, write: Write) -> None:
        self.size = 0
        self._write = write
        self._edge: list[list[bytes]] = [[]]
        self._full: list[int] = [0]

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash; each tile that becomes full is written once."""
        self.size += 1
        level, carried = 0, leaf
        while True:
            if level == len(self._edge):
                self._edge.append([])
                self._full.append(0)
            edge = self._edge[level]
            edge.append(carried)
            if len(edge) < WIDTH:
                return
            self._write(tile_path(level, self._full[level]), b"".join(edge))
            carried = root_of(edge)
            self._full[level] += 1
            edge.clear()
            level += 1

    def partial_tiles(self) -> Iterator[tuple[str, bytes]]:
        """The tiles at the right edge, as files."""
        for level, edge in enumerate(self._edge):
            if edge:
                yield tile_path(level, self._full[level], len(edge)), b"".join(edge)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        peaks = [peak for edge in reversed(self._edge) for peak in _peaks(edge)]
        if not peaks:
            return EMPTY_ROOT
        root = peaks[-1]
        for peak in reversed(peaks[:-1]):
            root = node_hash(peak, root)
        return root


def _peaks(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """The roots of the complete subtrees of which a row of fewer than 256 hashes consists, largest first."""
    start = 0
    for bit in (128, 64, 32, 16, 8, 4, 2, 1):
        if len(hashes) & bit:
            yield root_of(hashes[start : start + bit])
            start += bit
