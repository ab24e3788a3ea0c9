"""What our projections say after a replay, beside what the file says: counts, and who was in time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.governance.replay.planning import LONGEST_H, limit_h, plan_of
from onecity.governance.replay.reading import Oddity, Request


class Reason(StrEnum):
    """Why our answer about a row is not the file's, or why there is none to compare."""

    NO_TARGET = "no_target"
    NO_FLAG = "no_flag"
    STILL_RUNNING = "still_running"
    CLOSED_BEFORE_OPENED = "closed_before_opened"
    TARGET_BEFORE_OPENED = "target_before_opened"
    AT_TARGET = "at_target"
    LOCAL_TIME_TWICE = "local_time_twice"
    LOCAL_TIME_NEVER = "local_time_never"
    LIMIT_UNDER_AN_HOUR = "limit_under_an_hour"
    LIMIT_TOO_LONG = "limit_too_long"
    NOT_REPLAYED = "not_replayed"
    UNKNOWN = "unknown"


UNJUDGED: Final = frozenset({Reason.NO_TARGET, Reason.NO_FLAG, Reason.STILL_RUNNING})
"""Nobody is in time or late: the file has no target or no flag, or the target was still to come."""


class Replayed(msgspec.Struct, frozen=True):
    """A case as our projections show it: under which type of the file, reported and handled when, and its latest
    instant. Units: instants in UTC.
    """

    number: str
    kind: str
    reported: datetime
    handled: datetime | None
    closed: datetime | None
    due: datetime | None


class Counted(msgspec.Struct, frozen=True):
    """How many requests of a type were opened in a month, in the file and in our projections."""

    kind: str
    month: str
    file: int
    ours: int


class Difference(msgspec.Struct, frozen=True):
    """A row about which we say something else than the file, and why: in time (True), late (False), or neither."""

    line: int
    number: str
    file: bool | None
    ours: bool | None
    reason: Reason


class OnTime(msgspec.Struct, frozen=True):
    """How many were in time of so many: `file` by its flag, `target` by the target of the file, `limit` by the limit of
    our case, all over the `judged` rows: those with a flag and with a target that had come.
    """

    judged: int
    file: int
    target: int
    limit: int
    exact: int
    """Cases whose limit ends in the very second of the file's target."""
    targets: int
    """Rows that have a target."""
    furthest_s: int
    """How far a limit of a judged row ends from its target at most. Units: seconds."""


class Comparison(msgspec.Struct, frozen=True):
    """All that was compared. `months` holds every type and month, `apart` those whose counts differ."""

    months: tuple[Counted, ...]
    on_time: OnTime
    differences: tuple[Difference, ...]

    @property
    def apart(self) -> tuple[Counted, ...]:
        return tuple(one for one in self.months if one.file != one.ours)

    @property
    def reasons(self) -> Mapping[Reason, int]:
        """How many rows differ for each reason."""
        return Counter(one.reason for one in self.differences)


def compared(requests: Sequence[Request], replayed: Iterable[Replayed], *, zone: ZoneInfo, on: datetime) -> Comparison:
    """Compare a file as it was on an instant, its last one, with our projections of its replay."""
    ours = {one.number: one for one in replayed}
    file = Counter((one.kind, _month(one.opened, zone)) for one in requests)
    own = Counter((one.kind, _month(one.reported, zone)) for one in ours.values())
    months = tuple(Counted(*key, file[key], own[key]) for key in sorted(file.keys() | own.keys()))
    differences = [found for one in requests if (found := _difference(one, ours.get(one.number), on)) is not None]
    return Comparison(months, _on_time(requests, ours, on), tuple(differences))


def in_time(handled: datetime | None, due: datetime | None, on: datetime) -> bool | None:
    """Whether something was done by an instant, the very instant included; None where it cannot be said yet.

    >>> from datetime import UTC
    >>> nine, ten = datetime(2011, 7, 1, 9, tzinfo=UTC), datetime(2011, 7, 1, 10, tzinfo=UTC)
    >>> in_time(nine, nine, ten), in_time(ten, nine, ten), in_time(None, nine, ten), in_time(None, ten, nine)
    (True, False, False, None)
    """
    if due is None:
        return None
    if handled is not None:
        return handled <= due
    return False if due < on else None


def _month(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m}"


def _answer(request: Request, ours: Replayed | None, on: datetime) -> bool | None:
    """In time by the target of the file, with the instant of handling that our projection has."""
    return None if ours is None else in_time(ours.handled, request.target, on)


def _difference(request: Request, ours: Replayed | None, on: datetime) -> Difference | None:
    """What is to be said about a row: nothing if both answers and both limits agree."""
    answer = _answer(request, ours, on)
    by_limit = in_time(ours.handled, ours.due, on) if ours is not None and request.target else answer
    if ours is not None and answer == by_limit == request.on_time and answer is not None:
        return None
    shown = by_limit if answer == request.on_time else answer
    return Difference(request.line, request.number, request.on_time, shown, _reason(request, ours, on))


def _reason(request: Request, ours: Replayed | None, on: datetime) -> Reason:
    hours, answer = limit_h(request), _answer(request, ours, on)
    held: tuple[tuple[bool, Reason], ...] = (
        (ours is None, Reason.NOT_REPLAYED),
        (request.target is None, Reason.NO_TARGET),
        (request.on_time is None, Reason.NO_FLAG),
        (answer is None, Reason.STILL_RUNNING),
        (request.closed is not None and request.closed < request.opened, Reason.CLOSED_BEFORE_OPENED),
        (request.target is not None and request.target < request.opened, Reason.TARGET_BEFORE_OPENED),
        (request.closed == request.target, Reason.AT_TARGET),
        (Oddity.TWICE in request.odd, Reason.LOCAL_TIME_TWICE),
        (Oddity.NEVER in request.odd, Reason.LOCAL_TIME_NEVER),
        (hours == 1 and not plan_of(request).exact, Reason.LIMIT_UNDER_AN_HOUR),
        (hours == LONGEST_H, Reason.LIMIT_TOO_LONG),
    )
    return next((reason for holds, reason in held if holds), Reason.UNKNOWN)


def _on_time(requests: Sequence[Request], ours: Mapping[str, Replayed], on: datetime) -> OnTime:
    judged = file = target = limit = exact = targets = furthest = 0
    for one in requests:
        found, answer = ours.get(one.number), _answer(one, ours.get(one.number), on)
        if found is None or one.target is None or found.due is None:
            continue
        targets += 1
        apart = abs(int((found.due - one.target).total_seconds()))
        exact += found.due == one.target
        if one.on_time is None or answer is None:
            continue
        judged, file, target = judged + 1, file + one.on_time, target + answer
        limit += in_time(found.handled, found.due, on) is True
        furthest = max(furthest, apart)
    return OnTime(judged, file, target, limit, exact, targets, furthest)
