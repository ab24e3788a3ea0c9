"""What can happen on a day in a hall. Nothing is written there: a fact says ids, days, instants and numbers.

All that happens in one hall on one day is one history, so that two who want the last place cannot both have it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from onecity.ledger import Fact, FactType


class Ending(StrEnum):
    """How a number ended: at the window, because nobody came when it was called, or because it was given back."""

    SERVED = "served"
    ABSENT = "absent"
    LEFT = "left"


class TimeBooked(Fact, frozen=True):
    """A person booked a time, which begins `at` and ends before `until`, whatever the pack says of halls by then."""

    booking: UUID
    hall: str
    day: date
    at: datetime
    until: datetime
    person: UUID


class BookingCancelled(Fact, frozen=True):
    """The person will not come."""

    booking: UUID


class BookingReminded(Fact, frozen=True):
    """The person was reminded of it by a letter."""

    booking: UUID


class NumberTaken(Fact, frozen=True):
    """Somebody waits. `booking` is what they booked, with its `time`; without `person`, a clerk gave the number to
    whoever stood there.
    """

    number: int
    hall: str
    day: date
    booking: UUID | None = None
    time: datetime | None = None
    person: UUID | None = None


class NumberCalled(Fact, frozen=True):
    """A clerk called it to a window, for the first or for the second time."""

    number: int
    window: int


class NumberEnded(Fact, frozen=True):
    """Nobody waits with it any more."""

    number: int
    how: Ending


class BookingNoted(Fact, frozen=True):
    """It stands in the history of what a person books, wherever it is: of two bookings at once the second one is
    decided again.
    """

    booking: UUID
    hall: str
    day: date


FACTS: Final = (
    FactType("services.time_booked", TimeBooked),
    FactType("services.booking_cancelled", BookingCancelled),
    FactType("services.booking_reminded", BookingReminded),
    FactType("services.number_taken", NumberTaken),
    FactType("services.number_called", NumberCalled),
    FactType("services.number_ended", NumberEnded),
    FactType("services.booking_noted", BookingNoted),
)
