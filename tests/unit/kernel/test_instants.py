"""Instants are UTC inside, days belong to the city's zone, and people type days in many ways."""

import os
import time as machine
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.kernel.instants import day_in, read_day, stamp

# The time of an example says more about the neighbours on the machine than about the rule.
unhurried = settings(deadline=None)
TODAY = date(2020, 9, 22)
ZONES = (
    "Asia/Shanghai",
    "UTC",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.timedeltas(timedelta(0), timedelta(days=20_000)).map(
    lambda passed: datetime(1980, 1, 1, tzinfo=UTC) + passed
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine stands in another zone."""
    with monkeypatch.context() as moved:
        moved.setenv("TZ", request.param)
        machine.tzset()
        yield request.param
    machine.tzset()


# --- days ---


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        pytest.param("Asia/Shanghai", "2020-01-05T15:59:59.999999+00:00", "2020-01-05", id="before midnight"),
        pytest.param("Asia/Shanghai", "2020-01-05T16:00:00+00:00", "2020-01-06", id="at midnight"),
        pytest.param("Asia/Shanghai", "2019-12-31T16:00:00+00:00", "2020-01-01", id="a new year begins"),
        pytest.param("Asia/Shanghai", "2020-02-28T16:00:00+00:00", "2020-02-29", id="29 February"),
        pytest.param("Asia/Shanghai", "1988-06-30T15:00:00+00:00", "1988-07-01", id="China had a summer time in 1988"),
        pytest.param("Asia/Shanghai", "1992-06-30T15:00:00+00:00", "1992-06-30", id="and none in 1992"),
        pytest.param("Asia/Kathmandu", "2020-01-05T18:15:00+00:00", "2020-01-06", id="a zone with quarter hours"),
        pytest.param("America/New_York", "2020-03-08T04:59:59+00:00", "2020-03-07", id="the night of spring"),
        pytest.param("America/New_York", "2020-03-09T03:59:59+00:00", "2020-03-08", id="the short day of spring"),
        pytest.param("America/New_York", "2020-03-09T04:00:00+00:00", "2020-03-09", id="the day after it"),
        pytest.param("America/New_York", "2020-11-01T04:00:00+00:00", "2020-11-01", id="the long day of autumn"),
        pytest.param("America/New_York", "2020-11-02T04:59:59+00:00", "2020-11-01", id="has twenty-five hours"),
        pytest.param("America/Sao_Paulo", "2018-11-04T02:59:59+00:00", "2018-11-03", id="a day without a midnight"),
        pytest.param("America/Sao_Paulo", "2018-11-04T03:00:00+00:00", "2018-11-04", id="begins at one"),
        pytest.param("Pacific/Apia", "2011-12-30T09:59:59+00:00", "2011-12-29", id="a zone left out a day"),
        pytest.param("Pacific/Apia", "2011-12-30T10:00:00+00:00", "2011-12-31", id="and went on with the next"),
        pytest.param("Pacific/Kiritimati", "2020-01-05T10:00:00+00:00", "2020-01-06", id="fourteen hours ahead"),
        pytest.param("Pacific/Pago_Pago", "2020-01-05T10:59:59+00:00", "2020-01-04", id="eleven hours behind"),
    ],
)
def test_an_instant_has_the_day_of_the_citys_zone(zone: str, instant: str, day: str) -> None:
    assert day_in(ZoneInfo(zone), datetime.fromisoformat(instant)) == date.fromisoformat(day)


@unhurried
@given(zones, instants, offsets)
def test_the_day_of_an_instant_is_the_same_in_whatever_zone_it_is_said(
    zone: ZoneInfo, instant: datetime, offset: timezone
) -> None:
    assert day_in(zone, instant.astimezone(offset)) == day_in(zone, instant)


@unhurried
@given(zones, zones, instants)
def test_the_hour_that_comes_twice_belongs_to_its_day(zone: ZoneInfo, said_in: ZoneInfo, instant: datetime) -> None:
    """Said in a zone with summer time, the fold tells which of the two hours is meant."""
    assert day_in(zone, instant.astimezone(said_in)) == day_in(zone, instant)


@unhurried
@given(zones, instants, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_later_instant_never_has_an_earlier_day(zone: ZoneInfo, instant: datetime, later: timedelta) -> None:
    assert day_in(zone, instant) <= day_in(zone, instant + later)


@unhurried
@given(zones, instants)
def test_the_day_of_a_zone_is_at_most_one_away_from_the_day_of_utc(zone: ZoneInfo, instant: datetime) -> None:
    assert abs(day_in(zone, instant) - instant.date()) <= timedelta(days=1)


def test_the_zone_of_the_machine_says_nothing_about_the_day(elsewhere: str) -> None:
    assert os.environ["TZ"] == elsewhere
    assert day_in(ZoneInfo("Asia/Shanghai"), datetime(2020, 1, 5, 17, tzinfo=UTC)) == date(2020, 1, 6)


# --- stamps ---


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ("2020-01-05T17:00:00+00:00", "2020-01-05T17:00:00.000000Z"),
        ("2020-01-06T01:00:00.000001+08:00", "2020-01-05T17:00:00.000001Z"),
        ("2020-01-05T12:00:00.120000-05:00", "2020-01-05T17:00:00.120000Z"),
    ],
)
def test_a_stamp_is_utc_with_six_places(instant: str, written: str) -> None:
    assert stamp(datetime.fromisoformat(instant)) == written


@unhurried
@given(instants, offsets)
def test_a_stamp_is_read_back_as_the_same_instant(instant: datetime, offset: timezone) -> None:
    written = stamp(instant.astimezone(offset))
    assert datetime.fromisoformat(written) == instant
    assert written == stamp(instant)


@unhurried
@given(instants, instants)
def test_stamps_sort_as_their_instants_do(one: datetime, other: datetime) -> None:
    assert (stamp(one) < stamp(other)) is (one < other)


def test_the_zone_of_the_machine_says_nothing_in_a_stamp(elsewhere: str) -> None:
    assert os.environ["TZ"] == elsewhere
    assert stamp(datetime(2020, 1, 5, 17, tzinfo=UTC)) == "2020-01-05T17:00:00.000000Z"


# --- days as people type them ---


@pytest.mark.parametrize(
    "typed",
    [
        "2020-04-08",
        "2020-4-8",
        "20200408",
        "2020/4/8",
        "2020.4.8",
        "2020.04.08",
        "2020年4月8日",
        "2020年04月08日",
        "2020 年 4 月 8 日",
        "  2020-04-08\n",
        "4月8日",
        "4-8",
        "04/08",
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str) -> None:
    assert read_day(typed, today=TODAY) == date(2020, 4, 8)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="a space"),
        pytest.param("8", id="a number"),
        pytest.param("2020", id="a year"),
        pytest.param("2020-04", id="a month, which is no day of this year"),
        pytest.param("2020-04-08-01", id="too many parts"),
        pytest.param("2020-04-", id="a part is missing"),
        pytest.param("-04-08", id="the year is missing"),
        pytest.param("2021-02-29", id="29 February of a common year"),
        pytest.param("2020-02-30", id="30 February"),
        pytest.param("2020-13-01", id="month 13"),
        pytest.param("20201301", id="month 13 without signs"),
        pytest.param("2020-00-08", id="month 0"),
        pytest.param("2020-04-00", id="day 0"),
        pytest.param("0000-04-08", id="year 0"),
        pytest.param("10000-01-01", id="a year after 9999"),
        pytest.param("2020048", id="seven digits"),
        pytest.param("tomorrow", id="a word"),
        pytest.param("二〇二〇年四月八日", id="Chinese numerals"),
        pytest.param("２０２０-４-８", id="full-width digits"),
        pytest.param("٢٠٢٠٠٤٠٨", id="Arabic digits"),
        pytest.param("2020-+4-8", id="a plus"),
        pytest.param("2020-4_0-8", id="an underscore"),
        pytest.param("2020-04-08T00:00", id="an instant"),
    ],
)
def test_what_is_no_day_is_not_read_as_one(typed: str) -> None:
    assert read_day(typed, today=TODAY) is None


def test_a_day_without_a_year_is_of_this_year() -> None:
    assert read_day("2月29日", today=date(2020, 9, 22)) == date(2020, 2, 29)
    assert read_day("2月29日", today=date(2021, 9, 22)) is None


@unhurried
@given(
    st.dates(),
    st.sampled_from(["{0:04}-{1}-{2}", "{0:04}{1:02}{2:02}", "{0}年{1}月{2}日", "{0}.{1}.{2}", "{0}/{1}/{2}"]),
)
def test_every_day_is_read_back_from_each_way_to_write_it(day: date, way: str) -> None:
    assert read_day(way.format(day.year, day.month, day.day), today=TODAY) == day


@unhurried
@given(st.text(max_size=11) | st.text("0123456789-年月日./ ", max_size=11))
def test_whatever_is_typed_as_a_day_gets_an_answer(typed: str) -> None:
    """Up to eleven characters: from twelve on a year may be far too long, which the next example tells."""
    found = read_day(typed, today=TODAY)
    assert found is None or isinstance(found, date)


@pytest.mark.parametrize(
    "typed", [pytest.param(f"{'9' * digits}-1-1", id=f"{digits} digits") for digits in (10, 20, 5000)]
)
def test_a_year_that_is_far_too_long_is_no_day(typed: str) -> None:
    assert read_day(typed, today=TODAY) is None
