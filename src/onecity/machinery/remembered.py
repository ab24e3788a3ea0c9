"""Keys that were read, for as long as they may be remembered: nobody holds one on and on that others have destroyed."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar
from uuid import UUID

C = TypeVar("C")

LIFE_S: Final = 60.0
"""A key is read again after this long, whatever happened."""
_MOST: Final = 50_000


class Remembered(Generic[C]):
    """What opens the fields of whoever was asked for lately. What is too old goes when another comes, so that a city
    that runs for months holds no more than a minute's people.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[UUID, tuple[float, C]] = OrderedDict()
        self._lock = Lock()

    def get(self, subject: UUID) -> C | None:
        """What opens a subject's fields; None if nobody asked for it within the time."""
        known = self._kept.get(subject)
        return known[1] if known is not None and self._clock() - known[0] < LIFE_S else None

    def put(self, subject: UUID, cipher: C) -> None:
        """Remember it from now on."""
        now = self._clock()
        with self._lock:
            self._kept[subject] = now, cipher
            self._kept.move_to_end(subject)
            while len(self._kept) > _MOST or next(iter(self._kept.values()))[0] <= now - LIFE_S:
                self._kept.popitem(last=False)

    def forget(self, subject: UUID) -> None:
        with self._lock:
            self._kept.pop(subject, None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
