"""The city's own database, dumped from one major version of PostgreSQL into another; the old one stays beside it.

See `docs/operate/upgrade.md`.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import usable
from onecity.machinery.files import names_on_disk
from onecity.machinery.postgres.binaries import Binaries, copied, programs_of
from onecity.machinery.postgres.connections import connect, make_database
from onecity.machinery.postgres.launcher import (
    MOST_TRIES,
    PATIENCE_S,
    ROLES,
    Cluster,
    initialise,
    place_for,
    run_program,
    settle,
    start_cluster,
    started,
    stop_cluster,
)

_JOBS = 2


async def move_to(binaries: Binaries, data: Path, name: str, *, tell: Callable[[str], None]) -> Path:
    """Put a database of these programs in the place of one of another major version; where the old one lies now.

    Nothing has changed if it breaks off before its end. Raises CannotStart.
    """
    folder, user = place_for(data)
    whole = folder / "cluster"
    before = (whole / "PG_VERSION").read_text("utf-8").strip() if whole.is_dir() else None
    if before is None or before == str(binaries.major):
        raise CannotStart(f"The database in {data} is not of another version than {binaries.major}. Nothing is to do.")
    aside, half = folder / f"cluster-{before}", folder / "next"
    if aside.exists():
        raise CannotStart(f"{aside} is there from an earlier move. Take it away, then call this again.")
    with usable(folder):
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o711)
    old = start_cluster(programs_of(before, folder), data, tell=tell)
    programs = copied(binaries, folder, tell=tell)
    try:
        tell(f"database: everything out of PostgreSQL {before}")
        dump = ["--format=directory", "--compress=1", f"--jobs={_JOBS}", "-f", half / "dump"]
        run_program([programs / "pg_dump", *dump, "-d", old.address(ROLES[0], name)], None, "write the dump")
    finally:
        stop_cluster(old)
    tell(f"database: everything into PostgreSQL {binaries.version}")
    initialise(binaries, programs, half, user)
    await _filled(Cluster(programs, half / "cluster", old.socket, user), name, half / "dump")
    with usable(folder):
        whole.rename(aside)
        (half / "cluster").rename(whole)
        names_on_disk(folder)
        shutil.rmtree(half)
    return aside


async def _filled(cluster: Cluster, name: str, dump: Path) -> None:
    """Everything of a dump in a cluster that nobody has used, which is stopped again."""
    settle(cluster)
    started(cluster, PATIENCE_S, MOST_TRIES)
    try:
        admin = await connect(cluster.address(ROLES[0], "postgres"))
        for role in ROLES[1:]:
            await admin.execute(f"create role {role} login")
        await make_database(admin, name)
        await admin.close()
        into = ["--exit-on-error", f"--jobs={_JOBS}", "-d", cluster.address(ROLES[0], name), dump]
        run_program([cluster.programs / "pg_restore", *into], None, "read the dump")
        # A dump brings no figures on the tables, and a plan without them would read each table whole.
        filled = await connect(cluster.address(ROLES[0], name))
        await filled.execute("analyze")
        await filled.close()
    finally:
        stop_cluster(cluster)
