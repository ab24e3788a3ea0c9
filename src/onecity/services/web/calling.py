"""Clerks call numbers to their windows, and give one to whoever stands there without a telephone."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Route, Visit, Visitor, holding
from onecity.services.queueing import Halls, rules
from onecity.services.queueing.model import HallDay, HallTimes, Number, in_order
from onecity.services.queueing.rules import Why
from onecity.services.queueing.usecases import Called, Taken
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_OFTEN: Final = Rate(120, 60)
_DIGITS: Final = 3
_NUMBERS: Final = 9
"""No hall has so many windows, and no day so many numbers, that they have more digits."""
_RENEWED_S: Final = 15


class CallingPages:
    """The page of a window in a hall, for whoever holds a duty of windows that reaches the hall."""

    def __init__(self, counter: Counter) -> None:
        self._halls: Halls = counter.halls
        self._clerk = holding(*counter.receptions.duties)

    def routes(self) -> Sequence[Route]:
        """They stand before those of a reception, whose id is a part of the same addresses."""
        one = "/window/halls/{hall}"
        return (
            Route("GET", one, self._clerk, self.one),
            Route("POST", one, self._clerk, self.act, _OFTEN),
            Route("GET", f"{one}/numbers/{{number}}", self._clerk, self.number),
        )

    async def one(self, visit: Visit) -> Response:
        """Who waits, and which number is at the window that was named."""
        times = self._times(visit)
        if isinstance(times, Refused):
            return visit.refuse(times)
        return await self._page(visit, times, visit.request.query_params.get("window", ""), None)

    async def act(self, visit: Visit) -> Response:
        """Call the next one, call again, say that nobody came, or give a number."""
        times, typed = self._times(visit), visit.form.text("window")
        if isinstance(times, Refused):
            return visit.refuse(times)
        window = read_number(typed, _DIGITS) or 0
        done = await self._done(visit, times.name, window)
        if isinstance(done, Refused):
            return await self._page(visit, times, typed, done)
        if isinstance(done, Taken):
            return visit.go(f"/window/halls/{done.hall}/numbers/{done.number}?window={window}")
        return visit.go(f"/window/halls/{done.hall}?window={window}")

    async def number(self, visit: Visit) -> Response:
        """A number of today that has not ended, as it is printed for whoever has no telephone."""
        times, number = self._times(visit), read_number(visit.path("number"), _NUMBERS)
        if isinstance(times, Refused):
            return visit.refuse(times)
        day = await self._halls.open_day(times.name, now=visit.now)
        found = day.numbers.get(number) if number is not None else None
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        before = [one.number for one in in_order(day.waiting(), now=visit.now)]
        window = read_number(visit.request.query_params.get("window", ""), _DIGITS)
        return visit.page(
            AT + "hall_number.html", title=times.hall.name.said(visit.lang), number=found.number, at=found.taken,
            address=times.hall.address.said(visit.lang),
            before=before.index(found.number) if found.number in before else 0,
            back_url=_path(times, window),
        )  # fmt: skip

    async def _done(self, visit: Visit, hall: str, window: int) -> Called | Taken | Refused:
        by, key, now = self._by(visit, self._halls.halls[hall].area), visit.form.key(), visit.now
        match visit.form.text("do"):
            case "give":
                return await self._halls.give(hall, by=by, key=key, now=now)
            case "again":
                return await self._halls.call_again(hall, window, by=by, key=key, now=now)
            case "absent":
                return await self._halls.absent(hall, window, by=by, key=key, now=now)
            case _:
                return await self._halls.call(hall, window, by=by, key=key, now=now)

    def _times(self, visit: Visit) -> HallTimes | Refused:
        """The hall of the path, if the visitor serves there."""
        times = self._halls.times(visit.path("hall"))
        if times is None:
            return Refused(Why.NOT_FOUND)
        return rules.may_serve(times, duties=self._halls.duties, by=self._by(visit, times.hall.area)) or times

    def _by(self, visit: Visit, area: str) -> Acting:
        return clerk_at(self._halls, visit.someone, Channel.WINDOW, area)

    async def _page(self, visit: Visit, times: HallTimes, typed: str, refused: Refused | None) -> Response:
        window = read_number(typed, _DIGITS)
        no_window = None if window is None else rules.has_window(times, window)
        if typed and window is None:
            no_window = rules.has_window(times, 0)
        wrong = no_window or refused
        day = await self._halls.open_day(times.name, now=visit.now)
        at = day.at_window(window) if window is not None and no_window is None else None
        return visit.page(
            AT + "hall_window.html", status=422 if wrong else 200, title=times.hall.name.said(visit.lang),
            url=f"/window/halls/{times.name}", window=None if no_window else window, typed=typed, at=at,
            most=times.hall.windows, again=_again(visit, day, window), absent=_absent(visit, at),
            waiting=[self._waiting(visit, times, one) for one in in_order(day.waiting(), now=visit.now)],
            why=visit.say(wrong.reason, **wrong.details) if wrong else "", key=uuid4(), every=_RENEWED_S,
            error=visit.say(no_window.reason, **no_window.details) if no_window else "",
            back_url="/window",
        )  # fmt: skip

    def _waiting(self, visit: Visit, times: HallTimes, one: Number) -> dict[str, Any]:
        """A number that waits: since when, or for which time it was booked. Nobody's name."""
        if one.time is not None:
            side = visit.say("services.queueing.booked_for", at=f"{one.time.astimezone(times.zone):%H:%M}")
        else:
            side = visit.say("services.queueing.since", at=f"{one.taken.astimezone(times.zone):%H:%M}")
        return {"title": visit.say("services.queueing.number", number=one.number), "side": side}


def _again(visit: Visit, day: HallDay, window: int | None) -> str:
    """Why the number of a window is not called again, or nothing."""
    if window is None:
        return ""
    found = rules.call_again(day, window)
    return visit.say(found.reason) if isinstance(found, Refused) else ""


def _absent(visit: Visit, at: Number | None) -> str:
    return "" if at is not None else visit.say(Why.NOBODY_CALLED)


def _path(times: HallTimes, window: int | None) -> str:
    return f"/window/halls/{times.name}" + (f"?window={window}" if window else "")


def read_number(text: str, digits: int) -> int | None:
    """A number as somebody types it, or None."""
    cleaned = text.strip()
    return int(cleaned) if cleaned.isascii() and cleaned.isdecimal() and len(cleaned) <= digits else None


def clerk_at(halls: Halls, someone: Visitor, channel: Channel, area: str) -> Acting:
    """Somebody at a window in an area, in whichever duty of windows reaches it; without one, they alone."""
    found = (someone.acting_in(channel, duty, {area}) for duty in halls.duties)
    return next((one for one in found if one.duty is not None), Acting(someone.person, channel))
