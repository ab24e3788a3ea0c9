"""The clock in examples: the dates that the law, the notices and the design's own tables give."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from tests.shipped import shipped

from onecity.kernel.clock import (
    DELIVERY,
    JOINT,
    JOINT_EXTENSION,
    TACIT_ACCEPTANCE,
    Calendar,
    DayKind,
    Due,
    Extension,
    HoursDue,
    Limit,
    Mark,
    OfficeHours,
    Run,
    Span,
    Stop,
    StopKind,
    Unit,
    due,
    due_after_hours,
    joint_due,
    next_working_day,
    renewal_last_day,
    tacit_acceptance,
    working_days_left,
)
from onecity.packs import Pack
from onecity.places import calendar_of, hours_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2020, 9, 1)
"""A day of acceptance whose twentieth working day is Monday 2020-09-28, after a make-up Sunday."""


@cache
def pack() -> Pack:
    return shipped()


@cache
def calendar() -> Calendar:
    return calendar_of(pack())


def counted(since: date, number: int, unit: Unit = Unit.WORKING_DAYS) -> Due:
    return due(calendar(), Run(since, Limit(number, unit)))


def stopped(*stops: Stop, limit: int = 20, today: date | None = None) -> Due:
    return due(calendar(), Run(TUESDAY, Limit(limit), stops), today=today)


def marks(found: Due, *days: date) -> list[Mark]:
    by_day = {day.day: day.mark for day in found.days}
    return [by_day[day] for day in days]


def september(*days: int) -> list[date]:
    return [date(2020, 9, day) for day in days]


# --- days ---


@pytest.mark.parametrize(
    ("since", "number", "latest"),
    [
        pytest.param(date(2020, 1, 6), 61, date(2020, 4, 8), id="over the long spring festival of 2020"),
        pytest.param(date(2020, 1, 6), 340, date(2021, 5, 20), id="over the end of a year"),
        pytest.param(date(2020, 9, 1), 61, date(2020, 12, 1), id="over National Day"),
        pytest.param(date(2026, 1, 5), 61, date(2026, 4, 7), id="over make-up days in February"),
        pytest.param(date(2020, 9, 18), 15, date(2020, 10, 15), id="over eight days off and two make-up days"),
        pytest.param(date(2020, 9, 26), 1, date(2020, 9, 27), id="from a Saturday to a make-up Sunday"),
        pytest.param(date(2020, 9, 27), 1, date(2020, 9, 28), id="a make-up Sunday of acceptance does not count"),
        pytest.param(date(2020, 9, 30), 1, date(2020, 10, 9), id="the whole of National Day lies between"),
        pytest.param(date(2020, 10, 3), 1, date(2020, 10, 9), id="accepted on a holiday"),
        pytest.param(date(2020, 10, 3), 0, date(2020, 10, 3), id="at once, even on a holiday"),
    ],
)
def test_working_days_end_on_the_day_that_the_notices_give(since: date, number: int, latest: date) -> None:
    assert (counted(since, number).day, counted(since, number).provisional) == (latest, False)


@pytest.mark.parametrize(
    ("year", "number"), [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, number: int) -> None:
    assert working_days_left(calendar(), today=date(year - 1, 12, 31), latest=date(year, 12, 31)) == number


def test_the_make_up_days_of_2026_are_those_of_the_notice() -> None:
    days = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
    found = [f"{day:%m-%d}" for day in days if calendar().kind(day) is DayKind.MAKE_UP]
    assert found == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_a_weekday_that_a_notice_has_worked_is_an_ordinary_one_with_a_name() -> None:
    """The second notice of 2020 says that work begins again on Monday 3 February."""
    assert calendar().kind(date(2020, 2, 3)) is DayKind.WEEKDAY
    assert calendar().name(date(2020, 2, 3)) == "春节"


def test_every_day_of_a_short_count_has_its_reason() -> None:
    found = counted(date(2020, 9, 24), 5)
    assert [(day.day.day, str(day.mark), day.number, day.name) for day in found.days] == [
        (24, "start", None, None),
        (25, "counted", 1, None),
        (26, "weekend", None, None),
        (27, "make_up", 2, "国庆节、中秋节"),
        (28, "counted", 3, None),
        (29, "counted", 4, None),
        (30, "counted", 5, None),
    ]


def test_a_holiday_is_told_by_its_name() -> None:
    found = {day.day: (day.mark, day.name) for day in counted(date(2020, 9, 30), 1).days}
    assert found[date(2020, 10, 8)] == (Mark.HOLIDAY, "国庆节、中秋节")


@pytest.mark.parametrize(
    ("since", "number", "latest"),
    [
        pytest.param(date(2020, 9, 29), 3, date(2020, 10, 9), id="ends in National Day and rolls behind it"),
        pytest.param(date(2020, 9, 20), 7, date(2020, 9, 27), id="ends on a make-up Sunday and stays"),
        pytest.param(date(2020, 9, 19), 7, date(2020, 9, 27), id="ends on a Saturday and rolls to a make-up Sunday"),
        pytest.param(date(2020, 6, 1), 4, date(2020, 6, 5), id="ends on a Friday and stays"),
        pytest.param(date(2020, 6, 1), 5, date(2020, 6, 8), id="ends on a Saturday and rolls to Monday"),
        pytest.param(date(2020, 9, 26), 0, date(2020, 9, 26), id="at once, even on a Saturday"),
    ],
)
def test_natural_days_that_end_on_a_day_off_roll_to_the_next_working_day(
    since: date, number: int, latest: date
) -> None:
    """Source: 民法典 article 203."""
    assert counted(since, number, Unit.NATURAL_DAYS).day == latest


def test_the_next_working_day_may_be_the_day_itself() -> None:
    assert next_working_day(calendar(), date(2020, 9, 30)) == date(2020, 9, 30)
    assert next_working_day(calendar(), date(2020, 10, 1)) == date(2020, 10, 9)


def test_the_days_left_fall_to_zero_on_the_latest_day_and_below_it_after() -> None:
    latest = date(2020, 9, 30)
    left = [
        working_days_left(calendar(), today=day, latest=latest) for day in (*september(28, 29, 30), date(2020, 10, 9))
    ]
    assert left == [2, 1, 0, -1]


def test_a_limit_in_hours_is_no_limit_in_days() -> None:
    with pytest.raises(AssertionError, match="hours"):
        counted(TUESDAY, 4, Unit.WORKING_HOURS)


# --- past the last notice ---


def test_past_the_last_notice_weekends_and_fixed_holidays_are_counted_and_the_date_is_provisional() -> None:
    found = counted(date(2026, 12, 30), 5)
    assert (found.day, found.provisional) == (date(2027, 1, 7), True)
    new_year = next(day for day in found.days if day.day == date(2027, 1, 1))
    assert (new_year.mark, new_year.name, new_year.provisional) == (Mark.HOLIDAY, "元旦", True)


def test_a_date_within_the_last_notice_is_firm() -> None:
    found = counted(date(2026, 12, 25), 1)
    assert (found.day, found.provisional) == (date(2026, 12, 28), False)


def test_the_last_days_of_december_wait_for_the_notice_of_the_next_year() -> None:
    found = counted(date(2026, 12, 28), 1)
    assert (found.day, found.provisional) == (date(2026, 12, 29), True)
    assert counted(date(2025, 12, 28), 1).provisional is False


def test_a_day_that_the_notice_of_the_next_year_names_is_settled_though_its_own_year_has_none() -> None:
    assert [calendar().before_tables(date(2006, 12, day)) for day in (29, 30, 31)] == [True, False, False]
    assert calendar().kind(date(2006, 12, 30)) is DayKind.MAKE_UP


def test_before_the_first_notice_nothing_is_provisional_because_nothing_will_come() -> None:
    found = counted(date(2006, 9, 29), 3)
    assert (found.day, found.provisional, found.before_tables) == (date(2006, 10, 6), False, True)
    assert counted(date(2020, 9, 29), 3).before_tables is False
    nothing_yet = Calendar({}, frozenset(), {})
    day = date(2006, 9, 29)
    assert (nothing_yet.provisional(day), nothing_yet.before_tables(day)) == (True, False)


@pytest.mark.parametrize(
    ("since", "number"),
    [
        pytest.param(date(2027, 3, 10), 0, id="at once needs no calendar"),
        pytest.param(date(2006, 12, 29), 1, id="the day after is settled"),
    ],
)
def test_the_day_of_acceptance_needs_no_notice(since: date, number: int) -> None:
    assert counted(since, number).provisional is False


# --- stops and extension ---


@pytest.mark.parametrize("kind", StopKind)
def test_each_kind_of_stop_gives_back_its_ten_days(kind: StopKind) -> None:
    """Ten working days from the fourth of twenty on. Source: 行政许可法 article 45."""
    found = stopped(Stop(kind, date(2020, 9, 7), 10, date(2020, 9, 4), date(2020, 9, 18)))
    assert (found.original, found.day, found.stopped) == (date(2020, 9, 28), date(2020, 10, 19), 10)
    assert marks(found, *september(4, 7, 12, 18, 21)) == ["counted", "stopped", "weekend", "stopped", "counted"]


def test_the_kinds_of_stop_are_the_eight_of_the_law() -> None:
    """听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审. Source: 行政许可法 article 45. Deferral is of no permit."""
    assert [str(kind) for kind in StopKind if kind is not StopKind.DEFERRAL] == [
        "hearing",
        "bidding",
        "auction",
        "inspection",
        "testing",
        "quarantine",
        "appraisal",
        "expert_review",
    ]


def test_days_beyond_the_announced_ones_are_marked_as_overrun() -> None:
    found = stopped(Stop(StopKind.TESTING, date(2020, 9, 7), 3, date(2020, 9, 4), date(2020, 9, 11)))
    assert marks(found, *september(7, 8, 9, 10, 11, 12, 14)) == [
        Mark.STOPPED,
        Mark.STOPPED,
        Mark.STOPPED,
        Mark.OVERRUN,
        Mark.OVERRUN,
        Mark.WEEKEND,
        Mark.COUNTED,
    ]
    assert found.stopped == 5


def test_a_stop_that_ends_early_gives_back_only_the_days_that_stood_still() -> None:
    found = stopped(Stop(StopKind.APPRAISAL, date(2020, 9, 7), 10, date(2020, 9, 4), date(2020, 9, 8)))
    assert (found.day, found.stopped) == (date(2020, 9, 30), 2)


@pytest.mark.parametrize(
    ("today", "latest", "overrun"),
    [
        pytest.param(None, date(2020, 10, 9), 0, id="nobody says what day it is"),
        pytest.param(date(2020, 9, 8), date(2020, 10, 9), 0, id="within the announced days"),
        pytest.param(date(2020, 9, 9), date(2020, 10, 9), 0, id="on the last announced day"),
        pytest.param(date(2020, 9, 10), date(2020, 10, 10), 1, id="one day beyond"),
        pytest.param(date(2020, 9, 13), date(2020, 10, 12), 2, id="on the Sunday after"),
    ],
)
def test_a_stop_that_still_runs_lasts_as_announced_or_until_today(
    today: date | None, latest: date, overrun: int
) -> None:
    found = stopped(Stop(StopKind.QUARANTINE, date(2020, 9, 7), 3, date(2020, 9, 4)), today=today)
    assert (found.day, sum(day.mark is Mark.OVERRUN for day in found.days)) == (latest, overrun)


def test_a_stop_announced_on_a_saturday_counts_its_days_from_monday() -> None:
    found = stopped(Stop(StopKind.AUCTION, date(2020, 9, 5), 2, date(2020, 9, 4), date(2020, 9, 9)))
    assert marks(found, *september(5, 7, 8, 9)) == [Mark.WEEKEND, Mark.STOPPED, Mark.STOPPED, Mark.OVERRUN]


def test_a_stop_in_natural_days_holds_weekends_too_and_the_end_still_rolls() -> None:
    stop = Stop(StopKind.BIDDING, date(2020, 9, 4), 2, date(2020, 9, 3), date(2020, 9, 7))
    found = due(calendar(), Run(TUESDAY, Limit(14, Unit.NATURAL_DAYS), (stop,)))
    assert (found.original, found.day, found.stopped) == (date(2020, 9, 15), date(2020, 9, 21), 4)
    assert marks(found, *september(4, 5, 6, 7, 19, 20, 21)) == [
        *[Mark.STOPPED] * 4,
        Mark.COUNTED,
        Mark.ROLLED,
        Mark.ROLLED,
    ]


def test_two_stops_give_back_their_common_days_only_once() -> None:
    first = Stop(StopKind.TESTING, date(2020, 9, 7), 3, date(2020, 9, 4), date(2020, 9, 9))
    second = Stop(StopKind.HEARING, date(2020, 9, 9), 3, date(2020, 9, 8), date(2020, 9, 11))
    assert (stopped(first, second).stopped, stopped(first, second).day) == (5, date(2020, 10, 12))


def test_the_order_of_stops_does_not_change_what_is_said_of_a_day() -> None:
    late = Stop(StopKind.TESTING, date(2020, 9, 7), 1, date(2020, 9, 4), date(2020, 9, 9))
    hearing = Stop(StopKind.HEARING, date(2020, 9, 8), 2, date(2020, 9, 7), date(2020, 9, 9))
    assert stopped(late, hearing).days == stopped(hearing, late).days


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param(None, Mark.COUNTED, id="a stop announced for no day holds none"),
        pytest.param(date(2020, 9, 7), Mark.OVERRUN, id="a day beyond none announced is overrun"),
    ],
)
def test_a_stop_announced_for_no_day_has_no_announced_day(last: date | None, expected: Mark) -> None:
    found = stopped(Stop(StopKind.INSPECTION, date(2020, 9, 7), 0, date(2020, 9, 4), last))
    assert marks(found, date(2020, 9, 7)) == [expected]


def test_the_one_extension_of_twenty_days_is_ten_more() -> None:
    """Source: 行政许可法 article 42 ¶1."""
    longer = Extension(10, date(2020, 9, 25), "需要现场核查")
    found = due(calendar(), Run(TUESDAY, Limit(20), extension=longer))
    assert (found.original, found.day) == (date(2020, 9, 28), date(2020, 10, 19))


def test_stop_and_extension_add_up() -> None:
    stop = Stop(StopKind.EXPERT_REVIEW, date(2020, 9, 7), 5, date(2020, 9, 4), date(2020, 9, 11))
    found = due(calendar(), Run(TUESDAY, Limit(20), (stop,), Extension(10, date(2020, 9, 25), "需要现场核查")))
    assert found.day == counted(TUESDAY, 35).day == date(2020, 10, 26)


def test_an_extended_limit_rolls_though_it_was_zero_before() -> None:
    longer = Extension(5, date(2020, 6, 1), "系统故障")
    found = due(calendar(), Run(date(2020, 6, 1), Limit(0, Unit.NATURAL_DAYS), extension=longer))
    assert found.day == date(2020, 6, 8)


# --- the limits of the law itself ---


def test_the_limits_of_the_permit_law_are_in_working_days() -> None:
    """Source: 行政许可法 articles 32, 42 ¶2, 44, 82."""
    limits = [TACIT_ACCEPTANCE, JOINT, DELIVERY]
    assert [(limit.number, limit.unit) for limit in limits] == [(number, Unit.WORKING_DAYS) for number in (5, 45, 10)]
    assert Limit(JOINT_EXTENSION) == Limit(15, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("received", "silent_until"),
    [
        pytest.param(date(2020, 6, 1), date(2020, 6, 8), id="received on a Monday"),
        pytest.param(date(2020, 6, 6), date(2020, 6, 12), id="received on a Saturday"),
        pytest.param(date(2020, 9, 21), date(2020, 9, 27), id="the fifth day is a make-up Sunday"),
        pytest.param(date(2020, 9, 30), date(2020, 10, 14), id="received before National Day"),
    ],
)
def test_five_working_days_of_silence_mean_accepted_on_the_day_of_receipt(received: date, silent_until: date) -> None:
    """Source: 行政许可法 article 32 (4)."""
    found = tacit_acceptance(calendar(), received=received)
    assert (found.silent_until.day, found.accepted) == (silent_until, received)


def test_a_joint_matter_has_45_days_and_15_more_by_the_head_of_government() -> None:
    """Source: 行政许可法 article 42 ¶2."""
    assert joint_due(calendar(), accepted=TUESDAY).day == date(2020, 11, 9)
    longer = Extension(JOINT_EXTENSION, date(2020, 11, 6), "涉及多个部门")
    found = joint_due(calendar(), accepted=TUESDAY, extension=longer)
    assert (found.original, found.day) == (date(2020, 11, 9), date(2020, 11, 30))


def test_the_result_is_delivered_within_ten_working_days() -> None:
    """Source: 行政许可法 article 44."""
    assert due(calendar(), Run(date(2020, 9, 28), DELIVERY)).day == date(2020, 10, 19)


@pytest.mark.parametrize(
    ("valid_until", "last_day"),
    [
        (date(2020, 7, 1), date(2020, 6, 1)),
        (date(2020, 3, 30), date(2020, 2, 29)),
        (date(2021, 3, 30), date(2021, 2, 28)),
        (date(2020, 1, 15), date(2019, 12, 16)),
    ],
)
def test_renewal_is_asked_for_thirty_natural_days_before_the_end(valid_until: date, last_day: date) -> None:
    """Source: 行政许可法 article 50."""
    assert renewal_last_day(valid_until) == last_day


# --- hours ---

EIGHT_TO_SIX = OfficeHours((Span(time(8), time(12)), Span(time(14), time(18))))
"""The windows of the vectors in the design's governance page."""


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def after(since: str, hours: int, unit: Unit = Unit.WORKING_HOURS, office: OfficeHours = EIGHT_TO_SIX) -> HoursDue:
    return due_after_hours(calendar(), office, SHANGHAI, since=at(since), limit=Limit(hours, unit))


