"""An officer says when they are away and who stands in for them."""

from typing import Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.instants import read_day
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.machinery.web.visit import read_id
from onecity.people.rules import Why
from onecity.people.store import accounts
from onecity.people.store import officers as store
from onecity.people.web.gatehouse import AT, Gatehouse

_FIELDS: Final = {Why.DAYS: "until", Why.AWAY_ALREADY: "since", Why.NO_DEPUTY: "deputy"}


class AbsencePages:
    """Pages of an officer about their own days away."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def mine(self, visit: Visit) -> Response:
        """My absences, and the form for another."""
        return await self._page(visit, None)

    async def note(self, visit: Visit) -> Response:
        """Note an absence; it holds once an administrator confirmed it."""
        form, today = visit.form, visit.today
        deputy = read_id(form.text("deputy"))
        since, until = read_day(form.text("since"), today=today), read_day(form.text("until"), today=today)
        if deputy is None:
            return await self._page(visit, Refused(Why.NO_DEPUTY))
        if since is None or until is None:
            return await self._page(visit, Refused(Why.DAYS))
        done = await self._gatehouse.officers.note_absence(
            deputy, since, until, by=visit.myself(), key=form.key(), now=visit.now, today=today
        )
        if not isinstance(done, Refused):
            return visit.go("/absence")
        return await self._page(visit, done) if done.reason in _FIELDS else visit.refuse(done)

    async def back(self, visit: Visit) -> Response:
        """Back before the last day."""
        asked = visit.id("absence")
        if asked is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await self._gatehouse.officers.come_back(
            asked, by=visit.myself(), key=visit.form.key(), now=visit.now, today=visit.today
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go("/absence")

    async def _page(self, visit: Visit, refused: Refused | None) -> Response:
        me = visit.someone.person
        async with self._gatehouse.ledger.readers.acquire() as connection:
            person = await accounts.person(connection, me)
            home = person.home if person else None
            near = await accounts.colleagues(connection, home.department) if home else []
            absences = await store.absences_of(connection, [me], visit.today)
            does = await accounts.duties_among(connection, [one.person for one in near], visit.today)
        names = await self._gatehouse.names([one.deputy for one in absences])
        sentence = visit.say(refused.reason, **refused.details) if refused else ""
        field = _FIELDS.get(Why(refused.reason), "") if refused else ""
        return visit.page(
            AT + "absence.html",
            status=422 if refused else 200,
            title=visit.say("people.absence"),
            absences=[
                {
                    "deputy": names.get(one.deputy) or visit.say("people.forgotten"),
                    "since": one.since,
                    "until": one.until,
                    "state": visit.say(f"people.absence.{'confirmed' if one.confirmed else 'waiting'}"),
                    "url": f"/absence/{one.id}/back",
                }
                for one in absences
            ],
            colleagues=[
                {
                    "value": str(one.person),
                    "label": one.name,
                    "hint": self._gatehouse.does(does.get(one.person, ()), visit),
                }
                for one in near
                if one.person != me and one.name
            ],
            typed={name: visit.form.text(name) for name in ("deputy", "since", "until")},
            errors={field: sentence} if sentence else {},
            faults=[{"field": field, "text": sentence}] if sentence else [],
            key=uuid4(),
            back_url="/desk",
        )
