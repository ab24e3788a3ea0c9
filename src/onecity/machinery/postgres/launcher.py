"""Starts the city's own PostgreSQL: no TCP, a closed socket folder, peer authentication, the right locale.

See `docs/adr/0008-bring-postgresql-along.md`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import FULL, is_full, unusable
from onecity.machinery.postgres.binaries import Binaries, copied
from onecity.machinery.postgres.reaching import Address

LONGEST_SOCKET_PATH: Final = 107
"""Bytes; the system's limit for the name of a Unix socket (sun_path is 108 with its final zero)."""

SERVANT: Final = "nobody"
"""The system user that runs the database when OneCity runs as root; PostgreSQL refuses root."""

LOG: Final = "server.log"
"""Where the database writes, in its own folder."""

PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.05
MOST_TRIES: Final = 20
_STATUS_LINE: Final = 7

ROLES: Final = ("onecity_owner", "onecity_app", "onecity_reader")

_SETTINGS: Final = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_level = replica
jit = off
log_destination = stderr
log_min_messages = warning
# Statements carry personal data in their parameters, so none is ever logged.
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""

_DOORS: Final = "local all all peer map=city\nlocal replication onecity_owner peer map=city\n"
"""Who may connect; the second line is for copies of the whole cluster."""

_ARCHIVING: Final = "archive_mode = on\narchive_command = 'true'\n"
"""Only a start can let a database archive; where to, if anywhere, is said later and counts more."""


class Cluster(msgspec.Struct, frozen=True):
    """A running PostgreSQL of the city, and how to reach it."""

    programs: Path
    folder: Path
    socket: Path
    user: str | None

    def address(self, role: str, database: str = "onecity") -> Address:
        """How one of the roles reaches a database of this cluster."""
        return Address(f"postgresql://{role}@/{database}?host={self.socket}")


def _servant() -> str | None:
    return SERVANT if os.geteuid() == 0 else None


def check_place(data: Path) -> None:
    """Refuse, with a sentence, each data folder in which PostgreSQL is known not to start. Raises CannotStart."""
    folder, user = data.resolve() / "postgres", _servant()
    socket = folder / "socket" / ".s.PGSQL.5432"
    if len(os.fsencode(socket)) > LONGEST_SOCKET_PATH:
        raise CannotStart(
            f"The data folder's name is too long: the database's socket would need {len(os.fsencode(socket))} bytes "
            f"and the system allows {LONGEST_SOCKET_PATH}. Choose a shorter one with --data."
        )
    if user is None:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise CannotStart(
                f"User id {os.geteuid()} has no entry in the system's user list, and PostgreSQL needs one. "
                "Start as a listed user, or add an entry to /etc/passwd."
            ) from None
        return
    for parent in folder.parents:
        if parent.is_dir() and parent.stat().st_mode & 0o001 == 0:
            raise CannotStart(
                f"The folder {parent} is closed to others, so the database user `{user}` cannot reach {folder}. "
                "Choose another place with --data, for example /var/lib/onecity."
            )


def run_program(command: Sequence[object], user: str | None, what: str) -> None:
    """Run one of PostgreSQL's programs. Raises CannotStart with what it could not do, and why."""
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        group=_group(user),
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )
    if done.returncode != 0:
        raise CannotStart(FULL if is_full(done.stdout) else f"PostgreSQL could not {what}: {_reason(done.stdout)}")


def _reason(said: str) -> str:
    """The line with which a program of PostgreSQL says why it failed; what it says last is often that it cleans up."""
    lines = said.strip().splitlines() or ["it gave no reason"]
    named = [line for line in lines if any(sign in line for sign in ("FATAL:", "PANIC:", "error:", "could not"))]
    return (named or lines[-1:])[0].strip()


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def _locale(major: int) -> list[str]:
    # pg_trgm finds nothing in Chinese unless LC_CTYPE is UTF-8, so the locale is never left to the machine.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    provider = builtin if major >= 17 else ["--locale-provider=libc"]
    return ["-E", "UTF8", *provider, "--lc-ctype=C.UTF-8", "--lc-collate=C", "--lc-messages=C"]


