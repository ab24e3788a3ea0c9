"""The proven history of a stream: what the public is told comes from here, never from a projection.

Each fact bears the city's code, stands under a leaf that was made of it, and no version is missing. A history that is
not sound may still be shown to those who mend it, but nobody builds an answer on it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.ledger.facts import FactBook, HeldFact, Recorded
from onecity.ledger.store import histories
from onecity.ledger.tree import leaf_hash

if TYPE_CHECKING:
    from asyncpg import Connection


class Proven(msgspec.Struct, frozen=True):
    """A fact with its leaf. `position` is None in the moment before it is sealed."""

    recorded: Recorded
    leaf: bytes
    position: int | None


class History(msgspec.Struct, frozen=True):
    """A history and whether everything in it holds. The facts of one that is not sound are not told."""

    facts: tuple[Proven, ...]
    sound: bool


async def proven(connection: "Connection", book: FactBook, streams: Sequence[UUID]) -> dict[UUID, History]:
    """The histories of some streams as of one moment; one without facts is empty and sound."""
    held = await histories.whole_histories(connection, streams)
    return {stream: _history(versions, book) for stream, versions in held.items()}


async def whole_between(connection: "Connection", first: int, end: int) -> bool:
    """Whether every position from `first` to before `end` is there."""
    return await histories.sealed_between(connection, first, end) >= end - first


async def touched(connection: "Connection", first: int, end: int, *, kinds: str) -> list[UUID] | None:
    """The histories with facts of some kinds, or with facts that are gone, at positions from `first` to before `end`.

    None if a position is missing: then nobody can tell whose fact it was.
    """
    sealed, streams = await histories.sealed_streams(connection, first, end, kinds)
    return streams if sealed >= end - first else None


def _history(versions: Sequence[HeldFact], book: FactBook) -> History:
    facts: list[Proven] = []
    for number, one in enumerate(versions, 1):
        before = facts[-1] if facts else None
        if one.stored is None or one.version != number or not _holds(one, before, book):
            return History((), sound=False)
        facts.append(Proven(book.read(one.stored), leaf_hash(one.stored.entry()), one.position))
    return History(tuple(facts), sound=True)


def _holds(one: HeldFact, before: Proven | None, book: FactBook) -> bool:
    """Whether a fact bears its code, stands under its own leaf, and comes after the one before it."""
    assert one.stored is not None, "asked before"
    if one.mac != book.mac(one.stored):
        return False
    if one.position is None:
        return one.leaf is None
    if before is not None and (before.position is None or before.position >= one.position):
        return False
    return one.leaf == leaf_hash(one.stored.entry())
