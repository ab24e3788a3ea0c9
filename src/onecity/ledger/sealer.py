"""The sealer gives each committed fact its position in the tree, and signs what the city remembers.

One sealer works at a time, whichever process holds the lock. It never seals a fact whose code does not match.
"""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from onecity.kernel.errors import CannotStart
from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey, size_of
from onecity.ledger.facts import FactBook, Stored
from onecity.ledger.tiles import TileTree
from onecity.ledger.tree import leaf_hash
from onecity.machinery.postgres import alone

if TYPE_CHECKING:
    from asyncpg import Connection

INTERVAL_S: Final = 0.25
_LOCK: Final = 6_104_101


class Seal(msgspec.Struct, frozen=True):
    """What one round did."""

    size: int
    sealed: int
    alarms: int


class Sealer:
    """Seals on a connection of its own; tiles and checkpoint in `folder` are a cache of the database."""

    def __init__(self, connection: "Connection", book: FactBook, key: CheckpointKey, folder: Path) -> None:
        self._connection = connection
        self._book = book
        self._key = key
        self._folder = folder
        self._tree = TileTree(self._write)
        self._partial: dict[str, bytes] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Seal every quarter of a second, as soon as this process holds the lock, until `stopping` is set."""
        while not await alone(self._connection, _LOCK):
            if await _set_within(stopping, INTERVAL_S):
                return
        await self.prepare()
        while True:
            last = stopping.is_set()
            await self.seal()
            if last or (await _set_within(stopping, INTERVAL_S) and not await self._anything_new()):
                return

    async def prepare(self) -> None:
        """Build the tree from the sealed leaves. Raises CannotStart if the published checkpoint is ahead of them."""
        self._tree = TileTree(self._write)
        async with self._connection.transaction():
            async for leaf in store.leaves_from(self._connection, 0):
                self._tree.append(leaf)
        published = self._folder / "checkpoint"
        if published.is_file() and size_of(published.read_text("utf-8")) > self._tree.size:
            raise CannotStart(
                f"The published checkpoint speaks of more facts than the {self._tree.size} that the database holds: "
                "the database was rolled back. Restore a newer backup, or find out who did it."
            )
        self._publish()

    async def seal(self) -> Seal:
        """Seal what was committed since the last round. Signs only after the commit came back."""
        forged: list[Stored] = []
        before = self._tree.size
        new: list[bytes] = []
        async with self._connection.transaction(isolation="repeatable_read"):
            chunk: list[Stored] = []
            async for stored, mac in store.unsealed(self._connection):
                (chunk if mac == self._book.mac(stored) else forged).append(stored)
                if len(chunk) == store.CHUNK:
                    new.extend(await self._seal_chunk(before + len(new), chunk))
                    chunk = []
            new.extend(await self._seal_chunk(before + len(new), chunk))
            if forged:
                await store.alarm(self._connection, forged)
            if new or forged:
                await store.move_seal(self._connection, before + len(new))
        for leaf in new:
            self._tree.append(leaf)
        if new:
            self._publish()
        return Seal(self._tree.size, len(new), len(forged))

    async def _seal_chunk(self, first: int, chunk: list[Stored]) -> list[bytes]:
        leaves = [leaf_hash(stored.entry()) for stored in chunk]
        if leaves:
            await store.seal(self._connection, first, chunk, leaves)
        return leaves

    async def _anything_new(self) -> bool:
        return (await self.seal()).sealed > 0

    def _publish(self) -> None:
        """Write the right edge, then the checkpoint that names it, then remove the edge that it replaced."""
        edge = dict(self._tree.partial_tiles())
        for path, content in edge.items():
            self._write(path, content)
        checkpoint = Checkpoint(self._key.origin, self._tree.size, self._tree.root())
        self._write("key", self._key.line().encode())
        self._write("checkpoint", self._key.signed(checkpoint).encode())
        for path in self._partial.keys() - edge.keys():
            (self._folder / path).unlink(missing_ok=True)
        self._partial = edge

    def _write(self, path: str, content: bytes) -> None:
        """Put a whole file in its place at once; a reader sees the old or the new one."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
