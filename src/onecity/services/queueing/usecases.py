"""Booking times, taking numbers and calling them: load, decide, record."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.clock import Calendar, OfficeHours
from onecity.kernel.ids import PersonId, began_ms, derived_id
from onecity.kernel.instants import bounds_of, day_in, stamp
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Ledger, fold_version
from onecity.machinery.jobs import each_due
from onecity.notices import letter_to
from onecity.packs import Pack
from onecity.people import DUTY
from onecity.places import CITY, HALL, Hall, calendar_of, hours_of
from onecity.services.queueing import rules, store
from onecity.services.queueing.facts import BookingNoted, NumberCalled
from onecity.services.queueing.model import (
    FreeTime,
    HallDay,
    HallTimes,
    Number,
    OwnBooking,
    OwnNumber,
    Standing,
    hall_day,
    in_order,
)
from onecity.services.queueing.rules import Why

if TYPE_CHECKING:
    from asyncpg import Connection

_STREAMS: Final = UUID("5d4c7a52-9f0b-5f0e-8f3a-68616c6c7321")
"""Namespace of the histories of days in halls."""
_KEYS: Final = UUID("a1b53c0e-6d1c-5c43-9d15-6e6561722121")
"""Namespace of the idempotency keys of the job: of each booking somebody is reminded once, whoever finds it."""
_AT_ONCE: Final = 200
_LATELY: Final = timedelta(hours=1)
REMINDED: Final = "services.booking_near"
"""The kind of the letter on the day before."""


class Booked(msgspec.Struct, frozen=True):
    """The answer to whoever booked a time."""

    booking: UUID
    hall: str
    at: datetime
    until: datetime


class Cancelled(msgspec.Struct, frozen=True):
    """The answer to whoever cancelled a booking."""

    booking: UUID
    hall: str


class Taken(msgspec.Struct, frozen=True):
    """The answer to whoever took a number, or gave one to somebody: how many are called before it."""

    hall: str
    day: date
    number: int
    before: int


class GivenBack(msgspec.Struct, frozen=True):
    """The answer to whoever gave their number back."""

    hall: str
    number: int


class Called(msgspec.Struct, frozen=True):
    """The answer to whoever called: the number that is at the window now; None if nobody waits any more."""

    hall: str
    window: int
    number: int | None = None


class Reminded(msgspec.Struct, frozen=True):
    """The answer to the job that reminded somebody of a booking."""

    booking: UUID


class Own(msgspec.Struct, frozen=True):
    """What somebody booked and may still come to, and with which numbers they wait."""

    bookings: tuple[OwnBooking, ...]
    numbers: tuple[OwnNumber, ...]


Act = Callable[[HallDay, int], tuple[Fact, ...] | Refused]
"""What a clerk does at a window."""


class Halls(msgspec.Struct, frozen=True):
    """The halls of the city on their days. `duties` are those of whoever serves at a window."""

    ledger: Ledger
    halls: Mapping[str, Hall]
    calendar: Calendar
    hours: OfficeHours
    zone: ZoneInfo
    duties: Sequence[str]

    def times(self, hall: str) -> HallTimes | None:
        """When a hall is open; None if there is no such hall."""
        found = self.halls.get(hall)
        return HallTimes(hall, found, self.calendar, self.hours, self.zone) if found else None

    async def load(self, hall: str, day: date) -> HallDay:
        """A day in a hall from its history."""
        return hall_day(await self.ledger.history(day_stream(self.zone, hall, day)))

    async def book(self, hall: str, at: datetime, *, by: Acting, key: UUID, now: datetime) -> Booked | Refused:
        """Book a time for whoever asks."""
        times = self.times(hall)
        if times is None or by.person is None:
            return Refused(Why.NOT_FOUND)
        if not rules.may_be(at, now=now):
            return Refused(Why.NO_TIME)
        person, day, booking = by.person, day_in(self.zone, at), derived_id(key, now=now, what="booking")

        async def decide() -> Decision | Refused:
            # First the person's own history: what they book elsewhere after this look moves it.
            own = bookings_of(person)
            noted = fold_version(await self.ledger.history(own))
            current = await self.load(hall, day)
            async with self.ledger.readers.acquire() as connection:
                held = len(await store.held_by(connection, person, now=now))
            fact = rules.book(current, booking, at, times=times, person=person, held=held, now=now)
            if isinstance(fact, Refused):
                return fact
            changes = (
                self._changed(hall, day, current, fact), Change(own, noted, (BookingNoted(booking, hall, day),)),
            )  # fmt: skip
            return Decision(changes, Booked(booking, hall, fact.at, fact.until))

        return await self.ledger.record(key, decide, Booked, by=by, now=now)

    async def cancel(self, booking: UUID, *, by: Acting, key: UUID, now: datetime) -> Cancelled | Refused:
        """Cancel one's own booking."""

        async def decide() -> Decision | Refused:
            if by.person is None:
                return Refused(Why.NOT_FOUND)
            async with self.ledger.readers.acquire() as connection:
                found = await store.day_of(connection, booking, by.person)
            if found is None:
                return Refused(Why.NOT_FOUND)
            current = await self.load(*found)
            fact = rules.cancel(current, booking, by=by, now=now)
            if isinstance(fact, Refused):
                return fact
            return Decision((self._changed(*found, current, fact),), Cancelled(booking, found[0]))

        return await self.ledger.record(key, decide, Cancelled, by=by, now=now)

    async def take(self, hall: str, *, by: Acting, key: UUID, now: datetime) -> Taken | Refused:
        """Take a number for today, for oneself."""
        return await self._take(hall, by.person, by=by, key=key, now=now)

    async def give(self, hall: str, *, by: Acting, key: UUID, now: datetime) -> Taken | Refused:
        """Give a number to whoever stands at a window and has no telephone: nobody asks who they are."""
        times = self.times(hall)
        if times is None:
            return Refused(Why.NOT_FOUND)
        refused = rules.may_serve(times, duties=self.duties, by=by)
        return refused or await self._take(hall, None, by=by, key=key, now=now)

    async def _take(
        self, hall: str, person: PersonId | None, *, by: Acting, key: UUID, now: datetime
    ) -> Taken | Refused:
        times, day = self.times(hall), day_in(self.zone, now)
        if times is None:
            return Refused(Why.NOT_FOUND)

        async def decide() -> Decision | Refused:
            current = await self.load(hall, day)
            fact = rules.take(current, times=times, person=person, now=now)
            if isinstance(fact, Refused):
                return fact
            taken = Number(fact.number, now, fact.time)
            before = in_order([*current.waiting(), taken], now=now).index(taken)
            return Decision((self._changed(hall, day, current, fact),), Taken(hall, day, fact.number, before))

        return await self.ledger.record(key, decide, Taken, by=by, now=now)

    async def leave(self, hall: str, *, by: Acting, key: UUID, now: datetime) -> GivenBack | Refused:
        """Give one's own number of today back."""
        day = day_in(self.zone, now)

        async def decide() -> Decision | Refused:
            if hall not in self.halls:
                return Refused(Why.NOT_FOUND)
            current = await self.load(hall, day)
            fact = rules.leave(current, by=by)
            if isinstance(fact, Refused):
                return fact
            return Decision((self._changed(hall, day, current, fact),), GivenBack(hall, fact.number))

        return await self.ledger.record(key, decide, GivenBack, by=by, now=now)

    async def call(self, hall: str, window: int, *, by: Acting, key: UUID, now: datetime) -> Called | Refused:
        """Call whoever's turn it is to a window; whoever was there was served."""

        def act(day: HallDay, at: int) -> tuple[Fact, ...] | Refused:
            return rules.call_next(day, at, now=now)

        return await self._at_window(hall, window, act, by=by, key=key, now=now)

    async def call_again(self, hall: str, window: int, *, by: Acting, key: UUID, now: datetime) -> Called | Refused:
        """Call the number of a window once more."""
        return await self._at_window(hall, window, rules.call_again, by=by, key=key, now=now)

    async def absent(self, hall: str, window: int, *, by: Acting, key: UUID, now: datetime) -> Called | Refused:
        """Nobody came with the number of a window."""
        return await self._at_window(hall, window, rules.absent, by=by, key=key, now=now)

    async def _at_window(
        self, hall: str, window: int, act: Act, *, by: Acting, key: UUID, now: datetime
    ) -> Called | Refused:
        times, day = self.times(hall), day_in(self.zone, now)
        if times is None:
            return Refused(Why.NOT_FOUND)
        if refused := rules.may_serve(times, duties=self.duties, by=by) or rules.has_window(times, window):
            return refused

        async def decide() -> Decision | Refused:
            current = await self.load(hall, day)
            facts = act(current, window)
            if isinstance(facts, Refused):
                return facts
            called = next((one.number for one in facts if isinstance(one, NumberCalled)), None)
            return Decision((self._changed(hall, day, current, *facts),), Called(hall, window, called))

        return await self.ledger.record(key, decide, Called, by=by, now=now)

    def _changed(self, hall: str, day: date, current: HallDay, *facts: Fact) -> Change:
        return Change(day_stream(self.zone, hall, day), current.version, facts)

    async def free(self, hall: str, day: date, *, now: datetime) -> tuple[FreeTime, ...]:
        """What of a day in a hall can be booked now."""
        times = self.times(hall)
        if times is None:
            return ()
        async with self.ledger.readers.acquire() as connection:
            taken = await store.taken_on(connection, hall, day)
        return rules.free_times(times, day, taken, now=now)

    async def open_day(self, hall: str, *, now: datetime) -> HallDay:
        """Today in a hall, of numbers only those that have not ended: for whoever looks at it, and decides nothing."""
        async with self.ledger.readers.acquire() as connection:
            return _open_day(await store.open_on(connection, hall, day_in(self.zone, now)))

    async def standings(self, *, now: datetime, calls: int, halls: Sequence[str] | None = None) -> list[Standing]:
        """How the halls stand now, each with so many of its last calls."""
        asked = sorted(self.halls) if halls is None else halls
        async with self.ledger.readers.acquire() as connection:
            found = await store.standings(connection, day_in(self.zone, now), asked, since=now - _LATELY, calls=calls)
        return [found.get(hall, Standing(hall, 0)) for hall in asked]

    async def own(self, person: UUID, *, now: datetime) -> Own:
        """What somebody booked, and with which numbers they wait today, of the halls that there are."""
        day = day_in(self.zone, now)
        async with self.ledger.readers.acquire() as connection:
            bookings = await store.held_by(connection, person, now=now)
            numbers = await store.numbers_of(connection, person, day)
            places = [await self._place(connection, one, day, now) for one in numbers if one.hall in self.halls]
        return Own(tuple(one for one in bookings if one.hall in self.halls), tuple(places))

    async def _place(self, connection: "Connection", one: store.OpenNumber, day: date, now: datetime) -> OwnNumber:
        if one.window is not None:
            return OwnNumber(one.hall, one.number, 0, one.window)
        queue = in_order(_open_day(await store.open_on(connection, one.hall, day)).waiting(), now=now)
        # Whoever was called between the two looks is next.
        before = next((place for place, each in enumerate(queue) if each.number == one.number), 0)
        return OwnNumber(one.hall, one.number, before)


