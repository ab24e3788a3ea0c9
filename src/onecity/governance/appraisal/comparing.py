"""What other cities reckon, to compare with, and how long people and patrols wait, each apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Final

import msgspec

from onecity.governance.appraisal.course import Course, known
from onecity.governance.appraisal.shares import Out, closed_in_time

_HOUR: Final = timedelta(hours=1)


class YunchengScore(msgspec.Struct, frozen=True):
    """Another city's formula: ((in time + 0.4 · late) · 0.8 + (1 - extended) · 0.1 + (1 - reworked) · 0.1) · 100.

    Everything is a share of `cases`. It is here to compare with, and decides nothing: a late case still brings 0.4, and
    one that is not closed brings nothing, due or not. `excluded` are filed cases without a time or limit.

    Source: rules of the city of Yuncheng, as its system reckons in 2026. That system loses a case closed exactly at its
    due instant, and drops cases without a readable time; this one counts the first and shows the others.
    """

    cases: int
    in_time: int
    late: int
    extended: int
    reworked: int
    excluded: Mapping[Out, int] = msgspec.field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """From 0 to 100; None of no cases.

        >>> YunchengScore(100, 90, 10, 5, 2).value, YunchengScore(0, 0, 0, 0, 0).value
        (94.5, None)
        """
        if not self.cases:
            return None
        points = (self.in_time + Fraction(2, 5) * self.late) * 80
        points += (self.cases - self.extended) * 10 + (self.cases - self.reworked) * 10
        return float(points / self.cases)


def yuncheng_score(courses: Iterable[Course], *, at: datetime) -> YunchengScore:
    """The filed cases at an instant by another city's formula."""
    filed = [course for course in known(courses, at) if course.filed]
    verdicts = [closed_in_time(course, at) for course in filed]
    excluded = {out: number for out in (Out.NO_TIME, Out.NO_DUE) if (number := verdicts.count(out))}
    counted = [(course, verdict) for course, verdict in zip(filed, verdicts, strict=True) if verdict not in excluded]
    return YunchengScore(
        cases=len(counted),
        in_time=sum(verdict is True for _, verdict in counted),
        late=sum(verdict is False and course.was_closed for course, verdict in counted),
        extended=sum(course.extended for course, _ in counted),
        reworked=sum(course.reworked for course, _ in counted),
        excluded=excluded,
    )


class Waited(msgspec.Struct, frozen=True):
    """How long it took from the report to the closing. Units: hours; None where nothing was closed.

    Half of the `counted` cases took no longer than `median_h`. Cases without one of the two times are excluded, and so
    are those that are open: beside few closed cases, a short median says little.
    """

    median_h: float | None
    counted: int
    excluded: Mapping[Out, int]


def waited(courses: Iterable[Course], *, at: datetime) -> Mapping[str, Waited]:
    """The waiting of filed cases by the channel of their reports: people send few of them, and may wait longest."""
    by_channel: defaultdict[str, list[Course]] = defaultdict(list)
    for course in known(courses, at):
        if course.filed:
            by_channel[course.channel].append(course)
    return {channel: _waited(by_channel[channel]) for channel in sorted(by_channel)}


def _waited(courses: list[Course]) -> Waited:
    closed = [course for course in courses if course.was_closed]
    hours = [
        (course.closed_at - course.reported_at) / _HOUR
        for course in closed
        if course.closed_at is not None and course.reported_at is not None
    ]
    excluded = {Out.PENDING: len(courses) - len(closed), Out.NO_TIME: len(closed) - len(hours)}
    return Waited(
        median(hours) if hours else None, len(hours), {out: number for out, number in excluded.items() if number}
    )
