"""A day in a hall as its history tells it: what is booked, who waits, which number is at which window."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.clock import Calendar, OfficeHours
from onecity.ledger import Recorded, fold_version
from onecity.places import Hall
from onecity.services.queueing.facts import (
    BookingCancelled,
    BookingReminded,
    Ending,
    NumberCalled,
    NumberEnded,
    NumberTaken,
    TimeBooked,
)


class HallTimes(msgspec.Struct, frozen=True):
    """A hall under its name in the pack, with the calendar, the hours and the zone that say when it is open."""

    name: str
    hall: Hall
    calendar: Calendar
    hours: OfficeHours
    zone: ZoneInfo


class Time(msgspec.Struct, frozen=True, order=True):
    """A time that can be booked: when it begins, and the instant before which it ends."""

    at: datetime
    until: datetime


class Booking(msgspec.Struct, frozen=True):
    """A time that a person booked; `made` is when. `used` means that its number was taken."""

    id: UUID
    person: UUID
    time: Time
    made: datetime
    cancelled: bool = False
    reminded: bool = False
    used: bool = False

    @property
    def stands(self) -> bool:
        """Whether somebody may still come with it."""
        return not self.cancelled and not self.used


class Number(msgspec.Struct, frozen=True):
    """A number of a day: since when somebody waits with it, for which booked `time`, who if it is known; how often it
    was called and to which window last; how it ended.
    """

    number: int
    taken: datetime
    time: datetime | None = None
    person: UUID | None = None
    calls: int = 0
    window: int | None = None
    ended: Ending | None = None

    @property
    def waits(self) -> bool:
        """Whether it was not called yet."""
        return self.calls == 0 and self.ended is None


class HallDay(msgspec.Struct, frozen=True):
    """A day in a hall; `version` is that of its history."""

    version: int
    bookings: Mapping[UUID, Booking]
    numbers: Mapping[int, Number]

    def open_number(self, person: UUID) -> Number | None:
        """The number with which somebody waits, or is at a window."""
        return next((one for one in self.numbers.values() if one.person == person and one.ended is None), None)

    def at_window(self, window: int) -> Number | None:
        """The number that was called to a window and did not end."""
        return next((one for one in self.numbers.values() if one.window == window and one.ended is None), None)

    def waiting(self) -> list[Number]:
        """The numbers that were not called yet, in no order that means anything."""
        return [one for one in self.numbers.values() if one.waits]


def hall_day(history: Sequence[Recorded]) -> HallDay:
    """The day that a history tells; an empty one of a day on which nothing has happened."""
    bookings: dict[UUID, Booking] = {}
    numbers: dict[int, Number] = {}
    for one in history:
        _tell(one, bookings, numbers)
    return HallDay(fold_version(history), bookings, numbers)


def _tell(one: Recorded, bookings: dict[UUID, Booking], numbers: dict[int, Number]) -> None:
    match one.fact:
        case TimeBooked() as fact:
            bookings[fact.booking] = Booking(fact.booking, fact.person, Time(fact.at, fact.until), one.at)
        case BookingCancelled(booking=booking):
            bookings[booking] = msgspec.structs.replace(bookings[booking], cancelled=True)
        case BookingReminded(booking=booking):
            bookings[booking] = msgspec.structs.replace(bookings[booking], reminded=True)
        case NumberTaken() as fact:
            numbers[fact.number] = Number(fact.number, one.at, fact.time, fact.person)
            if fact.booking is not None:
                bookings[fact.booking] = msgspec.structs.replace(bookings[fact.booking], used=True)
        case NumberCalled(number=number, window=window):
            found = numbers[number]
            numbers[number] = msgspec.structs.replace(found, window=window, calls=found.calls + 1)
        case NumberEnded(number=number, how=how):
            numbers[number] = msgspec.structs.replace(numbers[number], ended=how)
        case _:
            raise AssertionError("a day in a hall is told in its own facts")


def in_order(waiting: Iterable[Number], *, now: datetime) -> list[Number]:
    """Who is called next, and who then: first those whose booked time has come, by time and number; then all others by
    number, also those who came before their time.
    """

    def turn(one: Number) -> tuple[bool, datetime, int]:
        if one.time is not None and one.time <= now:
            return False, one.time, one.number
        return True, now, one.number

    return sorted(waiting, key=turn)


class FreeTime(msgspec.Struct, frozen=True):
    """A time that can be booked now, and for how many people."""

    at: datetime
    until: datetime
    free: int


class Call(msgspec.Struct, frozen=True):
    """A number that was called to a window, and when last."""

    number: int
    window: int
    at: datetime


class Standing(msgspec.Struct, frozen=True):
    """How a hall stands: how many wait, which numbers were called last, and for how many minutes half of those whom it
    called in the last hour had waited at most; None where it called nobody.
    """

    hall: str
    waiting: int
    calls: tuple[Call, ...] = ()
    waited: int | None = None


class OwnBooking(msgspec.Struct, frozen=True):
    """A time that somebody booked and may still come to."""

    booking: UUID
    hall: str
    day: date
    at: datetime
    until: datetime


class OwnNumber(msgspec.Struct, frozen=True):
    """The number of somebody who waits today: how many are called before them, and to which window they are called."""

    hall: str
    number: int
    before: int
    window: int | None = None
