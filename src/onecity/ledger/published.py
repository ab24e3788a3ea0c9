"""The folder of the tree that anybody can mirror: tiles, key, and the checkpoint that names them.

All of it is a cache of what the database sealed. Wire contract: `docs/ledger-format.md`.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.tiles import Tiles, TileTree
from onecity.machinery.files import put_whole


class Published:
    """What outsiders see. Files are written beside the event loop: a disk that is slow holds nobody else up."""

    def __init__(self, folder: Path, key: CheckpointKey) -> None:
        self._folder = folder
        self._key = key
        self._edge: frozenset[str] = frozenset()

    def checkpoint(self) -> Checkpoint | None:
        """The newest one; None if there is none that we signed."""
        return self._key.published(self._folder)

    def key_waits(self) -> bool:
        """Whether another key is to sign from now on."""
        return self._key.waits

    def read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()

    def edge(self, point: Checkpoint) -> list[list[bytes]] | None:
        """The right edge of the tree under a checkpoint: proven by its root, and only if no other tile is missing.

        None if the tiles cannot serve to continue the tree.
        """
        tiles = Tiles(point.size, self.read)
        try:
            edge = tiles.edge()
            whole = all((self._folder / path).stat().st_size == length for path, length in tiles.paths())
        except (OSError, ValueError):
            return None
        tree = TileTree(_nowhere, point.size, edge)
        if not whole or tree.root() != point.root:
            return None
        self._edge = frozenset(path for path, _ in tree.partial_tiles())
        return edge

    async def put(self, tiles: Mapping[str, bytes]) -> None:
        """Full tiles, their bytes on disk when this returns; what stands there already is left alone.

        Side by side: the disk flushes many files for the price of one. A tile whose name is lost with the power is
        missed at the next start and made anew, so no folder is flushed for it.
        """
        await asyncio.gather(*(asyncio.to_thread(self._put, {path: content}) for path, content in tiles.items()))

    async def announce(self, tree: TileTree, *, takes: bool = False) -> None:
        """The right edge, then the checkpoint that names it, then away with the edge that it replaced.

        Whoever seals `takes` a key that waits: it signs the same tree once more, and everything after it.
        """
        point = Checkpoint(self._key.origin, tree.size, tree.root())
        edge = dict(tree.partial_tiles())
        await asyncio.to_thread(self._announce, edge, point)
        if takes and self._key.waits:
            self._key.take(point)
            await asyncio.to_thread(self._announce, edge, point)
        self._edge = frozenset(edge)

    def _put(self, files: Mapping[str, bytes], *, durable: bool = True, named: bool = False) -> None:
        for path, content in files.items():
            target = self._folder / path
            if not (target.is_file() and target.read_bytes() == content):
                put_whole(target, content, durable=durable, named=named)

    def _announce(self, edge: Mapping[str, bytes], point: Checkpoint) -> None:
        with self._alone():
            there = self.checkpoint()
            if there is not None and there.size > point.size:
                return
            # An edge lost with the power is made anew from the sealed leaves; a lost checkpoint would hide a rollback.
            self._put(edge, durable=False)
            self._put(keys_and_checkpoint(self._key, point), named=True)
            for path in self._edge - edge.keys():
                (self._folder / path).unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process announces here meanwhile: one that is late must not put an older checkpoint on a newer."""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def keys_and_checkpoint(key: CheckpointKey, point: Checkpoint) -> dict[str, bytes]:
    """The files with which outsiders begin: how one key followed another, the key of now, what it signed."""
    changes = {f"keys/{number}": change.encode() for number, change in enumerate(key.changes(), start=1)}
    return {**changes, "key": key.line().encode(), "checkpoint": key.signed(point).encode()}


def _nowhere(_path: str, _content: bytes) -> None:
    """Tiles of a tree that is only looked at."""
