"""Which days the public offices work: the State Council's notices, and weekends where no notice speaks."""

from calendar import isleap
from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

_FEW_DAYS: Final = 60
"""So many days are looked at one by one, which is quicker than to ask every notice of twenty years."""

_NEW_YEAR_BEGINS: Final = (12, 29)
"""Month and day from which on the notice of the next year may speak."""


class DayKind(StrEnum):
    """Why a day is, or is not, a working day."""

    WEEKDAY = "weekday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"

    @property
    def works(self) -> bool:
        return self in (DayKind.WEEKDAY, DayKind.MAKE_UP)


class NamedDay(msgspec.Struct, frozen=True):
    """A day of which a notice speaks: the `name` of its holiday, and whether it is `off` or worked instead."""

    name: str
    off: bool


class Span(msgspec.Struct, frozen=True):
    """A stretch of one day, from `opens` to before `closes`, in the city's zone."""

    opens: time
    closes: time


class OfficeHours(msgspec.Struct, frozen=True):
    """The hours that count on a working day, in order and without overlap."""

    spans: tuple[Span, ...]


class Calendar(msgspec.Struct, frozen=True, eq=False):
    """The published days of a city. A calendar is itself and no other: what was counted by it can be kept.

    `named` holds the days of the notices, `years` the years for which a notice was published, `fixed`
    the holidays with a fixed date ((month, day) → name) that apply where no notice has appeared yet.
    """

    named: Mapping[date, NamedDay]
    years: frozenset[int]
    fixed: Mapping[tuple[int, int], str]

    def provisional(self, day: date) -> bool:
        """Whether a notice that is still to come may change this day.

        The notice of a year also speaks of the last days before it: that of 2008 moved 29 to 31 December 2007, that
        of 2019 moved 29 and 31 December 2018. So these days wait for it, unless it is there.

        >>> published = Calendar({}, frozenset({2020}), {})
        >>> published.provisional(date(2020, 12, 28)), published.provisional(date(2020, 12, 29))
        (False, True)
        """
        if day in self.named:
            return False
        last = day.year + ((day.month, day.day) >= _NEW_YEAR_BEGINS)
        return not {day.year, last} <= self.years and not self.before_tables(day)

    def before_tables(self, day: date) -> bool:
        """Whether the day lies before the first year of which a notice is known: nothing more will come about it.

        >>> published = Calendar({}, frozenset({2007}), {})
        >>> published.before_tables(date(2006, 12, 31)), published.before_tables(date(2007, 1, 1))
        (True, False)
        """
        return day.year < min(self.years, default=0) and day not in self.named

    def kind(self, day: date) -> DayKind:
        """What kind of day it is.

        >>> national_day = Calendar({date(2020, 10, 1): NamedDay("国庆节", True)}, frozenset({2020}), {})
        >>> national_day.kind(date(2020, 10, 1)).works
        False
        """
        notice = self.named.get(day)
        if notice is not None:
            return DayKind.HOLIDAY if notice.off else self._worked(day)
        if day.year not in self.years and (day.month, day.day) in self.fixed:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WEEKDAY

    def working_days(self, first: date, last: date) -> int:
        """How many days from the first to the last are worked, both included.

        Weekdays are counted by whole weeks and then set right by what notices say: a list of old matters asks this
        for years, many times a page.

        >>> Calendar({}, frozenset(), {(1, 1): "元旦"}).working_days(date(2020, 12, 28), date(2021, 1, 3))
        4
        """
        span = (last - first).days + 1
        if span < _FEW_DAYS:
            return sum(self.kind(first + timedelta(days=number)).works for number in range(span))
        weeks, rest = divmod(span, 7)
        found = 5 * weeks + sum((first.weekday() + day) % 7 < 5 for day in range(rest))
        for day, notice in self.named.items():
            if first <= day <= last:
                found += (not notice.off) - (day.weekday() < 5)
        for year in range(first.year, last.year + 1):
            found -= sum(first <= day <= last and day.weekday() < 5 for day in self._fixed_in(year))
        return found

    def _fixed_in(self, year: int) -> list[date]:
        """The holidays with a fixed date of a year of which no notice speaks."""
        if year in self.years:
            return []
        named = [date(year, *when) for when in self.fixed if when != (2, 29) or isleap(year)]
        return [day for day in named if day not in self.named]

    def name(self, day: date) -> str | None:
        """The holiday to which the day belongs, as the notice calls it."""
        notice = self.named.get(day)
        if notice is not None:
            return notice.name
        return self.fixed.get((day.month, day.day)) if day.year not in self.years else None

    @staticmethod
    def _worked(day: date) -> DayKind:
        return DayKind.MAKE_UP if day.weekday() >= 5 else DayKind.WEEKDAY
