"""Counting hours: office hours for ordinary matters, every hour of the night for urgent ones."""

from collections.abc import Iterator, Sequence
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
    calendar: Calendar,
    hours: OfficeHours,
    zone: ZoneInfo,
    *,
    since: datetime,
    limit: Limit,
    stood: Sequence[CountedSpan] = (),
) -> HoursDue:
    """The latest instant of a limit in hours that runs since an instant, but not while it `stood` still.

    Units: `working_hours` run while the offices are open; `urgent_hours` run day and night. `stood` is in order and
    without overlap.
    """
    local = since.astimezone(zone)
    left = timedelta(hours=limit.number)
    if limit.unit is Unit.URGENT_HOURS:
        return _day_and_night(local, left, stood)
    assert limit.unit is Unit.WORKING_HOURS, "limits in days have their own count"
    spans: list[CountedSpan] = []
    skipped: list[date] = []
    day = local.date()
    while True:
        if not calendar.kind(day).works:
            skipped.append(day)
        for open_ in _open_spans(hours, day, local, zone) if calendar.kind(day).works else ():
            for span in _running(open_, stood):
                spans.append(CountedSpan(span.begins, min(span.ends, span.begins + left)))
                left -= spans[-1].ends - spans[-1].begins
                if left <= timedelta(0):
                    return _closed(calendar, spans, skipped)
        day += ONE_DAY
        local = datetime.combine(day, time.min, zone)


def _day_and_night(since: datetime, left: timedelta, stood: Sequence[CountedSpan]) -> HoursDue:
    # In UTC, because on the clock on the wall an hour is missing or comes twice in some nights.
    zone, begins = since.tzinfo, since.astimezone(UTC)
    longest = sum((still.ends - still.begins for still in stood), left)
    spans: list[CountedSpan] = []
    for span in _running(CountedSpan(begins, begins + longest), stood):
        ends = min(span.ends.astimezone(UTC), span.begins.astimezone(UTC) + left)
        spans.append(CountedSpan(span.begins.astimezone(zone), ends.astimezone(zone)))
        left -= ends - span.begins.astimezone(UTC)
        if left <= timedelta(0):
            break
    counted = tuple(spans) or (CountedSpan(since, since),)
    return HoursDue(counted[-1].ends, counted, (), provisional=False)


def _running(span: CountedSpan, stood: Sequence[CountedSpan]) -> Iterator[CountedSpan]:
    """What is left of a stretch without the times at which the clock stood."""
    begins = span.begins
    for still in stood:
        if still.ends <= begins or still.begins >= span.ends:
            continue
        if begins < still.begins:
            yield CountedSpan(begins, still.begins)
        begins = still.ends
    if begins < span.ends:
        yield CountedSpan(begins, span.ends)


def _closed(calendar: Calendar, spans: list[CountedSpan], skipped: list[date]) -> HoursDue:
    days = [*skipped, *(span.begins.date() for span in spans)]
    provisional = any(calendar.provisional(day) for day in days)
    return HoursDue(spans[-1].ends, tuple(spans), tuple(skipped), provisional)
