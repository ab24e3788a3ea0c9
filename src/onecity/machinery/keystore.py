"""The city's keys, in a file of their own: never in the database, its log or its backups.

A person's key opens that person's fields in the ledger; destroying it is how the city forgets.
Keys lie encrypted under a master key, so a copy of the store alone opens nothing.
See `docs/adr/0005-keep-keys-outside-the-database.md`.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Protocol
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from prometheus_client import Counter

from onecity.kernel.errors import Unavailable
from onecity.machinery.disk import unusable
from onecity.machinery.key_copies import KeyCopies
from onecity.machinery.master_key import MasterKey
from onecity.machinery.remembered import Remembered

LOOK_S: Final = 0.05
"""A key that another process destroyed is forgotten here within so long. To look costs as much as forty answers."""

EMPTYING_S: Final = 2.0
"""How long a key that was destroyed may be kept in the log by others who read or write, before that is a failure."""

MADE: Final = Counter("onecity_keys_asked_for", "Keys of persons that were asked for, and are there since")
DESTROYED: Final = Counter("onecity_keys_destroyed", "Keys of persons that were destroyed")
_AGAIN_S: Final = 0.02
_AT_ONCE: Final = 1000
"""Keys that are laid under another master key in one piece."""
_KEPT: Final = "A key is destroyed, but still lies in the log of the keys. Please forget again in a moment."

_PATIENCE: Final = "pragma busy_timeout=5000;"
_PRAGMAS: Final = f"pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on; {_PATIENCE}"

_FIRST: Final = "insert or ignore into service_keys values (?, ?)"
_RENEW: Final = "insert or replace into service_keys values (?, ?)"


class _Wrapped(msgspec.Struct, frozen=True):
    """A table of keys under the master key: how many, the next after one, and a row laid anew."""

    count: str
    after: str
    renew: str
    first: bytes | str


_TABLES: Final = (
    _Wrapped(
        "select count(*) from person_keys",
        "select subject, wrapped from person_keys where subject > ? order by subject limit ?",
        "update person_keys set wrapped = ? where subject = ?",
        b"",
    ),
    _Wrapped(
        "select count(*) from service_keys",
        "select name, wrapped from service_keys where name > ? order by name limit ?",
        "update service_keys set wrapped = ? where name = ?",
        "",
    ),
)

_SCHEMA: Final = """
create table if not exists person_keys (subject blob primary key, wrapped blob not null) without rowid;
create table if not exists service_keys (name text primary key, wrapped blob not null) without rowid;
"""


class Cipher(Protocol):
    """What seals and opens a person's fields."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Ring(Protocol):
    """The keys of a purpose, the oldest first."""

    def values(self) -> list[bytes]: ...

    def put(self, number: int, value: bytes) -> None: ...


class Keys(Protocol):
    """Keys by person and by purpose, wherever they lie."""

    def service_key(self, name: str) -> bytes: ...

    def ring(self, name: str) -> "Ring": ...

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]: ...

    def make(self, subjects: Iterable[UUID]) -> None: ...

    def ensure(self, subjects: Iterable[UUID]) -> None: ...

    def cipher(self, subject: UUID) -> Cipher | None: ...

    def key_id(self, subject: UUID) -> str | None: ...

    def key_ids(self, subjects: Iterable[UUID]) -> dict[UUID, str]: ...

    def count(self) -> int: ...

    def purposes(self) -> dict[str, int]: ...

    def destroyed(self) -> set[UUID]: ...

    def destroy(self, subject: UUID) -> None: ...

    def empty_log(self) -> None: ...

    def close(self) -> None: ...


