"""A rule's version is the hash of what it says, so nobody can change a rule and keep its version."""

from hashlib import sha256
from typing import Any

import msgspec

from onecity.kernel.ids import DeclarationHash
from onecity.packs.kinds import Declared

_ENCODER = msgspec.json.Encoder(order="deterministic")


def canonical_bytes(declared: Declared[Any]) -> bytes:
    """The bytes that are hashed and stored: kind, id and value as JSON with sorted keys, without places."""
    return _ENCODER.encode({"kind": declared.kind, "id": declared.id, "value": declared.value})


def version_of(declared: Declared[Any]) -> DeclarationHash:
    """The version of a declaration: SHA-256 of its canonical bytes, in hex."""
    return DeclarationHash(sha256(canonical_bytes(declared)).hexdigest())
