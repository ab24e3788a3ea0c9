"""The keys as a machine of the city sees them, when they lie on key hosts: the same verbs as a store of its own."""

import os
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Final, TypeVar
from uuid import UUID

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.key_hosts.lines import Away, Line, Papers
from onecity.machinery.key_hosts.wire import (
    Counted,
    Destroy,
    Find,
    Found,
    Gone,
    Keep,
    Listed,
    Row,
    Rows,
    Service,
    State,
    tag,
)
from onecity.machinery.keystore import Cipher
from onecity.machinery.master_key import MasterKey
from onecity.machinery.remembered import Remembered

T = TypeVar("T")

HOSTS: Final = "hosts"
"""The file in the folder of the keys that names the key hosts, a URL a line. Where it is, no key lies here."""

_LOG: Final = structlog.get_logger("onecity.keys")
_LOOK_S: Final = 0.5
_AT_ONCE: Final = 5_000
"""For so many keys is asked in one piece."""
_NOBODY: Final = "No key host answers. Look whether they run; nothing is lost."
_NOT_ALL: Final = "Only all key hosts together know that somebody has no key, and one is away. Please try again."
FIXED: Final = (
    "The keys lie on key hosts, where only sessions can be changed. Keys follow each other in a store of one machine."
)
_OTHER_MASTER: Final = (
    "The master key here is not the one under which the keys lie. Copy keys/master.key from another machine."
)


class Ring:
    """Two keys of one person, made by machines that could not hear each other: the first seals, each opens its own."""

    def __init__(self, ciphers: Sequence[AESGCM]) -> None:
        self._ciphers = ciphers

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        return self._ciphers[0].encrypt(nonce, data, associated_data)

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        for cipher in self._ciphers[:-1]:
            try:
                return cipher.decrypt(nonce, data, associated_data)
            except InvalidTag:
                continue
        return self._ciphers[-1].decrypt(nonce, data, associated_data)


