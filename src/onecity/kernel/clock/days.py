"""Counting days: the latest day of a limit, and each day on the way to it with the reason why it counts or not."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from onecity.kernel.clock.calendar import Calendar, DayKind
from onecity.kernel.clock.limits import Limit, Run, Stop, Unit

ONE_DAY: Final = timedelta(days=1)


class Mark(StrEnum):
    """What a day is in a count; each is a word on the page."""

    START = "start"
    COUNTED = "counted"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    STOPPED = "stopped"
    OVERRUN = "overrun"
    ROLLED = "rolled"

    @property
    def counts(self) -> bool:
        return self in (Mark.COUNTED, Mark.MAKE_UP)


class Day(msgspec.Struct, frozen=True):
    """One day of the count: its mark, its number if it counts, the holiday's name, whether it may still change, or
    lies before the years of which holidays are known.
    """

    day: date
    mark: Mark
    number: int | None = None
    name: str | None = None
    provisional: bool = False
    before_tables: bool = False


class Due(msgspec.Struct, frozen=True):
    """The latest day and the way to it. `original` is the day without stops and extension."""

    day: date
    original: date
    days: tuple[Day, ...]
    provisional: bool

    @property
    def before_tables(self) -> bool:
        """Whether a day of it lies before the years of which holidays are known."""
        return any(d.before_tables for d in self.days)

    @property
    def stopped(self) -> int:
        """How many days that would have counted stood still."""
        return sum(d.mark in (Mark.STOPPED, Mark.OVERRUN) for d in self.days)


def next_working_day(calendar: Calendar, day: date) -> date:
    """The day itself if the offices work on it, else the first later day on which they do."""
    while not calendar.kind(day).works:
        day += ONE_DAY
    return day


def working_days_left(calendar: Calendar, *, today: date, latest: date) -> int:
    """Working days after today up to the latest day; below zero, those by which it was missed."""
    first, last, sign = (today, latest, 1) if today <= latest else (latest, today, -1)
    return sign * calendar.working_days(first + ONE_DAY, last)


def last_day_of_years(first: date, years: int) -> date:
    """The last day of a period of years from a day on: the day before the same day, some years later.

    Source: 民法典 (2021-01-01) article 202: a month without that day ends the period on its own last day.

    >>> last_day_of_years(date(2020, 9, 23), 5), last_day_of_years(date(2020, 2, 29), 5)
    (datetime.date(2025, 9, 22), datetime.date(2025, 2, 28))
    >>> last_day_of_years(date(2020, 2, 29), 4)
    datetime.date(2024, 2, 28)
    """
    try:
        return first.replace(year=first.year + years) - ONE_DAY
    except ValueError:
        return date(first.year + years, 2, 28)


def days_late(calendar: Calendar, *, today: date, latest: date) -> tuple[Day, ...]:
    """The days after a latest day that was missed, up to the last one that worked; none while it is not missed."""
    missed = -working_days_left(calendar, today=today, latest=latest)
    return due(calendar, Run(latest, Limit(missed))).days[1:] if missed > 0 else ()


def days_used(calendar: Calendar, run: Run, *, until: date) -> int:
    """How many days of a run count up to the day on which it ended, that day included. Units: those of its limit.

    >>> weekdays = Calendar({}, frozenset({2020}), {})
    >>> days_used(weekdays, Run(date(2020, 9, 17), Limit(20)), until=date(2020, 9, 22))
    3
    """
    assert not run.limit.unit.in_hours, "limits in hours have their own count"
    still = _stop_marks(calendar, run, until)
    days = (run.since + ONE_DAY * number for number in range(1, (until - run.since).days + 1))
    return sum(_mark(calendar, day, run.limit.unit, still).counts for day in days)


def _end_of_plan(calendar: Calendar, stop: Stop) -> date:
    """The last day of the stop as it was announced; the day before it if no day was announced."""
    day, left = stop.first - ONE_DAY, stop.planned
    while left > 0:
        day += ONE_DAY
        left -= calendar.kind(day).works
    return day


def _stop_marks(calendar: Calendar, run: Run, today: date | None) -> dict[date, Mark]:
    """Each day that stands still. A stop that still runs lasts as announced, or until today if it is later."""
    marks: dict[date, Mark] = {}
    for stop in run.stops:
        planned = _end_of_plan(calendar, stop)
        last = stop.last if stop.last is not None else max(planned, today or planned)
        day = stop.first
        while day <= last:
            # A day that one stop announced is no overrun, whatever another stop says of it.
            if day <= planned or marks.get(day) is not Mark.STOPPED:
                marks[day] = Mark.STOPPED if day <= planned else Mark.OVERRUN
            day += ONE_DAY
    return marks


def _mark(calendar: Calendar, day: date, unit: Unit, still: dict[date, Mark]) -> Mark:
    kind = calendar.kind(day)
    if unit is Unit.NATURAL_DAYS:
        return still.get(day, Mark.COUNTED)
    if kind is DayKind.WEEKEND:
        return Mark.WEEKEND
    if kind is DayKind.HOLIDAY:
        return Mark.HOLIDAY
    if day in still:
        return still[day]
    return Mark.MAKE_UP if kind is DayKind.MAKE_UP else Mark.COUNTED


def _walk(calendar: Calendar, run: Run, still: dict[date, Mark]) -> Iterator[Day]:
    """Day after day from acceptance until the limit is used up."""
    # The day of acceptance does not count, so no notice can move anything because of it.
    yield Day(run.since, Mark.START)
    total = run.limit.number + (run.extension.days if run.extension else 0)
    day, number = run.since, 0
    while number < total:
        day += ONE_DAY
        mark = _mark(calendar, day, run.limit.unit, still)
        number += mark.counts
        yield _told(calendar, day, mark, number if mark.counts else None)


def _rolled(calendar: Calendar, last: date) -> Iterator[Day]:
    """A limit in natural days that ends on a day off ends on the next working day.

    Source: 民法典 article 203.
    """
    while not calendar.kind(last).works:
        last += ONE_DAY
        yield _told(calendar, last, Mark.ROLLED, None)


def _told(calendar: Calendar, day: date, mark: Mark, number: int | None) -> Day:
    """A day of a count with what the notices say of it."""
    return Day(day, mark, number, calendar.name(day), calendar.provisional(day), calendar.before_tables(day))


# Applications of one day run alike: a city counts few different runs a day, and each of them many times.
@lru_cache(maxsize=1_024)
def _count(calendar: Calendar, run: Run, today: date | None) -> tuple[Day, ...]:
    days = tuple(_walk(calendar, run, _stop_marks(calendar, run, today)))
    if run.limit.unit is Unit.NATURAL_DAYS and len(days) > 1:
        days += tuple(_rolled(calendar, days[-1].day))
    return days


def due(calendar: Calendar, run: Run, *, today: date | None = None) -> Due:
    """The latest day of a run in days, and why it is that day.

    Counting starts on the day after acceptance. `today` matters only while a stop is still open.
    Units: working days or natural days, as the limit says; hours are counted by `due_after_hours`.
    Source: 行政许可法 (2019-04-23) articles 45 and 82; 民法典 (2021-01-01) articles 201 and 203.
    """
    assert not run.limit.unit.in_hours, "limits in hours have their own count"
    still_open = any(stop.last is None for stop in run.stops)
    days = _count(calendar, run, today if still_open else None)
    plain = Run(since=run.since, limit=run.limit)
    original = days if plain == run else _count(calendar, plain, None)
    return Due(
        day=days[-1].day,
        original=original[-1].day,
        days=days,
        provisional=any(d.provisional for d in days),
    )
