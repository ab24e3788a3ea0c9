"""Two key hosts and the machines that ask them: no key is lost with a host, and none comes back that was destroyed."""

import asyncio
import json
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from prometheus_client import REGISTRY

from onecity.bootstrap import doctor
from onecity.bootstrap.settings import Settings
from onecity.cli.keystore import keystore
from onecity.drills.machines.papers import Authority, given
from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.key_hosts import HOSTS, Papers, SharedKeys, hosts_seen, serve_keys
from onecity.machinery.key_hosts.wire import tag
from onecity.machinery.keystore import KeyStore
from onecity.machinery.watch import Source
from onecity.machinery.watched import Keys

PATIENCE_S: Final = 30.0
NONCE: Final = bytes(12)


class Host:
    """A key host in a thread of its own; whoever kills it does so between two answers."""

    def __init__(self, number: int, folder: Path, authority: Authority) -> None:
        self.folder = folder / f"host{number}"
        self.folder.mkdir()
        self.papers = self.folder / "papers"
        self.papers.mkdir()
        given(authority, self.papers, f"host{number}", "127.0.0.1")
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._thread: threading.Thread | None = None

    def start(self, *peers: "Host", alone: bool = False) -> None:
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve([one.url for one in peers], alone),))
        self._thread.start()
        in_time(self.listens)

    async def _serve(self, peers: list[str], alone: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await serve_keys(
            self.folder / "data", Papers(self.papers), peers, host="127.0.0.1", port=self.port, alone=alone,
            welcome=lambda: None, stopping=self._stopping,
        )  # fmt: skip

    def listens(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None


class House:
    """Two hosts, and machines of the city that ask them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self.authority = Authority()
        self.hosts = [Host(number, folder, self.authority) for number in (1, 2)]

    def start(self) -> None:
        one, other = self.hosts
        one.start(other)
        other.start(one)

    def machine(self, name: str, *, order: tuple[int, ...] = (0, 1)) -> SharedKeys:
        """A machine of the city; all of them have the same master key."""
        folder = self._folder / name
        folder.mkdir()
        given(self.authority, folder, name, "127.0.0.1")
        (folder / HOSTS).write_text("".join(f"{self.hosts[number].url}\n" for number in order))
        master = self._folder / "master.key"
        if master.is_file():
            shutil.copy(master, folder)
        found = SharedKeys(folder)
        shutil.copy(folder / "master.key", master)
        self._open.callback(found.close)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        for host in self.hosts:
            host.kill()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as found:
        found.start()
        yield found


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def in_time(holds: Callable[[], object]) -> None:
    patience = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < patience, "not in time"
        time.sleep(0.05)


async def test_a_dead_key_host_is_told_to_whoever_watches_and_named_by_the_doctor(house: House, tmp_path: Path) -> None:
    house.machine("keys")
    in_time(lambda: [(one.answers, one.whole) for one in hosts_seen(tmp_path / "keys")] == [(True, True)] * 2)
    assert await figures(tmp_path) == {"named": 2, "away": 0, "unsure": 0}
    settings = Settings(tmp_path)
    assert doctor.key_hosts(settings) == "2 answer, and each has heard the others"
    for host in house.hosts:
        host.kill()
    # Alone after a start, it knows nothing of what the other one got.
    house.hosts[0].start(house.hosts[1])
    assert await figures(tmp_path) == {"named": 2, "away": 1, "unsure": 1}
    with pytest.raises(CannotStart, match=f"{house.hosts[1].url} does not answer.*key-host-away"):
        doctor.key_hosts(settings)


def test_keys_that_lie_in_the_folder_have_no_hosts_to_be_looked_at(tmp_path: Path) -> None:
    assert hosts_seen(tmp_path) == ()


async def figures(data: Path) -> dict[str, float]:
    """What the figures say of the key hosts, read anew."""
    await Keys().read(Source(None, None, data, datetime(2020, 9, 22, tzinfo=UTC)))
    return {name: REGISTRY.get_sample_value(f"onecity_key_hosts_{name}") or 0 for name in ("named", "away", "unsure")}


def answers(keys: SharedKeys) -> bool:
    """Whether the key hosts can be asked for somebody whom nobody knows."""
    try:
        return keys.cipher(uuid4()) is None
    except Unavailable:
        return False


def sealed(keys: SharedKeys, subject: UUID, text: bytes) -> bytes:
    keys.ensure([subject])
    cipher = keys.cipher(subject)
    assert cipher is not None
    return cipher.encrypt(NONCE, text, subject.bytes)


def opened(keys: SharedKeys, subject: UUID, bytes_: bytes) -> bytes | None:
    cipher = keys.cipher(subject)
    return None if cipher is None else cipher.decrypt(NONCE, bytes_, subject.bytes)


def test_no_key_is_lost_whichever_host_is(house: House) -> None:
    keys = house.machine("app1")
    in_time(lambda: answers(keys))
    mac, both = keys.service_key("mac"), uuid4()
    said = {both: sealed(keys, both, b"both")}
    one, other = house.hosts

    one.kill()
    while_one_was_away = uuid4()
    said[while_one_was_away] = sealed(keys, while_one_was_away, b"alone")
    one.start(other)
    fresh = house.machine("app2", order=(0,))
    in_time(lambda: answers(fresh))
    other.kill()
    # The one that was away has taken over what it missed, and answers alone.
    assert fresh.service_key("mac") == mac
    for subject, bytes_ in said.items():
        assert opened(fresh, subject, bytes_) in (b"both", b"alone")
    with pytest.raises(Unavailable, match="all key hosts"):
        house.machine("app3").service_key("something new")


def test_a_host_that_has_heard_nobody_says_of_nobody_that_they_have_no_key(house: House) -> None:
    keys = house.machine("app1")
    in_time(lambda: answers(keys))
    known = uuid4()
    bytes_ = sealed(keys, known, b"here")
    one, other = house.hosts
    for host in house.hosts:
        host.kill()
    one.start(other)
    behind = house.machine("app2", order=(0,))
    assert opened(behind, known, bytes_) == b"here"
    with pytest.raises(Unavailable):
        behind.cipher(uuid4())
    one.kill()
    one.start(other, alone=True)
    in_time(lambda: answers(behind))


def test_what_is_destroyed_is_gone_everywhere_in_a_moment_and_does_not_come_back(house: House, tmp_path: Path) -> None:
    mine, theirs = house.machine("app1"), house.machine("app2", order=(1, 0))
    in_time(lambda: answers(mine) and answers(theirs))
    gone, kept = uuid4(), uuid4()
    for subject in (gone, kept):
        sealed(mine, subject, b"said")
        assert theirs.cipher(subject) is not None
    copied(house.hosts[0], tmp_path / "yesterday.sqlite")
    mine.destroy(gone)
    assert mine.cipher(gone) is None
    in_time(lambda: theirs.cipher(gone) is None)
    assert theirs.cipher(kept) is not None
    one, other = house.hosts
    one.kill()
    with pytest.raises(Unavailable, match="not destroyed everywhere"):
        mine.destroy(kept)
    # A copy of an earlier day brings the key back; the list that lies beside it does not let it stay.
    for file in (one.folder / "data").glob("keystore.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "yesterday.sqlite", one.folder / "data" / "keystore.sqlite")
    one.start(other)
    in_time(lambda: answers(mine) and answers(theirs))
    assert mine.cipher(gone) is None
    assert theirs.cipher(gone) is None


def copied(host: Host, file: Path) -> None:
    run(["copy", str(file), "--data", str(host.folder / "data")])


def test_a_copy_says_how_many_keys_it_holds_and_a_wrong_folder_is_refused(tmp_path: Path) -> None:
    alone = KeyStore(tmp_path / "one machine")
    alone.service_key("mac")
    alone.ensure([gone := uuid4(), uuid4(), uuid4()])
    alone.close()
    data, file = tmp_path / "data", tmp_path / "copy.sqlite"
    run(["take", str(tmp_path / "one machine" / "keys.sqlite"), "--data", str(data)])
    said = run(["copy", str(file), "--data", str(data), "--json"])
    assert json.loads(said) == {"file": str(file), "persons": 3, "purposes": 1}
    # A list of destroyed keys that is given with a copy keeps away what it names.
    [(_, wrapped)] = told(file, "select subject, wrapped from person_keys where subject = ?", gone.bytes)
    DeletionList(tmp_path / "list").add([Deleted(gone, tag(wrapped))])
    said = run(["take", str(file), "--data", str(tmp_path / "new"), "--deleted", str(tmp_path / "list")])
    assert said.splitlines() == [f"2 keys of persons taken over into {tmp_path / 'new'}"]
    # The list of a city on one machine calls the same keys otherwise, and that is said.
    DeletionList(tmp_path / "other list").add([Deleted(gone, "0" * 32)])
    said = run(["take", str(file), "--data", str(tmp_path / "newer"), "--deleted", str(tmp_path / "other list")])
    assert said.startswith("3 keys of persons") and "Of 1 persons the list names another key" in said
    (tmp_path / "no store").mkdir()
    refused = CliRunner().invoke(keystore, ["copy", str(tmp_path / "none"), "--data", str(tmp_path / "no store")])
    assert isinstance(refused.exception, CannotStart) and "holds no keystore.sqlite" in str(refused.exception)
    assert not (tmp_path / "none").exists() and not any((tmp_path / "no store").iterdir())


def run(words: list[str]) -> str:
    done = CliRunner().invoke(keystore, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_two_machines_that_hear_one_host_each_make_two_keys_and_both_open(house: House) -> None:
    left, right = house.machine("app1", order=(0,)), house.machine("app2", order=(1,))
    one, other = house.hosts
    other.kill()
    one.kill()
    one.start(alone=True)
    in_time(lambda: answers(left))
    somebody = uuid4()
    first = sealed(left, somebody, b"left")
    one.kill()
    other.start(alone=True)
    in_time(lambda: answers(right))
    second = sealed(right, somebody, b"right")
    other.kill()
    house.start()
    whole = house.machine("app3", order=(1, 0))
    in_time(lambda: answers(whole) and opens_both(whole, somebody, first, second))


def opens_both(keys: SharedKeys, subject: UUID, first: bytes, second: bytes) -> bool:
    keys._cache.clear()
    try:
        return (opened(keys, subject, first), opened(keys, subject, second)) == (b"left", b"right")
    except (InvalidTag, Unavailable):
        return False


def test_many_machines_that_make_a_key_at_once_have_the_same(house: House) -> None:
    machines = [house.machine(f"app{number}") for number in range(3)]
    in_time(lambda: all(map(answers, machines)))
    subjects = [uuid4() for _ in range(20)]
    together = threading.Barrier(len(machines))

    def make(keys: SharedKeys) -> None:
        together.wait()
        for subject in subjects:
            keys.make([subject])

    threads = [threading.Thread(target=make, args=(keys,)) for keys in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [[keys.key_id(subject) for subject in subjects] for keys in machines]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == len(subjects)


def test_whoever_lacks_the_papers_or_the_master_key_gets_nothing(house: House, tmp_path: Path) -> None:
    keys = house.machine("app1")
    in_time(lambda: answers(keys))
    keys.service_key("mac")
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    given(Authority(), stranger, "stranger", "127.0.0.1")
    shutil.copy(tmp_path / "app1" / "authority.pem", stranger)
    shutil.copy(tmp_path / "app1" / HOSTS, stranger)
    refused = SharedKeys(stranger)
    with pytest.raises(Unavailable):
        refused.service_key("mac")
    refused.close()
    for name in ("machine.pem", "machine.key"):
        shutil.copy(tmp_path / "app1" / name, stranger)
    other_master = SharedKeys(stranger)
    with pytest.raises(CannotStart, match="master key here is not the one"):
        other_master.service_key("mac")
    other_master.close()


def test_the_keys_of_one_machine_move_to_hosts_and_stay_the_same(tmp_path: Path) -> None:
    alone = KeyStore(tmp_path / "one machine")
    mac, somebody = alone.service_key("mac"), uuid4()
    alone.ensure([somebody])
    before = alone.key_id(somebody)
    alone.close()
    with House(tmp_path) as house:
        shutil.copy(tmp_path / "one machine" / "master.key", tmp_path / "master.key")
        words = ["take", str(tmp_path / "one machine" / "keys.sqlite"), "--data", str(house.hosts[0].folder / "data")]
        done = CliRunner().invoke(keystore, words)
        assert done.exit_code == 0 and "1 keys of persons" in done.output
        house.start()
        keys = house.machine("app1", order=(1,))
        in_time(lambda: answers(keys))
        assert (keys.service_key("mac"), keys.key_id(somebody)) == (mac, before)
        assert (keys.count(), keys.purposes()) == (1, {"mac": 1})
        # What the list of the machine names goes on every host.
        deletions = DeletionList(tmp_path / "keys-deleted")
        assert before is not None
        deletions.add([Deleted(somebody, before)])
        both = house.machine("app2")
        in_time(lambda: answers(both))
        assert deletions.apply(both) == 1
        assert both.cipher(somebody) is None


def test_a_key_host_that_was_replaced_from_an_old_copy_brings_nobody_back(house: House, tmp_path: Path) -> None:
    mine, theirs = house.machine("app1"), house.machine("app2", order=(1, 0))
    in_time(lambda: answers(mine) and answers(theirs))
    one, other = house.hosts
    gone, kept = uuid4(), uuid4()
    for subject in (gone, kept):
        sealed(mine, subject, b"said")
    copied(other, tmp_path / "last week.sqlite")
    mine.destroy(gone)
    for host in house.hosts:
        host.kill()
    # The disk is lost, with the list of what was destroyed; the new one gets what there is.
    shutil.rmtree(other.folder / "data")
    run(["take", str(tmp_path / "last week.sqlite"), "--data", str(other.folder / "data")])
    other.start(one)
    after = house.machine("app3", order=(1, 0))
    with pytest.raises(Unavailable):
        after.cipher(gone)
    one.start(other)
    in_time(lambda: answers(after))
    assert after.cipher(gone) is None and mine.cipher(gone) is None
    assert after.cipher(kept) is not None
    one.kill()
    # Also alone, also without a machine that remembers: it is in the list that the host has taken over.
    alone = house.machine("app4", order=(1,))
    assert alone.cipher(gone) is None and alone.cipher(kept) is not None
    assert gone in alone.destroyed()


def test_a_key_that_one_host_destroyed_counts_on_no_host(house: House, tmp_path: Path) -> None:
    keys = house.machine("app1", order=(1, 0))
    in_time(lambda: answers(keys))
    subject = uuid4()
    sealed(keys, subject, b"said")
    one, other = house.hosts
    other.kill()
    with pytest.raises(Unavailable):
        keys.destroy(subject)
    one.kill()
    # The one that still has the key is asked first, and the two do not hear each other.
    nobody = Host(3, tmp_path, house.authority)
    for host in house.hosts:
        host.start(nobody)
    fresh = house.machine("app2", order=(1, 0))
    in_time(lambda: not any(line.away for line in fresh._lines))
    assert keys_of_host(other, subject) == 1
    assert fresh.cipher(subject) is None


def test_nobody_is_read_as_forgotten_because_a_host_is_away(house: House) -> None:
    keys = house.machine("app1")
    in_time(lambda: answers(keys))
    one, other = house.hosts
    forgotten, stranger = uuid4(), uuid4()
    sealed(keys, forgotten, b"said")
    keys.destroy(forgotten)
    other.kill()
    # Somebody gets a key while one host is away, and then only the other one is there, which never heard of it.
    lives = uuid4()
    sealed(keys, lives, b"here")
    one.kill()
    other.start(alone=True)
    behind = house.machine("app2")
    in_time(lambda: not behind._lines[1].away)
    for ask in (behind.cipher, behind.key_id):
        with pytest.raises(Unavailable):
            ask(lives)
    # Of whom a key was destroyed it is known; somebody new may have a key at once.
    assert behind.cipher(forgotten) is None
    assert behind.missing([stranger]) == [stranger]
    with pytest.raises(Unavailable, match="all key hosts"):
        behind.missing([forgotten])
    one.start(other)
    in_time(lambda: answers(behind))
    assert behind.cipher(lives) is not None
    assert behind.missing([forgotten]) == [forgotten]


def test_a_host_that_was_put_back_is_followed_from_its_start(house: House, tmp_path: Path) -> None:
    keys = house.machine("app1")
    in_time(lambda: answers(keys))
    one, other = house.hosts
    copied(one, tmp_path / "copy.sqlite")
    assert not marks_in(tmp_path / "copy.sqlite")
    shutil.copytree(one.folder / "data", tmp_path / "image", ignore=shutil.ignore_patterns("*-shm"))
    for subject in (before := [uuid4() for _ in range(3)]):
        sealed(keys, subject, b"said")
    in_time(lambda: followed(other) == 3)
    for number, way in enumerate(("copy", "image"), 1):
        one.kill()
        shutil.rmtree(one.folder / "data")
        if way == "copy":
            (one.folder / "data").mkdir()
            shutil.copy(tmp_path / "copy.sqlite", one.folder / "data" / "keystore.sqlite")
        else:
            shutil.copytree(tmp_path / "image", one.folder / "data")
        one.start(other)
        in_time(lambda: answers(keys))
        other.kill()
        fresh = uuid4()
        one_alone = house.machine(f"alone{number}", order=(0,))
        sealed(one_alone, fresh, b"said")
        other.start(one)
        in_time(partial(keys_of_host, other, fresh))
        assert all(keys_of_host(other, subject) for subject in before)


def told(file: Path, question: str, *words: bytes) -> list[tuple[Any, Any]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        return db.execute(question, words).fetchall()


def keys_of_host(host: Host, subject: UUID) -> int:
    file = host.folder / "data" / "keystore.sqlite"
    return len(told(file, "select subject, wrapped from person_keys where subject = ?", subject.bytes))


def marks_in(file: Path) -> dict[str, str]:
    return dict(told(file, "select name, said from marks"))


def followed(host: Host) -> int:
    found = marks_in(host.folder / "data" / "keystore.sqlite")
    return max((int(said) for name, said in found.items() if name.startswith("followed ")), default=0)
