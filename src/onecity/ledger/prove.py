"""The proof that one fact stands in the tree under a signed checkpoint; anybody can check it with RFC 6962 alone."""

from base64 import b64encode
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.tree import inclusion_path, root_of

if TYPE_CHECKING:
    from asyncpg import Connection


class Proof(msgspec.Struct, frozen=True):
    """A fact's bytes, its position, the hashes that lead from it to the root, the signed root.

    `entry` and `path` are base64; `path` begins beside the leaf. Source: RFC 6962 §2.1.1.
    """

    position: int
    entry: str
    path: tuple[str, ...]
    checkpoint: str
    key: str


async def prove(connection: "Connection", key: CheckpointKey, stream: UUID, version: int) -> Proof | None:
    """The proof of a fact; None if it is not there or not sealed yet."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await store.sealed_fact(connection, stream, version)
        if found is None or found.stored is None:
            return None
        leaves = [leaf async for leaf in store.leaves_from(connection, 0)]
    checkpoint = key.signed(Checkpoint(key.origin, len(leaves), root_of(leaves)))
    path = tuple(b64encode(step).decode() for step in inclusion_path(leaves, found.position))
    return Proof(found.position, b64encode(found.stored.entry()).decode(), path, checkpoint, key.line())
