"""Counting hours: office hours for ordinary matters, every hour of the night for urgent ones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.clock.calendar import Calendar, OfficeHours
from onecity.kernel.clock.days import ONE_DAY
from onecity.kernel.clock.limits import Limit, Unit


class CountedSpan(msgspec.Struct, frozen=True):
    """A stretch that counted, both ends in the city's zone."""

    begins: datetime
    ends: datetime


class HoursDue(msgspec.Struct, frozen=True):
    """The latest instant, the stretches that were counted, the days on which the offices were closed."""

    at: datetime
    spans: tuple[CountedSpan, ...]
    skipped: tuple[date, ...]
    provisional: bool


def _open_spans(hours: OfficeHours, day: date, since: datetime, zone: ZoneInfo) -> Iterator[CountedSpan]:
    for span in hours.spans:
        begins = max(datetime.combine(day, span.opens, zone), since)
        ends = datetime.combine(day, span.closes, zone)
        if begins < ends:
            yield CountedSpan(begins, ends)


def due_after_hours(
    calendar: Calendar, hours: OfficeHours, zone: ZoneInfo, *, since: datetime, limit: Limit
) -> HoursDue:
    """The latest instant of a limit in hours that runs since an instant.

    Units: `working_hours` run while the offices are open; `urgent_hours` run day and night.
    """
    local = since.astimezone(zone)
    left = timedelta(hours=limit.number)
    if limit.unit is Unit.URGENT_HOURS:
        # In UTC, because on the clock on the wall an hour is missing or comes twice in some nights.
        end = (since.astimezone(UTC) + left).astimezone(zone)
        return HoursDue(end, (CountedSpan(local, end),), (), provisional=False)
    assert limit.unit is Unit.WORKING_HOURS, "limits in days have their own count"
    spans: list[CountedSpan] = []
    skipped: list[date] = []
    day = local.date()
    while True:
        if not calendar.kind(day).works:
            skipped.append(day)
        else:
            for span in _open_spans(hours, day, local, zone):
                spans.append(CountedSpan(span.begins, min(span.ends, span.begins + left)))
                left -= spans[-1].ends - spans[-1].begins
                if left <= timedelta(0):
                    return _closed(calendar, spans, skipped)
        day += ONE_DAY
        local = datetime.combine(day, time.min, zone)


def _closed(calendar: Calendar, spans: list[CountedSpan], skipped: list[date]) -> HoursDue:
    days = [*skipped, *(span.begins.date() for span in spans)]
    provisional = any(calendar.provisional(day) for day in days)
    return HoursDue(spans[-1].ends, tuple(spans), tuple(skipped), provisional)