def initialise(binaries: Binaries, programs: Path, folder: Path, user: str | None) -> None:
    """Make the cluster in a folder beside its final one, so that a break half-way leaves nothing that looks whole."""
    half = folder / "cluster.new"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    give(half, user)
    superuser = ROLES[0]
    command = [programs / "initdb", "-D", half, "-U", superuser, "--auth=peer", "-k", *_locale(binaries.major)]
    run_program(command, user, "make its files")
    (half / "postgresql.auto.conf").write_text(_SETTINGS, "utf-8")
    give(half / "postgresql.auto.conf", user)
    half.rename(folder / "cluster")


def settle(cluster: Cluster) -> None:
    """Write what a start reads, also for a cluster that an older OneCity or another machine has made.

    Only the user that runs OneCity may come in, under the names of our roles.
    """
    me = pwd.getpwuid(os.geteuid()).pw_name
    names = sorted({me, cluster.user or me})
    lines = "".join(f"city {name} {role}\n" for name in names for role in ROLES)
    settings = (cluster.folder / "postgresql.conf").read_text("utf-8")
    written = {
        "pg_hba.conf": _DOORS,
        "pg_ident.conf": lines,
        "postgresql.conf": settings if _ARCHIVING in settings else settings + _ARCHIVING,
    }
    for name, text in written.items():
        (cluster.folder / name).write_text(text, "utf-8")
        give(cluster.folder / name, cluster.user)


def give(path: Path, user: str | None) -> None:
    """Let the user that runs the database own a file; None is whoever runs this process."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def is_running(cluster: Cluster) -> bool:
    """Whether a postmaster serves this folder: also one that outlived a killed server.

    Not asked of pg_ctl: it takes a killed postmaster that nobody buried for a running one, and so any process that
    got its number after a restart of the machine.
    """
    postmaster = _marked(cluster)
    return postmaster is not None and _works_in(postmaster, cluster.folder)


def _marked(cluster: Cluster) -> Path | None:
    """The process that the cluster's mark names, whether it lives or not."""
    try:
        return Path("/proc") / (cluster.folder / "postmaster.pid").read_text("utf-8").split()[0]
    except (OSError, IndexError):
        return None


def _works_in(process: Path, folder: Path) -> bool:
    try:
        # The folder itself is compared and not its path: a service of the same city may see it at another.
        return (process / "cwd").samefile(folder)
    except OSError:
        # Gone, unburied, or somebody else's; a postmaster of ours works in its folder and can be seen there.
        return False


def _is_ready(cluster: Cluster) -> bool:
    """Whether the postmaster says that it takes connections; the eighth line of its mark tells."""
    try:
        lines = (cluster.folder / "postmaster.pid").read_text("utf-8").splitlines()
    except OSError:
        return False
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def _bury(cluster: Cluster) -> None:
    """Wait for what a killed postmaster left behind, then remove its marks: two clusters on one folder destroy it.

    The mark of its socket goes too: PostgreSQL respects it for as long as the dead process has not been waited for,
    and where process 1 waits for nobody that is for ever.
    """
    patience = time.monotonic() + PATIENCE_S
    while any(_works_in(process, cluster.folder) for process in Path("/proc").glob("[0-9]*")):
        if is_running(cluster):
            return
        if time.monotonic() > patience:
            raise CannotStart("The database was killed and its last processes do not end. Stop them, then start again.")
        time.sleep(_LOOK_S)
    if _answers(cluster):
        raise CannotStart(
            f"A database that cannot be seen from here serves {cluster.folder}: that of another container or user. "
            "Run this command there."
        )
    for mark in (cluster.socket / ".s.PGSQL.5432.lock", cluster.folder / "postmaster.pid"):
        mark.unlink(missing_ok=True)


