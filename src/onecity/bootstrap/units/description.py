"""What a machine does for a city, and what of the machine it needs for it: said once, for every kind of supervisor."""

from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Final

import msgspec

from onecity.bootstrap.settings import Settings

PROGRAM: Final = Path("/opt/onecity/bin/onecity")
"""Where the bundle installs the command."""

USER: Final = "onecity"
"""The system user that runs everything. The embedded database runs as the same one."""

STOP_S: Final = 90
"""Seconds for an orderly end: ten for the last requests, then the jobs, the sealer, and the database's checkpoint."""

START_S: Final = 900
"""Seconds for a start: the database may have to recover, and whoever a backup brought back is forgotten first."""

_DRILL: Final = Path("/var/tmp/onecity-drill")  # noqa: S108 - private to its unit, and gone with it
_DRILL_AFTER_H: Final = 3


class Task(msgspec.Struct, frozen=True):
    """One command that a machine runs for the city.

    `words` follow the program; `at` is when it begins, as systemd.time(7) writes it, and empty for what runs always;
    `writes` are the folders that it may write.
    """

    name: str
    about: str
    words: tuple[str, ...]
    writes: tuple[Path, ...]
    at: str = ""


class Deployment(msgspec.Struct, frozen=True):
    """A city on one machine: its tasks, the file of its configuration, and what is handed to it.

    `secrets` are files by the names under which the service receives them; `reads` are other files and folders that
    the configuration names.
    """

    settings: Settings
    configuration: Path
    program: Path
    user: str
    tasks: tuple[Task, ...]
    secrets: Mapping[str, Path]
    reads: tuple[Path, ...]

    @property
    def city(self) -> Task:
        """The task that runs always."""
        return self.tasks[0]


def deployment_of(settings: Settings, configuration: Path, *, program: Path = PROGRAM, user: str = USER) -> Deployment:
    """What a machine does for the city of these settings."""
    return Deployment(
        settings=settings,
        configuration=configuration,
        program=program,
        user=user,
        tasks=tuple(_tasks(settings)),
        secrets={file.name: file for file in settings.secrets()},
        reads=tuple(
            path for path in (settings.pack, *(one.authority for one in (settings.smtp, settings.nats) if one)) if path
        ),
    )


def _tasks(settings: Settings) -> Iterator[Task]:
    folder, vault = settings.backup.folder, settings.backup.keys
    copies = tuple(path for path in (folder, vault) if path is not None)
    # A third list of destroyed keys is written before each key goes.
    lists = (settings.backup.deleted.parent,) if settings.backup.deleted is not None else ()
    log = settings.log_file()
    logs = (log.parent,) if log is not None and not log.is_relative_to(settings.data) else ()
    # The city writes the second copy of its keys, and its database the log, as long as it runs.
    yield Task("onecity", "OneCity, the city's services", ("run",), (settings.data, *copies, *lists, *logs))
    # A named database is backed up with its own tools.
    if len(copies) == 2 and settings.database is None:
        at = time.fromisoformat(settings.backup.at)
        later = at.replace(hour=(at.hour + _DRILL_AFTER_H) % 24)
        written = (settings.data, *copies, *lists)
        yield Task("onecity-backup", "Backup of the city", ("backup",), written, f"*-*-* {at:%H:%M}")
        yield Task(
            "onecity-drill",
            "Restore of the newest backup into an empty folder, compared fact by fact, and thrown away",
            ("restore", "--data", str(_DRILL)),
            copies,
            f"Sun *-*-* {later:%H:%M}",
        )
