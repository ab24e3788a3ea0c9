"""Halls on a day: which times there are, who may book them and until when, who takes a number, and who is called."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.clock import Calendar, OfficeHours, Span
from onecity.kernel.clock.calendar import NamedDay
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text
from onecity.places import Hall
from onecity.places.halls import Booking as Books
from onecity.services.queueing.facts import (
    BookingCancelled,
    BookingReminded,
    Ending,
    NumberCalled,
    NumberEnded,
    NumberTaken,
    TimeBooked,
)
from onecity.services.queueing.model import HallDay, HallTimes, hall_day, in_order
from onecity.services.queueing.rules import (
    MOST_BOOKINGS,
    Why,
    absent,
    book,
    call_again,
    call_next,
    cancel,
    days,
    free_times,
    has_window,
    is_open,
    leave,
    may_be,
    may_serve,
    near,
    take,
    times_of,
)
from onecity.services.queueing.usecases import bookings_of, day_stream

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2020, 9, 22)
HOLIDAYS = {date(2020, 10, one): NamedDay("国庆节", off=True) for one in range(1, 9)}
CALENDAR = Calendar({**HOLIDAYS, date(2020, 9, 27): NamedDay("国庆节", off=False)}, frozenset({2020}), {})
HOURS = OfficeHours((Span(time(9), time(12)), Span(time(13), time(17))))
HALL = Hall(Text("厅", "Hall"), Text("路", "Road"), "410105", 5, Books(30, 2, 3))
TIMES = HallTimes("city_hall", HALL, CALENDAR, HOURS, ZONE)
WALK_IN = HallTimes("other", msgspec.structs.replace(HALL, booking=None), CALENDAR, HOURS, ZONE)
LIN, CHEN, SU = (PersonId(UUID(int=number)) for number in (1, 2, 3))
NIGHT = datetime(2020, 9, 21, 16, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: date = TUESDAY, second: int = 0) -> datetime:
    """An instant of a day in the city."""
    return datetime.combine(day, time(hour, minute, second), ZONE).astimezone(UTC)


def told(*facts: tuple[datetime, Fact]) -> HallDay:
    """A day on which this happened."""
    by = Acting(LIN, Channel.PHONE)
    return hall_day([Recorded(UUID(int=9), number, when, by, fact) for number, (when, fact) in enumerate(facts, 1)])


def booked(when: datetime, person: UUID = LIN, *, made: datetime = NIGHT) -> tuple[datetime, TimeBooked]:
    return made, TimeBooked(uuid4(), "city_hall", TUESDAY, when, when + timedelta(minutes=30), person)


def number(
    which: int, when: datetime, time_: datetime | None = None, person: UUID | None = None
) -> tuple[datetime, Fact]:
    return when, NumberTaken(which, "city_hall", TUESDAY, None, time_, person)


def booking(day: HallDay, when: datetime, *, times: HallTimes = TIMES, person: UUID = LIN, held: int = 0,
            now: datetime = NIGHT) -> Fact | Refused:  # fmt: skip
    return book(day, UUID(int=7), when, times=times, person=person, held=held, now=now)


def reason(found: object) -> Why | None:
    return Why(found.reason) if isinstance(found, Refused) else None


def test_times_begin_every_half_hour_of_the_office_hours_and_none_is_cut_short() -> None:
    found = [one.at.astimezone(ZONE).strftime("%H:%M") for one in times_of(TIMES, TUESDAY)]
    assert (found[0], found[5], found[6], found[-1], len(found)) == ("09:00", "11:30", "13:00", "16:30", 14)
    longer = msgspec.structs.replace(TIMES, hall=msgspec.structs.replace(HALL, booking=Books(50, 2, 3)))
    assert [one.at.astimezone(ZONE).strftime("%H:%M") for one in times_of(longer, TUESDAY)][:4] == [
        "09:00", "09:50", "10:40", "13:00",
    ]  # fmt: skip
    assert times_of(TIMES, date(2020, 9, 26)) == []
    assert times_of(WALK_IN, TUESDAY) == []


def test_days_are_today_and_the_next_working_days_over_weekends_and_holidays() -> None:
    assert days(TIMES, today=TUESDAY) == [date(2020, 9, one) for one in (22, 23, 24, 25)]
    # The Sunday before National Day is worked, and eight days after it are not.
    assert days(TIMES, today=date(2020, 9, 26)) == [date(2020, 9, one) for one in (27, 28, 29)]
    assert days(TIMES, today=date(2020, 9, 30)) == [
        date(2020, 9, 30), date(2020, 10, 9), date(2020, 10, 12), date(2020, 10, 13),
    ]  # fmt: skip
    assert days(WALK_IN, today=TUESDAY) == []


@pytest.mark.parametrize(
    ("when", "now", "why"),
    [
        (at(9), at(8, 59, second=59), None),
        (at(9), at(9), Why.NO_TIME),
        (at(9, 15), NIGHT, Why.NO_TIME),
        (at(12), NIGHT, Why.NO_TIME),
        (at(16, 30), NIGHT, None),
        (at(17), NIGHT, Why.NO_TIME),
        (at(9, day=date(2020, 9, 25)), NIGHT, None),
        (at(9, day=date(2020, 9, 28)), NIGHT, Why.NO_TIME),
        (at(9, day=date(2020, 9, 26)), NIGHT, Why.NO_TIME),
    ],
)
def test_a_time_is_one_of_the_hall_not_past_and_not_too_far(when: datetime, now: datetime, why: Why | None) -> None:
    assert reason(booking(told(), when, now=now)) == why


def test_a_hall_without_booking_takes_none() -> None:
    assert reason(booking(told(), at(10), times=WALK_IN)) is Why.NO_BOOKING


def test_the_last_place_is_the_last_and_a_cancelled_one_is_free_again() -> None:
    one, other = booked(at(10), LIN), booked(at(10), CHEN)
    assert reason(booking(told(one), at(10), person=SU)) is None
    assert reason(booking(told(one, other), at(10), person=SU)) is Why.FULL
    assert reason(booking(told(one, other), at(10, 30), person=SU)) is None
    off = (NIGHT, BookingCancelled(other[1].booking))
    assert reason(booking(told(one, other, off), at(10), person=SU)) is None


def test_places_count_where_the_pack_has_other_times_since() -> None:
    """Two of 10:00 to 10:30 leave nothing of a time of an hour that began earlier."""
    hourly = msgspec.structs.replace(TIMES, hall=msgspec.structs.replace(HALL, booking=Books(60, 2, 3)))
    day = told(booked(at(10, 30), LIN), booked(at(10, 30), CHEN))
    assert reason(booking(day, at(10), times=hourly, person=SU)) is Why.FULL
    assert reason(booking(day, at(11), times=hourly, person=SU)) is None


def test_one_holds_one_booking_a_day_in_a_hall_and_three_in_all() -> None:
    mine = booked(at(10))
    assert reason(booking(told(mine), at(11))) is Why.BOOKED_ALREADY
    # Whoever missed it, or cancelled it, books anew.
    assert reason(booking(told(mine), at(11), now=at(10, 29))) is Why.BOOKED_ALREADY
    assert reason(booking(told(mine), at(11), now=at(10, 30))) is None
    assert reason(booking(told(mine, (NIGHT, BookingCancelled(mine[1].booking))), at(11))) is None
    assert reason(booking(told(), at(11), held=MOST_BOOKINGS - 1)) is None
    assert booking(told(), at(11), held=MOST_BOOKINGS) == Refused(Why.TOO_MANY, {"most": 3})


def test_only_what_is_free_is_offered() -> None:
    taken = {at(9): 2, at(9, 30): 1}
    found = free_times(TIMES, TUESDAY, taken, now=NIGHT)
    assert [(one.at, one.free) for one in found[:2]] == [(at(9, 30), 1), (at(10), 2)]
    assert [one.at for one in free_times(TIMES, TUESDAY, {}, now=at(16))] == [at(16, 30)]
    assert free_times(TIMES, date(2020, 10, 12), {}, now=NIGHT) == ()
    assert free_times(WALK_IN, TUESDAY, {}, now=NIGHT) == ()


@pytest.mark.parametrize(
    ("typed", "may"),
    [
        (datetime(2020, 9, 22, 9, 30), False),  # noqa: DTZ001 - without a zone it is no instant
        (datetime.max.replace(tzinfo=UTC), False),
        (datetime.min.replace(tzinfo=UTC), False),
        (at(9, 30), True),
    ],
)
def test_what_no_calendar_has_is_no_beginning(typed: datetime, may: bool) -> None:
    assert may_be(typed, now=NIGHT) is may


def test_one_cancels_ones_own_before_it_begins() -> None:
    mine = booked(at(10))
    which, day, own = mine[1].booking, told(mine), Acting(LIN, Channel.PHONE)
    assert cancel(day, which, by=own, now=at(9, 59, second=59)) == BookingCancelled(which)
    assert reason(cancel(day, which, by=own, now=at(10))) is Why.BEGUN
    assert reason(cancel(day, which, by=Acting(CHEN, Channel.PHONE), now=NIGHT)) is Why.NOT_FOUND
    assert reason(cancel(day, uuid4(), by=own, now=NIGHT)) is Why.NOT_FOUND
    twice = told(mine, (NIGHT, BookingCancelled(which)))
    assert reason(cancel(twice, which, by=own, now=NIGHT)) is Why.CANCELLED
    taken = told(mine, (at(9, 40), NumberTaken(1, "city_hall", TUESDAY, which, at(10), LIN)))
    assert reason(cancel(taken, which, by=own, now=at(9, 45))) is Why.USED


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (at(8, 59), Why.CLOSED),
        (at(9), None),
        (at(11, 59), None),
        (at(12), Why.CLOSED),
        (at(13), None),
        (at(17), Why.CLOSED),
        (at(10, day=date(2020, 9, 26)), Why.CLOSED),
    ],
)
def test_numbers_are_taken_in_office_hours(now: datetime, why: Why | None) -> None:
    for person in (LIN, None):
        assert reason(take(told(), times=TIMES, person=person, now=now)) == why
    assert is_open(TIMES, now=now) is (why is None)


@pytest.mark.parametrize(
    ("now", "with_booking"),
    [(at(12, 29), None), (at(12, 30), True), (at(13), True), (at(13, 29), True), (at(13, 30), False)],
)
def test_who_booked_takes_a_number_from_half_an_hour_before_until_the_end(
    now: datetime, with_booking: bool | None
) -> None:
    """Also at noon, when the hall is closed to all others."""
    mine = booked(at(13))
    found = take(told(mine), times=TIMES, person=LIN, now=now)
    if with_booking is None:
        assert reason(found) is Why.CLOSED
        return
    assert isinstance(found, NumberTaken)
    assert (found.booking, found.time) == ((mine[1].booking, at(13)) if with_booking else (None, None))
    assert reason(take(told(mine), times=TIMES, person=None, now=at(12, 30))) is Why.CLOSED


def test_one_waits_with_one_number_and_takes_another_once_it_has_ended() -> None:
    day = told(number(1, at(9), person=LIN))
    assert reason(take(day, times=TIMES, person=LIN, now=at(9, 5))) is Why.HAS_NUMBER
    ended = [(at(9), NumberCalled(1, 2)), (at(9, 1), NumberEnded(1, Ending.ABSENT))]
    again = take(told(number(1, at(9), person=LIN), *ended), times=TIMES, person=LIN, now=at(9, 5))
    assert isinstance(again, NumberTaken)
    assert again.number == 2
    # Nobody knows who they are to whom a clerk gives numbers, so they have as many as they are people.
    assert reason(take(told(number(1, at(9))), times=TIMES, person=None, now=at(9, 5))) is None


def test_a_number_is_given_back_by_whom_it_belongs_to() -> None:
    day = told(number(1, at(9), person=LIN), number(2, at(9)))
    assert leave(day, by=Acting(LIN, Channel.PHONE)) == NumberEnded(1, Ending.LEFT)
    assert reason(leave(day, by=Acting(CHEN, Channel.PHONE))) is Why.NO_NUMBER
    gone = told(number(1, at(9), person=LIN), (at(9), NumberEnded(1, Ending.LEFT)))
    assert reason(leave(gone, by=Acting(LIN, Channel.PHONE))) is Why.NO_NUMBER


def test_whose_booked_time_has_come_goes_first_by_time_and_number_then_all_others_by_number() -> None:
    day = told(
        number(1, at(9)), number(2, at(9), at(10)), number(3, at(9), at(9, 30)), number(4, at(9)),
        number(5, at(9), at(9, 30)),
    )  # fmt: skip

    def order(now: datetime) -> Sequence[int]:
        return [one.number for one in in_order(day.waiting(), now=now)]

    assert order(at(9, 29)) == [1, 2, 3, 4, 5]
    assert order(at(9, 30)) == [3, 5, 1, 2, 4]
    assert order(at(10)) == [3, 5, 2, 1, 4]


def test_the_next_call_at_a_window_serves_whoever_was_there() -> None:
    day = told(number(1, at(9)), number(2, at(9)))
    assert call_next(day, 3, now=at(9, 1)) == (NumberCalled(1, 3),)
    day = told(number(1, at(9)), number(2, at(9)), (at(9, 1), NumberCalled(1, 3)))
    assert call_next(day, 3, now=at(9, 5)) == (NumberEnded(1, Ending.SERVED), NumberCalled(2, 3))
    # At another window somebody else is called, and nobody's turn ends.
    assert call_next(day, 4, now=at(9, 5)) == (NumberCalled(2, 4),)


def test_where_nobody_waits_the_last_one_was_served_all_the_same() -> None:
    assert reason(call_next(told(), 3, now=at(9))) is Why.NOBODY_WAITS
    day = told(number(1, at(9)), (at(9, 1), NumberCalled(1, 3)))
    assert call_next(day, 3, now=at(9, 5)) == (NumberEnded(1, Ending.SERVED),)


def test_an_absent_one_was_not_served() -> None:
    day = told(
        number(1, at(9)), number(2, at(9)), (at(9, 1), NumberCalled(1, 3)), (at(9, 3), NumberEnded(1, Ending.ABSENT)),
    )  # fmt: skip
    assert call_next(day, 3, now=at(9, 5)) == (NumberCalled(2, 3),)
    assert reason(absent(day, 3)) is Why.NOBODY_CALLED


def test_a_number_is_called_again_once_and_at_its_own_window() -> None:
    waits, called = number(1, at(9)), (at(9, 1), NumberCalled(1, 3))
    assert reason(call_again(told(waits), 3)) is Why.NOBODY_CALLED
    day = told(waits, called)
    assert call_again(day, 3) == (NumberCalled(1, 3),)
    assert reason(call_again(day, 4)) is Why.NOBODY_CALLED
    twice = told(waits, called, called)
    assert reason(call_again(twice, 3)) is Why.CALLED_TWICE
    for one in (day, twice):
        assert absent(one, 3) == (NumberEnded(1, Ending.ABSENT),)


@pytest.mark.parametrize(
    ("duty", "scope", "why"),
    [
        ("services.window", Scope("government_services", "410100"), None),
        ("services.window", Scope("market_supervision", "410105"), None),
        ("services.window", Scope("government_services", "410102"), Why.NOT_YOUR_DUTY),
        ("services.window", None, Why.NOT_YOUR_DUTY),
        ("services.accept", Scope("government_services", "410100"), Why.NOT_YOUR_DUTY),
    ],
)
def test_numbers_are_called_in_a_duty_of_windows_that_reaches_the_hall(
    duty: str, scope: Scope | None, why: Why | None
) -> None:
    by = Acting(LIN, Channel.WINDOW, duty, scope)
    assert reason(may_serve(TIMES, duties=("services.window",), by=by)) == why


@pytest.mark.parametrize(("window", "why"), [(0, Why.NO_WINDOW), (1, None), (5, None), (6, Why.NO_WINDOW)])
def test_a_window_is_one_of_the_hall(window: int, why: Why | None) -> None:
    assert reason(has_window(TIMES, window)) == why


def test_people_are_reminded_on_the_day_before_and_once() -> None:
    mine = booked(at(10), made=at(9, day=date(2020, 9, 18)))
    which, day = mine[1].booking, told(mine)

    def told_at(now: datetime, of: HallDay = day) -> Fact | None:
        return near(of, which, times=TIMES, now=now)

    assert told_at(at(23, 59, day=date(2020, 9, 20))) is None
    assert told_at(at(0, day=date(2020, 9, 21))) == BookingReminded(which)
    # Whoever could not be told yesterday is told today, as long as it helps.
    assert told_at(at(9, 59)) == BookingReminded(which)
    assert told_at(at(10)) is None
    for done in (BookingReminded(which), BookingCancelled(which)):
        assert told_at(at(9, day=date(2020, 9, 21)), told(mine, (NIGHT, done))) is None
    today = booked(at(10), made=at(8))
    assert near(told(today), today[1].booking, times=TIMES, now=at(8, 1)) is None
    yesterday = booked(at(10), made=at(8, day=date(2020, 9, 21)))
    assert near(told(yesterday), yesterday[1].booking, times=TIMES, now=at(8, 1, day=date(2020, 9, 21)))


def test_a_history_follows_from_hall_and_day_and_that_of_a_person_from_the_person() -> None:
    streams = {day_stream(ZONE, hall, day) for hall in ("a", "b") for day in (TUESDAY, date(2020, 9, 23))}
    assert len(streams) == 4
    assert day_stream(ZONE, "a", TUESDAY) in streams
    assert len({bookings_of(one) for one in (LIN, CHEN, SU)}) == 3


def test_a_day_in_a_hall_knows_no_other_facts() -> None:
    class Strange(Fact, frozen=True):
        pass

    numbers = count(1)
    with pytest.raises(AssertionError):
        hall_day([Recorded(UUID(int=9), next(numbers), NIGHT, Acting(LIN, Channel.PHONE), Strange())])
