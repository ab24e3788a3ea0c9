"""Large things by the hash of their bytes, in a folder: sealed before they come here, so the folder tells nothing."""

import os
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from prometheus_client import Counter

from onecity.machinery.files import folder_on_disk, names_on_disk

BLOBS: Final = Counter("onecity_blobs_kept", "Files that were kept by their hash")
BLOB_BYTES: Final = Counter("onecity_blob_bytes_kept", "Their bytes")
_NAME: Final = re.compile("[0-9a-f]{64}")
"""A name; what is longer is still being written. Nothing else becomes a path, whoever asks for it."""


class BlobStore(Protocol):
    """A store that forgets nothing by itself: a folder of one machine, or a bucket of several, see `buckets`."""

    def put(self, content: bytes) -> str: ...

    def get(self, name: str) -> bytes | None: ...

    def holds(self, name: str) -> bool: ...

    def remove(self, name: str) -> None: ...

    def shelves(self) -> list[str]: ...

    def older(self, shelf: str, before: datetime) -> list[str]: ...


class Blobs:
    """A folder of blobs, on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep bytes; their name is their SHA-256 in hex. On disk when this returns."""
        name = sha256(content).hexdigest()
        target = self._path(name)
        folder_on_disk(target.parent, mode=0o700)
        fresh = target.with_suffix(f".{os.getpid()}.new")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        names_on_disk(target.parent)
        BLOBS.inc()
        BLOB_BYTES.inc(len(content))
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes of a name; None if they are gone or are not what the name says."""
        if not _NAME.fullmatch(name):
            return None
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        return content if sha256(content).hexdigest() == name else None

    def holds(self, name: str) -> bool:
        """Whether there are bytes of a name."""
        return _NAME.fullmatch(name) is not None and self._path(name).is_file()

    def remove(self, name: str) -> None:
        """Forget bytes."""
        if _NAME.fullmatch(name):
            self._path(name).unlink(missing_ok=True)

    def shelves(self) -> list[str]:
        """The parts of the store that can be looked through one by one."""
        return sorted(shelf.name for shelf in self._folder.glob("[0-9a-f][0-9a-f]"))

    def older(self, shelf: str, before: datetime) -> list[str]:
        """The names on a shelf that lie there since before an instant."""
        whole = [path for path in (self._folder / shelf).iterdir() if _NAME.fullmatch(path.name)]
        return [path.name for path in whole if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before]

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
