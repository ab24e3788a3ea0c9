"""How long a limit of hours still runs, as a list says it: to the minute, and warned of before it ends."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

_MINUTE: Final = timedelta(minutes=1)
SOON: Final = timedelta(hours=1)
"""How long before its end a list warns of a limit; of one of a single hour it warns from the dispatch on."""
TOLD: Final = timedelta(hours=24)
"""What has longer is told by its day."""


class Remaining(msgspec.Struct, frozen=True):
    """Whole hours and minutes until a limit ends, or since it did if `late`; `soon` if that is within the hour."""

    hours: int
    minutes: int
    late: bool
    soon: bool

    @property
    def key(self) -> str:
        """The word that says it."""
        span = "hours" if self.hours else "minutes"
        return f"governance.{'past' if self.late else 'still'}.{span}"


def remaining(due_at: datetime | None, now: datetime) -> Remaining | None:
    """How long until an instant, or since it passed; None without an instant, or if it lies more than a day off.

    Minutes that have begun count as gone while it runs: nobody is told of time that they do not have.

    >>> at = datetime(2020, 9, 21, 10)
    >>> remaining(at, at - timedelta(minutes=25, seconds=59))
    Remaining(hours=0, minutes=25, late=False, soon=True)
    >>> remaining(at, at - timedelta(hours=3)).key, remaining(at, at + timedelta(minutes=5)).key
    ('governance.still.hours', 'governance.past.minutes')
    """
    if due_at is None or abs(due_at - now) > TOLD:
        return None
    late = due_at < now
    hours, minutes = divmod(abs(due_at - now) // _MINUTE, 60)
    return Remaining(hours, minutes, late, not late and due_at - now <= SOON)
