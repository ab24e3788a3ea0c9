"""What is true of every count of days and hours, whatever the calendar: the fast clock is the clock of the law."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.reference import clock as reference
from tests.reference.clock import Pause, Published
from tests.shipped import shipped as the_shipped_pack

from onecity.bootstrap.content import shipped_pack
from onecity.kernel.clock import (
    Calendar,
    Day,
    DayKind,
    Due,
    Extension,
    Limit,
    Mark,
    OfficeHours,
    Run,
    Span,
    Stop,
    StopKind,
    Unit,
    days_used,
    due,
    due_after_hours,
    next_working_day,
    working_days_left,
)
from onecity.kernel.clock.calendar import NamedDay
from onecity.places import NOTICE, calendar_of

# The time of an example says more about the neighbours on the machine than about the clock.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ONE_DAY = timedelta(days=1)
LIMITS = (1, 5, 10, 20, 30, 45, 61)


class Told(msgspec.Struct, frozen=True):
    """The same calendar twice: as the reference engine reads it, and as the product does."""

    name: str
    published: Published
    calendar: Calendar

    def __repr__(self) -> str:
        # Hypothesis would print every day of twenty years.
        return f"<{self.name}>"


@cache
def shipped() -> Told:
    return Told("the shipped calendar", reference.published_in(shipped_pack()), calendar_of(the_shipped_pack()))


def made_up(off: frozenset[date], worked: frozenset[date], years: frozenset[int]) -> Told:
    published = Published(off - worked, worked, years, shipped().published.fixed)
    named = {day: NamedDay("无名节", off=day not in worked) for day in off | worked}
    name = " ".join([*map(str, sorted(years)), *(f"{day}{'班' if day in worked else '休'}" for day in sorted(named))])
    return Told(name, published, Calendar(named, years, shipped().calendar.fixed))


noticed_days = st.frozensets(st.dates(date(2019, 12, 20), date(2021, 12, 31)), max_size=60)
calendars = st.one_of(
    st.builds(shipped),
    st.builds(made_up, noticed_days, noticed_days, st.frozensets(st.integers(2019, 2022))),
)
days = st.one_of(st.dates(date(2019, 12, 1), date(2021, 12, 31)), st.dates(date(2026, 9, 1), date(2027, 3, 31)))
numbers = st.integers(0, 90)
units = st.sampled_from([Unit.WORKING_DAYS, Unit.NATURAL_DAYS])
kinds = st.sampled_from(StopKind)


def shorter(told: Told, since: date, number: int, unit: Unit = Unit.WORKING_DAYS) -> Due:
    """The count of a limit that nothing stops or lengthens."""
    return due(told.calendar, Run(since, Limit(number, unit)))


@st.composite
def stops_after(draw: st.DrawFn, since: date, *, in_turn: bool, ended: bool) -> tuple[Stop, ...]:
    """Up to three stops of one working day or more; unless all have ended, the last may still run."""
    stops: list[Stop] = []
    runs_on = not ended and draw(st.booleans())
    earliest = since - 5 * ONE_DAY
    for _ in range(draw(st.integers(0, 3))):
        first = earliest + draw(st.integers(0, 40)) * ONE_DAY
        last = first + draw(st.integers(0, 25)) * ONE_DAY
        stops.append(Stop(draw(kinds), first, draw(st.integers(1, 15)), told=first, last=last))
        earliest = last + ONE_DAY if in_turn else earliest
    if stops and runs_on:
        latest = stops.pop()
        stops.append(Stop(latest.kind, latest.first, latest.planned, told=latest.told))
    return tuple(stops)


@st.composite
def runs(
    draw: st.DrawFn,
    *,
    counted_in: st.SearchStrategy[Unit] = units,
    in_turn: bool = True,
    ended: bool = False,
) -> Run:
    """A limit with stops, one after the other or overlapping, and perhaps an extension."""
    since = draw(days)
    longer = draw(st.none() | st.builds(Extension, st.integers(1, 20), st.just(since), st.just("问题复杂")))
    limit = Limit(draw(st.integers(1, 60)), draw(counted_in))
    return Run(since, limit, draw(stops_after(since, in_turn=in_turn, ended=ended)), longer)


in_working_days = st.just(Unit.WORKING_DAYS)
passed_days = st.none() | st.integers(0, 150)


def today_of(run: Run, passed: int | None) -> date | None:
    return None if passed is None else run.since + passed * ONE_DAY


def total(run: Run) -> int:
    return run.limit.number + (run.extension.days if run.extension else 0)


def as_law_tells_it(told: Told, run: Run, today: date | None) -> list[reference.Line]:
    return reference.count(
        told.published,
        run.since,
        total(run),
        natural=run.limit.unit is Unit.NATURAL_DAYS,
        pauses=[Pause(stop.first, stop.planned, stop.last) for stop in run.stops],
        today=today,
    )


def lines(found: Sequence[Day]) -> list[reference.Line]:
    return [(day.day, str(day.mark), day.number) for day in found]


# --- the fast clock is the clock of the law ---


def test_every_day_of_twenty_years_has_the_latest_day_that_the_law_gives_it() -> None:
    """Each day of each count of 61 working days, and the latest day of each shorter limit."""
    told, since = shipped(), date(2007, 1, 1)
    while since <= date(2026, 12, 31):
        expected = reference.count(told.published, since, max(LIMITS))
        ends = {number: day for day, _, number in expected}
        assert lines(shorter(told, since, max(LIMITS)).days) == expected, since
        assert [shorter(told, since, number).day for number in LIMITS] == [ends[number] for number in LIMITS], since
        since += ONE_DAY


def test_every_day_of_twenty_years_rolls_natural_days_as_the_law_does() -> None:
    told, since = shipped(), date(2007, 1, 1)
    while since <= date(2026, 12, 31):
        for number in (1, 10, 30):
            expected = reference.count(told.published, since, number, natural=True)
            assert lines(shorter(told, since, number, Unit.NATURAL_DAYS).days) == expected, (since, number)
        since += ONE_DAY


@unhurried
@given(calendars, runs(), passed_days)
def test_a_count_with_stops_and_extension_is_the_one_that_the_law_gives(
    told: Told, run: Run, passed: int | None
) -> None:
    today = today_of(run, passed)
    assert lines(due(told.calendar, run, today=today).days) == as_law_tells_it(told, run, today)


@unhurried
@given(calendars, runs(in_turn=False), passed_days)
def test_stops_that_overlap_end_on_the_day_that_the_law_gives(told: Told, run: Run, passed: int | None) -> None:
    today = today_of(run, passed)
    found, expected = due(told.calendar, run, today=today), as_law_tells_it(told, run, today)
    assert (found.day, found.stopped) == (
        expected[-1][0],
        sum(word in ("stopped", "overrun") for _, word, _ in expected),
    )


@unhurried
@given(calendars, days)
def test_a_day_works_or_not_as_the_notices_say(told: Told, day: date) -> None:
    assert told.calendar.kind(day).works is reference.is_worked(told.published, day)
    assert told.calendar.provisional(day) is not reference.is_known(told.published, day)
    assert told.calendar.before_tables(day) is reference.is_before_tables(told.published, day)


# --- limits ---


@unhurried
@given(calendars, days, st.integers(0, 60), numbers, units)
def test_who_is_accepted_later_is_never_due_earlier(
    told: Told, since: date, later: int, number: int, unit: Unit
) -> None:
    assert shorter(told, since, number, unit).day <= shorter(told, since + later * ONE_DAY, number, unit).day


@unhurried
@given(calendars, days, numbers, st.integers(1, 30))
def test_one_more_working_day_always_ends_later(told: Told, since: date, number: int, more: int) -> None:
    assert shorter(told, since, number).day < shorter(told, since, number + more).day


@unhurried
@given(calendars, days, numbers, st.integers(1, 30))
def test_one_more_natural_day_never_ends_earlier(told: Told, since: date, number: int, more: int) -> None:
    less, longer = (shorter(told, since, n, Unit.NATURAL_DAYS).day for n in (number, number + more))
    assert less <= longer


@unhurried
@given(calendars, days, numbers, numbers)
def test_some_working_days_and_then_some_more_are_their_sum(told: Told, since: date, some: int, more: int) -> None:
    first = shorter(told, since, some)
    assert shorter(told, first.day, more).day == shorter(told, since, some + more).day


@unhurried
@given(calendars, days, numbers, st.integers(0, 30))
def test_a_longer_limit_begins_with_the_days_of_the_shorter_one(told: Told, since: date, some: int, more: int) -> None:
    less, longer = shorter(told, since, some).days, shorter(told, since, some + more).days
    assert longer[: len(less)] == less


@unhurried
@given(calendars, days, units)
def test_zero_days_end_on_the_day_itself_whatever_day_it_is(told: Told, since: date, unit: Unit) -> None:
    found = shorter(told, since, 0, unit)
    assert (found.day, found.original, [day.mark for day in found.days]) == (since, since, [Mark.START])


@unhurried
@given(calendars, days, st.integers(1, 60))
def test_a_limit_in_working_days_ends_on_a_working_day(told: Told, since: date, number: int) -> None:
    assert told.calendar.kind(shorter(told, since, number).day).works


@unhurried
@given(calendars, days, st.integers(1, 90))
def test_natural_days_that_end_on_a_day_off_end_on_the_next_working_day(told: Told, since: date, number: int) -> None:
    found, last = shorter(told, since, number, Unit.NATURAL_DAYS), since + number * ONE_DAY
    assert found.day == next_working_day(told.calendar, last)
    assert [day.day for day in found.days if day.mark is Mark.ROLLED] == every_day(last + ONE_DAY, found.day)


@unhurried
@given(calendars, days)
def test_the_next_working_day_is_the_first_that_is_worked(told: Told, day: date) -> None:
    found = next_working_day(told.calendar, day)
    assert [told.calendar.kind(one).works for one in every_day(day, found)] == [False] * (found - day).days + [True]


@unhurried
@given(calendars, runs(), passed_days)
def test_as_many_days_count_as_the_limit_and_its_extension_have(told: Told, run: Run, passed: int | None) -> None:
    today = today_of(run, passed)
    found = due(told.calendar, run, today=today)
    assert [day.number for day in found.days if day.mark.counts] == list(range(1, total(run) + 1))
    assert all(day.number is None for day in found.days if not day.mark.counts)


@unhurried
@given(calendars, runs(ended=True), st.integers(0, 200))
def test_the_days_used_up_are_those_that_count_up_to_the_end(told: Told, run: Run, passed: int) -> None:
    until = run.since + passed * ONE_DAY
    longer = msgspec.structs.replace(run, limit=Limit(run.limit.number + passed, run.limit.unit))
    way = due(told.calendar, longer).days
    assert days_used(told.calendar, run, until=until) == sum(day.mark.counts for day in way if day.day <= until)


def every_day(first: date, last: date) -> list[date]:
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]


@unhurried
@given(calendars, runs(), passed_days)
def test_the_days_of_a_count_follow_each_other_to_the_latest_one(told: Told, run: Run, passed: int | None) -> None:
    today = today_of(run, passed)
    found = due(told.calendar, run, today=today)
    assert [day.day for day in found.days] == every_day(run.since, found.day)
    assert [day.mark is Mark.START for day in found.days] == [True] + [False] * (len(found.days) - 1)


MARKS = {
    DayKind.WEEKDAY: {Mark.COUNTED, Mark.STOPPED, Mark.OVERRUN},
    DayKind.MAKE_UP: {Mark.MAKE_UP, Mark.STOPPED, Mark.OVERRUN},
    DayKind.WEEKEND: {Mark.WEEKEND},
    DayKind.HOLIDAY: {Mark.HOLIDAY},
}


@unhurried
@given(calendars, runs(counted_in=in_working_days), passed_days)
def test_every_mark_of_a_working_day_count_agrees_with_the_calendar(told: Told, run: Run, passed: int | None) -> None:
    for day in due(told.calendar, run, today=today_of(run, passed)).days[1:]:
        assert day.mark in MARKS[told.calendar.kind(day.day)]
        assert (day.name, day.provisional) == (told.calendar.name(day.day), told.calendar.provisional(day.day))


@unhurried
@given(calendars, days, numbers)
def test_on_the_day_of_acceptance_the_whole_limit_is_left(told: Told, since: date, number: int) -> None:
    latest = shorter(told, since, number).day
    assert working_days_left(told.calendar, today=since, latest=latest) == number


@unhurried
@given(calendars, days, days)
def test_the_days_left_are_the_working_days_after_today_and_missed_days_are_below_zero(
    told: Told, today: date, latest: date
) -> None:
    left = working_days_left(told.calendar, today=today, latest=latest)
    assert left == -working_days_left(told.calendar, today=latest, latest=today)
    if today <= latest:
        assert left == reference.working_days_between(told.published, today, latest)


# --- stops ---


def stopped_by(told: Told, run: Run, *, until: date) -> int:
    """The days after acceptance that would count in this unit and lie within a stop that has ended."""
    still = {
        day
        for stop in run.stops
        for day in every_day(stop.first, stop.last or stop.first)
        if run.limit.unit is Unit.NATURAL_DAYS or reference.is_worked(told.published, day)
    }
    return sum(run.since < day <= until for day in still)


@unhurried
@given(calendars, runs(in_turn=False, ended=True))
def test_a_stop_moves_the_latest_day_by_the_days_that_stood_still(told: Told, run: Run) -> None:
    found = due(told.calendar, run)
    end = max(day.day for day in found.days if day.mark is not Mark.ROLLED)
    assert found.stopped == stopped_by(told, run, until=end)
    assert found.day == shorter(told, run.since, total(run) + found.stopped, run.limit.unit).day


@unhurried
@given(calendars, days, st.integers(1, 60), st.integers(0, 30), kinds, st.data())
def test_a_stop_within_the_limit_gives_back_each_of_its_working_days(
    told: Told, since: date, number: int, length: int, kind: StopKind, data: st.DataObject
) -> None:
    plain = shorter(told, since, number)
    first = since + data.draw(st.integers(1, (plain.day - since).days)) * ONE_DAY
    last = first + length * ONE_DAY
    found = due(told.calendar, Run(since, Limit(number), (Stop(kind, first, 5, first, last),)))
    lost = reference.working_days_between(told.published, first - ONE_DAY, last)
    assert found.original == plain.day
    assert reference.working_days_between(told.published, plain.day, found.day) == lost == found.stopped


@unhurried
@given(calendars, runs(), passed_days)
def test_stops_and_extension_never_make_the_latest_day_earlier(told: Told, run: Run, passed: int | None) -> None:
    today = today_of(run, passed)
    found = due(told.calendar, run, today=today)
    assert found.original == shorter(told, run.since, run.limit.number, run.limit.unit).day <= found.day


@unhurried
@given(calendars, days, st.integers(1, 60), st.data())
def test_a_stop_of_zero_working_days_changes_nothing(told: Told, since: date, number: int, data: st.DataObject) -> None:
    """Stops that hold only days off, that end before they begin, that ended before acceptance, that begin too late."""
    plain = shorter(told, since, number)
    off = [day for day in every_day(since, plain.day) if not told.calendar.kind(day).works]
    first = data.draw(st.sampled_from(off)) if off else since
    idle = [
        (first, first if off else first - ONE_DAY),
        (first, first - data.draw(st.integers(1, 9)) * ONE_DAY),
        (since - 9 * ONE_DAY, since),
        (plain.day + ONE_DAY, None),
    ]
    stops = tuple(Stop(StopKind.HEARING, begins, 3, begins, ends) for begins, ends in idle)
    assert due(told.calendar, Run(since, Limit(number), stops)) == plain


@unhurried
@given(calendars, days, st.integers(1, 60), st.integers(1, 15), st.integers(0, 40), st.data())
def test_what_stands_still_beyond_the_announced_days_is_marked_as_overrun(
    told: Told, since: date, number: int, planned: int, length: int, data: st.DataObject
) -> None:
    plain = shorter(told, since, number)
    first = since + data.draw(st.integers(1, (plain.day - since).days)) * ONE_DAY
    stop = Stop(StopKind.EXPERT_REVIEW, first, planned, first, first + length * ONE_DAY)
    found = due(told.calendar, Run(since, Limit(number), (stop,)))
    still = [day.mark for day in found.days if day.mark in (Mark.STOPPED, Mark.OVERRUN)]
    assert still == [Mark.STOPPED] * min(planned, len(still)) + [Mark.OVERRUN] * (len(still) - planned)


@unhurried
@given(calendars, days, st.integers(1, 60), st.integers(1, 15), st.integers(1, 9), st.integers(0, 60))
def test_a_stop_that_still_runs_lasts_as_announced_and_then_until_today(
    told: Told, since: date, number: int, planned: int, after: int, passed: int
) -> None:
    first, today = since + after * ONE_DAY, since + passed * ONE_DAY
    run = Run(since, Limit(number), (Stop(StopKind.TESTING, first, planned, first),))
    announced, now = due(told.calendar, run), due(told.calendar, run, today=today)
    end = shorter(told, first - ONE_DAY, planned).day
    assert now.day == announced.day if today <= end else now.day >= announced.day
    ended = Stop(StopKind.TESTING, first, planned, first, max(today, end))
    assert now == due(told.calendar, Run(since, Limit(number), (ended,)))


@unhurried
@given(calendars, runs(in_turn=False), passed_days, st.data())
def test_the_order_in_which_stops_are_told_moves_no_date(
    told: Told, run: Run, passed: int | None, data: st.DataObject
) -> None:
    mixed = Run(run.since, run.limit, tuple(data.draw(st.permutations(run.stops))), run.extension)
    today = today_of(run, passed)
    found, again = due(told.calendar, run, today=today), due(told.calendar, mixed, today=today)
    assert (again.day, again.stopped) == (found.day, found.stopped)


# --- extensions ---


@unhurried
@given(calendars, days, st.integers(1, 60), st.integers(1, 30), units)
def test_an_extension_counts_on_where_the_limit_ended(
    told: Told, since: date, number: int, more: int, unit: Unit
) -> None:
    extended = due(told.calendar, Run(since, Limit(number, unit), extension=Extension(more, since, "案情复杂")))
    assert extended.days == shorter(told, since, number + more, unit).days
    assert extended.original == shorter(told, since, number, unit).day


# --- what no notice has settled yet ---


@unhurried
@given(calendars, runs(counted_in=in_working_days), passed_days)
def test_a_working_day_count_is_provisional_exactly_when_a_day_of_it_has_no_notice(
    told: Told, run: Run, passed: int | None
) -> None:
    """The day of acceptance itself needs no notice; what the product says of it is an example of its own."""
    assume(reference.is_known(told.published, run.since))
    today = today_of(run, passed)
    found = due(told.calendar, run, today=today)
    known = all(reference.is_known(told.published, day) for day in every_day(run.since + ONE_DAY, found.day))
    assert found.provisional is not known


@unhurried
@given(days, st.integers(1, 90), units)
def test_with_the_shipped_notices_a_date_is_provisional_exactly_when_it_lies_after_28_december_2026(
    since: date, number: int, unit: Unit
) -> None:
    found = shorter(shipped(), since, number, unit)
    assert found.provisional is (found.day > max(since, date(2026, 12, 28)))


def known_before(year: int) -> Calendar:
    """The shipped calendar as it was before the notice of a year appeared."""
    told, earlier = shipped(), frozenset(range(2007, year))
    named: dict[date, NamedDay] = {}
    for notice in earlier:
        named.update(
            {
                date.fromisoformat(day): one
                for day, one in the_shipped_pack().all(NOTICE)[str(notice)].value.days.items()
            }
        )
    return Calendar(named, earlier, told.calendar.fixed)


def changed_by_the_notice_of(year: int, first: date, last: date) -> list[date]:
    """Those latest days, called firm before the notice and lying within a stretch, which the notice has moved."""
    told, before, moved = shipped(), known_before(year), []
    for since in every_day(date(year - 1, 11, 20), last):
        for number in (1, 5, 10):
            old = due(before, Run(since, Limit(number)))
            if not old.provisional and first <= old.day <= last and old.day != shorter(told, since, number).day:
                moved.append(old.day)
    return moved


@pytest.mark.parametrize("year", range(2008, 2027))
def test_a_firm_date_before_29_december_is_not_moved_by_the_notice_of_the_next_year(year: int) -> None:
    assert changed_by_the_notice_of(year, date(year - 1, 11, 20), date(year - 1, 12, 28)) == []


@pytest.mark.parametrize("year", range(2008, 2027))
def test_a_firm_date_of_the_last_days_of_december_is_not_moved_by_the_notice_of_the_next_year(year: int) -> None:
    assert changed_by_the_notice_of(year, date(year - 1, 12, 29), date(year - 1, 12, 31)) == []


# --- hours ---

HOURS = (
    ((time(9), time(12)), (time(13), time(17))),
    ((time(8), time(12)), (time(14), time(18))),
    ((time(8, 30), time(16, 45)),),
)
ZONES = ("Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/St_Johns")
windows = st.sampled_from(HOURS)
zones = st.sampled_from(ZONES).map(ZoneInfo)
quarters = st.builds(
    lambda day, quarter: datetime.combine(day, time(), UTC) + quarter * reference.QUARTER, days, st.integers(0, 95)
)


def office(hours: Sequence[tuple[time, time]]) -> OfficeHours:
    return OfficeHours(tuple(Span(opens, closes) for opens, closes in hours))


@settings(unhurried, max_examples=60)
@given(calendars, windows, zones, quarters, st.integers(1, 30))
def test_working_hours_end_when_so_many_office_hours_are_over(
    told: Told, hours: tuple[tuple[time, time], ...], zone: ZoneInfo, since: datetime, number: int
) -> None:
    found = due_after_hours(told.calendar, office(hours), zone, since=since, limit=Limit(number, Unit.WORKING_HOURS))
    assert found.at == reference.after_working_hours(told.published, hours, zone, since, number)
    assert sum((span.ends - span.begins for span in found.spans), timedelta()) == timedelta(hours=number)
    assert found.spans[-1].ends == found.at > since


@unhurried
@given(calendars, windows, zones, quarters, st.integers(1, 30))
def test_only_office_hours_of_working_days_count_and_every_day_off_is_told(
    told: Told, hours: tuple[tuple[time, time], ...], zone: ZoneInfo, since: datetime, number: int
) -> None:
    found = due_after_hours(told.calendar, office(hours), zone, since=since, limit=Limit(number, Unit.WORKING_HOURS))
    for span in found.spans:
        assert told.calendar.kind(span.begins.date()).works
        assert span.begins >= since
        assert any(opens <= span.begins.time() < span.ends.time() <= closes for opens, closes in hours)
    way = every_day(since.astimezone(zone).date(), found.at.date())
    assert list(found.skipped) == [day for day in way if not told.calendar.kind(day).works]


@unhurried
@given(calendars, windows, zones, days, st.integers(1, 30))
def test_working_hours_from_midnight_on_are_provisional_exactly_when_a_day_of_them_has_no_notice(
    told: Told, hours: tuple[tuple[time, time], ...], zone: ZoneInfo, day: date, number: int
) -> None:
    since, limit = datetime.combine(day, time(), zone), Limit(number, Unit.WORKING_HOURS)
    found = due_after_hours(told.calendar, office(hours), zone, since=since, limit=limit)
    known = all(reference.is_known(told.published, one) for one in every_day(day, found.at.date()))
    assert found.provisional is not known


@unhurried
@given(calendars, windows, zones, quarters, st.integers(1, 30), st.integers(0, 9), st.integers(0, 400))
def test_hours_that_begin_later_or_are_more_never_end_earlier(
    told: Told,
    hours: tuple[tuple[time, time], ...],
    zone: ZoneInfo,
    since: datetime,
    number: int,
    more: int,
    later: int,
) -> None:
    counted = [
        due_after_hours(
            told.calendar, office(hours), zone, since=begins, limit=Limit(longer, Unit.WORKING_HOURS)
        ).at.astimezone(UTC)
        for begins, longer in ((since, number), (since, number + more), (since + later * reference.QUARTER, number))
    ]
    assert counted[0] == min(counted)


@unhurried
@given(calendars, zones, quarters, st.integers(0, 100))
def test_urgent_hours_run_day_and_night(told: Told, zone: ZoneInfo, since: datetime, number: int) -> None:
    found = due_after_hours(told.calendar, office(HOURS[0]), zone, since=since, limit=Limit(number, Unit.URGENT_HOURS))
    assert found.at.astimezone(UTC) - since == timedelta(hours=number)
    assert found.at.tzinfo is zone
    assert (found.skipped, found.provisional) == ((), False)
