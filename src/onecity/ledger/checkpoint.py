"""The city's signature under the size and root of its memory.

Source: C2SP signed-note and tlog-checkpoint. Wire contract: `docs/ledger-format.md`.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 33


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
        if len(lines) != 3 or lines[0] != self.origin:
            return None
        return Checkpoint(lines[0], int(lines[1]), b64decode(lines[2]))


class CheckpointKey:
    """The key that signs checkpoints; its name is the ledger's origin."""

    def __init__(self, origin: str, seed: bytes) -> None:
        self.origin = origin
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = _ED25519 + self._key.public_key().public_bytes_raw()
        self._hash = sha256(origin.encode() + b"\n" + self._public).digest()[:4]

    def line(self) -> str:
        """The verifier key as others keep it, with its line feed."""
        return f"{self.origin}+{self._hash.hex()}+{b64encode(self._public).decode()}\n"

    def signed(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note."""
        return self.note(checkpoint.text())

    def note(self, text: str) -> str:
        """Any lines of the city as a signed note; the text ends with a line feed.

        Its first line says what it is, so that no note passes for another.
        """
        signature = self._hash + self._key.sign(text.encode())
        return f"{text}\n{self._signature_line(signature)}\n"

    def opened(self, note: str) -> str | None:
        """The lines of a note of our own; None if they are not what was signed."""
        return self.verifier().opened(note)

    def verifier(self) -> VerifierKey:
        """The half of the key that everybody may have."""
        return VerifierKey(self.origin, self._public)

    def _signature_line(self, signature: bytes) -> str:
        return f"\N{EM DASH} {self.origin} {b64encode(signature).decode()}"

    def published(self, folder: Path) -> Checkpoint | None:
        """The checkpoint that the sealer published last into the ledger's folder; None if there is none of ours."""
        path = folder / "checkpoint"
        return self.verifier().checkpoint(path.read_text("utf-8")) if path.is_file() else None
