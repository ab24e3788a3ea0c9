"""When a disk says no: one sentence for the person who started the city, whoever reported it."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onecity.kernel.errors import CannotStart

FULL: Final = "The disk is full. Free some space, then start again; nothing is lost."

_SIGNS: Final = ("No space left on device", "Disk quota exceeded", "Check free disk space")
"""How programs and collected failures report a full disk, where no number does."""


def is_full(said: str) -> bool:
    """Whether the words of a program mean that the disk is full."""
    return any(sign in said for sign in _SIGNS)


def is_about_space(failure: BaseException) -> bool:
    """Whether a failure means that the disk is full."""
    if isinstance(failure, sqlite3.OperationalError):
        return failure.sqlite_errorcode == sqlite3.SQLITE_FULL
    # A failure to copy a folder has no number of its own: it quotes those of its files.
    return isinstance(failure, OSError) and (failure.errno in (errno.ENOSPC, errno.EDQUOT) or is_full(str(failure)))


def unusable(folder: Path, failure: OSError | sqlite3.OperationalError) -> CannotStart:
    """What to say when a data folder cannot be read or written."""
    if is_about_space(failure):
        return CannotStart(FULL)
    why = (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
    return CannotStart(f"The data folder {folder} cannot be used: {why}. Choose another with --data.")


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Something is done with a folder that somebody named. Raises CannotStart if the disk says no."""
    try:
        yield
    except OSError as failure:
        raise CannotStart(f"The folder {folder} cannot be used: {failure.strerror}. Choose another.") from failure
