"""Second copies of the key store, where backups of keys lie: a key that is made or destroyed is so there as well.

A copy that cannot be written holds nobody up: it is behind then, the log and `onecity doctor` say so, and the next
backup lets it catch up. What is destroyed meanwhile stands in the list of deletions, without which no key goes.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.errors import CannotStart
from onecity.machinery.files import put_whole
from onecity.machinery.master_key import keys_in, opened

_LOG: Final = structlog.get_logger("onecity.keys")
_LISTED: Final = "copies"
_MASTER: Final = "master.key"
_INSERT: Final = "insert or replace into {} values (?, ?)"
_CATCH_UP: Final = (
    "insert or replace into main.person_keys select * from own.person_keys",
    "delete from main.person_keys where subject not in (select subject from own.person_keys)",
    "insert or replace into main.service_keys select * from own.service_keys",
)

_LACKING: Final = (
    "select count(*) from own.person_keys mine left join main.person_keys theirs using (subject)"
    " where theirs.wrapped is not mine.wrapped",
    "select count(*) from own.service_keys mine left join main.service_keys theirs using (name)"
    " where theirs.wrapped is not mine.wrapped",
)
_ONE_OF_EACH: Final = (
    "select subject, wrapped from main.person_keys limit 1",
    "select name, wrapped from main.service_keys limit 1",
)

Row = tuple[bytes, bytes]


class KeyCopies:
    """The copies of the key store in a folder, as its list names them."""

    def __init__(self, folder: Path, opened: Callable[[Path], sqlite3.Connection]) -> None:
        self._list = folder / _LISTED
        self._own_master = folder / _MASTER
        self._opened = opened

    def folders(self) -> list[Path]:
        """Where the copies lie."""
        return copies_of(self._list.parent)

    def put(self, rows: Sequence[Row]) -> None:
        """Keys that were made; whoever calls holds the store, so the last that comes is the one that counts."""
        self._in_each(lambda copy: copy.executemany(_INSERT.format("person_keys"), rows))

    def put_purposes(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """All keys of purposes, after one of them was made or changed."""
        self._in_each(lambda copy: copy.executemany(_INSERT.format("service_keys"), rows))

    def destroy(self, subject: bytes) -> None:
        """A key that was destroyed: its row is overwritten there too."""

        def gone(copy: sqlite3.Connection) -> None:
            copy.execute("delete from person_keys where subject = ?", (subject,))
            copy.execute("pragma wal_checkpoint(truncate)")

        self._in_each(gone)

    def add(self, folder: Path, source: Path) -> None:
        """Keep a copy from now on; it holds every key when this returns, and none that was destroyed."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._master(folder)
        self._opened(folder / source.name).close()
        if folder not in self.folders():
            put_whole(self._list, "".join(f"{one}\n" for one in [*self.folders(), folder]).encode())
        with closing(self._opened(folder / source.name)) as copy:
            copy.execute("attach ? as own", (str(source),))
            for statement in _CATCH_UP:
                copy.execute(statement)
            copy.execute("pragma main.wal_checkpoint(truncate)")
        self._master(folder, own_only=True)

    def _master(self, folder: Path, *, own_only: bool = False) -> None:
        """The master key of a copy: our own, and until the copy has caught up also what it had before."""
        own, there = keys_in(self._own_master), folder / _MASTER
        before = keys_in(there) if there.is_file() and not own_only else []
        wanted = b"".join(dict.fromkeys([*own, *before]))
        if not there.is_file() or there.read_bytes() != wanted:
            put_whole(there, wanted, private=True)

    def _in_each(self, do: Callable[[sqlite3.Connection], object]) -> None:
        for folder in self.folders():
            try:
                if not folder.is_dir():
                    raise FileNotFoundError(folder)
                self._master(folder)
                with closing(self._opened(folder / "keys.sqlite")) as copy:
                    do(copy)
            except (OSError, sqlite3.Error, CannotStart) as failure:
                _LOG.error("a copy of the keys is behind", failure=type(failure).__name__)


def copies_of(keys: Path) -> list[Path]:
    """The folders of the second copies, as the list in the folder of the keys names them."""
    listed = keys / _LISTED
    return [Path(line) for line in listed.read_text("utf-8").splitlines()] if listed.is_file() else []


def behind(own: Path, copy: Path) -> int:
    """How many keys of persons and of purposes a copy lacks, or has otherwise.

    Raises OSError or sqlite3.Error if it cannot be read, CannotStart if its own master key does not open it.
    """
    if not copy.is_file():
        raise FileNotFoundError(copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as found:
        found.execute("attach ? as own", (str(own),))
        _opens(found, copy.with_name(_MASTER))
        return sum(int(found.execute(question).fetchone()[0]) for question in _LACKING)


def _opens(copy: sqlite3.Connection, master: Path) -> None:
    """Whether the master key of a copy opens a key of each of its tables: else the copy is of no use to anybody."""
    ciphers = [AESGCM(key) for key in keys_in(master)]
    for question in _ONE_OF_EACH:
        for own, wrapped in copy.execute(question):
            bound = own if isinstance(own, bytes) else own.encode()
            if not any(opened(cipher, wrapped, bound) for cipher in ciphers):
                raise CannotStart(f"The master key in {master.parent} does not open the keys there. Make a backup.")


def whole_copy(folder: Path, into: Path) -> None:
    """Put all keys as they are at one moment into a folder, in the place of an earlier copy, for another machine.

    A second copy changes under the hands of whoever copies its file; this one stands still.
    """
    fresh = into.with_name(f".{into.name}.new")
    while True:
        shutil.rmtree(fresh, ignore_errors=True)
        before = (folder / _MASTER).read_bytes()
        taken_out(folder, fresh)
        # While the master key stays, every key of the copy lies under it, or under one that its file still holds.
        if (fresh / _MASTER).read_bytes() == before:
            break
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in fresh.iterdir():
        file.replace(into / file.name)
    fresh.rmdir()


def taken_out(folder: Path, into: Path) -> None:
    """Put the keys of a copy where a city has its own."""
    into.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "keys.sqlite", isolation_level=None)) as source:
        source.execute("vacuum into ?", (str(into / "keys.sqlite"),))
    shutil.copy2(folder / "master.key", into / "master.key")
    for file in into.iterdir():
        file.chmod(0o600)
