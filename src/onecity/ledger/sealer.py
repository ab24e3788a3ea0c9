"""The sealer gives each committed fact its position in the tree, and signs what the city remembers.

One sealer works at a time, whichever process holds the lock. It never seals a fact whose code does not match. The
others let the files of their machine follow. What is signed is safe before: `docs/adr/0055-lose-a-machine-at-noon.md`.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from prometheus_client import Counter, Histogram

from onecity.kernel.errors import CannotStart
from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.facts import FactBook, Stored
from onecity.ledger.published import Published
from onecity.ledger.store import eras
from onecity.ledger.tiles import TileTree
from onecity.ledger.tree import leaf_hash
from onecity.machinery.postgres import alone

if TYPE_CHECKING:
    from asyncpg import Connection

INTERVAL_S: Final = 0.25
FOLLOW_S: Final = 1.0
"""How far the files of a machine that does not seal may be behind, beside the time that it takes."""
_LOCK: Final = 6_104_101
_TILES_AT_ONCE: Final = 64
SEALED: Final = Counter("onecity_sealed_facts", "Facts that got their position in the tree")
SEAL_SECONDS: Final = Histogram("onecity_seal_seconds", "Time of one round of the sealer")


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
        self._published = Published(folder, key)
        self._tree = TileTree(_keep_nothing)
        self._owed = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Seal every quarter of a second, as soon as this process holds the lock, until `stopping` is set."""
        looked = time.monotonic()
        while not await alone(self._connection, _LOCK):
            if await _set_within(stopping, INTERVAL_S):
                return
            if time.monotonic() - looked >= FOLLOW_S:
                await self.follow()
                looked = time.monotonic()
        await self.prepare()
        while True:
            last, began = stopping.is_set(), time.monotonic()
            await self.seal()
            rest = max(0.0, began + INTERVAL_S - time.monotonic())
            if last or (await _set_within(stopping, rest) and not await self._anything_new()):
                return

    async def prepare(self) -> None:
        """Take up the tree where the last seal left it.

        The published checkpoint is of our own signature, so tiles that lead to its root are those that we signed: a
        tree that grows from them can only continue what outsiders saw, whatever somebody did to the database since.
        What the database sealed after the checkpoint follows from there, and the whole must lead to the root that the
        database noted at its last seal: then database and tiles are of one history, and nothing older is read. If they
        do not meet (a tile is lost, the folder is of another day), all sealed leaves are read, and must lead to both
        roots; only then are tiles written. A leaf changed long ago and in secret is not looked for here: it
        cannot enter the tree any more, and `onecity ledger verify` finds it.

        Raises CannotStart if the database holds less than the checkpoint says, or something else, or if it came into
        another cluster without a start of the city, which would have begun an era there.
        """
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            if await eras.elsewhere(self._connection):
                raise CannotStart(_ELSEWHERE)
            self._owed = await eras.owed(self._connection)
            left, point = await store.left(self._connection), self._published.checkpoint()
            if point is not None and point.size > left.size:
                raise CannotStart(
                    f"The published checkpoint speaks of more facts than the {left.size} that the database holds: "
                    "the database was rolled back. Restore a newer backup, or find out who did it."
                )
            if not (point is not None and await self._continued(point, left)):
                await self._begun_anew(point, left)
        await store.settle(self._connection)
        await self._published.announce(self._tree)

    async def follow(self) -> None:
        """Let the files here say what another process sealed, unless it writes into the same folder."""
        size = await store.sealed_size(self._connection)
        point = self._published.checkpoint()
        if point is not None and point.size >= size:
            return
        if point is None or point.size != self._tree.size:
            await self.prepare()
            return
        new: dict[str, bytes] = {}
        tree = self._tree.branch(new.__setitem__)
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            left = await store.left(self._connection)
            async for leaf in store.leaves_from(self._connection, tree.size):
                tree.append(leaf)
        if tree.root() != left.root:
            raise CannotStart(_OTHER_HISTORY)
        await store.settle(self._connection)
        await self._published.put(new)
        await self._published.announce(tree)
        self._tree = tree

    async def _continued(self, point: Checkpoint, left: store.Left) -> bool:
        """Whether the tree under the checkpoint, with what was sealed since, is that of the database."""
        edge = self._published.edge(point)
        if edge is None:
            return False
        new: dict[str, bytes] = {}
        tree = TileTree(new.__setitem__, point.size, edge)
        async for leaf in store.leaves_from(self._connection, point.size):
            tree.append(leaf)
        if tree.root() != left.root:
            return False
        await self._published.put(new)
        self._tree = tree
        return True

    async def _begun_anew(self, point: Checkpoint | None, left: store.Left) -> None:
        """Build the tree from all sealed leaves. Before a tile is replaced, they must prove to be the signed ones."""
        await self._grown(point, left, put=False)
        self._tree = await self._grown(point, left, put=True)

    async def _grown(self, point: Checkpoint | None, left: store.Left, *, put: bool) -> TileTree:
        new: dict[str, bytes] = {}
        tree = TileTree(new.__setitem__ if put else _keep_nothing)
        async for leaf in store.leaves_from(self._connection, 0):
            tree.append(leaf)
            if point is not None and tree.size == point.size and tree.root() != point.root:
                raise CannotStart(_OTHER_HISTORY)
            if len(new) >= _TILES_AT_ONCE:
                await self._published.put(new)
                new.clear()
        if left.root not in (None, tree.root()):
            raise CannotStart(_OTHER_HISTORY)
        await self._published.put(new)
        return tree

    async def seal(self) -> Seal:
        """Seal what was committed since the last round. Signs only after the commit came back."""
        began = time.perf_counter()
        new: dict[str, bytes] = {}
        tree = self._tree.branch(new.__setitem__)
        async with self._connection.transaction(isolation="repeatable_read"):
            forged = await self._seal_into(tree)
            sealed = tree.size - self._tree.size
            if forged:
                await store.alarm(self._connection, forged)
            if sealed or forged:
                await store.move_seal(self._connection, tree.size, tree.root())
            if self._owed:
                await eras.paid(self._connection)
        self._tree, self._owed = tree, False
        if sealed:
            await self._published.put(new)
        if sealed or self._published.key_waits():
            await self._published.announce(tree, takes=True)
            SEALED.inc(sealed)
        SEAL_SECONDS.observe(time.perf_counter() - began)
        return Seal(tree.size, sealed, len(forged))

    async def _seal_into(self, tree: TileTree) -> list[Stored]:
        """Let a tree grow by every fact with a valid code; the others."""
        forged: list[Stored] = []
        facts: list[Stored] = []
        leaves: list[bytes] = []
        async for stored, mac in self._waiting():
            entry = stored.entry()
            if mac != self._book.code(entry):
                forged.append(stored)
                continue
            leaf = leaf_hash(entry)
            tree.append(leaf)
            facts.append(stored)
            leaves.append(leaf)
            if len(facts) == store.CHUNK:
                await store.seal(self._connection, tree.size - len(facts), facts, leaves)
                facts, leaves = [], []
        if facts:
            await store.seal(self._connection, tree.size - len(facts), facts, leaves)
        return forged

    async def _waiting(self) -> AsyncIterator[tuple[Stored, bytes]]:
        """What has no position yet: of the eras before, once after each began, and then of this one."""
        if self._owed:
            async for found in eras.left_over(self._connection):
                yield found
        async for found in store.unsealed(self._connection):
            yield found

    async def _anything_new(self) -> bool:
        return (await self.seal()).sealed > 0


_ELSEWHERE: Final = "The database lies in another cluster than before. Stop the whole city, then start it."
_OTHER_HISTORY: Final = (
    "The sealed leaves in the database are not those that the city signed. Restore a backup of the database, "
    "or find out who changed them."
)


def _keep_nothing(_path: str, _content: bytes) -> None:
    """Tiles of a tree that is only compared."""


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
