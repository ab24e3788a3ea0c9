"""A copy of the city's own database while it runs, every change after it, and a database made of both.

The copies are PostgreSQL's own: pg_basebackup makes and pg_verifybackup checks them, the module basic_archive puts each
piece of the log beside them, and a recovery stops at an instant.
See `docs/adr/0050-back-up-with-postgresqls-own-tools.md`.
"""

import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from onecity.kernel.errors import CannotStart, CityError, Unavailable
from onecity.machinery.disk import unusable, usable
from onecity.machinery.files import put_whole
from onecity.machinery.postgres.binaries import Binaries
from onecity.machinery.postgres.connections import connect
from onecity.machinery.postgres.launcher import (
    LOG,
    Cluster,
    give,
    is_running,
    place_for,
    run_program,
    start_cluster,
    why_it_does_not_start,
)

if TYPE_CHECKING:
    from asyncpg import Connection

LATEST_S: Final = 60
"""How old a change may be before it lies in the archive: a piece of the log is closed at least so often."""
_PATIENCE_S: Final = 60.0
_RECOVERY_S: Final = 4 * 3600.0
"""How long a recovery may read the log. What it lacks for its instant ends it at once."""
_LOOK_S: Final = 0.1
_SHORT: Final = "recovery ended before configured recovery target was reached"
_OF: Final = "system.identifier"
"""In an archive: of which database it is."""
_UNTIL: Final = "%Y-%m-%d %H:%M:%S.%f+00"


async def archive_to(connection: "Connection", cluster: Cluster, folder: Path, copies: Path) -> None:
    """Let every finished piece of the database's log be put into a folder, from now on and after each start.

    `copies` are the copies beside it. Raises CannotStart if the running database cannot archive yet, or the folder
    holds the log of another one.
    """
    if await connection.fetchval("show archive_mode") != "on":
        raise CannotStart(
            "This database was started by an older OneCity. Stop the city and start it once, then back up."
        )
    _opened(folder, cluster)
    own = str(await connection.fetchval("select system_identifier from pg_control_system()"))
    with usable(folder):
        _claimed(folder, own, identifier(copies))
    for setting, value in (
        ("archive_command", ""), ("basic_archive.archive_directory", str(folder)),
        ("archive_library", "basic_archive"), ("archive_timeout", f"{LATEST_S}s"),
    ):  # fmt: skip
        # A setting takes no parameters; the quoting is the database's own.
        quoted = await connection.fetchval("select quote_literal($1)", value)
        await connection.execute(f"alter system set {setting} = {quoted}")
    await connection.execute("select pg_reload_conf()")


async def archived(connection: "Connection") -> None:
    """Wait until everything written before lies in the archive. Raises Unavailable with what stops it."""
    await connection.execute("select pg_logical_emit_message(true, 'onecity', 'backup')")
    last = await connection.fetchval("select pg_walfile_name(pg_switch_wal())")
    patience = time.monotonic() + _PATIENCE_S
    while (await connection.fetchval("select last_archived_wal from pg_stat_archiver") or "") < last:
        if time.monotonic() > patience:
            failed = await connection.fetchval("select last_failed_wal from pg_stat_archiver")
            why = "The database cannot write there: its log says why." if failed else "The disk is too slow."
            raise Unavailable(f"The log of the database did not reach the backup within {_PATIENCE_S:.0f} s. {why}")
        await asyncio.sleep(_LOOK_S)


