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
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from onecity.kernel.errors import CannotStart
from onecity.machinery.keystore import Ring

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 33
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


class VerifierKey:
    """The public half of a city's key: opens what the city signed, wherever it lies."""

    def __init__(self, origin: str, public: bytes) -> None:
        self.origin = origin
        self._bytes = public
        self._public = Ed25519PublicKey.from_public_bytes(public.removeprefix(_ED25519))
        self._hash = sha256(origin.encode() + b"\n" + public).digest()[:4]

    @staticmethod
    def read(line: str) -> "VerifierKey | None":
        """The key of a line `<name>+<hash>+<base64>`; None if its parts do not belong together."""
        parts = line.removesuffix("\n").split("+", 2)
        try:
            public = b64decode(parts[-1], validate=True)
            if len(parts) != 3 or len(public) != _KEY_BYTES or not public.startswith(_ED25519):
                return None
            key = VerifierKey(parts[0], public)
        except ValueError:
            return None
        return key if key.hash.hex() == parts[1] else None

    @property
    def hash(self) -> bytes:
        """The four bytes that stand before each signature."""
        return self._hash

    def line(self) -> str:
        """The key as others keep it, with its line feed."""
        return f"{self.origin}+{self._hash.hex()}+{b64encode(self._bytes).decode()}\n"

    def opened(self, note: str) -> str | None:
        """The lines of a note of this city; None if they are not what was signed."""
        text, divided, last = note.rpartition("\n\n")
        begin = f"\N{EM DASH} {self.origin} "
        if not divided or not last.startswith(begin) or not last.endswith("\n"):
            return None
        try:
            signature = b64decode(last[len(begin) : -1], validate=True)
            self._public.verify(signature.removeprefix(self._hash), f"{text}\n".encode())
        except (ValueError, InvalidSignature):
            return None
        return f"{text}\n" if last == f"{begin}{b64encode(signature).decode()}\n" else None

    def checkpoint(self, note: str) -> Checkpoint | None:
        """The checkpoint that a note says; None if it is not one of this city."""
        text = self.opened(note)
        lines = text.splitlines() if text else []
        if len(lines) not in _LINES or lines[0] != self.origin:
            return None
        return Checkpoint(lines[0], int(lines[1]), b64decode(lines[2]))


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
        self.public = VerifierKey(origin, _ED25519 + self._private.public_key().public_bytes_raw())

    @property
    def waits(self) -> bool:
        """Whether the sealer has not taken it yet."""
        return self.renewal is not None and self.renewal.size is None

    def line(self) -> str:
        return self.public.line()

    def note(self, text: str) -> str:
        signature = b64encode(self.public.hash + self._private.sign(text.encode())).decode()
        return f"{text}\n\N{EM DASH} {self.origin} {signature}\n"


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
        return next((text for one in reversed(self._taken()) if (text := one.public.opened(note)) is not None), None)

    def verifier(self) -> VerifierKey:
        """The half of the key of now that everybody may have."""
        return self._taken()[-1].public

    def published(self, folder: Path) -> Checkpoint | None:
        """The checkpoint that the sealer published last into the ledger's folder; None if there is none of ours.

        Raises CannotStart if a newer key than those we hold signs there: the keys are of another day than the folder.
        """
        if (folder / "keys" / str(len(self._taken()))).exists():
            raise CannotStart(
                "The ledger's folder names a newer key than the key store holds. Restore a newer copy of the keys."
            )
        path = folder / "checkpoint"
        if not path.is_file():
            return None
        # A file that is damaged is none of ours; bytes that are no text, and other line feeds, break the signature.
        note = path.read_bytes().decode("utf-8", "replace")
        return next((found for one in reversed(self._taken()) if (found := one.public.checkpoint(note))), None)

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
