"""What a fact is: typed, versioned, and with its personal fields locked under the key of the person they concern.

See `docs/adr/0004-store-facts-as-the-bytes-that-are-proven.md`.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

import msgspec
from cryptography.exceptions import InvalidTag

from onecity.kernel.acting import Acting
from onecity.kernel.errors import Unavailable
from onecity.kernel.instants import stamp
from onecity.machinery.sealed import Ciphers

LARGEST_ENTRY: Final = 65_535
"""Bytes; an entry bundle of the C2SP tile format gives the length of an entry in two bytes."""

_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode
_DECODE: Final = msgspec.json.Decoder().decode


class Basis(StrEnum):
    """What keeps a personal field when its person asks to be forgotten: the affairs it belongs to, or nothing."""

    AFFAIRS = "affairs"
    NOTHING = "nothing"


class Personal(msgspec.Struct, frozen=True):
    """Marks a field of a fact as personal. `subject` names the field that holds the person's id;
    `kept` says by which law, and until when, the field must be kept although the person asks to be forgotten,
    and `basis` says the same to machines: what nothing keeps lies under a key of its own and can go alone.

    A personal field's type allows None, because that is what remains of it once the key is gone.
    """

    subject: str
    kept: str
    basis: Basis = Basis.AFFAIRS


def key_of(subject: UUID, basis: Basis) -> UUID:
    """The name of the key under which a person's fields of one basis lie."""
    return subject if basis is Basis.AFFAIRS else uuid5(subject, basis.value)


class Fact(msgspec.Struct, frozen=True):
    """Base of everything that can have happened."""


Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class FactType(msgspec.Struct, frozen=True):
    """A type of fact with its name in the ledger. `upcasts[n]` turns the data of version n into those of n + 1."""

    name: str
    type: type[Fact]
    version: int = 1
    upcasts: Mapping[int, Upcast] = {}

    @property
    def kind(self) -> str:
        """The name as it stands in the ledger.

        >>> FactType("people.account_opened", Fact).kind
        'people.account_opened/1'
        """
        return f"{self.name}/{self.version}"

    def personal(self) -> dict[str, Personal]:
        """The personal fields and what was declared of each."""
        found: dict[str, Personal] = {}
        for field, hint in get_type_hints(self.type, include_extras=True).items():
            marks = get_args(hint) if get_origin(hint) is Annotated else ()
            for mark in marks:
                if isinstance(mark, Personal):
                    found[field] = mark
        return found


class Recorded(msgspec.Struct, frozen=True):
    """A fact as it stands in a history: where, when, by whom. Fields of a forgotten person are None."""

    stream: UUID
    version: int
    at: datetime
    by: Acting
    fact: Fact


class Stored(msgspec.Struct, frozen=True):
    """A fact as bytes: what is kept, sealed and exported."""

    stream: UUID
    version: int
    kind: str
    body: bytes

    @property
    def entry_size(self) -> int:
        """Bytes of the leaf."""
        return 16 + 4 + 1 + len(self.kind) + len(self.body)

    def entry(self) -> bytes:
        """The bytes of the leaf. Wire contract: `docs/ledger-format.md`; a change would break every old proof."""
        kind = self.kind.encode("ascii")
        return self.stream.bytes + self.version.to_bytes(4, "big") + bytes([len(kind)]) + kind + self.body


class HeldFact(msgspec.Struct, frozen=True):
    """All that the two tables hold for one version of a history: the fact, its position, or both."""

    version: int
    stored: Stored | None
    mac: bytes | None
    position: int | None
    leaf: bytes | None


