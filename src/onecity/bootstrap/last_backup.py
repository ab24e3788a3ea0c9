"""What the data folder says of the newest backup."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

LAST: Final = "last-backup.json"
"""In the data folder: the newest backup, for `onecity doctor` and for whoever watches over the city."""
STALE: Final = timedelta(hours=26)
"""A backup is made every night; one may last two hours longer than the other. An older one is told about."""


class Backup(msgspec.Struct, frozen=True):
    """One backup: a city can be restored from it to any instant from `ended` on.

    `facts` were sealed then, `blobs` are the files by hash; `into` and `keys` are its folders. Every file that a fact
    before `copied` names is among the copies; None in a backup of an older OneCity, whose `began` says that.
    """

    stamp: str
    began: datetime
    ended: datetime
    postgresql: str
    facts: int
    blobs: int
    into: str
    keys: str
    copied: datetime | None = None
