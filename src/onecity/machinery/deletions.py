"""The deletion list: which keys were destroyed. It is applied before any port opens.

A restored key store would bring keys back that somebody asked to be destroyed; with this list it forgets again. It lies
in the data folder, beside the backup of the data and beside that of the keys, and in a third place if one is named; in
no copy of either, so that an older copy never brings an older list along.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from onecity.kernel.errors import Unavailable
from onecity.machinery.files import names_on_disk, put_whole
from onecity.machinery.keystore import Keys


class Deleted(msgspec.Struct, frozen=True):
    """One line: the name of a key, and the id of its bytes. A new key of the same name has another id and stays."""

    name: UUID
    key: str


class DeletionList:
    """A file of lines that is only ever appended to, with copies of it where backups lie.

    A machine may be lost with its list after the last backup: therefore each line is in every copy before a key goes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copies = path.with_name(f"{path.name}.copies")

    def add(self, deleted: Sequence[Deleted]) -> None:
        """Write down that keys are to be destroyed; on disk when this returns, and only then may they go.

        Raises Unavailable if a copy cannot be written: a key that only this machine knows as destroyed may come back.
        """
        for copy in self.copies():
            try:
                _append(copy, deleted)
            except OSError as failure:
                raise Unavailable(
                    f"The list of destroyed keys cannot be written beside the backup, in {copy.parent}: "
                    f"{failure.strerror}. Make it reachable, then forget again."
                ) from failure
        _append(self._path, deleted)

    def copies(self) -> list[Path]:
        """Where copies of the list lie."""
        return [Path(line) for line in self._copies.read_text("utf-8").splitlines()] if self._copies.is_file() else []

    def take_over(self, other: "DeletionList") -> None:
        """Add every line of another list that is not here."""
        have = set(self.lines())
        self.add([one for one in other.lines() if one not in have])

    def copy_to(self, path: Path) -> None:
        """Keep a copy from now on; it holds every line when this returns."""
        DeletionList(path).take_over(self)
        if path not in self.copies():
            put_whole(self._copies, "".join(f"{one}\n" for one in [*self.copies(), path]).encode())

    def lines(self) -> list[Deleted]:
        """Everything that was ever destroyed. A line that a power cut left half written destroyed nothing yet."""
        if not self._path.is_file():
            return []
        found = [line.split(" ") for line in self._path.read_text("ascii").splitlines()]
        return [Deleted(UUID(parts[0]), parts[1]) for parts in found if _whole(parts)]

    def apply(self, keys: Keys) -> int:
        """Destroy what came back; how many keys."""
        lines = self.lines()
        there = keys.key_ids({one.name for one in lines}) if lines else {}
        back = [one for one in lines if there.get(one.name) == one.key]
        for one in back:
            keys.destroy(one.name)
        return len(back)


def _append(path: Path, deleted: Sequence[Deleted]) -> None:
    # Each line begins afresh, so that nothing is added to one that a power cut left half written.
    text = "".join(f"\n{one.name} {one.key}\n" for one in deleted)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
        file.write(text.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    names_on_disk(path.parent)


def _whole(parts: Sequence[str]) -> bool:
    return len(parts) == 2 and len(parts[0]) == 36 and len(parts[1]) == 32
