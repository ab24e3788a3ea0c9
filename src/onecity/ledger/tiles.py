"""The tree as static files that anybody can mirror.

Source: C2SP tlog-tiles. Wire contract: `docs/ledger-format.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from onecity.ledger.tree import EMPTY_ROOT, HASH_BYTES, largest_power_below, node_hash, root_of

WIDTH: Final = 256
"""Hashes in a full tile: eight levels of the tree."""

_LEVELS: Final = WIDTH.bit_length() - 1

Write = Callable[[str, bytes], None]
Read = Callable[[str], bytes]


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
    """A tree that grows leaf by leaf and keeps only its right edge in memory; full tiles go to `write`.

    `edge` holds, from the leaves up, the hashes of each level that fill no tile yet.
    """

    def __init__(self, write: Write, size: int = 0, edge: Sequence[Sequence[bytes]] = ((),)) -> None:
        self.size = size
        self._write = write
        self._edge = [list(row) for row in edge]

    def branch(self, write: Write) -> "TileTree":
        """The same tree, to grow apart from this one."""
        return TileTree(write, self.size, self._edge)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash; each tile that becomes full is written once."""
        self.size += 1
        level, carried = 0, leaf
        while True:
            if level == len(self._edge):
                self._edge.append([])
            edge = self._edge[level]
            edge.append(carried)
            if len(edge) < WIDTH:
                return
            self._write(tile_path(level, self._full(level) - 1), b"".join(edge))
            carried = root_of(edge)
            edge.clear()
            level += 1

    def _full(self, level: int) -> int:
        """How many tiles of a level are full."""
        return self.size >> _LEVELS * (level + 1)

    def partial_tiles(self) -> Iterator[tuple[str, bytes]]:
        """The tiles at the right edge, as files."""
        for level, edge in enumerate(self._edge):
            if edge:
                yield tile_path(level, self._full(level), len(edge)), b"".join(edge)

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


class Tiles:
    """A tree of a given size, read from its tiles only as far as a question goes.

    Raises OSError or ValueError if a tile that the size demands is not there or has another width.
    """

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def edge(self) -> list[list[bytes]]:
        """From the leaves up, the hashes of each level that fill no tile."""
        edge: list[list[bytes]] = []
        while (hashes := self.size >> _LEVELS * len(edge)) > 0:
            edge.append(self._row(len(edge), hashes // WIDTH) if hashes % WIDTH else [])
        return edge

    def paths(self) -> Iterator[tuple[str, int]]:
        """Every tile that the size demands, with its length in bytes."""
        level = 0
        while (hashes := self.size >> _LEVELS * level) > 0:
            for index in range(-(-hashes // WIDTH)):
                width = min(WIDTH, hashes - index * WIDTH)
                yield tile_path(level, index, width), width * HASH_BYTES
            level += 1

    def inclusion_path(self, index: int) -> list[bytes]:
        """The hashes that lead from the leaf `index` to the root."""
        path: list[bytes] = []
        first, end = 0, self.size
        while end - first > 1:
            middle = first + largest_power_below(end - first)
            if index < middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(first, middle))
                first = middle
        return path[::-1]

    def _root(self, first: int, end: int) -> bytes:
        """The root over the leaves from `first` to before `end`; what lies left of a middle is a complete subtree."""
        if (end - first).bit_count() == 1:
            return self._node((end - first).bit_length() - 1, first)
        middle = first + largest_power_below(end - first)
        return node_hash(self._root(first, middle), self._root(middle, end))

    def _node(self, height: int, first: int) -> bytes:
        """The root of the complete subtree of 2^height leaves that begins at a leaf."""
        level = height // _LEVELS
        index = first >> _LEVELS * level
        start = index % WIDTH
        return root_of(self._row(level, index // WIDTH)[start : start + (1 << height % _LEVELS)])

    def _row(self, level: int, index: int) -> list[bytes]:
        known = self._rows.get((level, index))
        if known is None:
            width = min(WIDTH, (self.size >> _LEVELS * level) - index * WIDTH)
            path = tile_path(level, index, width)
            content = self._read(path)
            if len(content) != width * HASH_BYTES:
                raise ValueError(f"{path} has not the width that the tree demands")
            known = [content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES)]
            self._rows[level, index] = known
        return known
