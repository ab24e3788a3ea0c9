"""The keys of one key host, in a SQLite file: who has a key may have two, if two machines made one while they could not
hear each other; then both stay, and whatever was sealed under either can be read.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID, uuid4

from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.files import names_on_disk
from onecity.machinery.key_hosts.wire import Changes, Counted, Gone, Listed, Row, tag

_PRAGMAS: Final = "pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on; pragma busy_timeout=5000;"
_SCHEMA: Final = """
create table if not exists person_keys (
    number integer primary key autoincrement, subject blob not null, wrapped blob not null, unique (subject, wrapped)
);
create table if not exists service_keys (name text primary key, wrapped blob not null);
create table if not exists marks (name text primary key, said text not null);
"""
_COUNTS: Final = "select (select count(*) from person_keys), (select count(*) from service_keys)"
_MOST: Final = 5_000
"""Keys that are told at once."""
_PROVEN: Final = "proven"
FILE: Final = "keystore.sqlite"
DELETED: Final = "keys-deleted"


class Shelf:
    """The keys of a host, and the list of those that were destroyed, here or on its peers. The list lies beside the
    file and in no copy of it, so that an older copy brings nobody back.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._deleted = DeletionList(folder / DELETED)
        self._gone: dict[bytes, set[str]] = {}
        self._order: list[Gone] = []
        self._note([(one.name.bytes, one.key) for one in self._deleted.lines()])
        file = folder / FILE
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        file.chmod(0o600)
        self._db.executescript(_PRAGMAS + _SCHEMA)
        self._lock = Lock()
        self.store = self._mark("store", uuid4().hex)
        self.run = uuid4().hex
        self._forget_again()

    def close(self) -> None:
        self._db.close()

    @property
    def destroyed(self) -> int:
        """How many keys this host knows as destroyed."""
        return len(self._order)

    @property
    def proven(self) -> bool:
        """Whether this life of the disk ever knew everything that was destroyed: a new or restored one does not."""
        with self._lock:
            return self._db.execute("select 1 from marks where name = ?", (_PROVEN,)).fetchone() is not None

    def prove(self) -> None:
        """From now on it knew once."""
        with self._changing():
            self._mark(_PROVEN, "")

    def find(self, subjects: Iterable[bytes]) -> list[Row]:
        """The keys of some subjects."""
        with self._lock:
            return [row for subject in subjects for row in self._of(subject)]

    def gone(self, subjects: Iterable[bytes]) -> list[Gone]:
        """Which keys of some subjects were destroyed."""
        with self._lock:
            return [(subject, one) for subject in subjects for one in sorted(self._gone.get(subject, ()))]

    def counted(self) -> Counted:
        """How many persons have keys here, and what there are keys of the house for."""
        with self._lock:
            [persons] = self._db.execute("select count(distinct subject) from person_keys").fetchone()
            rows = self._db.execute("select name from service_keys order by name").fetchall()
        return Counted(persons, [name for [name] in rows])

    def listed(self, after: int) -> Listed:
        """Whose keys were destroyed, after so many of them."""
        names = [name for name, _ in self._order[after : after + _MOST]]
        return Listed(after + len(names), names, len(names) == _MOST)

    def keep(self, rows: Sequence[Row], *, fresh: bool) -> list[Row]:
        """Keep keys, on disk when this returns; the keys that their subjects have then."""
        with self._changing():
            for subject, wrapped in rows:
                if (fresh and self._of(subject)) or self._is_gone(subject, wrapped):
                    continue
                self._db.execute(
                    "insert or ignore into person_keys (subject, wrapped) values (?, ?)", (subject, wrapped)
                )
            return [row for subject in {subject: None for subject, _ in rows} for row in self._of(subject)]

    def destroy(self, subject: bytes) -> None:
        """Let a subject's keys go for good: written down before, overwritten, and out of the log."""
        with self._changing():
            self._let_go([(subject, tag(wrapped)) for _, wrapped in self._of(subject)])
        self._empty_log()

    def bury(self, gone: Sequence[Gone]) -> None:
        """Let go what another host destroyed, and remember it here too."""
        with self._changing():
            self._let_go(gone)
        self._empty_log()

    def take_list(self, file: Path) -> int:
        """Know what another list of destroyed keys names; how many that were not known here."""
        before = self.destroyed
        self.bury([(one.name.bytes, one.key) for one in DeletionList(file).lines()])
        return self.destroyed - before

    def under_another_id(self) -> int:
        """Of how many persons a key is here though a list names one of theirs.

        It may be a new key. Or the list is that of a city on one machine, which calls the same key otherwise.
        """
        return sum(1 for subject in self._gone if self._of(subject))

    def service(self, name: str, fresh: bytes | None) -> bytes | None:
        """The key of a purpose; the first that came is the one that counts."""
        with self._changing():
            if fresh is not None:
                self._db.execute("insert or ignore into service_keys values (?, ?)", (name, fresh))
            row = self._db.execute("select wrapped from service_keys where name = ?", (name,)).fetchone()
            return None if row is None else bytes(row[0])

    def changes(self, after: int, told: int | None) -> Changes:
        """What came after a number, and what was destroyed beyond so many; None for who cannot take that in."""
        with self._lock:
            gone = [] if told is None else self._order[told : told + _MOST]
            if len(gone) == _MOST:
                return Changes(self.store, after, [], [], more=True, run=self.run, destroyed=gone)
            found = self._db.execute(
                "select number, subject, wrapped from person_keys where number > ? order by number limit ?",
                (after, _MOST),
            ).fetchall()
            services = self._db.execute("select name, wrapped from service_keys order by name").fetchall()
        end = found[-1][0] if found else after
        rows = [(row[1], row[2]) for row in found]
        return Changes(self.store, end, rows, services, len(found) == _MOST, self.run, gone)

    def is_behind(self, after: int) -> bool:
        """Whether somebody followed this disk further than it goes: then it went back to an earlier day."""
        with self._lock:
            row = self._db.execute("select seq from sqlite_sequence where name = 'person_keys'").fetchone()
        return after > (row[0] if row else 0)

    def begin_anew(self) -> None:
        """Begin another life of the disk: whoever followed it follows from the start."""
        with self._changing():
            self._db.execute("delete from marks where name = 'store'")
            self.store = self._mark("store", uuid4().hex)

    def followed(self, store: str) -> int:
        """Up to which number another host, in that life of its disk, was followed."""
        with self._lock:
            row = self._db.execute("select said from marks where name = ?", (f"followed {store}",)).fetchone()
        return int(row[0]) if row else 0

    def take(self, changes: Changes) -> None:
        """Let go what another host destroyed, and keep what it got."""
        if changes.destroyed:
            self.bury(changes.destroyed)
        self.keep(changes.rows, fresh=False)
        with self._changing():
            self._db.executemany("insert or ignore into service_keys values (?, ?)", changes.services)
            self._db.execute(
                "insert or replace into marks values (?, ?)", (f"followed {changes.store}", str(changes.end))
            )

    def copy_to(self, file: Path) -> tuple[int, int]:
        """A copy of the file as it is now, for a backup of the keys. It has no marks: whatever disk it is put back on
        begins a life of its own, which its peer follows from the start and whose keys count once it heard that peer.
        How many keys of persons it holds, and of purposes.
        """
        half = file.with_name(f".{file.name}.new")
        half.unlink(missing_ok=True)
        with self._lock:
            self._db.execute("vacuum into ?", (str(half),))
        half.chmod(0o600)
        with closing(sqlite3.connect(half, isolation_level=None)) as copy:
            copy.execute("delete from marks")
            persons, purposes = copy.execute(_COUNTS).fetchone()
        half.rename(file)
        names_on_disk(file.parent)
        return int(persons), int(purposes)

    def take_in(self, file: Path) -> int:
        """Take over the keys of a city on one machine, from its file; how many persons' keys it held."""
        with self._changing():
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as source:
                rows = source.execute("select subject, wrapped from person_keys").fetchall()
                services = source.execute("select name, wrapped from service_keys").fetchall()
            rows = [(subject, wrapped) for subject, wrapped in rows if not self._is_gone(subject, wrapped)]
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
        with self._changing():
            self._drop(self._order)
        self._empty_log()

    def _let_go(self, gone: Sequence[Gone]) -> None:
        """Written down before, so that a power cut in between leaves nothing that would come back."""
        fresh = [one for one in dict.fromkeys(gone) if one[1] not in self._gone.get(one[0], ())]
        if fresh:
            self._deleted.add([Deleted(UUID(bytes=name), one) for name, one in fresh])
        self._note(fresh)
        self._drop(gone)

    def _drop(self, gone: Iterable[Gone]) -> None:
        for subject, one in gone:
            for row in self._of(subject):
                if tag(row[1]) == one:
                    self._db.execute("delete from person_keys where subject = ? and wrapped = ?", row)

    def _note(self, gone: Iterable[Gone]) -> None:
        for subject, one in gone:
            known = self._gone.setdefault(subject, set())
            if one not in known:
                known.add(one)
                self._order.append((subject, one))

    def _is_gone(self, subject: bytes, wrapped: bytes) -> bool:
        return tag(wrapped) in self._gone.get(subject, ())

    def _empty_log(self) -> None:
        with self._lock:
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
