"""Halls for everybody: how they stand, a board for a screen in each, booking a time and taking a number."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.instants import day_in, read_day, stamp
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import EVERYBODY, SIGNED_IN, Route, Visit
from onecity.places import Hall
from onecity.services.queueing import Halls, rules
from onecity.services.queueing.model import HallTimes, OwnBooking, OwnNumber, Standing
from onecity.services.queueing.rules import Why
from onecity.services.queueing.usecases import Booked, Cancelled, GivenBack, Own, Taken
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_OFTEN: Final = Rate(60, 60)
_FEW: Final = 3
_MANY: Final = 8
"""So many of the last calls stand in a list of halls, and on the page of one."""
_RENEWED_S: Final = 15
"""After so many seconds a page asks how its hall stands."""


class QueueingPages:
    """Pages of halls for citizens, and for a screen that nobody touches."""

    def __init__(self, counter: Counter) -> None:
        self._halls: Halls = counter.halls

    def routes(self) -> Sequence[Route]:
        """Whoever looks needs no account; whoever books or waits by telephone has one."""
        one = "/halls/{hall}"
        return (
            Route("GET", "/halls", EVERYBODY, self.all, may_lag=True),
            Route("GET", one, EVERYBODY, self.one, may_lag=True),
            Route("GET", f"{one}/board", EVERYBODY, self.board, may_lag=True),
            Route("GET", f"{one}/book", SIGNED_IN, self.choose),
            Route("POST", f"{one}/book", SIGNED_IN, self.book, _OFTEN),
            Route("POST", f"{one}/number", SIGNED_IN, self.take, _OFTEN),
            Route("POST", f"{one}/leave", SIGNED_IN, self.leave, _OFTEN),
            Route("POST", "/bookings/{booking}/cancel", SIGNED_IN, self.cancel, _OFTEN),
        )

    async def all(self, visit: Visit) -> Response:
        """All halls, and what the visitor has in them."""
        found = await self._halls.standings(now=visit.now, calls=_FEW)
        own = await own_rows(self._halls, visit)
        cards = [standing_shown(visit, self._halls.halls[one.hall], one) for one in found]
        return visit.page(AT + "halls.html", title=visit.say("services.queueing"), halls=cards, mine=own)

    async def one(self, visit: Visit) -> Response:
        """One hall: where it is, how it stands, and what the visitor can do there."""
        times = self._halls.times(visit.path("hall"))
        return visit.refuse(Refused(Why.NOT_FOUND)) if times is None else await self._page(visit, times, None)

    async def board(self, visit: Visit) -> Response:
        """The numbers that were called last, for a screen in the hall."""
        times = self._halls.times(visit.path("hall"))
        if times is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return visit.page(
            AT + "hall_board.html", title=times.hall.name.said(visit.lang), hall=await self._standing(visit, times),
            doors=[], every=_RENEWED_S, wide=True, back_url=f"/halls/{times.name}",
        )  # fmt: skip

    async def choose(self, visit: Visit) -> Response:
        """The free times of a day, and the one that was chosen, to be confirmed."""
        times = self._halls.times(visit.path("hall"))
        if times is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        return await self._choice(visit, times, read_instant(visit.request.query_params.get("at", "")), None)

    async def book(self, visit: Visit) -> Response:
        """Book the time that was confirmed."""
        times, at = self._halls.times(visit.path("hall")), read_instant(visit.form.text("at"))
        if times is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        if at is None:
            return await self._choice(visit, times, None, Refused(Why.NO_TIME))
        done = await self._halls.book(times.name, at, by=visit.myself(), key=visit.form.key(), now=visit.now)
        if isinstance(done, Booked):
            return visit.go(f"/halls/{done.hall}")
        return await self._choice(visit, times, at, done)

    async def take(self, visit: Visit) -> Response:
        """Take a number for today."""
        done = await self._halls.take(visit.path("hall"), by=visit.myself(), key=visit.form.key(), now=visit.now)
        return await self._done(visit, visit.path("hall"), done)

    async def leave(self, visit: Visit) -> Response:
        """Give one's own number back."""
        done = await self._halls.leave(visit.path("hall"), by=visit.myself(), key=visit.form.key(), now=visit.now)
        return await self._done(visit, visit.path("hall"), done)

    async def cancel(self, visit: Visit) -> Response:
        """Cancel one's own booking."""
        booking = visit.id("booking")
        if booking is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await self._halls.cancel(booking, by=visit.myself(), key=visit.form.key(), now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/halls/{done.hall}")

    async def _done(self, visit: Visit, hall: str, done: Taken | GivenBack | Cancelled | Refused) -> Response:
        """The page of the hall as it is then, or with the reason why nothing was done."""
        if not isinstance(done, Refused):
            return visit.go(f"/halls/{hall}")
        times = self._halls.times(hall)
        return visit.refuse(done) if times is None else await self._page(visit, times, done)

    async def _standing(self, visit: Visit, times: HallTimes) -> dict[str, Any]:
        [found] = await self._halls.standings(now=visit.now, calls=_MANY, halls=[times.name])
        return standing_shown(visit, times.hall, found)

    async def _page(self, visit: Visit, times: HallTimes, refused: Refused | None) -> Response:
        own = await self._own(visit, times)
        return visit.page(
            AT + "hall.html", status=409 if refused else 200, title=times.hall.name.said(visit.lang),
            hall=await self._standing(visit, times), url=f"/halls/{times.name}", every=_RENEWED_S,
            numbers=[number_shown(visit, one) for one in own.numbers],
            bookings=[self._booking(visit, one) for one in own.bookings],
            books=times.hall.booking is not None, open=rules.is_open(times, now=visit.now),
            early=any(one.at - rules.EARLY <= visit.now for one in own.bookings),
            why=visit.say(refused.reason, **refused.details) if refused else "", key=uuid4(), back_url="/halls",
        )  # fmt: skip

    async def _own(self, visit: Visit, times: HallTimes) -> Own:
        """What the visitor has in this hall."""
        if visit.visitor is None:
            return Own((), ())
        own = await self._halls.own(visit.visitor.person, now=visit.now)
        return Own(
            tuple(one for one in own.bookings if one.hall == times.name),
            tuple(one for one in own.numbers if one.hall == times.name),
        )

    def _booking(self, visit: Visit, one: OwnBooking) -> dict[str, Any]:
        begun = one.at <= visit.now
        return {"at": one.at, "url": f"/bookings/{one.booking}/cancel", "may_cancel": not begun, "key": uuid4()}

    async def _choice(self, visit: Visit, times: HallTimes, at: datetime | None, refused: Refused | None) -> Response:
        days = rules.days(times, today=visit.today)
        day = self._chosen_day(visit, days, at)
        free = await self._halls.free(times.name, day, now=visit.now) if day else ()
        chosen = next((one for one in free if one.at == at), None)
        if at is not None and chosen is None and refused is None:
            # Somebody else was quicker, or the address is an old one.
            refused = Refused(Why.NO_TIME)
        return visit.page(
            AT + "hall_book.html", status=422 if refused else 200, title=visit.say("services.queueing.book"),
            hall=standing_shown(visit, times.hall, Standing(times.name, 0)), url=f"/halls/{times.name}/book",
            days=[self._day(visit, one, day, times) for one in days], day=day,
            times=[
                {"value": stamp(one.at), "label": f"{one.at.astimezone(times.zone):%H:%M}",
                 "hint": visit.say("services.queueing.free", number=one.free)}
                for one in free
            ],
            chosen=chosen if refused is None else None, value=stamp(chosen.at) if chosen else "",
            books=times.hall.booking is not None, early=int(rules.EARLY.total_seconds() // 60),
            why=visit.say(refused.reason, **refused.details) if refused else "", key=uuid4(),
            back_url=f"/halls/{times.name}",
        )  # fmt: skip

    def _chosen_day(self, visit: Visit, days: Sequence[date], at: datetime | None) -> date | None:
        """The day of the time that was chosen, else the one that was asked for, else the first one."""
        if at is not None and rules.may_be(at, now=visit.now):
            asked: date | None = day_in(self._halls.zone, at)
        else:
            asked = read_day(visit.request.query_params.get("day", ""), today=visit.today)
        return asked if asked in days else next(iter(days), None)

    def _day(self, visit: Visit, day: date, chosen: date | None, times: HallTimes) -> dict[str, Any]:
        label = visit.site.pages.formats[visit.lang].day(day, today=visit.today)
        return {"href": f"/halls/{times.name}/book?day={day}", "label": label, "current": day == chosen}


def read_instant(text: str) -> datetime | None:
    """An instant as an address or a form carries it, or None. Without a zone it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def standing_shown(visit: Visit, hall: Hall, standing: Standing) -> dict[str, Any]:
    """A hall as pages show it: names and numbers, and of people nothing but how many."""
    waited = standing.waited
    return {
        "href": f"/halls/{standing.hall}",
        "name": hall.name.said(visit.lang),
        "address": hall.address.said(visit.lang),
        "waiting": standing.waiting,
        "waited": visit.say("services.queueing.nobody_yet")
        if waited is None
        else visit.say("services.queueing.half", number=waited),
        "calls": [{"number": one.number, "window": one.window} for one in standing.calls],
    }


def number_shown(visit: Visit, one: OwnNumber) -> dict[str, Any]:
    """A number with the sentence that says whose turn comes before."""
    if one.window is not None:
        said = visit.say("services.queueing.called", window=one.window)
    elif one.before:
        said = visit.say("services.queueing.before", number=one.before, place=one.before + 1)
    else:
        said = visit.say("services.queueing.next")
    return {"number": one.number, "said": said, "called": one.window is not None}


async def own_rows(halls: Halls, visit: Visit) -> list[dict[str, Any]]:
    """What the visitor booked and waits for, as rows that lead to the halls; nothing for whoever acts for another."""
    if visit.visitor is None or visit.visitor.acting_for is not None:
        return []
    own, formats = await halls.own(visit.visitor.person, now=visit.now), visit.site.pages.formats[visit.lang]
    waits = [
        {
            "href": f"/halls/{one.hall}",
            "title": visit.say("services.queueing.your_number", number=one.number),
            "subtitle": f"{halls.halls[one.hall].name.said(visit.lang)} · {number_shown(visit, one)['said']}",
        }
        for one in own.numbers
    ]
    booked = [
        {
            "href": f"/halls/{one.hall}",
            "title": visit.say("services.queueing.booked", at=formats.instant(one.at, today=visit.today)),
            "subtitle": halls.halls[one.hall].name.said(visit.lang),
        }
        for one in own.bookings
    ]
    return waits + booked
