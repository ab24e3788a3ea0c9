"""The city's signature under the size and root of its memory.

Source: C2SP signed-note and tlog-checkpoint. Wire contract: `docs/ledger-format.md`.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519: Final = b"\x01"


class Checkpoint(msgspec.Struct, frozen=True):
    """The state of a ledger at one moment: how many facts, under which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


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
        text = checkpoint.text()
        signature = self._hash + self._key.sign(text.encode())
        return f"{text}\n\N{EM DASH} {self.origin} {b64encode(signature).decode()}\n"


def size_of(note: str) -> int:
    """The size that a signed note of our own states."""
    return int(note.split("\n", 2)[1])