@pytest.mark.parametrize(
    ("since", "hours", "latest"),
    [
        pytest.param("2026-01-30 17:00", 4, "2026-02-02 11:00", id="from Friday afternoon over a weekend"),
        pytest.param("2026-01-30 17:00", 16, "2026-02-03 17:00", id="two working days of eight hours"),
        pytest.param("2026-02-14 17:00", 4, "2026-02-24 11:00", id="from a make-up Saturday over the spring festival"),
        pytest.param("2026-01-31 09:00", 4, "2026-02-02 12:00", id="from a Saturday"),
        pytest.param("2026-01-30 12:30", 4, "2026-01-30 18:00", id="from the lunch break"),
        pytest.param("2026-01-30 11:00", 2, "2026-01-30 15:00", id="over the lunch break"),
        pytest.param("2026-01-30 10:00", 2, "2026-01-30 12:00", id="ends as the lunch break begins"),
        pytest.param("2026-01-30 06:00", 1, "2026-01-30 09:00", id="before the counters open"),
        pytest.param("2026-01-29 18:00", 1, "2026-01-30 09:00", id="as the counters close"),
        pytest.param("2026-01-29 23:59", 1, "2026-01-30 09:00", id="late at night"),
        pytest.param("2026-01-30 08:20", 1, "2026-01-30 09:20", id="minutes are kept"),
        pytest.param("2020-09-30 17:30", 1, "2020-10-09 08:30", id="over National Day"),
    ],
)
def test_working_hours_run_only_while_the_offices_are_open(since: str, hours: int, latest: str) -> None:
    assert after(since, hours).at == at(latest)


