"""Recurrence: the same matter at the same place again soon after it was closed. A closing rate cannot hide it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from onecity.governance.filing import Again
from onecity.governance.ground import Nearby, Point, metres
from onecity.kernel.instants import bounds_of, day_in


class Ended(msgspec.Struct, frozen=True):
    """A case as recurrence sees it. `matter` is the code under which it is filed today (`Catalogue.becomes`).

    `point` is None where nobody knows the place: such a case is counted apart and never gets the place of an office,
    else all of them would recur there. `closed` is None as long as it is open.
    """

    id: str
    matter: str
    point: Point | None
    opened: datetime
    closed: datetime | None = None


class Return(msgspec.Struct, frozen=True):
    """A closed case, the first one that came back after it, how far off and how long after the closing."""

    earlier: str
    later: str
    metres: float
    after: timedelta


class Recurrence(msgspec.Struct, frozen=True):
    """How many of the closed cases came back. `pending` have not come back and still may; `unlocated` have no place.

    Of those that came back, `early` did so before their days had passed.
    """

    came_back: int
    counted: int
    pending: int
    unlocated: int
    early: int

    @property
    def value(self) -> float | None:
        """The share of the counted ones that came back; None if there are none."""
        return self.came_back / self.counted if self.counted else None

    @property
    def settled(self) -> tuple[int, int]:
        """Came back and counted among those alone whose days have passed."""
        return self.came_back - self.early, self.counted - self.early


def returns(cases: Iterable[Ended], *, again: Again, zone: ZoneInfo) -> Sequence[Return]:
    """For every closed case the first one of its matter that came back, in the order in which they were closed.

    Another case comes back if it was opened when the earlier one was closed or later, up to the end of the last of so
    many natural days, the day of the closing not counted. What was opened before is a duplicate, and no return.
    """
    by_matter: defaultdict[str, list[tuple[Point, Ended]]] = defaultdict(list)
    for case in sorted(cases, key=_by_opening):
        if case.point is not None:
            by_matter[case.matter].append((case.point, case))
    found: list[tuple[datetime, Return]] = []
    for located in by_matter.values():
        near = Nearby(located, reach_m=again.metres)
        for point, case in located:
            if case.closed is not None:
                until = bounds_of(zone, _last_day(case.closed, again, zone))[1]
                if (later := _first_return(case, point, (case.closed, until), near, again.metres)) is not None:
                    found.append((case.closed, later))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].earlier))]


def _by_opening(case: Ended) -> tuple[datetime, str]:
    return case.opened, case.id


def _last_day(closed: datetime, again: Again, zone: ZoneInfo) -> date:
    """The last day on which a case can come back."""
    return day_in(zone, closed) + timedelta(days=again.days)


def _first_return(
    case: Ended, point: Point, time: tuple[datetime, datetime], near: Nearby[Ended], within_m: float
) -> Return | None:
    """The first case of those nearby that was opened in a time and lies near enough."""
    closed, until = time
    first: tuple[Ended, float] | None = None
    for cube in near.cubes(point):
        # Things came to the cubes by the time of their opening, so the first that is near enough is its cube's.
        for at in range(bisect_left(cube, closed, key=lambda one: one.opened), len(cube)):
            other = cube[at]
            if other.opened >= until or (first and _by_opening(first[0]) < _by_opening(other)):
                break
            assert other.point is not None, "only what has a place lies in a cube"
            if _by_opening(case) < _by_opening(other) and (apart := metres(point, other.point)) <= within_m:
                first = other, apart
                break
    return Return(case.id, first[0].id, first[1], first[0].opened - closed) if first else None


def chains(cases: Iterable[Ended], *, again: Again, zone: ZoneInfo) -> Sequence[tuple[str, ...]]:
    """Cases that came back one after another, the oldest first; each stands in one chain at most.

    Where a case is the return of several, it follows the one that was closed last.
    """
    # They come in the order of closing, so the last one to be written is the one that was closed last.
    earlier = {one.later: one.earlier for one in returns(cases, again=again, zone=zone)}
    followed = {before: later for later, before in earlier.items()}
    return [tuple(_onward(first, followed)) for first in followed if first not in earlier]


def _onward(first: str, followed: Mapping[str, str]) -> Iterator[str]:
    at: str | None = first
    while at is not None:
        yield at
        at = followed.get(at)


def recurrence_rate(
    cases: Iterable[Ended], *, on: date, again: Again, zone: ZoneInfo, since: date | None = None
) -> Recurrence:
    """How many of the cases that were closed by the end of a day, as it was known then, came back.

    `since` is the first day of closing that counts. A closed case counts only when its days have passed or it came
    back already: whoever counted the others as good would praise every case on the day of its closing. So while
    some are pending the rate leans upward, for of the young cases only those that came back count; `settled` counts no
    young case at all. Cases without a place are counted apart, as nobody can say whether they came back.
    """
    until = bounds_of(zone, on)[1]
    known = [_known(case, until) for case in cases if case.opened < until]
    back = {one.earlier for one in returns(known, again=again, zone=zone)}
    came_back = pending = unlocated = early = counted = 0
    for case in known:
        if case.closed is None or (since is not None and day_in(zone, case.closed) < since):
            continue
        passed = _last_day(case.closed, again, zone) <= on
        if case.point is None:
            unlocated += 1
        elif passed or case.id in back:
            counted += 1
            came_back += case.id in back
            early += not passed
        else:
            pending += 1
    return Recurrence(came_back, counted, pending, unlocated, early)


def _known(case: Ended, until: datetime) -> Ended:
    """A case as it was known before an instant."""
    if case.closed is None or case.closed < until:
        return case
    return msgspec.structs.replace(case, closed=None)
