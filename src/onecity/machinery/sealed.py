"""Bytes under a person's key, by the hash of what is sealed: whoever forgets the person loses them all."""

import os
from collections.abc import Iterable
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from onecity.machinery.blobs import BlobStore
from onecity.machinery.keystore import Cipher

_NONCE: Final = 12
"""Bytes before what is sealed."""


class Ciphers(Protocol):
    """Where the keys of persons come from."""

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]: ...

    def make(self, subjects: Iterable[UUID]) -> None: ...

    def ensure(self, subjects: Iterable[UUID]) -> None: ...

    def cipher(self, subject: UUID) -> Cipher | None: ...


class Sealed:
    """A store of blobs, each under its person's key. `bound` is what a blob is: none passes for another."""

    def __init__(self, ciphers: Ciphers, blobs: BlobStore) -> None:
        self._ciphers = ciphers
        self.blobs = blobs

    def keep(self, subject: UUID, content: bytes, *, bound: bytes) -> str:
        """Seal and keep bytes; their name, which nobody can guess from the bytes. On disk when this returns."""
        self._ciphers.ensure([subject])
        cipher = self._ciphers.cipher(subject)
        assert cipher is not None, "the key was made just now"
        nonce = os.urandom(_NONCE)
        return self.blobs.put(nonce + cipher.encrypt(nonce, content, bound))

    def open(self, subject: UUID, name: str, *, bound: bytes) -> bytes | None:
        """The bytes of a name; None if their person was forgotten, or they are gone or damaged."""
        sealed = self.blobs.get(name)
        if sealed is None or (cipher := self._ciphers.cipher(subject)) is None:
            return None
        try:
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
        except InvalidTag:
            return None

    def holds(self, subject: UUID, name: str) -> bool:
        """Whether bytes lie here and their person was not forgotten; they may still be damaged."""
        return self.blobs.holds(name) and self._ciphers.cipher(subject) is not None

    def remove(self, name: str) -> None:
        """Forget bytes."""
        self.blobs.remove(name)
