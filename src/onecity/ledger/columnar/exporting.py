"""Writes the ledger in columns, beside a running server; called again, it adds what came since.

Wire contract: `docs/ledger-format.md`.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from onecity.kernel.errors import CityError
from onecity.ledger import store
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey
from onecity.ledger.columnar.manifest import FACTS, KEY, MANIFEST, REST, Manifest, manifest_of, write_manifest
from onecity.ledger.columnar.parts import NEW, PartsWriter, fresh_name
from onecity.ledger.columns import Sheet
from onecity.ledger.rebuild import Told, nobody
from onecity.ledger.tree import Frontier

if TYPE_CHECKING:
    from asyncpg import Connection

_OURS: Final = re.compile(rf"({FACTS}/\d{{4}}-\d\d/\.?\d{{12}}\.parquet(\{NEW})?|\.?{re.escape(REST)}(\{NEW})?)")
_REWRITTEN: Final = (
    "The sealed leaves in the database are not those that the city signed. Restore a backup of the database, "
    "or find out who changed them."
)


class Grown(Frontier):
    """A tree from its first leaf on, that must come by every root that was signed before."""

    def __init__(self, signed: Mapping[int, bytes]) -> None:
        super().__init__()
        self._signed = signed

    def add(self, digest: bytes, height: int = 0) -> None:
        super().add(digest, height)
        if self.end in self._signed and self.root() != self._signed[self.end]:
            raise CityError(_REWRITTEN)

    def whole(self) -> None:
        """Raises CityError if the tree ends before something that was signed."""
        if self._signed and self.end < max(self._signed):
            raise CityError(_REWRITTEN)


async def export_columns(
    connection: "Connection",
    key: CheckpointKey,
    sheet: Sheet,
    folder: Path,
    *,
    now: datetime,
    published: Checkpoint | None = None,
    told: Told = nobody,
) -> Manifest:
    """Write everything sealed until now in columns into an empty folder, or add it to an export that lies there.

    Files that lie there are not written again. Raises CityError if somebody else's files lie in the folder, if a
    sealed fact is gone, or if the sealed leaves do not continue what the city signed, here or elsewhere.
    """
    with taken(folder):
        older = _older(folder, key, sheet)
        _clear(folder, older)
        point = older.point(key.verifier()) if older else None
        signed = {one.size: one.root for one in (point, published) if one is not None}
        tree, writer = Grown(signed), PartsWriter(folder, sheet.types)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            size = await store.sealed_size(connection)
            done = point.size if point else 0
            async for leaf in store.leaves_before(connection, done):
                tree.add(leaf)
            async for fact in store.sealed_facts(connection, done, size):
                if fact.stored is None or fact.position != tree.end:
                    raise gone(tree.end)
                tree.add(fact.leaf)
                writer.add(sheet.row(fact.position, fact.stored))
                if tree.end % store.CHUNK == 0:
                    told(tree.end, size)
        tree.whole()
        parts = (*(older.parts if older else ()), *writer.close())
        checkpoint = key.signed(Checkpoint(key.origin, tree.end, tree.root()))
        manifest = Manifest(now, str(sheet.zone), checkpoint, sheet.types, parts)
        put_in_place(folder, manifest, key)
    return manifest


def gone(position: int) -> CityError:
    """What is said of a sealed fact that is not there: an export with a hole would be called damaged by everybody."""
    return CityError(f"The fact at position {position} is gone from the database. Run `onecity ledger verify`.")


def put_in_place(folder: Path, manifest: Manifest, key: CheckpointKey) -> None:
    """Give new files their names, and sign what the folder consists of now; before that, nobody takes it for whole."""
    for part in manifest.files():
        fresh = fresh_name(folder / part.path)
        if fresh.is_file():
            with fresh.open("rb") as file:
                os.fsync(file.fileno())
            fresh.replace(folder / part.path)
    write_manifest(folder, manifest, key)


@contextmanager
def taken(folder: Path) -> Iterator[None]:
    """A folder, made if it is not there, in which nobody else writes meanwhile. Raises CityError."""
    folder.mkdir(parents=True, exist_ok=True)
    hold = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as failure:
        raise CityError(f"Another command writes into {folder}. Wait for it, or name another folder.") from failure
    finally:
        os.close(hold)


def _older(folder: Path, key: CheckpointKey, sheet: Sheet) -> Manifest | None:
    """The export that lies in the folder already. Raises CityError if it cannot be gone on with."""
    if not (folder / MANIFEST).is_file():
        return None
    older = manifest_of(folder, key.verifier())
    if older.streams is not None:
        raise CityError(f"{folder} holds an archive of {older.streams}. Name another folder.")
    if older.columns != sheet.types or older.zone != str(sheet.zone):
        raise CityError(f"{folder} was written with other columns. Name a new folder; the old one still verifies.")
    return older


def _clear(folder: Path, older: Manifest | None) -> None:
    """Take away what a broken-off export left. Raises CityError if anything else lies in the folder."""
    known = {MANIFEST, KEY, *(part.path for part in (older.files() if older else ()))}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in known or name in (f".{MANIFEST}{NEW}", f".{KEY}{NEW}"):
            continue
        if not _OURS.fullmatch(name):
            raise CityError(f"{folder} is not empty: {name} is none of ours. Name a new folder.")
        path.unlink()
