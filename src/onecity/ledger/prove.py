"""The proof that one fact stands in the tree under a signed checkpoint; anybody can check it with RFC 6962 alone."""

from base64 import b64encode
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.published import Published
from onecity.ledger.tiles import Tiles
from onecity.ledger.tree import included, inclusion_path, leaf_hash, root_of

if TYPE_CHECKING:
    from asyncpg import Connection

_LOOKS: Final = 3


class Unproven(StrEnum):
    """Why there is no proof: nothing of the kind is published yet, or what is there is not what was published."""

    ABSENT = "absent"
    DAMAGED = "damaged"


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
    connection: "Connection", key: CheckpointKey, stream: UUID, version: int, *, folder: Path, thorough: bool = False
) -> Proof | Unproven:
    """The proof of a fact under a checkpoint that was published; no other root is ever signed here.

    `folder` holds the published tiles. Only those on the way to the root are read. If they do not lead to it the fact
    is not proven, unless `thorough` asks to make the way from all leaves: they must lead to the same root.
    """
    published = Published(folder, key)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await store.sealed_fact(connection, stream, version)
        point = published.checkpoint()
        if found is None or point is None or found.position >= point.size:
            return Unproven.ABSENT
        if found.stored is None or leaf_hash(found.stored.entry()) != found.leaf:
            return Unproven.DAMAGED
        way = _way(published, found.position, found.leaf)
        if way is None and thorough:
            way = await _long_way(connection, point, found.position)
    if way is None:
        return Unproven.DAMAGED
    point, path = way
    entry = b64encode(found.stored.entry()).decode()
    return Proof(found.position, entry, tuple(b64encode(step).decode() for step in path), key.signed(point), key.line())


async def _long_way(
    connection: "Connection", point: Checkpoint, position: int
) -> tuple[Checkpoint, list[bytes]] | None:
    """The way from every leaf that the database holds; None if they do not lead to the root that was published."""
    leaves = [leaf async for leaf in store.leaves_from(connection, 0)][: point.size]
    return (point, inclusion_path(leaves, position)) if root_of(leaves) == point.root else None


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
