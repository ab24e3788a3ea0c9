"""A rule's version is the hash of what it says, so nobody can change a rule and keep its version."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from onecity.kernel.ids import DeclarationHash
from onecity.packs.kinds import Declared

if TYPE_CHECKING:
    from onecity.packs.pack import Pack

T = TypeVar("T")

WORDS: Final = "words"
"""The kind under which a file of words is stored; its id is the language."""

PACK: Final = "pack"
"""The kind under which the list of everything in a pack is stored."""

# The order of keys stays as it was written: the first outcome of a step is the one that its page offers first.
_ENCODE: Final = msgspec.json.Encoder().encode


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a version of a pack consists of: the version of each declaration by kind and id, of its words by language.

    `counts` tells how many things of each kind it declares; a table declares many. `drawn` names by kind what nobody
    wrote, because it follows from lines of tables.

    Storage contract: the version of a pack is the hash of this list, so it names every rule down to the last byte.
    """

    declarations: Mapping[str, Mapping[str, DeclarationHash]]
    words: Mapping[str, DeclarationHash]
    counts: Mapping[str, int]
    drawn: Mapping[str, tuple[str, ...]] = {}


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a declaration, of a file of words or of a manifest: the bytes that its version is the hash of."""

    kind: str
    id: str
    body: bytes

    @property
    def version(self) -> DeclarationHash:
        """SHA-256 of the bytes, in hex."""
        return DeclarationHash(sha256(self.body).hexdigest())


def kept(kind: str, name: str, value: object) -> Kept:
    """The canonical bytes of a value: kind, id and value as JSON, keys as they were written, without places."""
    return Kept(kind, name, _ENCODE({"kind": kind, "id": name, "value": value}))


def version_of(declared: Declared[Any]) -> DeclarationHash:
    """The version of a declaration: SHA-256 of its canonical bytes, in hex."""
    # Every look at a case asks; a declaration never changes, so it is computed once and kept beside its fields.
    known: dict[str, DeclarationHash] = declared.__dict__
    if "version" not in known:
        known["version"] = kept(declared.kind, declared.id, declared.value).version
    return known["version"]


def stored(found: T, version: str) -> T:
    """A declaration or a pack as it was stored: its version is that of the stored bytes.

    A program that knows a key more would write other bytes of the same value, and nobody has stored those.
    """
    found.__dict__["version"] = version
    return found


def parts_of(pack: "Pack") -> tuple[Kept, ...]:
    """Everything that must be kept so that a pack can be read again: its declarations, its words, and the manifest.

    The manifest comes last; its version is that of the pack.
    """
    rules = {
        kind: {name: kept(kind, name, one.value) for name, one in found.items()}
        for kind, found in pack.declared.items()
    }
    words = {lang: kept(WORDS, lang, sentences) for lang, sentences in pack.words.items()}
    manifest = Manifest(
        {kind: {name: one.version for name, one in found.items()} for kind, found in rules.items()},
        {lang: one.version for lang, one in words.items()},
        pack.counts(),
        {kind: names for kind, found in pack.declared.items() if (names := _drawn(found))},
    )
    return (*(one for found in rules.values() for one in found.values()), *words.values(), kept(PACK, PACK, manifest))


def _drawn(found: Mapping[str, Declared[Any]]) -> tuple[str, ...]:
    return tuple(name for name, one in found.items() if one.drawn)
