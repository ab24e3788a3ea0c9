"""The proof that one fact stands in the tree under a signed checkpoint; anybody can check it with RFC 6962 alone."""

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.published import Published
from onecity.ledger.tiles import Tiles
from onecity.ledger.tree import included, inclusion_path, root_of

if TYPE_CHECKING:
    from asyncpg import Connection

_LOOKS: Final = 3


class Proof(msgspec.Struct, frozen=True):
    """A fact's bytes, its position, the hashes that lead from it to the root, the signed root.

    `entry` and `path` are base64; `path` begins beside the leaf. Source: RFC 6962 §2.1.1.
    """

    position: int
    entry: str
    path: tuple[str, ...]
    checkpoint: str
    key: str


async def prove(
    connection: "Connection", key: CheckpointKey, stream: UUID, version: int, *, folder: Path
) -> Proof | None:
    """The proof of a fact; None if it is not there or not sealed yet. `folder` holds the published tiles.

    Only the tiles on the way to the root are read; if they do not lead to it, every leaf is.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await store.sealed_fact(connection, stream, version)
        if found is None or found.stored is None:
            return None
        way = _way(Published(folder, key), found.position, found.leaf)
        if way is None:
            leaves = [leaf async for leaf in store.leaves_from(connection, 0)]
            way = Checkpoint(key.origin, len(leaves), root_of(leaves)), inclusion_path(leaves, found.position)
    point, path = way
    entry = b64encode(found.stored.entry()).decode()
    return Proof(found.position, entry, tuple(b64encode(step).decode() for step in path), key.signed(point), key.line())


def _way(published: Published, position: int, leaf: bytes) -> tuple[Checkpoint, list[bytes]] | None:
    """The newest checkpoint and the hashes that lead to its root from a leaf, proven; None if the tiles do not."""
    for _ in range(_LOOKS):
        point = published.checkpoint()
        if point is None or position >= point.size:
            return None
        try:
            path = Tiles(point.size, published.read).inclusion_path(position)
        except (OSError, ValueError):
            # The edge may have been replaced since the checkpoint was read; the next checkpoint names the new one.
            continue
        return (point, path) if included(leaf, position, point.size, path, point.root) else None
    return None
