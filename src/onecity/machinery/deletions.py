"""The deletion list: which keys were destroyed. It lies outside both backups and is applied before any port opens.

A restored key store would bring keys back that somebody asked to be destroyed; with this list it forgets again.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from onecity.machinery.keystore import KeyStore


class Deleted(msgspec.Struct, frozen=True):
    """One line: the name of a key, and the id of its bytes. A new key of the same name has another id and stays."""

    name: UUID
    key: str


class DeletionList:
    """A file of lines that is only ever appended to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, deleted: Sequence[Deleted]) -> None:
        """Write down that keys are to be destroyed; on disk when this returns, and only then may they go."""
        # Each line begins afresh, so that nothing is added to one that a power cut left half written.
        text = "".join(f"\n{one.name} {one.key}\n" for one in deleted)
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def lines(self) -> list[Deleted]:
        """Everything that was ever destroyed. A line that a power cut left half written destroyed nothing yet."""
        if not self._path.is_file():
            return []
        found = [line.split(" ") for line in self._path.read_text("ascii").splitlines()]
        return [Deleted(UUID(parts[0]), parts[1]) for parts in found if _whole(parts)]

    def apply(self, keys: KeyStore) -> int:
        """Destroy what came back; how many keys."""
        back = [one for one in self.lines() if keys.key_id(one.name) == one.key]
        for one in back:
            keys.destroy(one.name)
        return len(back)


def _whole(parts: Sequence[str]) -> bool:
    return len(parts) == 2 and len(parts[0]) == 36 and len(parts[1]) == 32
