"""What a pack says about the city itself: its name, its zone, its calendar."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from onecity.kernel.clock import Calendar, DayKind, Limit, OfficeHours, Run, Span, due
from onecity.kernel.clock.calendar import NamedDay
from onecity.packs import Declared, Fault, Kind, Pack, Text

_YEAR: Final = re.compile(r"[12][0-9]{3}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

ID_FORM: Final = r"[a-z][a-z0-9_]*"
"""How the id of a city is written."""

AreaCode = Annotated[str, msgspec.Meta(pattern=r"[0-9]{6}", description="Write six digits in quotes.")]


class City(msgspec.Struct, frozen=True):
    """A city's name and the settings that hold for all of it.

    `id` is its name in files. `area` is its code of six digits (GB/T 2260). `zone` is the time zone to which its days
    belong. `languages` are those that its pages speak. `ledger_origin` is the name under which it signs its ledger, and
    can never change. `hotline` is the number that pages give for whatever they do not answer. `simulated` says on every
    page that nobody here is real.
    """

    id: Annotated[str, msgspec.Meta(pattern=ID_FORM, description="Write lower-case letters.")]
    name: Text
    area: AreaCode
    zone: str
    languages: tuple[str, ...]
    ledger_origin: Annotated[str, msgspec.Meta(pattern=r"[a-z0-9.-]+", description="Write it like a host name.")]
    hotline: str
    simulated: bool = False

    def clock_zone(self) -> ZoneInfo:
        """The zone to which the city's days belong."""
        return ZoneInfo(self.zone)


class NoticeExample(msgspec.Struct, frozen=True):
    """A day and what kind of day it must be."""

    given: date
    gives: DayKind
    because: str


class Notice(msgspec.Struct, frozen=True):
    """The days of one year's State Council notices; the name of the file is the year.

    `notices` are the addresses of the notices. `days` are the days of which they speak.
    """

    notices: tuple[str, ...]
    days: Mapping[str, NamedDay]
    examples: Annotated[tuple[NoticeExample, ...], msgspec.Meta(min_length=1)]


class Hours(msgspec.Struct, frozen=True):
    """A stretch of the day in which the counters are open, from `opens` to `closes`."""

    opens: time
    closes: time


class CountExample(msgspec.Struct, frozen=True, rename={"since": "from"}):
    """A count of working days whose answer is known: so many `working_days` after the day `from`."""

    since: date
    working_days: Annotated[int, msgspec.Meta(ge=0, le=5000)]
    gives: date
    because: str


class CalendarRules(msgspec.Struct, frozen=True):
    """What holds where no notice speaks.

    `fixed` are the holidays whose date never moves, MM-DD with their names. `office_hours` are the hours of one day.
    """

    fixed: Mapping[str, str]
    office_hours: Annotated[tuple[Hours, ...], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[CountExample, ...], msgspec.Meta(min_length=1)]


def _check_city(_pack: Pack, declared: Declared[City]) -> Iterator[Fault]:
    try:
        declared.value.clock_zone()
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        yield declared.fault("zone", f"There is no time zone `{declared.value.zone}`.", "Write it like Asia/Shanghai.")


def _check_notice(_pack: Pack, declared: Declared[Notice]) -> Iterator[Fault]:
    notice = declared.value
    if not _YEAR.fullmatch(declared.id):
        yield declared.fault("", "The name of the file is no year.", "Name it like 2020.yaml.")
    for day in _no_days(notice):
        yield declared.fault(f"days.{day}", f"`{day}` is not a day.", "Write it like 2020-04-08.")
    if not _readable(declared):
        return
    calendar = Calendar(_named(notice), frozenset({int(declared.id)}), {})
    for index, example in enumerate(notice.examples):
        kind = calendar.kind(example.given)
        if kind is not example.gives:
            yield _broken(declared, f"examples.{index}", f"{example.given} is {kind}", example.gives)


def _check_rules(pack: Pack, declared: Declared[CalendarRules]) -> Iterator[Fault]:
    rules = declared.value
    wrong = [day for day in rules.fixed if _day(f"2000-{day}") is None]
    for day in wrong:
        yield declared.fault(f"fixed.{day}", f"`{day}` is not a day of the year.", "Write it like 10-01.")
    ends = [(time.min, time.min), *((span.opens, span.closes) for span in rules.office_hours)]
    for index, (before, span) in enumerate(pairwise(ends)):
        if not before[1] <= span[0] < span[1]:
            yield declared.fault(
                f"office_hours.{index}", "The hours overlap or run backwards.", "Put them in the order of the day."
            )
    if wrong or not all(_readable(notice) for notice in pack.all(NOTICE).values()):
        return
    calendar = calendar_of(pack)
    for index, example in enumerate(rules.examples):
        found = due(calendar, Run(example.since, Limit(example.working_days))).day
        if found != example.gives:
            yield _broken(declared, f"examples.{index}", f"the count ends on {found}", example.gives)


def _broken(declared: Declared[Any], path: str, found: str, wanted: object) -> Fault:
    return declared.fault(path, f"This example does not hold: {found}, not {wanted}.", "Mend the rule or the example.")


def _no_days(notice: Notice) -> list[str]:
    return [day for day in notice.days if _day(day) is None]


def _readable(declared: Declared[Notice]) -> bool:
    return bool(_YEAR.fullmatch(declared.id)) and not _no_days(declared.value)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _named(notice: Notice) -> dict[date, NamedDay]:
    return {date.fromisoformat(day): named for day, named in notice.days.items()}


CITY: Kind[City] = Kind("city", "pack.yaml", City, _check_city, single=True)
NOTICE: Kind[Notice] = Kind("holiday_notice", "calendar/notices", Notice, _check_notice)
CALENDAR: Kind[CalendarRules] = Kind("calendar", "calendar/calendar.yaml", CalendarRules, _check_rules, single=True)


def calendar_of(pack: Pack) -> Calendar:
    """The pack's calendar for the kernel's clock."""
    notices = pack.all(NOTICE)
    named: dict[date, NamedDay] = {}
    for year in sorted(notices):
        named.update(_named(notices[year].value))
    fixed = {(int(day[:2]), int(day[3:])): name for day, name in pack.one(CALENDAR).fixed.items()}
    return Calendar(named, frozenset(int(year) for year in notices), fixed)


def hours_of(pack: Pack) -> OfficeHours:
    """The pack's office hours for the kernel's clock."""
    return OfficeHours(tuple(Span(hours.opens, hours.closes) for hours in pack.one(CALENDAR).office_hours))
