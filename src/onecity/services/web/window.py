"""The window: a clerk sees a person's document, and until the person goes each page is about that person's affairs."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import cases_of, deliver
from onecity.kernel.acting import Channel
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import ActingFor, Visit
from onecity.machinery.web.visit import read_id
from onecity.people import Document
from onecity.people import Why as PeopleWhy
from onecity.people.roll import Identity
from onecity.people.usecases import Served
from onecity.services.usecases import own_affair
from onecity.services.web.affairs import Affairs, Part, shown_case, state_text
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.offers import offer_at
from onecity.services.web.shown import AT

WINDOW: Final = "services.window"
"""The duty of the clerks at the window."""

_FIELDS: Final = {PeopleWhy.NOT_IN_REGISTER: "number", PeopleWhy.NO_DOCUMENT: "document"}

Answer = Callable[[Visit], Awaitable[Response]]


class Window:
    """Pages of a window clerk; what is shown of a person, they see among the looks at their data."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)
        self._guides = Guides(counter)

    async def front(self, visit: Visit) -> Response:
        """Whose document is on the desk?"""
        return await self._front(visit, None)

    async def receive(self, visit: Visit) -> Response:
        """Begin to serve a person; that is a look at their data."""
        form, held = visit.form, visit.someone.holding(WINDOW)[0]
        by = _at_window(visit).acting_as(WINDOW, held.scope.department, held.scope.area)
        document = form.text("document")
        done = await self._counter.receptions.receive(
            Identity(form.text("number").upper(), form.text("name")),
            Document(document) if document in set(Document) else None,
            by=by, key=form.key(), now=visit.now, today=visit.today,
        )  # fmt: skip
        if isinstance(done, Refused):
            return await self._front(visit, done) if done.reason in _FIELDS else visit.refuse(done)
        served = await self._served(visit, str(done.reception))
        if isinstance(served, Refused):
            return visit.refuse(served)
        person = served.reception.person
        await self._counter.reads.note(person, "window", about=done.reception, by=by, now=visit.now)
        return visit.go(f"/window/{done.reception}")

    async def _front(self, visit: Visit, refused: Refused | None) -> Response:
        left = await self._counter.receptions.open_at(visit.someone.person, today=visit.today)
        served = await self._served(visit, str(left.id)) if left else None
        wrong = visit.say(refused.reason, **refused.details) if refused else ""
        errors = {_FIELDS[PeopleWhy(refused.reason)]: wrong} if refused else {}
        return visit.page(
            AT + "window.html",
            status=422 if refused else 200,
            title=visit.say("services.window"),
            documents=[{"value": one, "label": visit.say(f"people.document.{one}")} for one in Document],
            typed={name: visit.form.text(name) for name in ("name", "number", "document")},
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            left=None if served is None or isinstance(served, Refused) else _serving(visit, served).someone.acting_for,
            key=uuid4(),
        )

    async def end(self, visit: Visit) -> Response:
        """The person goes."""
        asked = visit.id("reception")
        if asked is None:
            return visit.refuse(Refused(PeopleWhy.NOT_FOUND))
        held = visit.someone.holding(WINDOW)[0]
        by = _at_window(visit).acting_as(WINDOW, held.scope.department, held.scope.area)
        done = await self._counter.receptions.end(asked, by=by, key=visit.form.key(), now=visit.now)
        if isinstance(done, Refused) and done.reason is not PeopleWhy.RECEPTION_OVER:
            return visit.refuse(done)
        return visit.go("/window")

    def serving(self, answer: Answer) -> Answer:
        """The same page for the person who stands at the window, while they stand there."""

        async def at_window(visit: Visit) -> Response:
            served = await self._served(visit, visit.path("reception"))
            if isinstance(served, Refused):
                return visit.refuse(served)
            inside = _serving(visit, served)
            no = await self._looked_at(inside)
            return visit.refuse(no) if no is not None else await answer(inside)

        return at_window

    async def _served(self, visit: Visit, which: str) -> Served | Refused:
        asked = read_id(which)
        if asked is None:
            return Refused(PeopleWhy.NOT_FOUND)
        someone = visit.someone
        return await self._counter.receptions.serve(asked, someone.person, someone.duties, today=visit.today)

    async def _looked_at(self, visit: Visit) -> Refused | None:
        """Record the look at an affair before it is shown; refused if it is not this person's.

        What else is shown of the person belongs to the look with which the reception began.
        """
        if "affair" not in visit.request.path_params:
            return None
        asked, by = visit.id("affair"), visit.acting()
        found = await own_affair(asked, ledger=self._counter.ledger, by=by) if asked else Refused(PeopleWhy.NOT_FOUND)
        if isinstance(found, Refused):
            return found
        if visit.request.method == "GET":
            await self._counter.reads.note(visit.subject, "window", about=found.id, by=by, now=visit.now)
        return None

    async def person(self, visit: Visit) -> Response:
        """What this person has running, what lies ready for them, and what they can apply for."""
        acting_for = visit.someone.acting_for
        assert acting_for is not None, "whoever comes here serves somebody"
        catalogue = self._counter.catalogue
        begun = await self._counter.drafts.begun(visit.subject)
        offers = [offer for path in begun if (offer := offer_at(path, catalogue))]
        return visit.page(
            AT + "window_person.html",
            title=acting_for.name,
            ready=await self._ready(visit),
            cards=await self._affairs.cards(visit),
            letters_url=visit.at("/letters"),
            drafts=[{"href": visit.at(offer.path), "title": offer.name.said(visit.lang)} for offer in offers],
            events=[self._row(visit, f"/life-events/{name}") for name, _ in catalogue.events()],
            items=[self._row(visit, f"/items/{name}") for name, _ in catalogue.items()],
        )

    def _row(self, visit: Visit, path: str) -> dict[str, str]:
        row = self._guides.row(visit, path)
        return row | {"href": visit.at(row["href"])}

    async def _ready(self, visit: Visit) -> list[dict[str, Any]]:
        """Results that wait to be handed over, and whether this clerk may hand them over."""
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await cases_of(connection, visit.subject)
        found: list[dict[str, Any]] = []
        for row in rows:
            if row.result is None or row.delivered is not None:
                continue
            history = await self._counter.ledger.history(row.id)
            part = Part(await shown_case(self._counter, history, today=visit.today), history)
            found += [self._result(visit, part)] if part.shown.case.deliver_by else []
        return found

    def _result(self, visit: Visit, part: Part) -> dict[str, Any]:
        opened, process = part.shown.case.opened, part.shown.process
        return {
            "title": part.shown.item.called.said(visit.lang),
            "state_kind": part.shown.tag,
            "state": state_text(visit, part.shown),
            "agency": self._counter.agency(opened.agency).name.said(visit.lang),
            "until": part.shown.case.deliver_by,
            "url": visit.at(f"/cases/{part.shown.case.id}/deliver"),
            "key": uuid4(),
            "mine": visit.someone.held(process.hands_over or "", opened.agency, opened.area) is not None,
        }

    async def deliver(self, visit: Visit) -> Response:
        """The person took a result on paper."""
        case = visit.id("case")
        async with self._counter.ledger.readers.acquire() as connection:
            row = next((one for one in await cases_of(connection, visit.subject) if one.id == case), None)
        if row is None:
            return visit.refuse(Refused(PeopleWhy.NOT_FOUND))
        history = await self._counter.ledger.history(row.id)
        duty = (await shown_case(self._counter, history, today=visit.today)).process.hands_over or ""
        done = await deliver(
            CaseId(row.id), office=self._counter.office, key=visit.form.key(),
            by=visit.acting_as(duty, row.agency, row.area), now=visit.now,
        )  # fmt: skip
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.base)


def _at_window(visit: Visit) -> Visit:
    return msgspec.structs.replace(visit, channel=Channel.WINDOW)


def _serving(visit: Visit, served: Served) -> Visit:
    """The visit of a clerk as one about the person whom they serve."""
    name = served.name or visit.say("services.forgotten")
    reception = served.reception
    acting_for = ActingFor(
        reception.person, reception.id, name, at_window=served.by, base=f"/window/{reception.id}"
    )  # fmt: skip
    visitor = msgspec.structs.replace(visit.someone, acting_for=acting_for)
    return msgspec.structs.replace(_at_window(visit), visitor=visitor)