def halls_of(ledger: Ledger, pack: Pack) -> Halls:
    """The halls that a pack declares; none where it declares none."""
    halls = {name: one.value for name, one in pack.all(HALL).items()}
    duties = [name for name, one in pack.all(DUTY).items() if one.value.at_window]
    return Halls(ledger, halls, calendar_of(pack), hours_of(pack), pack.one(CITY).clock_zone(), duties)


def _open_day(numbers: Sequence[Number]) -> HallDay:
    return HallDay(0, {}, {one.number: one for one in numbers})


def day_stream(zone: ZoneInfo, hall: str, day: date) -> UUID:
    """The history of a day in a hall: it follows from both, so that all who act there meet in it."""
    return derived_id(uuid5(_STREAMS, hall), now=bounds_of(zone, day)[0], what=f"day {day}")


def bookings_of(person: UUID) -> UUID:
    """The history of what a person books; it begins in the month of their account."""
    return derived_id(person, now=datetime.fromtimestamp(began_ms(person) / 1000, UTC), what="bookings")


async def remind_of_bookings(now: datetime, *, halls: Halls) -> int:
    """Write to those who booked a time, on the day before it; how many were written to."""
    today = day_in(halls.zone, now)
    since, until = bounds_of(halls.zone, today)[0], bounds_of(halls.zone, today + timedelta(days=1))[1]

    async def found(connection: "Connection", after: store.Near | None) -> list[store.Near]:
        return await store.near(connection, now, today=today, since=since, until=until, after=after, limit=_AT_ONCE)

    async def tell(one: store.Near) -> bool:
        return await _tell(one, halls=halls, now=now)

    return await each_due(halls.ledger.readers, found, tell)


async def _tell(one: store.Near, *, halls: Halls, now: datetime) -> bool:
    times, key = halls.times(one.hall), uuid5(_KEYS, f"near {one.booking}")
    if times is None:
        return False

    async def decide() -> Decision | Refused:
        current = await halls.load(one.hall, one.day)
        fact = rules.near(current, one.booking, times=times, now=now)
        if fact is None:
            return Refused(Why.NOT_FOUND)
        letter = letter_to(
            PersonId(one.person), REMINDED, about=one.booking, sender="",
            facts={"begin_at": stamp(one.at), "hall": one.hall}, words=None, law="", key=key, now=now,
        )  # fmt: skip
        stream = day_stream(halls.zone, one.hall, one.day)
        return Decision((Change(stream, current.version, (fact,)), letter), Reminded(one.booking))

    return isinstance(await halls.ledger.record(key, decide, Reminded, by=the_city(), now=now), Reminded)
