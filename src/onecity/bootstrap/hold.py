"""A data folder belongs to one process at a time; the next waits for one that is stopping, and only for that."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import unusable

_STOPPING: Final = "stopping"
_PATIENCE_S: Final = 60.0
_GRACE_S: Final = 3.0
"""A city that was told to stop a moment ago may not know it yet."""
_LOOK_S: Final = 0.1


class Hold:
    """A data folder in the hand of this process."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._say("running")

    def stopping(self) -> None:
        """Tell whoever waits for the folder that it is worth waiting."""
        self._say(_STOPPING)

    def _say(self, state: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{state}\n")
        self._file.flush()


@contextmanager
def held(data: Path, tell: Callable[[str], None]) -> Iterator[Hold]:
    """The data folder, made if it is not there, for this process alone. Raises CannotStart."""
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = _lock_file(data)
    except OSError as failure:
        raise unusable(data, failure) from failure
    with file:
        _wait(file, data, tell)
        hold = _begun(file, data)
        try:
            yield hold
        finally:
            hold.stopping()


def is_held(data: Path) -> bool:
    """Whether a city runs on a data folder."""
    if not (data / "run.lock").is_file():
        return False
    with (data / "run.lock").open("r", encoding="utf-8") as file:
        return not _locked(file)


def _lock_file(data: Path) -> IO[str]:
    return (data / "run.lock").open("a+", encoding="utf-8")


def _begun(file: IO[str], data: Path) -> Hold:
    try:
        return Hold(file)
    except OSError as failure:
        raise unusable(data, failure) from failure


def _wait(file: IO[str], data: Path, tell: Callable[[str], None]) -> None:
    began, told = time.monotonic(), False
    while not _locked(file):
        file.seek(0)
        stopping = file.read().strip() == _STOPPING
        if time.monotonic() - began > (_PATIENCE_S if stopping else _GRACE_S):
            raise CannotStart(f"Another city runs on {data}. Stop it, or name another folder with --data.")
        if stopping and not told:
            tell("waiting for the city that is still stopping on this folder")
            told = True
        time.sleep(_LOOK_S)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