@pytest.mark.parametrize(
    ("since", "hours", "latest"),
    [
        pytest.param("2026-01-30 17:00", 4, "2026-01-30 21:00", id="into the night"),
        pytest.param("2026-01-31 23:00", 2, "2026-02-01 01:00", id="over midnight of a weekend"),
        pytest.param("2020-10-01 12:30", 24, "2020-10-02 12:30", id="over National Day"),
        pytest.param("2020-10-01 12:30", 0, "2020-10-01 12:30", id="at once"),
    ],
)
def test_urgent_hours_run_by_night_and_on_days_off(since: str, hours: int, latest: str) -> None:
    found = after(since, hours, Unit.URGENT_HOURS)
    assert (found.at, found.skipped, len(found.spans)) == (at(latest), (), 1)


def test_the_city_counts_hours_while_its_own_counters_are_open() -> None:
    found = after("2020-09-30 16:00", 5, office=hours_of(pack()))
    assert found.at == at("2020-10-09 14:00")
    assert [(f"{span.begins:%m-%d %H:%M}", f"{span.ends:%H:%M}") for span in found.spans] == [
        ("09-30 16:00", "17:00"),
        ("10-09 09:00", "12:00"),
        ("10-09 13:00", "14:00"),
    ]
    assert found.skipped == tuple(date(2020, 10, day) for day in range(1, 9))