def _answers(cluster: Cluster) -> bool:
    """Whether somebody listens at the cluster's door. Processes of another container are not seen, their socket is."""
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(str(cluster.socket / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def started(cluster: Cluster, patience_s: float, most_tries: int) -> None:
    """Start the cluster, or wait for the start that somebody else has begun. Raises CannotStart."""
    options = f"-c unix_socket_directories='{cluster.socket}'"
    log = cluster.folder / LOG
    start = [cluster.programs / "pg_ctl", "-D", cluster.folder, "-l", log, "-o", options, "-W", "start"]
    patience = time.monotonic() + patience_s
    before = log.stat().st_size if log.exists() else 0
    tries = 0
    while not (is_running(cluster) and _is_ready(cluster)):
        if time.monotonic() > patience or tries > most_tries:
            raise CannotStart(why_it_does_not_start(log, before))
        if not is_running(cluster):
            _bury(cluster)
        if not is_running(cluster):
            tries += 1
            run_program(start, cluster.user, "start")
            time.sleep(_LOOK_S)
        time.sleep(_LOOK_S)


def why_it_does_not_start(log: Path, since: int) -> str:
    """What the server wrote into its log from a place on, in a sentence."""
    with log.open("rb") as file:
        file.seek(since)
        said = file.read().decode("utf-8", "replace")
    return FULL if is_full(said) else f"PostgreSQL does not start: {_reason(said)} Its words are in {log}."


def place_for(data: Path) -> tuple[Path, str | None]:
    """The folder of the database below a data folder, made if it is not there, and the user that will run it.

    Raises CannotStart.
    """
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        check_place(data)
        folder = data.resolve() / "postgres"
        folder.mkdir(mode=0o711, exist_ok=True)
    except OSError as failure:
        raise unusable(data, failure) from failure
    return folder, _servant()


def start_cluster(
    binaries: Binaries, data: Path, *, tell: Callable[[str], None], patience_s: float = PATIENCE_S,
    most_tries: int = MOST_TRIES,
) -> Cluster:  # fmt: skip
    """A running cluster below the data folder: made at first, adopted if it already runs. Raises CannotStart."""
    folder, user = place_for(data)
    try:
        programs = copied(binaries, folder, tell=tell)
        if not (folder / "cluster").is_dir():
            _check_nothing_was_moved(folder)
            tell("database: its files")
            initialise(binaries, programs, folder, user)
        (folder / "socket").mkdir(mode=0o700, exist_ok=True)
        give(folder / "socket", user)
    except OSError as failure:
        raise unusable(data, failure) from failure
    cluster = Cluster(programs, folder / "cluster", folder / "socket", user)
    _check_same_version(cluster, binaries)
    if not is_running(cluster):
        tell("database: starting it")
        settle(cluster)
    started(cluster, patience_s, most_tries)
    return cluster


def _check_nothing_was_moved(folder: Path) -> None:
    """A city whose database lies aside must not begin anew: a move to another PostgreSQL was cut between two names."""
    if aside := sorted(folder.glob("cluster-*")):
        raise CannotStart(
            f"A move to another PostgreSQL broke off: the database lies in {aside[-1]} and nowhere else. "
            f"Rename that folder to {folder / 'cluster'} and move it again with `onecity upgrade postgresql`."
        )


def _check_same_version(cluster: Cluster, binaries: Binaries) -> None:
    made_by = (cluster.folder / "PG_VERSION").read_text("utf-8").strip()
    if made_by != str(binaries.major):
        raise CannotStart(
            f"The data were made by PostgreSQL {made_by} and {binaries.version} is installed. "
            f"Install version {made_by} again, or move the data with `onecity upgrade postgresql`."
        )


def stop_cluster(cluster: Cluster) -> None:
    """Stop the database after its last transaction; a second call finds nothing to do."""
    if is_running(cluster):
        run_program(
            [cluster.programs / "pg_ctl", "-D", cluster.folder, "-m", "fast", "-w", "stop"], cluster.user, "stop"
        )
