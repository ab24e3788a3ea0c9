"""Which times can be booked, by whom and until when; who takes a number; whom a clerk calls next."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger import Fact
from onecity.services.queueing.facts import (
    BookingCancelled,
    BookingReminded,
    Ending,
    NumberCalled,
    NumberEnded,
    NumberTaken,
    TimeBooked,
)
from onecity.services.queueing.model import Booking, FreeTime, HallDay, HallTimes, Time, in_order

MOST_BOOKINGS: Final = 3
"""So many times somebody holds at once, in all halls together: what one does not need is another one's."""
EARLY: Final = timedelta(minutes=30)
"""So long before their time people who booked may take their number."""
MOST_CALLS: Final = 2
"""A number is called once, and once again before whoever has it counts as absent."""
_DAY: Final = timedelta(days=1)
_FURTHEST: Final = timedelta(days=366)
"""No sixty working days last so long."""


class Why(Reason):
    """Why a time is not booked, a number not taken, or nobody called."""

    NOT_FOUND = "services.queueing.not_found"
    NO_BOOKING = "services.queueing.no_booking"
    NO_TIME = "services.queueing.no_time"
    FULL = "services.queueing.full"
    BOOKED_ALREADY = "services.queueing.booked_already"
    TOO_MANY = "services.queueing.too_many"
    BEGUN = "services.queueing.begun"
    CANCELLED = "services.queueing.cancelled"
    USED = "services.queueing.used"
    CLOSED = "services.queueing.closed"
    HAS_NUMBER = "services.queueing.has_number"
    NO_NUMBER = "services.queueing.no_number"
    NOT_YOUR_DUTY = "services.queueing.not_your_duty"
    NO_WINDOW = "services.queueing.no_window"
    NOBODY_WAITS = "services.queueing.nobody_waits"
    NOBODY_CALLED = "services.queueing.nobody_called"
    CALLED_TWICE = "services.queueing.called_twice"


def days(times: HallTimes, *, today: date) -> list[date]:
    """The days of which times can be booked: today while it lasts, and as many working days after it as the pack says.

    Without booking there is none.
    """
    booking = times.hall.booking
    if booking is None:
        return []
    found, day = [today] if times.calendar.kind(today).works else [], today
    left = booking.ahead
    while left:
        day += _DAY
        if times.calendar.kind(day).works:
            found.append(day)
            left -= 1
    return found


def times_of(times: HallTimes, day: date) -> list[Time]:
    """The times of a day: one every so many minutes of the office hours, and none that the hours would cut short."""
    booking = times.hall.booking
    if booking is None or not times.calendar.kind(day).works:
        return []
    every, found = timedelta(minutes=booking.every), list[Time]()
    for span in times.hours.spans:
        at, closes = (datetime.combine(day, one, times.zone).astimezone(UTC) for one in (span.opens, span.closes))
        while at + every <= closes:
            found.append(Time(at, at + every))
            at += every
    return found


def free_times(times: HallTimes, day: date, taken: Mapping[datetime, int], *, now: datetime) -> tuple[FreeTime, ...]:
    """What of a day can be booked now, when so many of each time are `taken`."""
    booking = times.hall.booking
    if booking is None or day not in days(times, today=day_in(times.zone, now)):
        return ()
    return tuple(
        FreeTime(one.at, one.until, booking.each - taken.get(one.at, 0))
        for one in times_of(times, day)
        if one.at > now and taken.get(one.at, 0) < booking.each
    )


def is_open(times: HallTimes, *, now: datetime) -> bool:
    """Whether it is the office hours of a working day."""
    local = now.astimezone(times.zone)
    if not times.calendar.kind(local.date()).works:
        return False
    return any(span.opens <= local.time() < span.closes for span in times.hours.spans)


def may_be(at: datetime, *, now: datetime) -> bool:
    """Whether an instant that somebody typed can be the beginning of a time at all: it says its zone and comes soon."""
    return at.tzinfo is not None and now < at < now + _FURTHEST


def book(
    day: HallDay, booking: UUID, at: datetime, *, times: HallTimes, person: UUID, held: int, now: datetime
) -> TimeBooked | Refused:
    """Book a time for somebody who holds so many in all halls, or say why not."""
    declared, on = times.hall.booking, day_in(times.zone, at)
    if declared is None:
        return Refused(Why.NO_BOOKING)
    found = next((one for one in times_of(times, on) if one.at == at), None)
    if found is None or at <= now or on not in days(times, today=day_in(times.zone, now)):
        return Refused(Why.NO_TIME)
    if any(one.person == person and one.stands and one.time.until > now for one in day.bookings.values()):
        return Refused(Why.BOOKED_ALREADY)
    if held >= MOST_BOOKINGS:
        return Refused(Why.TOO_MANY, {"most": MOST_BOOKINGS})
    if taken_at(day, found) >= declared.each:
        return Refused(Why.FULL)
    return TimeBooked(booking, times.name, on, found.at, found.until, person)


