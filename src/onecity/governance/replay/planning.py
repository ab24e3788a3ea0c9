"""When each step of a request is taken, so that the limit of its case, in whole hours, ends at its target."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from onecity.governance.replay.reading import Request

LONGEST_H: Final = 99_999
"""The longest limit that a pack can write. Units: hours."""
_HOUR: Final = timedelta(hours=1)


class Plan(msgspec.Struct, frozen=True):
    """The instants of a case in the replay, in UTC; `handled` is None if the file leaves it open.

    `exact` says that the limit, counted from the dispatch, ends at the target of the file.
    """

    reported: datetime
    dispatched: datetime
    handled: datetime | None
    exact: bool


def limit_h(request: Request) -> int | None:
    """The limit of a request in whole hours, at least one, at most the longest; None without a target."""
    if request.target is None:
        return None
    return min(max((request.target - request.opened) // _HOUR, 1), LONGEST_H)


def plan_of(request: Request) -> Plan:
    """When the steps of a request are taken. What is closed before it was opened is closed as it is opened.

    The file does not say when somebody was sent. A limit has whole hours; so somebody is sent within the first hour,
    when exactly the limit is left, or when it is done if that comes first.
    """
    opened, hours = request.opened, limit_h(request)
    handled = None if request.closed is None else max(request.closed, opened)
    if hours is None or request.target is None:
        return Plan(opened, opened, handled, exact=False)
    wanted = request.target - hours * _HOUR
    dispatched = wanted if opened <= wanted < opened + _HOUR else opened
    if handled is not None and handled < dispatched:
        dispatched = handled
    return Plan(opened, dispatched, handled, exact=dispatched == wanted)
