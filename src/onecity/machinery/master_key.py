"""The key under which all other keys lie: a file of 32 bytes, or of several keys while it is being changed.

The newest stands first and is the one that wraps; every key of the file opens. Whoever changes it writes both down,
wraps everything anew beside the running city, and takes the old one away at the end.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.errors import CannotStart
from onecity.machinery.files import put_whole

_KEY: Final = 32
_NONCE: Final = 12
_DAMAGED: Final = "The master key file is damaged. Restore it from the backup of the keys."


class MasterKey:
    """Wraps and opens keys; a change that another process makes is seen at the next use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _made_once(path)
        self._seen = 0, 0
        self._ciphers: list[AESGCM] = []
        self.refresh()

    @property
    def changing(self) -> bool:
        """Whether keys may still lie under an older one."""
        return len(self._ciphers) > 1

    def refresh(self) -> None:
        """Look whether another process changed it."""
        found = self._path.stat()
        if self._seen != (found.st_ino, found.st_mtime_ns):
            self._seen = found.st_ino, found.st_mtime_ns
            self._ciphers = [AESGCM(key) for key in keys_in(self._path)]

    def wrap(self, key: bytes, name: bytes) -> bytes:
        """A key as it lies on disk; it opens under its own name only."""
        nonce = os.urandom(_NONCE)
        return nonce + self._ciphers[0].encrypt(nonce, key, name)

    def unwrap(self, wrapped: bytes, name: bytes) -> bytes:
        """The key. Raises InvalidTag if no key of the file opens it."""
        for cipher in self._ciphers:
            if (key := opened(cipher, wrapped, name)) is not None:
                return key
        self._seen = 0, 0
        self.refresh()
        for cipher in self._ciphers:
            if (key := opened(cipher, wrapped, name)) is not None:
                return key
        raise InvalidTag

    def renewed(self, wrapped: bytes, name: bytes) -> bytes | None:
        """The same key under the newest one; None if it lies there already."""
        if opened(self._ciphers[0], wrapped, name) is not None:
            return None
        return self.wrap(self.unwrap(wrapped, name), name)

    def begin(self) -> None:
        """A new one, before the others; nothing if a change is under way. On disk when this returns."""
        if not self.changing:
            self._write([AESGCM.generate_key(256), *keys_in(self._path)])

    def end(self) -> None:
        """Nothing lies under an older one any more: it goes."""
        self._write(keys_in(self._path)[:1])

    def _write(self, keys: list[bytes]) -> None:
        put_whole(self._path, b"".join(keys), private=True)
        self.refresh()


def keys_in(path: Path) -> list[bytes]:
    """The keys of a file, the newest first. Raises CannotStart if it is damaged."""
    content = path.read_bytes()
    if not content or len(content) % _KEY:
        raise CannotStart(_DAMAGED)
    return [content[at : at + _KEY] for at in range(0, len(content), _KEY)]


def opened(cipher: AESGCM, wrapped: bytes, name: bytes) -> bytes | None:
    """A key as it lies on disk, opened with one master key; None if that is not its own."""
    try:
        return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], name)
    except InvalidTag:
        return None


def _made_once(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(AESGCM.generate_key(256))
        file.flush()
        os.fsync(file.fileno())