class KeyStore:
    """Keys by person and by purpose, on one host; several hosts share theirs, see `key_hosts`."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._master = MasterKey(folder / "master.key")
            self._db, self._making = (_opened(folder / "keys.sqlite") for _ in range(2))
        except (OSError, sqlite3.OperationalError) as failure:
            raise unusable(folder.parent, failure) from failure
        self.copies = KeyCopies(folder, _opened)
        self._file = folder / "keys.sqlite"
        self._cache = Remembered[AESGCM]()
        self._one_makes = Lock()
        self._looked, self._changed, self._destroyed = 0.0, -1, -1

    def close(self) -> None:
        self._db.close()
        self._making.close()

    def service_key(self, name: str) -> bytes:
        """The 32-byte key for a purpose of the house; made at its first use."""
        return self.ring(name).values()[0]

    def ring(self, name: str) -> "KeyRing":
        """The keys of a purpose that takes new ones; the first is made now if there is none."""
        found = KeyRing(self, name)
        if not found.values():
            found.put(0, os.urandom(32))
        return found

    def service_values(self, purpose: str) -> list[bytes]:
        """Everything that a ring holds, the oldest first."""
        rows = self._db.execute(
            "select name, wrapped from service_keys where name = ? or name like ? order by name",
            (purpose, f"{purpose}/%"),
        )
        return [self._master.unwrap(wrapped, name.encode()) for name, wrapped in rows]

    def put_service_value(self, purpose: str, number: int, value: bytes) -> None:
        """One value of a ring, in the store and its copies. Of a purpose's first keys the one that was first stays."""
        name = _row_of(purpose, number)
        with self._one_makes, self._changing(self._making):
            self._making.execute(_RENEW if number else _FIRST, (name, self._master.wrap(value, name.encode())))
            self.copies.put_purposes(self._making.execute("select name, wrapped from service_keys").fetchall())

    def count(self) -> int:
        """How many persons and reports have a key."""
        found: int = self._db.execute("select count(*) from person_keys").fetchone()[0]
        return found

    def purposes(self) -> dict[str, int]:
        """What there are keys of the house for, and how many for each."""
        names = [row[0].partition("/")[0] for row in self._db.execute("select name from service_keys order by name")]
        return {name: names.count(name) for name in names}

    def ensure(self, subjects: Iterable[UUID]) -> None:
        """Every subject has a key, on disk, before this returns. An orphan key is harmless, an orphan fact is not."""
        if missing := self.missing(subjects):
            self.make(missing)

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]:
        """The subjects that have no key."""
        return [subject for subject in subjects if self.cipher(subject) is None]

    def make(self, subjects: Iterable[UUID]) -> None:
        """A key for each subject that has none, on disk before this returns.

        It waits for the disk and may be called in a thread of its own: its line to the file is not that of the readers,
        who find a key when it is there to stay.
        """
        fresh = [(subject.bytes, AESGCM.generate_key(256)) for subject in subjects]
        with self._one_makes, self._changing(self._making):
            rows = [(name, self._master.wrap(key, name)) for name, key in fresh]
            self._making.executemany("insert or ignore into person_keys values (?, ?)", rows)
            if self.copies.folders():
                # Somebody else may have been first with another key: copies get the one that counts.
                stored = "select subject, wrapped from person_keys where subject = ?"
                self.copies.put([self._making.execute(stored, row[:1]).fetchone() for row in rows])
        MADE.inc(len(rows))

    def cipher(self, subject: UUID) -> AESGCM | None:
        """What opens a subject's fields, or None if there is no key: never made, or forgotten."""
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._forget_with_others()
        cached = self._cache.get(subject)
        if cached is not None:
            return cached
        row = self._db.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchone()
        if row is None:
            self._cache.forget(subject)
            return None
        cipher = AESGCM(self._master.unwrap(row[0], subject.bytes))
        self._cache.put(subject, cipher)
        return cipher

    def key_id(self, subject: UUID) -> str | None:
        """What tells a subject's key from every other one, and nothing about it; None if there is no key."""
        row = self._db.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchone()
        if row is None:
            return None
        return sha256(b"onecity key id" + self._master.unwrap(row[0], subject.bytes)).hexdigest()[:32]

    def key_ids(self, subjects: Iterable[UUID]) -> dict[UUID, str]:
        """The ids of those keys that are there."""
        return {one: found for one in subjects if (found := self.key_id(one)) is not None}

    def destroyed(self) -> set[UUID]:
        """Nobody's: a store of one machine keeps no list, the machine does."""
        return set()

    def destroy(self, subject: UUID) -> None:
        """Forget a subject's key for good: the row is overwritten and the write-ahead log emptied.

        The count of destructions grows with it, by which other processes know that they must look again. Raises
        Unavailable if the log could not be emptied: the key opens nothing any more, but may still lie in the log.
        """
        with self._one_makes, self._changing(self._db):
            self._db.execute("delete from person_keys where subject = ?", (subject.bytes,))
            self._db.execute(f"pragma user_version = {self._number('user_version') + 1}")
            self.copies.destroy(subject.bytes)
        self._cache.forget(subject)
        DESTROYED.inc()
        self.empty_log()

    def copy_to(self, folder: Path) -> None:
        """Keep a second copy of all keys in a folder from now on, whoever makes or destroys one."""
        with self._one_makes, self._changing(self._making):
            self.copies.add(folder, self._file)

    def renew_master(self, told: Callable[[int, int], None]) -> int:
        """Lay every key under a new master key, beside all who make and read keys; how many were laid anew.

        What broke off goes on with the next call. Raises Unavailable if a second copy is away, or if the log could not
        be emptied of the old rows.
        """
        with self._one_makes, self._changing(self._making):
            self._master.begin()
        done = sum(self._renew_table(table, told) for table in _TABLES)
        # Copies that were away for a part of it need both keys until they have caught up.
        self._catch_up()
        with self._one_makes, self._changing(self._making):
            self._master.end()
        self._catch_up()
        self.empty_log()
        return done

    def _catch_up(self) -> None:
        for folder in self.copies.folders():
            if not folder.is_dir():
                raise Unavailable(
                    f"The second copy of the keys in {folder} cannot be reached, so the old master key stays. "
                    "Make it reachable, then do it again."
                )
            self.copy_to(folder)

    def _renew_table(self, table: _Wrapped, told: Callable[[int, int], None]) -> int:
        """Rows of a table, a thousand at a time, so that nobody who makes a key waits for long."""
        [total] = self._making.execute(table.count).fetchone()
        last, done, seen = table.first, 0, 0
        while True:
            with self._one_makes, self._changing(self._making):
                rows = self._making.execute(table.after, (last, _AT_ONCE)).fetchall()
                fresh = [(self._master.renewed(wrapped, _bound(own)), own) for own, wrapped in rows]
                changed = [one for one in fresh if one[0] is not None]
                self._making.executemany(table.renew, changed)
            if not rows:
                return done
            last, seen, done = rows[-1][0], seen + len(rows), done + len(changed)
            told(seen, total)

    @contextmanager
    def _changing(self, line: sqlite3.Connection) -> Iterator[None]:
        """Nobody else changes the store meanwhile, so that copies change in the same order, and all keys that are made
        meanwhile lie under the master key of now.
        """
        line.execute("begin immediate")
        try:
            self._master.refresh()
            yield
        except BaseException:
            line.execute("rollback")
            raise
        line.execute("commit")

    def empty_log(self) -> None:
        """Leave nothing in the write-ahead log of what was destroyed.

        Whoever reads or writes at that moment, also in another process, keeps it: then it is tried again for a while.
        Raises Unavailable if it stays so.
        """
        with self._one_makes:
            self._db.execute("pragma busy_timeout=0")
            try:
                ends = time.monotonic() + EMPTYING_S
                while self._db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
                    if time.monotonic() >= ends:
                        raise Unavailable(
                            "A key is destroyed but still in the log of the keys. Forget again in a moment."
                        )
                    time.sleep(_AGAIN_S)
            finally:
                self._db.execute(_PATIENCE)

    def _forget_with_others(self) -> None:
        """Drop what is remembered if another process has destroyed a key. New keys of others change nothing here."""
        changed = self._number("data_version")
        if changed != self._changed:
            self._changed, before = changed, self._destroyed
            self._destroyed = self._number("user_version")
            if self._destroyed != before:
                self._cache.clear()

    def _number(self, pragma: str) -> int:
        found: int = self._db.execute(f"pragma {pragma}").fetchone()[0]
        return found


def _opened(file: Path) -> sqlite3.Connection:
    found = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    file.chmod(0o600)
    found.executescript(_PRAGMAS + _SCHEMA)
    return found


class KeyRing:
    """The keys of one purpose, the oldest first. A value may say more than the key; who asked for it knows what."""

    def __init__(self, store: KeyStore, purpose: str) -> None:
        self._store = store
        self._purpose = purpose

    def values(self) -> list[bytes]:
        """What there is now, whoever put it there."""
        return self._store.service_values(self._purpose)

    def put(self, number: int, value: bytes) -> None:
        """A new key at the end of the ring, or more about one that is there. On disk when this returns."""
        self._store.put_service_value(self._purpose, number, value)


def _bound(own: bytes | str) -> bytes:
    """What a row is bound to: none opens in the place of another."""
    return own if isinstance(own, bytes) else own.encode()


def _row_of(purpose: str, number: int) -> str:
    """The name of a row: the first key of a purpose has the purpose's own."""
    return f"{purpose}/{number:04}" if number else purpose
