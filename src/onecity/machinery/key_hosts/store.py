"""The keys of one key host, in a SQLite file: who has a key may have two, if two machines made one while they could not
hear each other; then both stay, and whatever was sealed under either can be read.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID, uuid4

from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.key_hosts.wire import Changes, Row

_PRAGMAS: Final = "pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on; pragma busy_timeout=5000;"
_SCHEMA: Final = """
create table if not exists person_keys (
    number integer primary key autoincrement, subject blob not null, wrapped blob not null, unique (subject, wrapped)
);
create table if not exists service_keys (name text primary key, wrapped blob not null);
create table if not exists marks (name text primary key, said text not null);
"""
_MOST: Final = 5_000
"""Keys that are told at once."""


class Shelf:
    """The keys of a host, and the list of those that it destroyed, which lies outside the copies of the file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._deleted = DeletionList(folder / "keys-deleted")
        self._gone = {(one.name.bytes, one.key) for one in self._deleted.lines()}
        file = folder / "keystore.sqlite"
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        file.chmod(0o600)
        self._db.executescript(_PRAGMAS + _SCHEMA)
        self._lock = Lock()
        self.store = self._mark("store", uuid4().hex)
        self._forget_again()

    def close(self) -> None:
        self._db.close()

    @property
    def destroyed(self) -> int:
        """How many keys this host ever destroyed."""
        return len(self._gone)

    def find(self, subjects: Iterable[bytes]) -> list[Row]:
        """The keys of some subjects."""
        with self._lock:
            return [row for subject in subjects for row in self._of(subject)]

    def keep(self, rows: Sequence[Row], *, fresh: bool) -> list[Row]:
        """Keep keys, on disk when this returns; the keys that their subjects have then."""
        with self._changing():
            for subject, wrapped in rows:
                if (fresh and self._of(subject)) or (subject, _tag(wrapped)) in self._gone:
                    continue
                self._db.execute(
                    "insert or ignore into person_keys (subject, wrapped) values (?, ?)", (subject, wrapped)
                )
            return [row for subject in {subject: None for subject, _ in rows} for row in self._of(subject)]

    def destroy(self, subject: bytes) -> None:
        """Let a subject's keys go for good: written down before, overwritten, and out of the log."""
        with self._changing():
            gone = [(subject, _tag(wrapped)) for _, wrapped in self._of(subject)]
            if gone:
                self._deleted.add([Deleted(UUID(bytes=name), tag) for name, tag in gone])
            self._db.execute("delete from person_keys where subject = ?", (subject,))
            self._gone.update(gone)
        with self._lock:
            self._db.execute("pragma wal_checkpoint(truncate)").fetchone()

    def service(self, name: str, fresh: bytes | None) -> bytes | None:
        """The key of a purpose; the first that came is the one that counts."""
        with self._changing():
            if fresh is not None:
                self._db.execute("insert or ignore into service_keys values (?, ?)", (name, fresh))
            row = self._db.execute("select wrapped from service_keys where name = ?", (name,)).fetchone()
            return None if row is None else bytes(row[0])

    def changes(self, after: int) -> Changes:
        """What came after a number."""
        with self._lock:
            found = self._db.execute(
                "select number, subject, wrapped from person_keys where number > ? order by number limit ?",
                (after, _MOST),
            ).fetchall()
            services = self._db.execute("select name, wrapped from service_keys order by name").fetchall()
        end = found[-1][0] if found else after
        return Changes(self.store, end, [(row[1], row[2]) for row in found], services, len(found) == _MOST)

    def followed(self, store: str) -> int:
        """Up to which number another host, in that life of its disk, was followed."""
        with self._lock:
            row = self._db.execute("select said from marks where name = ?", (f"followed {store}",)).fetchone()
        return int(row[0]) if row else 0

    def take(self, changes: Changes) -> None:
        """Keep what another host got."""
        self.keep(changes.rows, fresh=False)
        with self._changing():
            self._db.executemany("insert or ignore into service_keys values (?, ?)", changes.services)
            self._db.execute(
                "insert or replace into marks values (?, ?)", (f"followed {changes.store}", str(changes.end))
            )

    def copy_to(self, file: Path) -> None:
        """A copy of the file as it is now, for a backup of the keys."""
        with self._lock:
            self._db.execute("vacuum into ?", (str(file),))
        file.chmod(0o600)

    def take_in(self, file: Path) -> int:
        """Take over the keys of a city on one machine, from its file; how many persons' keys it held."""
        with self._changing():
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as source:
                rows = source.execute("select subject, wrapped from person_keys").fetchall()
                services = source.execute("select name, wrapped from service_keys").fetchall()
            rows = [(subject, wrapped) for subject, wrapped in rows if (subject, _tag(wrapped)) not in self._gone]
            self._db.executemany("insert or ignore into person_keys (subject, wrapped) values (?, ?)", rows)
            self._db.executemany("insert or ignore into service_keys values (?, ?)", services)
            return len(rows)

    def _of(self, subject: bytes) -> list[Row]:
        query = "select subject, wrapped from person_keys where subject = ? order by wrapped"
        return [(bytes(name), bytes(wrapped)) for name, wrapped in self._db.execute(query, (subject,))]

    def _mark(self, name: str, fresh: str) -> str:
        self._db.execute("insert or ignore into marks values (?, ?)", (name, fresh))
        return str(self._db.execute("select said from marks where name = ?", (name,)).fetchone()[0])

    def _forget_again(self) -> None:
        """Let go what a restored copy brought back."""
        back = [row for name, _ in self._gone for row in self._of(name) if (name, _tag(row[1])) in self._gone]
        for row in back:
            self._db.execute("delete from person_keys where subject = ? and wrapped = ?", row)
        self._db.execute("pragma wal_checkpoint(truncate)").fetchone()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")


def _tag(wrapped: bytes) -> str:
    """What tells a wrapped key from every other one."""
    return sha256(wrapped).hexdigest()[:32]