class Single:
    """The only key of a purpose."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def values(self) -> list[bytes]:
        return [self._value]

    def put(self, number: int, value: bytes) -> None:
        """Raises CannotStart."""
        raise CannotStart(FIXED)


class Seen(msgspec.Struct, frozen=True):
    """What the hosts that answered said of some subjects: their keys, and of whom keys were destroyed.

    `whole`: one of them is not behind. `all`: every host answered, so that who is on none has no key anywhere.
    """

    rows: list[Row]
    destroyed: set[bytes]
    whole: bool
    all: bool

    @property
    def sure(self) -> bool:
        """Whether who is not here has no key, for whoever would take them for forgotten."""
        return self.whole and self.all


class SharedKeys:
    """Keys by person and by purpose, kept by several hosts.

    A new key is there when every host that can be reached has it on its disk; one that was away takes it from the other
    when it is back. A key is destroyed only when all of them answer. Whoever is known here is known for a minute.
    """

    def __init__(self, folder: Path) -> None:
        urls = [line.strip() for line in (folder / HOSTS).read_text("utf-8").splitlines() if line.strip()]
        if not urls or not all(url.startswith("https://") for url in urls):
            raise CannotStart(
                f"{folder / HOSTS} names no key hosts. Write one URL a line, like https://10.0.0.41:8600."
            )
        self._master = MasterKey(folder / "master.key")
        self._lines = [Line(url, Papers(folder)) for url in urls]
        self._cache = Remembered[Cipher]()
        self._destroyed: dict[str, int] = {}
        self._over = Event()
        self._watcher = Thread(target=self._watch, name="key hosts", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        self._over.set()
        self._watcher.join()
        for line in self._lines:
            line.close()

    def service_key(self, name: str) -> bytes:
        """The 32-byte key for a purpose of the house; made at its first use, when all key hosts answer."""
        wrapped = self._any("/service", Service(name), Found).wrapped or self._made(name)
        try:
            return self._master.unwrap(wrapped, name.encode())
        except InvalidTag as wrong:
            raise CannotStart(_OTHER_MASTER) from wrong

    def ring(self, name: str) -> "Single":
        """The one key of a purpose: on key hosts none follows another yet."""
        return Single(self.service_key(name))

    def _made(self, name: str) -> bytes:
        """The key of a new purpose: the first host decides which, so that two machines that start agree."""
        fresh: bytes | None = self._master.wrap(os.urandom(32), name.encode())
        try:
            for line in self._lines:
                found = line.ask("/service", Service(name, fresh), Found).wrapped
                if found != fresh and line is not self._lines[0]:
                    raise CannotStart(
                        f"The key hosts hold two keys for {name}. Take the one of a backup out of the other."
                    )
                fresh = found
        except Away as failure:
            raise Unavailable(
                "A key of the house is made only when all key hosts answer. Start them, then try again."
            ) from failure
        assert fresh is not None, "it was made just now"
        return fresh

    def ensure(self, subjects: Iterable[UUID]) -> None:
        """Every subject has a key, on the disks, before this returns."""
        if missing := self.missing(subjects):
            self.make(missing)

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]:
        """The subjects that have no key, as far as a host knows: who gets a second one can read under both.

        Whoever had one that was destroyed gets another while all hosts answer, so that none of them ever takes the
        absence of a key for the end of it.
        """
        asked = list(dict.fromkeys(subjects))
        unknown = [one for one in asked if self._cache.get(one) is None]
        if not unknown:
            return []
        seen = self._found(unknown)
        self._remember(seen.rows)
        lacking = [one for one in unknown if self._cache.get(one) is None]
        if lacking and not seen.whole:
            raise Unavailable(_NOBODY)
        if not seen.all and any(one.bytes in seen.destroyed for one in lacking):
            raise Unavailable(_NOT_ALL)
        return lacking

    def make(self, subjects: Iterable[UUID]) -> None:
        """A key for each subject that has none. It waits for the network and disks, and is called in a thread."""
        rows = [(one.bytes, self._master.wrap(AESGCM.generate_key(256), one.bytes)) for one in subjects]
        kept, gone = 0, set[Gone]()
        for line in self._lines:
            try:
                # Whoever comes first decides; the others keep what counts there.
                said = line.ask("/keep", Keep(rows, fresh=kept == 0), Rows)
            except Away:
                continue
            kept += 1
            gone |= set(said.destroyed)
            rows = _left(said.rows, gone)
        if kept == 0:
            raise Unavailable(_NOBODY)
        if kept < len(self._lines):
            _LOG.error("a key host is behind", hosts=len(self._lines), kept=kept)
        self._remember(rows)

    def cipher(self, subject: UUID) -> Cipher | None:
        """What opens a subject's fields, or None if there is no key: never made, or forgotten.

        Nobody who lives is read as forgotten because a host is away: None is said when every host says so, or when one
        knows that it was destroyed. Raises Unavailable.
        """
        known = self._cache.get(subject)
        if known is not None:
            return known
        seen = self._found([subject])
        self._remember(seen.rows)
        if not (seen.rows or seen.sure or subject.bytes in seen.destroyed):
            raise Unavailable(_NOT_ALL)
        return self._cache.get(subject)

    def key_id(self, subject: UUID) -> str | None:
        """What tells a subject's key from every other one, and nothing about it; None if there is no key on any host.

        Raises Unavailable if one that is away may have it: who destroys keys must not pass it over.
        """
        seen = self._found([subject])
        if not (seen.rows or seen.sure):
            raise Unavailable(_NOT_ALL)
        return self._ids(seen.rows).get(subject)

    def key_ids(self, subjects: Iterable[UUID]) -> dict[UUID, str]:
        """The ids of those keys that a host has that answers."""
        asked, found = list(dict.fromkeys(subjects)), dict[UUID, str]()
        for at in range(0, len(asked), _AT_ONCE):
            found |= self._ids(self._found(asked[at : at + _AT_ONCE]).rows)
        return found

    def _ids(self, rows: Sequence[Row]) -> dict[UUID, str]:
        keys: dict[bytes, bytes] = {}
        for name, wrapped in sorted(rows):
            keys[name] = keys.get(name, b"") + self._master.unwrap(wrapped, name)
        return {UUID(bytes=name): sha256(b"onecity key id" + one).hexdigest()[:32] for name, one in keys.items()}

    def count(self) -> int:
        """How many persons and reports have a key, as the first host that answers counts them."""
        return self._any("/counts", Counted(), Counted).persons

    def purposes(self) -> dict[str, int]:
        """What there are keys of the house for, and how many for each."""
        return dict(Counter(name.partition("/")[0] for name in self._any("/counts", Counted(), Counted).purposes))

    def hosts(self) -> list[str]:
        """Where the keys lie."""
        return [line.url for line in self._lines]

    def destroyed(self) -> set[UUID]:
        """Whose keys were destroyed, by whichever machine: every host that answers tells whom it knows of."""
        found, heard = set[UUID](), False
        for line in self._lines:
            listed = Listed(more=True)
            try:
                while listed.more:
                    listed = line.ask("/destroyed", listed, Listed)
                    found |= {UUID(bytes=name) for name in listed.names}
                heard = True
            except Away:
                continue
        if not heard:
            raise Unavailable(_NOBODY)
        return found

    def destroy(self, subject: UUID) -> None:
        """Let a subject's keys go, on every host. Raises Unavailable if one does not answer: then try again."""
        gone = 0
        for line in self._lines:
            try:
                line.ask("/destroy", Destroy(subject.bytes), State)
                gone += 1
            except Away:
                continue
        self._cache.forget(subject)
        if gone < len(self._lines):
            raise Unavailable("A key host does not answer, so a key is not destroyed everywhere. Forget again later.")

    def empty_log(self) -> None:
        """Key hosts empty their logs when they destroy a key."""

    def _found(self, subjects: Sequence[UUID]) -> Seen:
        """The keys of some subjects. Whoever is not on one host is asked for on the other: it may be behind. So is
        whoever is on one that is behind: the other may know that the key was destroyed, and then it does not count.
        """
        wanted, rows, gone = [one.bytes for one in subjects], dict[Row, None](), set[Gone]()
        heard, whole = 0, False
        for line in self._lines:
            try:
                said = line.ask("/find", Find(wanted), Rows)
            except Away:
                continue
            heard, whole = heard + 1, whole or said.whole
            rows |= dict.fromkeys(said.rows)
            gone |= set(said.destroyed)
            if said.whole:
                have = {name for name, _ in said.rows}
                wanted = [one for one in wanted if one not in have]
            if not wanted:
                break
        if not heard:
            raise Unavailable(_NOBODY)
        return Seen(_left(rows, gone), {name for name, _ in gone}, whole, heard == len(self._lines))

    def _any(self, path: str, question: msgspec.Struct, answer: type[T]) -> T:
        """What the first host says that answers."""
        for line in self._lines:
            try:
                return line.ask(path, question, answer)
            except Away:
                continue
        raise Unavailable(_NOBODY)

    def _remember(self, rows: Sequence[Row]) -> None:
        found: dict[bytes, list[AESGCM]] = {}
        for name, wrapped in rows:
            found.setdefault(name, []).append(AESGCM(self._master.unwrap(wrapped, name)))
        for name, ciphers in found.items():
            self._cache.put(UUID(bytes=name), ciphers[0] if len(ciphers) == 1 else Ring(ciphers))

    def _watch(self) -> None:
        """Find hosts that are back, and forget what was destroyed by other machines."""
        while not self._over.wait(_LOOK_S):
            for line in self._lines:
                try:
                    destroyed = line.look("/state", State(0, whole=True), State).destroyed
                except Away:
                    continue
                if self._destroyed.get(line.url) != destroyed:
                    self._destroyed[line.url] = destroyed
                    self._cache.clear()


def _left(rows: Iterable[Row], gone: Container[Gone]) -> list[Row]:
    """The keys that nobody knows as destroyed."""
    return [(name, wrapped) for name, wrapped in rows if (name, tag(wrapped)) not in gone]
