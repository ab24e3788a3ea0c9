"""Halls for programs: the same commands as on the pages, with the same answers and refusals."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, SIGNED_IN, Once, Operation, Visit, holding
from onecity.services.queueing import Halls, rules
from onecity.services.queueing.model import Call, FreeTime, Standing
from onecity.services.queueing.rules import Why
from onecity.services.queueing.usecases import Booked, Called, Cancelled, GivenBack, Own, Taken
from onecity.services.web.calling import clerk_at
from onecity.services.web.counter import Counter

_OFTEN: Final = Rate(120, 60)
_CALLS: Final = 8
_MOST_WINDOWS: Final = 200


class HallState(msgspec.Struct, frozen=True):
    """A hall and how it stands now: how many wait, the last calls, and for how many minutes half of those called in the
    last hour had waited at most; null where nobody was. `books` says whether it has times to book.
    """

    hall: str
    name: str
    address: str
    windows: int
    books: bool
    waiting: int
    calls: tuple[Call, ...]
    waited: int | None


class HallList(msgspec.Struct, frozen=True):
    """The halls of the city."""

    halls: tuple[HallState, ...]


class OnDay(msgspec.Struct, frozen=True):
    """The day that is asked for; without it the first of which times can be booked."""

    day: date | None = None


class FreeTimes(msgspec.Struct, frozen=True):
    """What of a day can be booked now; `days` are all of which times can be booked at all."""

    day: date | None
    times: tuple[FreeTime, ...]
    days: tuple[date, ...]


class BookTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Book the time that begins `at` an instant."""

    at: datetime


class AtWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window of a hall at which a clerk acts."""

    window: Annotated[int, msgspec.Meta(ge=1, le=_MOST_WINDOWS)]


class HallInterface:
    """The operations of halls."""

    def __init__(self, counter: Counter) -> None:
        self._halls: Halls = counter.halls
        self._clerk = holding(*counter.receptions.duties)

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        one = "/api/halls/{hall}"
        return (
            Operation("GET", "/api/halls", EVERYBODY, self.all, "The halls and how they stand", HallList, may_lag=True),
            Operation("GET", one, EVERYBODY, self.one, "A hall and how it stands", HallState, may_lag=True),
            Operation(
                "GET", f"{one}/times", EVERYBODY, self.times, "What of a day can be booked", FreeTimes, asks=OnDay,
            ),
            Operation(
                "POST", f"{one}/bookings", SIGNED_IN, Once(self.book), "Book a time for oneself", Booked, BookTime,
                _OFTEN,
            ),
            Operation(
                "POST", f"{one}/numbers", SIGNED_IN, Once(self.take), "Take a number for today", Taken, rate=_OFTEN
            ),
            Operation(
                "POST", f"{one}/leave", SIGNED_IN, Once(self.leave), "Give one's own number back", GivenBack,
                rate=_OFTEN,
            ),
            Operation("GET", "/api/bookings", SIGNED_IN, self.own, "One's own bookings and today's numbers", Own),
            Operation(
                "POST", "/api/bookings/{booking}/cancel", SIGNED_IN, Once(self.cancel), "Cancel one's own booking",
                Cancelled, rate=_OFTEN,
            ),
            *self._clerks(one),
        )  # fmt: skip

    def _clerks(self, one: str) -> tuple[Operation, ...]:
        return (
            Operation(
                "POST", f"{one}/give", self._clerk, Once(self.give), "Give a number to whoever stands there", Taken,
                rate=_OFTEN,
            ),
            Operation(
                "POST", f"{one}/call", self._clerk, Once(self.call), "Call the next number to a window; whoever was"
                " there was served", Called, AtWindow, _OFTEN,
            ),
            Operation(
                "POST", f"{one}/again", self._clerk, Once(self.again), "Call the number of a window once more", Called,
                AtWindow, _OFTEN,
            ),
            Operation(
                "POST", f"{one}/absent", self._clerk, Once(self.absent), "Nobody came with the number of a window",
                Called, AtWindow, _OFTEN,
            ),
        )  # fmt: skip

    async def all(self, visit: Visit, _: None) -> HallList:
        return await hall_list(self._halls, visit.lang, now=visit.now)

    async def one(self, visit: Visit, _: None) -> HallState | Refused:
        return await hall_state(self._halls, visit.path("hall"), visit.lang, now=visit.now)

    async def times(self, visit: Visit, asked: OnDay) -> FreeTimes | Refused:
        return await free_times(self._halls, visit.path("hall"), asked.day, today=visit.today, now=visit.now)

    async def book(self, visit: Visit, command: BookTime, key: UUID) -> Booked | Refused:
        return await self._halls.book(visit.path("hall"), command.at, by=visit.myself(), key=key, now=visit.now)

    async def take(self, visit: Visit, _: None, key: UUID) -> Taken | Refused:
        return await self._halls.take(visit.path("hall"), by=visit.myself(), key=key, now=visit.now)

    async def leave(self, visit: Visit, _: None, key: UUID) -> GivenBack | Refused:
        return await self._halls.leave(visit.path("hall"), by=visit.myself(), key=key, now=visit.now)

    async def own(self, visit: Visit, _: None) -> Own:
        return await self._halls.own(visit.someone.person, now=visit.now)

    async def cancel(self, visit: Visit, _: None, key: UUID) -> Cancelled | Refused:
        booking = visit.id("booking")
        if booking is None:
            return Refused(Why.NOT_FOUND)
        return await self._halls.cancel(booking, by=visit.myself(), key=key, now=visit.now)

    async def give(self, visit: Visit, _: None, key: UUID) -> Taken | Refused:
        return await self._halls.give(visit.path("hall"), by=self._by(visit), key=key, now=visit.now)

    async def call(self, visit: Visit, command: AtWindow, key: UUID) -> Called | Refused:
        hall, window = visit.path("hall"), command.window
        return await self._halls.call(hall, window, by=self._by(visit), key=key, now=visit.now)

    async def again(self, visit: Visit, command: AtWindow, key: UUID) -> Called | Refused:
        hall, window = visit.path("hall"), command.window
        return await self._halls.call_again(hall, window, by=self._by(visit), key=key, now=visit.now)

    async def absent(self, visit: Visit, command: AtWindow, key: UUID) -> Called | Refused:
        hall, window = visit.path("hall"), command.window
        return await self._halls.absent(hall, window, by=self._by(visit), key=key, now=visit.now)

    def _by(self, visit: Visit) -> Acting:
        hall = self._halls.halls.get(visit.path("hall"))
        return clerk_at(self._halls, visit.someone, visit.channel, hall.area) if hall else visit.myself()


async def hall_list(halls: Halls, lang: str, *, now: datetime) -> HallList:
    """All halls as programs read them."""
    found = await halls.standings(now=now, calls=_CALLS)
    return HallList(tuple(_state(halls, one, lang) for one in found))


async def hall_state(halls: Halls, hall: str, lang: str, *, now: datetime) -> HallState | Refused:
    """One hall as programs read it."""
    if hall not in halls.halls:
        return Refused(Why.NOT_FOUND)
    [found] = await halls.standings(now=now, calls=_CALLS, halls=[hall])
    return _state(halls, found, lang)


async def free_times(halls: Halls, hall: str, day: date | None, *, today: date, now: datetime) -> FreeTimes | Refused:
    """What of a day in a hall can be booked."""
    times = halls.times(hall)
    if times is None:
        return Refused(Why.NOT_FOUND)
    days = rules.days(times, today=today)
    asked = day or next(iter(days), None)
    return FreeTimes(asked, await halls.free(hall, asked, now=now) if asked else (), tuple(days))


def _state(halls: Halls, standing: Standing, lang: str) -> HallState:
    hall = halls.halls[standing.hall]
    return HallState(
        standing.hall, hall.name.said(lang), hall.address.said(lang), hall.windows, hall.booking is not None,
        standing.waiting, standing.calls, standing.waited,
    )  # fmt: skip
