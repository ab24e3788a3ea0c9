"""The work units of the whole city: those of the packages, and the backup, which is made here."""

from collections.abc import Sequence
from typing import Final

import msgspec

from onecity.bootstrap.last_backup import LAST, STALE, Backup
from onecity.bootstrap.rooms import WATCHED
from onecity.machinery.watch import Age, Alert, Measured, Severity, Source, WorkUnit, fires, quiet, unread

ENDED: Final = unread("onecity_backup_timestamp_seconds", "When the newest backup was made; 0 if there is none")


async def _read_backup(source: Source) -> None:
    try:
        last = msgspec.json.decode((source.folder / LAST).read_bytes(), type=Backup)
    except (OSError, msgspec.DecodeError):
        ENDED.set(0)
    else:
        ENDED.set(last.ended.timestamp())


_STALE_S: Final = int(STALE.total_seconds())
BACKUP: Final = WorkUnit(
    "bootstrap.backup",
    "machinery.watch.backup",
    (ENDED,),
    (),
    (
        Alert(
            "BackupOld", "machinery.watch.backup_old",
                  "The newest backup is of the night before last, or there is none",
            Age(ENDED, _STALE_S), Severity.MORNING, 0, Measured.SECONDS,
            (
                fires("the last one was twenty-seven hours ago",
                        (("onecity_backup_timestamp_seconds", "0x400"),), 27 * 60, every=5),
                quiet("it was twenty-five hours ago",
                        (("onecity_backup_timestamp_seconds", "0x400"),), 25 * 60, every=5),
            ),
        ),
    ),
    _read_backup,
)  # fmt: skip
UNITS: Final[Sequence[WorkUnit]] = (*WATCHED, BACKUP)
