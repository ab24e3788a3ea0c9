"""The window: a clerk sees a person's document, and until the person goes each page is about that person's affairs."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import cases_of, deliver, load
from onecity.kernel.acting import Acting, Channel, own_first
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.licences import Licence, held_by
from onecity.machinery.web import ActingFor, Visit
from onecity.machinery.web.visit import read_id
from onecity.people import Document
from onecity.people import Why as PeopleWhy
from onecity.people.roll import Identity
from onecity.people.usecases import Served
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.frequent import events_in_order, items_in_order
from onecity.services.web.affairs import Affairs, Part, part_of, state_text
from onecity.services.web.calling import clerk_at
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.offers import offer_at
from onecity.services.web.searching import LONGEST_QUESTION
from onecity.services.web.shown import AT

_FIELDS: Final = {PeopleWhy.NOT_IN_REGISTER: "number", PeopleWhy.NO_DOCUMENT: "document"}

_MOST_OFFERED: Final = 12
"""So many items, and so many life events, are offered before anybody searches."""

_SHOWS: Final = (200, 422)
"""Statuses of pages that say something of a person; refusals and redirections say nothing."""

Answer = Callable[[Visit], Awaitable[Response]]
Serving = Callable[[Answer], Answer]
"""Makes a page of citizens one for whoever stands at the window."""


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
        """Begin to serve a person."""
        form, by = visit.form, self._clerk(visit)
        document = form.text("document")
        done = await self._counter.receptions.receive(
            Identity(form.text("number").upper(), form.text("name")),
            Document(document) if document in set(Document) else None,
            by=by, key=form.key(), now=visit.now, today=visit.today,
        )  # fmt: skip
        if isinstance(done, Refused):
            return await self._front(visit, done) if done.reason in _FIELDS else visit.refuse(done)
        return visit.go(f"/window/{done.reception}")

    def _clerk(self, visit: Visit) -> Acting:
        """The visitor at their window: in a duty of their own before that of an absent colleague."""
        at_window = [held for held in visit.someone.duties if held.duty in self._counter.receptions.duties]
        held = own_first(at_window)
        assert held is not None, "the route lets in whoever holds a duty of the window"
        return Acting(visit.someone.person, Channel.WINDOW, held.duty, held.scope, instead_of=held.instead_of)

    async def _front(self, visit: Visit, refused: Refused | None) -> Response:
        left = await self._counter.receptions.open_at(visit.someone.person, today=visit.today)
        served = await self._served(visit, str(left.id)) if left else None
        unknown = refused is not None and refused.reason is PeopleWhy.NOT_IN_REGISTER
        wrong = (
            visit.say("services.window.not_in_register" if unknown else refused.reason, **refused.details)
            if refused
            else ""
        )
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
            halls=self._halls(visit),
            key=uuid4(),
        )

    def _halls(self, visit: Visit) -> list[dict[str, Any]]:
        """The halls in which the visitor may call numbers."""
        halls = self._counter.halls
        reached = [
            (name, one) for name, one in halls.halls.items()
            if clerk_at(halls, visit.someone, Channel.WINDOW, one.area).duty is not None
        ]  # fmt: skip
        return [
            {"href": f"/window/halls/{name}", "title": one.name.said(visit.lang), "glyph": "clock", "chevron": True}
            for name, one in reached
        ]

    async def end(self, visit: Visit) -> Response:
        """The person goes."""
        asked = visit.id("reception")
        if asked is None:
            return visit.refuse(Refused(PeopleWhy.NOT_FOUND))
        done = await self._counter.receptions.end(asked, by=self._clerk(visit), key=visit.form.key(), now=visit.now)
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
            shown = await answer(inside)
            if shown.status_code in _SHOWS:
                # Before the page leaves the house; whoever cannot be recorded sees nothing.
                by, about = inside.acting(), _about(inside, served)
                await self._counter.reads.note(inside.subject, "window", about=about, by=by, now=visit.now)
            return shown

        return at_window

    async def _served(self, visit: Visit, which: str) -> Served | Refused:
        asked = read_id(which)
        if asked is None:
            return Refused(PeopleWhy.NOT_FOUND)
        someone = visit.someone
        return await self._counter.receptions.serve(asked, someone.person, someone.duties, today=visit.today)

    async def person(self, visit: Visit) -> Response:
        """What this person has running, what lies ready for them, and what they can apply for."""
        acting_for = visit.someone.acting_for
        assert acting_for is not None, "whoever comes here serves somebody"
        catalogue = self._counter.catalogue
        cards, paging = await self._affairs.page_of_cards(visit)
        found = await held_by(visit.subject, licences=self._counter.intake.licences)
        held = [one for one in found if visit.covers(one.issued.matter)]
        begun = await self._counter.drafts.begun(visit.subject)
        known = [offer for path in begun if (offer := offer_at(path, catalogue))]
        question = visit.request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        paths = self._offered(visit, question)
        offers = [offer for offer in known if all(visit.covers(item) for item in offer.possible())]
        return visit.page(
            AT + "window_person.html",
            title=acting_for.name,
            ready=await self._ready(visit, held),
            cards=cards,
            paging=paging,
            licences=len(held),
            entrusted=await self._entrusted(visit),
            agent=acting_for.agent,
            back_key=uuid4(),
            letters_url=visit.at("/letters"),
            wallet_url=visit.at("/wallet"),
            drafts=[{"href": visit.at(offer.path), "title": offer.name.said(visit.lang)} for offer in offers],
            question=question,
            here=visit.base,
            events=[self._row(visit, path) for path in paths if path.startswith(EVENTS)],
            items=[self._row(visit, path) for path in paths if path.startswith(ITEMS)],
        )

    def _offered(self, visit: Visit, question: str) -> list[str]:
        """What can be begun for whoever stands there: what fits a question, else what people often need."""
        catalogue = self._counter.catalogue
        events = [f"{EVENTS}{name}" for name in events_in_order(catalogue.pack)]
        items = [f"{ITEMS}{name}" for name in items_in_order(catalogue.pack)]

        def covered(path: str) -> bool:
            offer = offer_at(path, catalogue)
            return offer is not None and all(visit.covers(one) for one in offer.possible())

        if question:
            return [path for path in catalogue.find(question) if covered(path)]
        # Whoever may act in a few matters only is shown these, however rare they are.
        return [path for many in (events, items) for path in islice(filter(covered, many), _MOST_OFFERED)]

    async def _entrusted(self, visit: Visit) -> list[dict[str, Any]]:
        """For whom else the person who stands there may act; nobody while they do so already."""
        if visit.someone.acting_for is None or visit.someone.acting_for.agent:
            return []
        found = await self._counter.receptions.entrusted(visit.subject, today=visit.today)
        return [{"mandate": one.id, "name": name, "key": uuid4()} for one, name in found]

    async def turn_to(self, visit: Visit) -> Response:
        """The same person goes on in somebody else's matters, or in their own again."""
        asked, text = visit.id("reception"), visit.form.text("mandate")
        mandate = read_id(text)
        by = visit.acting()
        assert asked is not None, "a reception that is served has an id"
        if text and mandate is None:
            return visit.refuse(Refused(PeopleWhy.NOT_FOUND))
        clerk = msgspec.structs.replace(by, on_behalf_of=None, mandate=None)
        done = await self._counter.receptions.turn_to(
            asked, mandate, by=clerk, key=visit.form.key(), now=visit.now, today=visit.today
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/window/{done.reception}")

    def _row(self, visit: Visit, path: str) -> dict[str, str]:
        row = self._guides.row(visit, path)
        return row | {"href": visit.at(row["href"])}

    async def _ready(self, visit: Visit, held: Sequence[Licence]) -> list[dict[str, Any]]:
        """Results that wait to be handed over, and whether this clerk may hand them over."""
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await cases_of(connection, visit.subject)
        papers = {one.issued.case: visit.at(f"/wallet/{one.id}/paper") for one in held if one.ended is None}
        found: list[dict[str, Any]] = []
        for row in rows:
            if row.result is None or row.delivered is not None or not visit.covers(row.matter):
                continue
            history = await self._counter.ledger.history(row.id)
            part = await part_of(self._counter, history, today=visit.today)
            if part.shown.case.deliver_by and part.shown.case.post.posted is None:
                found.append(self._result(visit, part) | {"paper": papers.get(row.id, "")})
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
            row = next(
                (
                    one
                    for one in await cases_of(connection, visit.subject)
                    if one.id == case and visit.covers(one.matter)
                ),
                None,
            )
        if row is None:
            return visit.refuse(Refused(PeopleWhy.NOT_FOUND))
        found = await load(CaseId(row.id), office=self._counter.office)
        assert found is not None, "the row of a case has its history"
        duty = (await self._counter.catalogue.process_of(found.opened)).hands_over or ""
        done = await deliver(
            CaseId(row.id), office=self._counter.office, key=visit.form.key(),
            by=visit.acting_as(duty, row.agency, row.area), now=visit.now,
        )  # fmt: skip
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.base)


def _about(visit: Visit, served: Served) -> UUID:
    """What a page is about: the affair or the licence that its address names, else the reception as a whole."""
    named = (visit.id(part) for part in ("affair", "licence") if part in visit.request.path_params)
    return next((one for one in named if one), served.reception.id)


def _at_window(visit: Visit) -> Visit:
    return msgspec.structs.replace(visit, channel=Channel.WINDOW)


def _serving(visit: Visit, served: Served) -> Visit:
    """The visit of a clerk as one about the person whom they serve."""
    name = served.name or visit.say("services.forgotten")
    reception = served.reception
    acting_for = ActingFor(
        reception.subject, reception.id, name, served.matters, at_window=served.by, base=f"/window/{reception.id}",
        agent=served.agent or "",
    )  # fmt: skip
    visitor = msgspec.structs.replace(visit.someone, acting_for=acting_for)
    return msgspec.structs.replace(_at_window(visit), visitor=visitor)
