"""The city's keys, in a file of their own: never in the database, its log or its backups.

A person's key opens that person's fields in the ledger; destroying it is how the city forgets.
Keys lie encrypted under a master key, so a copy of the store alone opens nothing.
See `docs/adr/0005-keep-keys-outside-the-database.md`.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.disk import unusable
from onecity.machinery.key_copies import KeyCopies

CACHE_LIFE_S: Final = 60.0
"""A key is read again after this long, whatever happened."""

LOOK_S: Final = 0.05
"""A key that another process destroyed is forgotten here within so long. To look costs as much as forty answers."""

EMPTYING_S: Final = 2.0
"""How long a key that was destroyed may be kept in the log by others who read or write, before that is a failure."""

_AGAIN_S: Final = 0.02
_CACHE_SIZE: Final = 50_000
_KEPT: Final = "A key is destroyed, but still lies in the log of the keys. Please forget again in a moment."

_PATIENCE: Final = "pragma busy_timeout=5000;"
_PRAGMAS: Final = f"pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on; {_PATIENCE}"

_SCHEMA: Final = """
create table if not exists person_keys (subject blob primary key, wrapped blob not null) without rowid;
create table if not exists service_keys (name text primary key, wrapped blob not null) without rowid;
"""


class Cipher(Protocol):
    """What seals and opens a person's fields."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Keys(Protocol):
    """Keys by person and by purpose, wherever they lie."""

    def service_key(self, name: str) -> bytes: ...

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]: ...

    def make(self, subjects: Iterable[UUID]) -> None: ...

    def ensure(self, subjects: Iterable[UUID]) -> None: ...

    def cipher(self, subject: UUID) -> Cipher | None: ...

    def key_id(self, subject: UUID) -> str | None: ...

    def destroy(self, subject: UUID) -> None: ...

    def empty_log(self) -> None: ...

    def close(self) -> None: ...


class Master:
    """The key under which all others lie."""

    def __init__(self, path: Path) -> None:
        self._cipher = AESGCM(_master_key(path))

    def wrap(self, key: bytes, name: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, key, name)

    def unwrap(self, wrapped: bytes, name: bytes) -> bytes:
        return self._cipher.decrypt(wrapped[:12], wrapped[12:], name)


class KeyStore:
    """Keys by person and by purpose, on one host; several hosts share theirs, see `key_hosts`."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._master = Master(folder / "master.key")
            self._db, self._making = (_opened(folder / "keys.sqlite") for _ in range(2))
        except (OSError, sqlite3.OperationalError) as failure:
            raise unusable(folder.parent, failure) from failure
        self.copies = KeyCopies(folder, _opened)
        self._file = folder / "keys.sqlite"
        self._cache: dict[UUID, tuple[float, AESGCM]] = {}
        self._one_makes = Lock()
        self._looked, self._changed, self._destroyed = 0.0, -1, -1

    def close(self) -> None:
        self._db.close()
        self._making.close()

    def service_key(self, name: str) -> bytes:
        """The 32-byte key for a purpose of the house; made at its first use."""
        fresh = self._master.wrap(os.urandom(32), name.encode())
        self._db.execute("insert or ignore into service_keys values (?, ?)", (name, fresh))
        row = self._db.execute("select wrapped from service_keys where name = ?", (name,)).fetchone()
        return self._master.unwrap(row[0], name.encode())

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
        rows = [(subject.bytes, self._master.wrap(AESGCM.generate_key(256), subject.bytes)) for subject in subjects]
        with self._one_makes, self._changing(self._making):
            self._making.executemany("insert or ignore into person_keys values (?, ?)", rows)
            if self.copies.folders():
                # Somebody else may have been first with another key: copies get the one that counts.
                stored = "select subject, wrapped from person_keys where subject = ?"
                self.copies.put([self._making.execute(stored, row[:1]).fetchone() for row in rows])

    def cipher(self, subject: UUID) -> AESGCM | None:
        """What opens a subject's fields, or None if there is no key: never made, or forgotten."""
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._forget_with_others()
        cached = self._cache.get(subject)
        if cached is not None and now - cached[0] < CACHE_LIFE_S:
            return cached[1]
        row = self._db.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchone()
        if row is None:
            self._cache.pop(subject, None)
            return None
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        cipher = AESGCM(self._master.unwrap(row[0], subject.bytes))
        self._cache[subject] = (now, cipher)
        return cipher

    def key_id(self, subject: UUID) -> str | None:
        """What tells a subject's key from every other one, and nothing about it; None if there is no key."""
        row = self._db.execute("select wrapped from person_keys where subject = ?", (subject.bytes,)).fetchone()
        if row is None:
            return None
        return sha256(b"onecity key id" + self._master.unwrap(row[0], subject.bytes)).hexdigest()[:32]

    def destroy(self, subject: UUID) -> None:
        """Forget a subject's key for good: the row is overwritten and the write-ahead log emptied.

        The count of destructions grows with it, by which other processes know that they must look again. Raises
        Unavailable if the log could not be emptied: the key opens nothing any more, but may still lie in the log.
        """
        with self._one_makes, self._changing(self._db):
            self._db.execute("delete from person_keys where subject = ?", (subject.bytes,))
            self._db.execute(f"pragma user_version = {self._number('user_version') + 1}")
            self.copies.destroy(subject.bytes)
        self._cache.pop(subject, None)
        self.empty_log()

    def copy_to(self, folder: Path) -> None:
        """Keep a second copy of all keys in a folder from now on, whoever makes or destroys one."""
        with self._one_makes, self._changing(self._making):
            self.copies.add(folder, self._file)

    @staticmethod
    @contextmanager
    def _changing(line: sqlite3.Connection) -> Iterator[None]:
        """Nobody else changes the store meanwhile, so that copies change in the same order."""
        line.execute("begin immediate")
        try:
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


def _master_key(path: Path) -> bytes:
    """The master key, made once; readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != 32:
            raise CannotStart("The master key file is damaged. Restore it from the backup of the keys.") from None
        return key
    with os.fdopen(descriptor, "wb") as file:
        key = AESGCM.generate_key(256)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
