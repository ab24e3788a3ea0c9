"""Photographs and papers that facts name, and whether their bytes are there: what the facts alone do not show."""

from asyncio import to_thread
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.bootstrap.memory import Memory
from onecity.governance.facts import CheckedIn, Evidenced, Parted, PhotoReleased, PhotoWithdrawn, Reported
from onecity.ledger import Basis, Recorded, each_fact, key_of
from onecity.machinery.blobs import Blobs, BlobStore
from onecity.services.facts import Applied, AppliedAgain, Supplemented

if TYPE_CHECKING:
    from asyncpg import Connection

PHOTOS: Final = "photos"
MATERIALS: Final = "materials"
NAMING: Final = (
    "governance.reported", "governance.parted", "governance.evidenced", "governance.checked_in",
    "governance.photo_released", "governance.photo_withdrawn",
    "services.applied", "services.supplemented", "services.applied_again",
)  # fmt: skip
"""The facts that name large things, or tell under whose key they lie."""


class Thing(msgspec.Struct, frozen=True):
    """A large thing that a fact names: the shelf and name of its bytes, the key with which they go, and since when."""

    shelf: str
    name: str
    key: UUID
    at: datetime


class Looked(msgspec.Struct, frozen=True):
    """How many large things were looked at; the names of those that must be there and are not, or are not whole; and
    how many are not there because they came after the last copy of them.
    """

    things: int
    gone: list[str]
    later: int


async def looked_at(connection: "Connection", memory: Memory, copied: datetime) -> Looked:
    """Look at the bytes of every large thing that facts name; those named before `copied` must be there.

    Whoever was forgotten took theirs along. A bucket is believed about the bytes that it holds.
    """
    named = await _named(connection, memory)
    forgotten = {one.name for one in memory.deletions.lines()}
    kept = [one for one in named if one.key not in forgotten]
    shelves = {shelf: memory.shelf(shelf) for shelf in (PHOTOS, MATERIALS)}
    lacking = [one for one in kept if not await to_thread(_is_there, shelves[one.shelf], one.name)]
    gone = sorted(f"{one.shelf}/{one.name}" for one in lacking if one.at <= copied)
    return Looked(len(kept), gone, len(lacking) - len(gone))


def _is_there(store: BlobStore, name: str) -> bool:
    return store.get(name) is not None if isinstance(store, Blobs) else store.holds(name)


async def _named(connection: "Connection", memory: Memory) -> list[Thing]:
    """Everything that facts name and nothing took back, each once."""
    found: dict[tuple[str, str], Thing] = {}
    whose: dict[UUID, UUID] = {}
    async for recorded in each_fact(connection, memory.book, NAMING):
        match recorded.fact:
            case Reported(subject, case):
                whose[recorded.stream] = whose[case] = subject
            case Parted(case):
                whose[case] = whose[recorded.stream]
            case PhotoWithdrawn(copy=copy):
                found.pop((PHOTOS, copy), None)
        for thing in _things(recorded, whose):
            found.setdefault((thing.shelf, thing.name), thing)
    return list(found.values())


def _things(recorded: Recorded, whose: dict[UUID, UUID]) -> Iterator[Thing]:
    """The large things of one fact. A photograph lies under the key of whoever reported, also one of an officer."""
    match recorded.fact:
        case Reported(subject=subject, photos=photos) | CheckedIn(subject=subject, photos=photos):
            shelf, key, names = PHOTOS, subject, photos
        case Evidenced(photos=photos):
            shelf, key, names = PHOTOS, whose.get(recorded.stream, recorded.stream), photos
        case PhotoReleased(subject=subject, copy=copy):
            # It goes as soon as its person asks, also while the case keeps the photograph.
            shelf, key, names = PHOTOS, key_of(subject, Basis.NOTHING), (copy,)
        case Applied() | Supplemented() | AppliedAgain() as fact:
            shelf, key, names = MATERIALS, fact.subject, tuple(fact.materials.values())
        case _:
            return
    for name in names:
        yield Thing(shelf, name, key, recorded.at)