class FactBook:
    """All types of fact that the house knows, and the way from a fact to its bytes and back."""

    def __init__(self, types: Sequence[FactType], ciphers: Ciphers, mac_key: bytes) -> None:
        self._by_type = {kind.type: kind for kind in types}
        self._by_name = {kind.name: kind for kind in types}
        assert len(self._by_name) == len(types), "two types of fact share a name"
        self._personal = {kind.type: kind.personal() for kind in types}
        self._plain = {kind.kind: _whole(kind.type) for kind in types if not self._personal[kind.type]}
        self._ciphers = ciphers
        self._mac_key = mac_key

    def name_of(self, kind: type[Fact]) -> str:
        """The name of a type of fact in the ledger, whatever its version."""
        return self._by_type[kind].name

    def mac(self, stored: Stored) -> bytes:
        """The code without which the sealer takes no fact: who has only SQL cannot make one."""
        return self.code(stored.entry())

    def code(self, entry: bytes) -> bytes:
        """The code of a fact by its entry."""
        return blake2b(entry, digest_size=16, key=self._mac_key).digest()

    def subjects(self, facts: Sequence[Fact]) -> set[UUID]:
        """The names of the keys that the facts need."""
        return {
            key_of(getattr(fact, mark.subject), mark.basis)
            for fact in facts
            for field, mark in self._personal[type(fact)].items()
            if getattr(fact, field) is not None
        }

    def written(self, recorded: Recorded) -> Stored:
        """The bytes of a fact. The keys of its persons must exist already; raises Unavailable if one does not."""
        kind = self._by_type[type(recorded.fact)]
        data: dict[str, Any] = msgspec.to_builtins(recorded.fact)
        body: dict[str, Any] = {"at": stamp(recorded.at), "by": recorded.by, "data": data}
        sealed: dict[str, str] = {}
        for field, mark in self._personal[kind.type].items():
            value = data.pop(field)
            if value is not None:
                key = key_of(getattr(recorded.fact, mark.subject), mark.basis)
                sealed[field] = self._locked(recorded, kind.kind, field, key, value)
        if sealed:
            body["sealed"] = sealed
        stored = Stored(recorded.stream, recorded.version, kind.kind, _ENCODE(body))
        assert stored.entry_size <= LARGEST_ENTRY, f"a fact {kind.kind} is too large for the ledger"
        return stored

    def read(self, stored: Stored) -> Recorded:
        """The fact behind the bytes, in the newest version of its type."""
        plain = self._plain.get(stored.kind)
        if plain is not None:
            whole = plain.decode(stored.body)
            return Recorded(stored.stream, stored.version, whole.at, whole.by, whole.data)
        name, _, version = stored.kind.rpartition("/")
        kind = self._by_name[name]
        body = _DECODE(stored.body)
        data: dict[str, Any] = body["data"]
        for field, mark in self._personal[kind.type].items():
            text = body.get("sealed", {}).get(field)
            data[field] = None
            if text:
                data[field] = self._opened(stored, field, key_of(UUID(data[mark.subject]), mark.basis), text)
        for step in range(int(version), kind.version):
            data = kind.upcasts[step](data)
        return Recorded(
            stored.stream,
            stored.version,
            datetime.fromisoformat(body["at"]),
            msgspec.convert(body["by"], Acting),
            msgspec.convert(data, kind.type),
        )

    def told(self, recorded: Recorded) -> dict[str, Any]:
        """A fact as its person may take it away: its name, when it happened, what it says; not who wrote it."""
        name = self._by_type[type(recorded.fact)].name
        return {"fact": name, "at": stamp(recorded.at), "says": msgspec.to_builtins(recorded.fact)}

    def _locked(self, recorded: Recorded, kind: str, field: str, key: UUID, value: Any) -> str:
        cipher = self._ciphers.cipher(key)
        if cipher is None:
            # It was there a moment ago: another process has just forgotten this person.
            raise Unavailable("Somebody of this matter was forgotten just now. Please try again.")
        nonce = os.urandom(12)
        bound = _bound_to(recorded.stream, recorded.version, kind, field)
        return b64encode(nonce + cipher.encrypt(nonce, _ENCODE(value), bound)).decode()

    def _opened(self, stored: Stored, field: str, key: UUID, text: str) -> Any:
        cipher = self._ciphers.cipher(key)
        if cipher is None:
            return None
        raw = b64decode(text)
        try:
            clear = cipher.decrypt(raw[:12], raw[12:], _bound_to(stored.stream, stored.version, stored.kind, field))
        except InvalidTag:
            # A new key after forgetting does not open old fields: they stay forgotten.
            return None
        return _DECODE(clear)


def _whole(kind: type[Fact]) -> msgspec.json.Decoder[Any]:
    """Reads the body of a fact of which nothing is locked and nothing is old in one go."""
    return msgspec.json.Decoder(msgspec.defstruct("Body", [("at", datetime), ("by", Acting), ("data", kind)]))


def _bound_to(stream: UUID, version: int, kind: str, field: str) -> bytes:
    """Binds a locked field to its place, so that it cannot be moved into another fact unnoticed."""
    return b"|".join((stream.bytes, version.to_bytes(4, "big"), kind.encode(), field.encode()))