def copy_base(cluster: Cluster, into: Path) -> None:
    """Copy the running database into a folder that is not there yet, and check the copy. Raises CannotStart."""
    half = into.with_name(f"{into.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    address = cluster.address("onecity_owner", "postgres")
    copy = ["-D", half, "-d", address, "--checkpoint=fast", "--wal-method=stream", "--no-password"]
    run_program([cluster.programs / "pg_basebackup", *copy], None, "copy itself")
    run_program([cluster.programs / "pg_verifybackup", "--quiet", half], None, "check its copy")
    half.rename(into)


def forget_log_before(programs: Path, base: Path, archive: Path) -> None:
    """Remove from an archive what no copy from this one on needs."""
    label = (base / "backup_label").read_text("utf-8")
    first = label.partition("(file ")[2].partition(")")[0]
    run_program([programs / "pg_archivecleanup", archive, first], None, "tidy its archive")


async def restore_base(
    binaries: Binaries, data: Path, base: Path, archive: Path, until: datetime | None, *, tell: Callable[[str], None]
) -> Cluster:
    """A running cluster below an empty data folder: the copy, and all that the archive holds after it until an instant.

    Raises CannotStart: also when the archive does not reach that instant.
    """
    folder, user = place_for(data)
    cluster = folder / "cluster"
    try:
        shutil.copytree(base, cluster, symlinks=True, ignore=shutil.ignore_patterns(LOG))
        with (cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(_recovery(archive, until))
        (cluster / "recovery.signal").touch()
        for path in (cluster, *cluster.rglob("*")):
            give(path, user)
        cluster.chmod(0o700)
    except OSError as failure:
        raise unusable(data, failure) from failure
    tell("database: everything that happened after the copy")
    try:
        found = start_cluster(binaries, data, tell=tell, patience_s=_RECOVERY_S, most_tries=1)
        await _recovered(found)
    except CannotStart as failure:
        if until is not None and _SHORT in failure.sentence:
            raise CannotStart(f"The backup ends before {until.isoformat()}. Choose an earlier instant.") from failure
        raise
    return found


async def _recovered(cluster: Cluster) -> None:
    """Wait until the database has read all that it should; while it still does, it can be asked. Raises CannotStart."""
    while True:
        try:
            connection = await connect(cluster.address("onecity_owner", "postgres"))
            reading = await connection.fetchval("select pg_is_in_recovery()")
            await connection.close()
        except (CityError, OSError, asyncpg.PostgresError):
            reading = True
        if not reading:
            return
        if not is_running(cluster):
            raise CannotStart(why_it_does_not_start(cluster.folder / LOG, 0))
        await asyncio.sleep(_LOOK_S)


def _recovery(archive: Path, until: datetime | None) -> str:
    """How the database recovers; afterwards it archives nowhere, so that two cities never share an archive."""
    named = str(archive).replace("'", "''")
    lines = [
        "archive_library = ''", "archive_command = 'true'", f"restore_command = 'cp \"{named}/%f\" \"%p\"'",
        "recovery_target_action = 'promote'", "recovery_target_timeline = 'latest'",
    ]  # fmt: skip
    if until is not None:
        lines.append(f"recovery_target_time = '{until.astimezone(UTC).strftime(_UNTIL)}'")
    return "\n".join(lines) + "\n"


def identifier(copies: Path) -> str | None:
    """Of which database the newest copy in a folder is; None if there is none.

    In every release of PostgreSQL its control file begins with the identifier, in the order of the machine's own bytes.
    """
    found = sorted(copies.glob("*/global/pg_control"))
    return str(int.from_bytes(found[-1].read_bytes()[:8], sys.byteorder)) if found else None


def _claimed(folder: Path, own: str, of_copies: str | None) -> None:
    """An archive belongs to one database: after a move to another release the log has the same names over again.

    An older program left no note of whose it is; its copies tell.
    """
    note = folder / _OF
    known = note.read_text("ascii") if note.is_file() else of_copies
    if known in (None, own):
        put_whole(note, own.encode("ascii"))
    else:
        raise CannotStart(
            f"{folder} holds the log of another database, or of this one before it moved to another release. Back up "
            "into a new folder, and keep this one for as long as its copies may be wanted."
        )


def _opened(folder: Path, cluster: Cluster) -> None:
    """A folder into which the database's user may write, and nobody else."""
    with usable(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        give(folder, cluster.user)
    closed = [one for one in folder.parents if cluster.user and one.stat().st_mode & 0o001 == 0]
    if closed:
        raise CannotStart(
            f"The folder {closed[0]} is closed to others, so the database user `{cluster.user}` cannot write into "
            f"{folder}. Open it with `chmod o+x {closed[0]}`, or choose another."
        )
