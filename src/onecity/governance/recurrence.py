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
    else all of them would recur there. `closed` is None as long as it is open. `part` is the number of the part that it
    is about, if an officer named it: then the same part is the same place, and another one is not.
    """

    id: str
    matter: str
    point: Point | None
    opened: datetime
    closed: datetime | None = None
    part: str | None = None


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
    many natural days, the day of the closing not counted. What was opened before is a duplicate, and no return. Where
    both are about parts that somebody named, it is a return if the part is the same, however far apart the points lie
    and whatever is wrong with it; else if the matter is the same and the points lie near each other.
    """
    by_matter: defaultdict[str, list[tuple[Point, Ended]]] = defaultdict(list)
    of_part: defaultdict[str, list[Ended]] = defaultdict(list)
    for case in sorted(cases, key=_by_opening):
        if case.point is not None:
            by_matter[case.matter].append((case.point, case))
            if case.part is not None:
                of_part[case.part].append(case)
    found: list[tuple[datetime, Return]] = []
    for located in by_matter.values():
        near = Nearby(located, reach_m=again.metres)
        for point, case in located:
            if case.closed is not None:
                until = bounds_of(zone, _last_day(case.closed, again, zone))[1]
                time, same = (case.closed, until), of_part[case.part] if case.part is not None else ()
                if (later := _first_return(case, point, time, (near, same), again.metres)) is not None:
                    found.append((case.closed, later))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].earlier))]


def _by_opening(case: Ended) -> tuple[datetime, str]:
    return case.opened, case.id


def _last_day(closed: datetime, again: Again, zone: ZoneInfo) -> date:
    """The last day on which a case can come back."""
    return day_in(zone, closed) + timedelta(days=again.days)


def _first_return(
    case: Ended, point: Point, time: tuple[datetime, datetime], others: tuple[Nearby[Ended], Sequence[Ended]],
    within_m: float,
) -> Return | None:  # fmt: skip
    """The first case of those nearby, or about the same part, that was opened in a time and lies near enough."""
    (closed, _), (near, same) = time, others
    first: tuple[Ended, float] | None = None
    for cube in (*near.cubes(point), same):
        for other in _opened_in(cube, time):
            if first and _by_opening(first[0]) < _by_opening(other):
                break
            assert other.point is not None, "only what has a place is looked through"
            known = case.part is not None and other.part is not None
            apart = metres(point, other.point)
            fits = case.part == other.part if known else other.matter == case.matter and apart <= within_m
            if fits and _by_opening(case) < _by_opening(other):
                first = other, apart
                break
    return Return(case.id, first[0].id, first[1], first[0].opened - closed) if first else None


def _opened_in(cases: Sequence[Ended], time: tuple[datetime, datetime]) -> Iterator[Ended]:
    """Those of some cases, in the order of their opening, that were opened from an instant up to another."""
    for at in range(bisect_left(cases, time[0], key=lambda one: one.opened), len(cases)):
        if cases[at].opened >= time[1]:
            return
        yield cases[at]


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