def taken_at(day: HallDay, time: Time) -> int:
    """How many people come to a time: whoever booked one that overlaps it, should the pack have changed meanwhile."""
    return sum(
        not one.cancelled and one.time.at < time.until and time.at < one.time.until for one in day.bookings.values()
    )


def cancel(day: HallDay, booking: UUID, *, by: Acting, now: datetime) -> BookingCancelled | Refused:
    """Cancel one's own booking before it begins."""
    found = day.bookings.get(booking)
    if found is None or found.person != by.person:
        return Refused(Why.NOT_FOUND)
    if found.cancelled:
        return Refused(Why.CANCELLED)
    if found.used:
        return Refused(Why.USED)
    return Refused(Why.BEGUN) if found.time.at <= now else BookingCancelled(booking)


def usable(day: HallDay, person: UUID, *, now: datetime) -> Booking | None:
    """The booking with which somebody may take a number now."""
    return next(
        (
            one
            for one in day.bookings.values()
            if one.person == person and one.stands and one.time.at - EARLY <= now < one.time.until
        ),
        None,
    )


def take(day: HallDay, *, times: HallTimes, person: UUID | None, now: datetime) -> NumberTaken | Refused:
    """The next number of today: for a person, with what they booked if its time has come near; or, without one, for
    whoever stands at a window.
    """
    if person is not None and day.open_number(person) is not None:
        return Refused(Why.HAS_NUMBER)
    booked = usable(day, person, now=now) if person is not None else None
    if booked is None and not is_open(times, now=now):
        return Refused(Why.CLOSED)
    number, today = len(day.numbers) + 1, day_in(times.zone, now)
    if booked is None:
        return NumberTaken(number, times.name, today, person=person)
    return NumberTaken(number, times.name, today, booked.id, booked.time.at, person)


def leave(day: HallDay, *, by: Acting) -> NumberEnded | Refused:
    """Give one's own number back before it is called, or when one goes although it was."""
    found = day.open_number(by.person) if by.person is not None else None
    return Refused(Why.NO_NUMBER) if found is None else NumberEnded(found.number, Ending.LEFT)


def may_serve(times: HallTimes, *, duties: Collection[str], by: Acting) -> Refused | None:
    """Why somebody serves nobody in a hall: they have no duty at windows, or none that reaches there.

    Halls are the city's: it does not matter for which agency the duty is held.
    """
    reaches = by.duty in duties and by.scope is not None and by.scope.reaches(times.hall.area)
    return None if reaches else Refused(Why.NOT_YOUR_DUTY)


def has_window(times: HallTimes, window: int) -> Refused | None:
    """Why nobody is called to a window: the hall has no such one."""
    return None if 1 <= window <= times.hall.windows else Refused(Why.NO_WINDOW, {"most": times.hall.windows})


def call_next(day: HallDay, window: int, *, now: datetime) -> tuple[Fact, ...] | Refused:
    """Call whoever's turn it is. Whoever was at the window until now was served; where nobody waits, that is all."""
    before = day.at_window(window)
    served = () if before is None else (NumberEnded(before.number, Ending.SERVED),)
    waiting = in_order(day.waiting(), now=now)
    if waiting:
        return (*served, NumberCalled(waiting[0].number, window))
    return served or Refused(Why.NOBODY_WAITS)


def call_again(day: HallDay, window: int) -> tuple[Fact, ...] | Refused:
    """Call the number of a window once more, because nobody came."""
    found = day.at_window(window)
    if found is None:
        return Refused(Why.NOBODY_CALLED)
    return Refused(Why.CALLED_TWICE) if found.calls >= MOST_CALLS else (NumberCalled(found.number, window),)


def absent(day: HallDay, window: int) -> tuple[Fact, ...] | Refused:
    """Nobody came to a window with the number that was called there."""
    found = day.at_window(window)
    return Refused(Why.NOBODY_CALLED) if found is None else (NumberEnded(found.number, Ending.ABSENT),)


def near(day: HallDay, booking: UUID, *, times: HallTimes, now: datetime) -> BookingReminded | None:
    """The reminder of a booking of tomorrow, once; also of one of today if it could not be told yesterday.

    Whoever booked today for today needs none.
    """
    found = day.bookings.get(booking)
    if found is None or not found.stands or found.reminded or found.time.at <= now:
        return None
    today, on = day_in(times.zone, now), day_in(times.zone, found.time.at)
    late = on == today and day_in(times.zone, found.made) < today
    return BookingReminded(booking) if late or on == today + _DAY else None
