"""The city's signature under the size and root of its memory, by a key that can be followed by another.

Source: C2SP signed-note and tlog-checkpoint. Wire contract: `docs/ledger-format.md`.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from onecity.kernel.errors import CannotStart

_ED25519: Final = b"\x01"
_SEED: Final = 32
_LINES: Final = (3, 4)
"""Of a checkpoint: under a key that followed another one there is a line on the keys before it."""


class Checkpoint(msgspec.Struct, frozen=True):
    """The state of a ledger at one moment: how many facts, under which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class Ring(Protocol):
    """Where the keys lie, the oldest first; others may add one at any time."""

    def values(self) -> list[bytes]: ...

    def put(self, number: int, value: bytes) -> None: ...


class Renewal(msgspec.Struct, frozen=True):
    """Why a key was followed by another, and the last checkpoint that the older one signed; None before it is taken."""

    at: datetime
    why: str
    size: int | None = None
    root: bytes | None = None


class _Key:
    """One key under the ledger's name. `renewal` tells how it came; None for the first."""

    def __init__(self, origin: str, seed: bytes, renewal: Renewal | None) -> None:
        self.origin, self.seed, self.renewal = origin, seed, renewal
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = _ED25519 + self._private.public_key().public_bytes_raw()
        self._hash = sha256(origin.encode() + b"\n" + self._public).digest()[:4]

    @property
    def waits(self) -> bool:
        """Whether the sealer has not taken it yet."""
        return self.renewal is not None and self.renewal.size is None

    def line(self) -> str:
        return f"{self.origin}+{self._hash.hex()}+{b64encode(self._public).decode()}\n"

    def note(self, text: str) -> str:
        return f"{text}\n{self._signature_line(self._hash + self._private.sign(text.encode()))}\n"

    def opens(self, text: str, last: str) -> bool:
        """Whether the last line of a note is this key's signature under its text."""
        try:
            signature = b64decode(last.removeprefix(f"\N{EM DASH} {self.origin} ").rstrip("\n"), validate=True)
            self._private.public_key().verify(signature.removeprefix(self._hash), text.encode())
        except (ValueError, InvalidSignature):
            return False
        return last == f"{self._signature_line(signature)}\n"

    def _signature_line(self, signature: bytes) -> str:
        return f"\N{EM DASH} {self.origin} {b64encode(signature).decode()}"


class CheckpointKey:
    """The keys that sign checkpoints; their name is the ledger's origin.

    The newest that was taken signs, the older ones still open what they signed. A new one is asked for by anybody who
    holds the ring, and taken by the sealer, who knows the last checkpoint that the older one signs.
    """

    def __init__(self, origin: str, ring: Ring) -> None:
        self.origin = origin
        self._ring = ring
        self._read: list[bytes] = []
        self._keys: list[_Key] = []

    def _all(self) -> Sequence[_Key]:
        """The keys of now, whoever put them there."""
        values = self._ring.values()
        if values != self._read:
            self._read, self._keys = values, [_key_of(self.origin, value) for value in values]
        return self._keys

    def _taken(self) -> Sequence[_Key]:
        found = self._all()
        return found[:-1] if found[-1].waits else found

    def line(self) -> str:
        """The verifier key as others keep it, with its line feed."""
        return self._taken()[-1].line()

    def signed(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note; it names the notes on the keys before this one, so that none can be lost."""
        changes = self.changes()
        hashed = b64encode(sha256("".join(changes).encode()).digest()).decode()
        return self.note(checkpoint.text() + (f"keys {len(changes)} {hashed}\n" if changes else ""))

    def note(self, text: str) -> str:
        """Any lines of the city as a signed note; the text ends with a line feed.

        Its first line says what it is, so that no note passes for another.
        """
        return self._taken()[-1].note(text)

    def opened(self, note: str) -> str | None:
        """The lines of a note of our own; None if they are not what was signed."""
        text, divided, last = note.rpartition("\n\n")
        begin = f"\N{EM DASH} {self.origin} "
        if not divided or not last.startswith(begin) or not last.endswith("\n"):
            return None
        return f"{text}\n" if any(one.opens(f"{text}\n", last) for one in reversed(self._taken())) else None

    def published(self, folder: Path) -> Checkpoint | None:
        """The checkpoint that the sealer published last into the ledger's folder; None if there is none of ours.

        Raises CannotStart if a newer key than those we hold signs there: the keys are of another day than the folder.
        """
        if (folder / "keys" / str(len(self._taken()))).exists():
            raise CannotStart(
                "The ledger's folder names a newer key than the key store holds. Restore a newer copy of the keys."
            )
        path = folder / "checkpoint"
        # A file that is damaged is none of ours; bytes that are no text, and other line feeds, break the signature.
        text = self.opened(path.read_bytes().decode("utf-8", "replace")) if path.is_file() else None
        lines = text.splitlines() if text else []
        if len(lines) not in _LINES or lines[0] != self.origin:
            return None
        return Checkpoint(lines[0], int(lines[1]), b64decode(lines[2]))

    def ask(self, why: str, *, now: datetime) -> None:
        """Let another key follow; the sealer takes it within a moment. Who asks twice before that asked once."""
        found = self._all()
        number = len(self._taken())
        if number == len(found):
            self._ring.put(number, os.urandom(_SEED) + msgspec.json.encode(Renewal(now, why)))

    def take(self, checkpoint: Checkpoint) -> None:
        """Sign everything after a checkpoint that outsiders may have seen with the key that waits."""
        *_, last = found = self._all()
        if last.renewal is not None and last.waits:
            taken = msgspec.structs.replace(last.renewal, size=checkpoint.size, root=checkpoint.root)
            self._ring.put(len(found) - 1, last.seed + msgspec.json.encode(taken))

    @property
    def waits(self) -> bool:
        """Whether a key waits for the sealer."""
        return self._all()[-1].waits

    def changes(self) -> list[str]:
        """For each key after the first a note in which the one before names it, so that outsiders can follow."""
        keys = self._taken()
        return [before.note(_change(before, after)) for before, after in pairwise(keys)]

    def renewals(self) -> list[Renewal]:
        """When and why each key after the first came; the last may still wait for the sealer."""
        return [one.renewal for one in self._all() if one.renewal is not None]


def _key_of(origin: str, value: bytes) -> _Key:
    seed, told = value[:_SEED], value[_SEED:]
    return _Key(origin, seed, msgspec.json.decode(told, type=Renewal) if told else None)


def _change(before: _Key, after: _Key) -> str:
    """The lines in which a key names the next one."""
    renewal = after.renewal
    assert renewal is not None and renewal.root is not None, "only the first key came without the one before it"
    root, at = b64encode(renewal.root).decode(), renewal.at.isoformat(timespec="seconds")
    return f"{before.origin}/key\n{renewal.size}\n{root}\n{before.line()}{after.line()}{at}\n{renewal.why}\n"
