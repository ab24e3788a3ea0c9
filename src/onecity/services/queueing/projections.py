"""Bookings and numbers as pages and boards show them."""

from collections.abc import Iterator

from onecity.ledger import Fact, Projection, Recorded, Row, Statement, Table
from onecity.services.queueing.facts import (
    BookingCancelled,
    BookingReminded,
    NumberCalled,
    NumberEnded,
    NumberTaken,
    TimeBooked,
)

_BOOK = Statement(
    "hall_bookings",
    "insert into hall_bookings (booking, hall, day, at, until, person, made) select * from"
    " unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[], $5::timestamptz[], $6::uuid[], $7::timestamptz[])",
)
_CANCEL = Statement(
    "hall_bookings",
    "update hall_bookings b set cancelled = true from unnest($1::uuid[]) t(booking) where b.booking = t.booking",
)
_REMIND = Statement(
    "hall_bookings",
    "update hall_bookings b set reminded = true from unnest($1::uuid[]) t(booking) where b.booking = t.booking",
)
_USE = Statement(
    "hall_bookings",
    "update hall_bookings b set used = true from unnest($1::uuid[]) t(booking) where b.booking = t.booking",
)
_TAKE = Statement(
    "hall_numbers",
    "insert into hall_numbers (stream, number, hall, day, taken, booked, person) select * from"
    " unnest($1::uuid[], $2::int[], $3::text[], $4::date[], $5::timestamptz[], $6::timestamptz[], $7::uuid[])",
)
_CALL = Statement(
    "hall_numbers",
    "update hall_numbers n set calls = n.calls + 1, at_window = t.at_window, called = coalesce(n.called, t.at),"
    " called_last = t.at"
    " from unnest($1::uuid[], $2::int[], $3::int[], $4::timestamptz[]) t(stream, number, at_window, at)"
    " where n.stream = t.stream and n.number = t.number",
)
_END = Statement(
    "hall_numbers",
    "update hall_numbers n set ended = t.ended from unnest($1::uuid[], $2::int[], $3::text[]) t(stream, number, ended)"
    " where n.stream = t.stream and n.number = t.number",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case TimeBooked() | BookingCancelled() | BookingReminded() as fact:
            yield _booked(recorded, fact)
        case NumberTaken() as fact:
            key = (recorded.stream, fact.number)
            yield Row(_TAKE, key, (*key, fact.hall, fact.day, recorded.at, fact.time, fact.person))
            if fact.booking is not None:
                yield Row(_USE, (fact.booking,), (fact.booking,))
        case NumberCalled(number=number, window=window):
            yield Row(_CALL, (recorded.stream, number), (recorded.stream, number, window, recorded.at))
        case NumberEnded(number=number, how=how):
            yield Row(_END, (recorded.stream, number), (recorded.stream, number, how.value))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _booked(recorded: Recorded, fact: Fact) -> Row:
    match fact:
        case TimeBooked() as one:
            row = (one.booking, one.hall, one.day, one.at, one.until, one.person, recorded.at)
            return Row(_BOOK, (one.booking,), row)
        case BookingCancelled(booking=booking):
            return Row(_CANCEL, (booking,), (booking,))
        case BookingReminded(booking=booking):
            return Row(_REMIND, (booking,), (booking,))
        case _:
            raise AssertionError("nothing else happens to a booking")


QUEUES = Projection(
    tables=(Table("hall_bookings"), Table("hall_numbers")),
    facts=(TimeBooked, BookingCancelled, BookingReminded, NumberTaken, NumberCalled, NumberEnded),
    apply=_apply,
)