def test_hours_past_the_last_notice_are_provisional() -> None:
    assert after("2026-12-28 17:00", 1).provisional is False
    assert after("2026-12-28 17:00", 2).provisional is True


def test_hours_are_provisional_if_only_a_day_that_was_skipped_has_no_notice() -> None:
    """The Saturday on which they begin may yet be worked, though Monday is settled."""
    without_2022 = Calendar({}, frozenset({2021, 2023}), {})
    found = due_after_hours(
        without_2022, EIGHT_TO_SIX, SHANGHAI, since=at("2022-12-31 09:00"), limit=Limit(1, Unit.WORKING_HOURS)
    )
    assert (found.at, found.provisional) == (at("2023-01-02 09:00"), True)


def test_working_hours_of_an_instant_are_the_same_in_whatever_zone_it_is_said() -> None:
    since = at("2026-01-30 17:00")
    found = [
        due_after_hours(calendar(), EIGHT_TO_SIX, SHANGHAI, since=said, limit=Limit(4, Unit.WORKING_HOURS))
        for said in (since, since.astimezone(UTC), since.astimezone(BERLIN))
    ]
    assert found[0] == found[1] == found[2]


def test_urgent_hours_of_a_utc_instant_are_as_long_in_the_night_the_clocks_change() -> None:
    since = at("2020-03-28 20:00", BERLIN).astimezone(UTC)
    found = due_after_hours(calendar(), EIGHT_TO_SIX, BERLIN, since=since, limit=Limit(12, Unit.URGENT_HOURS))
    assert found.at == at("2020-03-29 09:00", BERLIN)


@pytest.mark.parametrize(
    ("since", "latest"),
    [
        pytest.param("2020-03-28 20:00", "2020-03-29 09:00", id="an hour is left out in spring"),
        pytest.param("2020-10-24 20:00", "2020-10-25 07:00", id="an hour comes twice in autumn"),
    ],
)
def test_urgent_hours_are_as_long_in_the_night_the_clocks_change(since: str, latest: str) -> None:
    limit = Limit(12, Unit.URGENT_HOURS)
    found = due_after_hours(calendar(), EIGHT_TO_SIX, BERLIN, since=at(since, BERLIN), limit=limit)
    assert found.at == at(latest, BERLIN)


def test_a_limit_in_days_is_no_limit_in_hours() -> None:
    with pytest.raises(AssertionError, match="days"):
        after("2020-09-01 09:00", 4, Unit.NATURAL_DAYS)
