"""What whoever tried too often is told: from when they may try again, whether or not anybody has that login."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from onecity.kernel.refusal import Refused
from onecity.people.rules.why import Why

_MINUTE = timedelta(minutes=1)


def locked(until: datetime, *, now: datetime, zone: ZoneInfo) -> Refused:
    """The refusal while a login is closed `until` an instant, with the time of day at which it is open for certain.

    >>> from datetime import UTC
    >>> now = datetime(2020, 9, 22, 1, 0, 30, tzinfo=UTC)
    >>> locked(datetime(2020, 9, 22, 1, 15, 5, tzinfo=UTC), now=now, zone=ZoneInfo("Asia/Shanghai")).details
    {'minutes': 15, 'seconds': 875, 'at': '09:16'}
    """
    left = until - now
    # The minute that has begun when the lock opens is not over: whoever comes in it may come too early.
    open_at = (until + _MINUTE - timedelta(microseconds=1)).replace(second=0, microsecond=0)
    details = {"minutes": -(-left // _MINUTE), "seconds": -(-left // timedelta(seconds=1))}
    return Refused(Why.LOCKED, {**details, "at": f"{open_at.astimezone(zone):%H:%M}"})
