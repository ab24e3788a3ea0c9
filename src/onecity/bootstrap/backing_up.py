"""A city copied while it runs, and a city made of the copies: its database at an instant, its keys apart.

A backup folder holds `base/` (copies of the database, each with a file that tells of it), `wal/` (every change since),
`blobs/` (by hash) and `rest/`; the folder of the keys holds their second copy, and an older one for each backup.
Whoever has only one of the two opens nothing that is sealed. The names of people stand in clear in the database, and so
in its copies and its log: who is forgotten leaves them when the last copy of before goes, by default in a week.
See `docs/adr/0050-back-up-with-postgresqls-own-tools.md` and `docs/operate/backup.md`.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from onecity.bootstrap.keepers import forgetting_of
from onecity.bootstrap.large_things import Looked, looked_at
from onecity.bootstrap.last_backup import LAST, Backup
from onecity.bootstrap.memory import DELETED, Memory
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand, city_at_hand
from onecity.kernel.errors import CannotStart
from onecity.ledger import Damage, Difference, Told, damages, rebuild
from onecity.machinery.buckets import BUCKET
from onecity.machinery.deletions import DeletionList
from onecity.machinery.disk import usable
from onecity.machinery.files import put_whole
from onecity.machinery.key_copies import taken_out
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import (
    Cluster,
    archive_to,
    archived,
    connect,
    copy_base,
    find_binaries,
    forget_log_before,
    restore_base,
    stop_cluster,
)

Tell = Callable[[str], None]
KEYS_LIVE: Final = timedelta(days=30)
"""How long copies of keys are kept. Source: architecture, "Forgetting": the backup of the keys lives thirty days."""
_UNDER_WAY: Final = timedelta(days=1)
LIVE: Final = "live"
"""In the folder of the keys: their second copy, which changes with every key. Beside it lie those of each backup."""
WHOLE: Final = "whole"
"""Beside it: the keys as they were at one moment, for another machine. There it is the copy that counts."""
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_APART: Final = ("postgres", "keys", "blobs", "run.lock", "onecity.log", DELETED, f"{DELETED}.copies", LAST)
"""What of a data folder is copied in a way of its own, or not at all."""


class Restored(msgspec.Struct, frozen=True):
    """What a restored city holds, with which copy of the keys, and what is not as it must be.

    `things` are the photographs and papers that its facts name. `forgotten_again` counts the people who had been
    forgotten and came back with the copy.
    """

    backup: Backup
    keys: str
    forgotten_again: int
    facts: int
    damages: Sequence[Damage]
    differences: Sequence[Difference]
    things: Looked


async def back_up(
    settings: Settings, into: Path, keys_into: Path, *, keep: int, clock: Callable[[], datetime], tell: Tell
) -> Backup:
    """Copy the city of these settings, also beside a running server; keep so many copies of the database.

    Raises CannotStart, and Unavailable if the log of the database does not reach the folder.
    """
    began = clock()
    stamp = began.strftime(_STAMP)
    async with at_hand(settings) as memory:
        cluster = memory.database.cluster
        if cluster is None:
            raise CannotStart("This database is not the city's own. Back it up with its own tools; see docs/operate.")
        own = memory.keys
        if not isinstance(own, KeyStore):
            raise CannotStart("The keys lie on key hosts. Back them up there with `onecity keystore copy`.")
        await _copied_database(memory, cluster, into, stamp, tell)
        tell("large things, by their hash")
        # Bytes are there before the fact that names them, so what facts name until now is found now.
        copied = clock()
        blobs = copied_blobs(settings.data / "blobs", into / "blobs")
        _copied_rest(settings.data, into / "rest" / stamp)
        # After everything that they open: a key is on disk before the first fact that needs it.
        tell("keys, apart")
        _reserved(keys_into)
        own.copy_to(keys_into.resolve() / LIVE)
        taken_out(keys_into / LIVE, keys_into / stamp)
        third = settings.backup.deleted
        for one in (into / DELETED, keys_into / DELETED, *((third,) if third else ())):
            memory.deletions.copy_to(one.resolve())
        signed = memory.signer.published(memory.folder)
        backup = Backup(
            stamp, began, clock(), find_binaries().version, signed.size if signed else 0, blobs, str(into.resolve()),
            str(keys_into.resolve()), copied,
        )  # fmt: skip
        put_whole(into / "base" / f"{stamp}.json", msgspec.json.encode(backup))
        put_whole(settings.data / LAST, msgspec.json.encode(backup))
        _forgotten(cluster, into, keys_into, keep=keep, now=began)
    return backup


async def _copied_database(memory: Memory, cluster: Cluster, into: Path, stamp: str, tell: Tell) -> None:
    _reserved(into)
    (into / "base").mkdir(mode=0o700, exist_ok=True)
    connection = await connect(memory.database.owner)
    try:
        await archive_to(connection, cluster, into.resolve() / "wal", into.resolve() / "base")
        tell("database: a copy of it")
        copy_base(cluster, into.resolve() / "base" / stamp)
        tell("database: the log since")
        await archived(connection)
    finally:
        await connection.close()


def _reserved(folder: Path) -> None:
    with usable(folder):
        # Open to the database's user, who reaches its own folder through it and can list nothing.
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)


def copied_blobs(source: Path, target: Path) -> int:
    """Every blob that is not there yet; names are hashes, so nothing that is there can be another."""
    count = 0
    for path in source.rglob("*"):
        if not path.is_file() or path.suffix:
            continue
        count += 1
        copy = target / path.relative_to(source)
        if not copy.is_file():
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            put_whole(copy, path.read_bytes())
    _copied_bucket(source / BUCKET, target / BUCKET)
    return count


def _copied_bucket(source: Path, target: Path) -> None:
    """Where the bucket is, if there is one: without that a restored city would look for its files in its folder."""
    if source.is_file():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_whole(target, source.read_bytes())
    else:
        target.unlink(missing_ok=True)


def _copied_rest(data: Path, target: Path) -> None:
    """Everything small that the city keeps in files. The tree goes without its tiles, which follow from the database;
    the checkpoint stays, so that a restored city must continue what was signed.
    """
    target.mkdir(mode=0o700, parents=True)
    _copy_each([path for path in data.iterdir() if path.name not in _APART], target)


def _copy_each(paths: Iterable[Path], target: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.copytree(path, target / path.name, ignore=shutil.ignore_patterns("tile", ".*.new"))
        elif path.is_file():
            shutil.copy2(path, target / path.name)


def _forgotten(cluster: Cluster, into: Path, keys_into: Path, *, keep: int, now: datetime) -> None:
    """Remove what is too old: copies of the database but the newest, the log before them, copies of keys."""
    known = backups_in(into)
    kept = {one.stamp for one in known[-keep:]}
    # What has no description broke off half-way; one of today may be another that is still being made.
    there = {path.name.partition(".")[0] for path in (into / "base").iterdir()}
    half = {name for name in there if name < (now - _UNDER_WAY).strftime(_STAMP)} - {one.stamp for one in known}
    for name in half | {one.stamp for one in known} - kept:
        (into / "base" / f"{name}.json").unlink(missing_ok=True)
        for folder in (into / "base" / name, into / "base" / f"{name}.new", into / "rest" / name):
            shutil.rmtree(folder, ignore_errors=True)
    forget_log_before(cluster.programs, into / "base" / min(kept), into / "wal")
    # What came from another machine has done its work, and what goes to one is made anew each time.
    shutil.rmtree(keys_into / WHOLE, ignore_errors=True)
    for made, copy in list(_keys_in(keys_into))[:-1]:
        if made < now - KEYS_LIVE:
            shutil.rmtree(copy)


def backups_in(folder: Path) -> list[Backup]:
    """The backups in a folder, the oldest first. Raises CannotStart if one is not readable."""
    try:
        found = [msgspec.json.decode(path.read_bytes(), type=Backup) for path in (folder / "base").glob("*.json")]
    except (OSError, msgspec.DecodeError) as failure:
        raise CannotStart(
            f"{folder} holds a backup whose description cannot be read. Name another folder."
        ) from failure
    return sorted(found, key=lambda one: one.stamp)


def _keys_in(folder: Path) -> Iterator[tuple[datetime, Path]]:
    """The copies of keys in a folder with their instants, the oldest first."""
    for path in sorted(folder.glob("*Z")):
        yield datetime.strptime(path.name, _STAMP).replace(tzinfo=UTC), path


async def restore(
    settings: Settings, source: Path, keys_source: Path, until: datetime | None, *, tell: Tell, told: Told
) -> Restored:
    """Make a city in an empty data folder as it was at an instant, and compare all of it. Raises CannotStart."""
    data = settings.data
    if data.exists() and any(data.iterdir()):
        raise CannotStart(f"{data} is not empty, and a city is only restored into an empty folder. Name another.")
    backup = _chosen(backups_in(source), source, until)
    keys = _chosen_keys(keys_source)
    lists = _lists(source, keys_source, settings.backup.deleted)
    tell("database: the copy")
    cluster = await restore_base(
        find_binaries(), data, source.resolve() / "base" / backup.stamp, source.resolve() / "wal", until, tell=tell
    )
    try:
        tell("keys, files, large things")
        taken_out(keys, data / "keys")
        _copy_each((source / "rest" / backup.stamp).iterdir(), data)
        if (source / "blobs").is_dir():
            shutil.copytree(source / "blobs", data / "blobs")
        for one in lists:
            DeletionList(data / DELETED).take_over(DeletionList(one))
        tell("all facts compared with what was signed and shown")
        async with city_at_hand(settings) as city:
            # Before anybody looks, and before a port opens: whoever was forgotten since came back with the copy.
            back = await forgetting_of(city).again()
            facts, wrong, rows, things = await _compared(city.memory, backup.copied or backup.began, told)
    finally:
        stop_cluster(cluster)
    return Restored(backup, str(keys), back, facts, wrong, rows, things)


def _chosen(known: Sequence[Backup], source: Path, until: datetime | None) -> Backup:
    """The newest backup that ended before an instant."""
    found = [one for one in known if until is None or one.ended <= until]
    if found:
        return found[-1]
    if not known:
        raise CannotStart(f"There is no backup in {source}. `onecity backup` makes one.")
    raise CannotStart(f"The oldest backup in {source} ended at {known[0].ended.isoformat()}. Choose a later instant.")


def _chosen_keys(folder: Path) -> Path:
    """The second copy of the keys, which has everybody's; or what came from another machine; or the folder itself."""
    found = next((one for one in (folder / LIVE, folder / WHOLE, folder) if (one / "keys.sqlite").is_file()), None)
    if found is None:
        raise CannotStart(f"There is no copy of the keys in {folder}. Without it nobody's data can be opened.")
    return found


def _lists(source: Path, keys: Path, third: Path | None) -> list[Path]:
    """The lists of destroyed keys that are there. One lies beside all copies of the keys, also where an older copy is
    named itself: that one brings back whoever was forgotten since, and only the list of today knows them.
    """
    if third is not None and not third.is_file():
        raise CannotStart(f"There is no list of destroyed keys at {third}. Name another with --deleted.")
    beside = dict.fromkeys(one.resolve() / DELETED for one in (source, keys, keys.resolve().parent))
    found = [one for one in (*beside, *((third,) if third else ())) if one.is_file()]
    if not found:
        raise CannotStart(
            f"There is no list of destroyed keys, {DELETED}, in {source} or beside the keys: whoever was forgotten "
            "would come back. Name the newest that there is with --deleted."
        )
    return found


async def _compared(memory: Memory, copied: datetime, told: Told) -> tuple[int, list[Damage], list[Difference], Looked]:
    connection = await connect(memory.database.owner)
    try:
        facts, wrong = await damages(connection, memory.book, told=told)
        _, rows = await rebuild(connection, memory.book, memory.projections, replace=False, told=told)
        return facts, wrong, rows, await looked_at(connection, memory, copied)
    finally:
        await connection.close()
