"""The post room: what waits to be sent, printed together; each parcel with its number, and those that came back."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.casework import (
    Case,
    CaseRow,
    Delivery,
    Found,
    Moved,
    Posting,
    Returned,
    WorkRow,
    find_case,
    post,
    take_back,
    under_way,
    waiting_for_post,
)
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.clock import working_days_left
from onecity.kernel.identity import masked_name
from onecity.kernel.instants import day_in
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.licences.web import Cabinet
from onecity.machinery.web import Paging, Route, Visit, holding
from onecity.machinery.web.visit import read_id
from onecity.people import names_of
from onecity.services.web.counter import Counter
from onecity.services.web.parcels import Parcels, drawn_parcels
from onecity.services.web.shown import AT

DELIVER: Final = "services.deliver"
"""The duty of giving out results on paper, at the counter and by post."""
_LONGEST_CHOICE: Final = 9
_A_PAGE: Final = 30
"""So many parcels are printed together."""
_OFTEN: Final = Rate(120, 60)
_PRINTS: Final = Rate(12, 60)
"""Drawing a page of parcels takes some seconds of computing."""


class PostRoom:
    """Pages for the duty `services.deliver`; an address is shown only after the look at it was recorded."""

    def __init__(self, counter: Counter, cabinet: Cabinet) -> None:
        self._counter = counter
        self._parcels = Parcels(counter, cabinet)

    def routes(self) -> Sequence[Route]:
        """The pages, and who may take them."""
        who = holding(DELIVER)
        return (
            Route("GET", "/desk/post", who, self.all, may_lag=True),
            Route("POST", "/desk/post/print", who, self.print, _PRINTS),
            Route("GET", "/desk/post/{case}", who, self.one),
            Route("POST", "/desk/post/{case}/{deed}", who, self.act, _OFTEN),
        )

    async def all(self, visit: Visit) -> Response:
        """What waits to be sent, and what is under way."""
        waiting, paging = await self.waiting(visit)
        held, gone = visit.someone.holding(DELIVER), Paging.uncounted(visit, _A_PAGE, named="sent")
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await under_way(connection, held, limit=gone.one_more, offset=gone.offset)
            sent, gone = gone.cut(rows)
            names = await names_of(connection, [one.subject for one, _ in sent] + [row.case.subject for row in waiting])
        return visit.page(
            AT + "post_room.html",
            title=visit.say("services.post_room"),
            rows=[self._waits(visit, row, names) for row in waiting],
            sent=[
                self._row(visit, one, names)
                | {"left": visit.say("services.post_room.left", day=self._day(visit, day_in(visit.site.zone, at)))}
                for one, at in sent
            ],
            paging=paging,
            gone=gone,
            key=uuid4(),
            back_url="/desk",
        )

    async def waiting(self, visit: Visit) -> tuple[Sequence[WorkRow], Paging]:
        """A page of what waits to be sent, the earliest day first."""
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await waiting_for_post(
                connection, visit.someone.holding(DELIVER), limit=paging.one_more, offset=paging.offset
            )
        return paging.cut(rows)

    async def print(self, visit: Visit) -> Response:
        """One PDF with the address and the papers of each parcel: of one, or of the page that was shown."""
        only = read_id(visit.form.text("only"))
        asked = [only] if only else [read_id(text) for text in visit.form.text("cases").split()[:_A_PAGE]]
        found = [await self._found(visit, case) for case in asked if case is not None]
        parcels = [one.case for one in found if one is not None and one.case.waits_for_post]
        if not parcels:
            return visit.refuse(Refused(CaseWhy.NOTHING_TO_DELIVER))
        for case in parcels:
            await self._look(visit, case)
        pages = [await self._parcels.of(visit, case) for case in parcels]
        content = await asyncio.to_thread(drawn_parcels, visit.say("services.post_room"), visit.now, pages)
        headers = {"content-disposition": f'attachment; filename="post-{visit.today.isoformat()}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    async def one(self, visit: Visit) -> Response:
        """A parcel: its address, its number, or why it came back."""
        found = await self._found(visit, visit.id("case"))
        if found is None or found.case.opened.delivery is not Delivery.POST or not found.case.undelivered:
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        await self._look(visit, found.case)
        return self._page(visit, found.case, None)

    async def act(self, visit: Visit) -> Response:
        """A parcel left, or came back."""
        found = await self._found(visit, visit.id("case"))
        if found is None:
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        done = await self._done(visit, found.case)
        if isinstance(done, Refused) and done.reason in (CaseWhy.NO_TRACKING, CaseWhy.OTHER_ADDRESS):
            await self._look(visit, found.case)
            return self._page(visit, found.case, done)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go("/desk/post")

    async def _done(self, visit: Visit, case: Case) -> Moved | Refused:
        office, key, by = self._counter.office, visit.form.key(), self.author(visit, case)
        if visit.path("deed") == "posted":
            choice = visit.form.text("choice")
            known = choice.isascii() and choice.isdecimal() and len(choice) <= _LONGEST_CHOICE
            parcel = Posting(visit.form.text("tracking"), int(choice) if known else 0)
            return await post(case.id, parcel, office=office, key=key, by=by, now=visit.now)
        why = visit.form.text("why")
        if visit.path("deed") != "returned" or why not in set(Returned):
            return Refused(CaseWhy.NO_SUCH_OUTCOME)
        return await take_back(case.id, Returned(why), office=office, key=key, by=by, now=visit.now)

    async def _found(self, visit: Visit, case: UUID | None) -> Found | None:
        """A case that the visitor's post room has to do with."""
        held = visit.someone.holding(DELIVER)
        return await find_case(case, held, office=self._counter.office) if case else None

    async def _look(self, visit: Visit, case: Case) -> None:
        by = self.author(visit, case)
        await self._counter.reads.note(case.opened.subject, "post", about=case.opened.affair, by=by, now=visit.now)

    def author(self, visit: Visit, case: Case) -> Acting:
        """The visitor in the duty of the post room of a case."""
        return visit.acting_as(DELIVER, case.opened.agency, case.opened.area)

    def _page(self, visit: Visit, case: Case, wrong: Refused | None) -> Response:
        whys = [{"value": one, "label": visit.say(f"casework.returned.{one}")} for one in Returned]
        errors = self._errors(visit, wrong) if wrong else {}
        return visit.page(
            AT + "parcel.html",
            status=422 if wrong else 200,
            title=self._counter.scribe.matter(visit.lang, case.opened.matter),
            facts=self._facts(visit, case),
            case=case,
            waits=case.waits_for_post,
            typed={name: visit.form.text(name) for name in ("choice", "tracking")},
            whys=whys,
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            path=f"/desk/post/{case.id}",
            key=uuid4(),
            back_url="/desk/post",
        )

    def _errors(self, visit: Visit, wrong: Refused) -> dict[str, str]:
        """What is wrong, at its field: nobody is told of another address who typed no number at all."""
        if wrong.reason is CaseWhy.OTHER_ADDRESS:
            typed = bool(visit.form.text("choice"))
            return {"choice": visit.say(wrong.reason if typed else "services.parcel.choice_needed", **wrong.details)}
        return {"tracking": visit.say(wrong.reason, **wrong.details)}

    def _facts(self, visit: Visit, case: Case) -> list[dict[str, str]]:
        state, gone = case.post, visit.say("services.forgotten")
        rows = []
        if case.waits_for_post:
            rows = [
                ("services.paper.name", state.to.name if state.to else gone),
                ("services.paper.phone", state.to.phone if state.to else gone),
                ("services.paper.line", state.to.line if state.to else gone),
            ]
        if state.chosen is not None:
            rows.append(("services.parcel.chosen", self._counter.scribe.instant(visit.lang, state.chosen)))
        if state.posted is not None and state.left is not None:
            carrier = visit.say(f"casework.carrier.{state.posted.carrier}")
            rows.append(("services.parcel.left", self._counter.scribe.instant(visit.lang, state.left)))
            rows.append(("services.parcel.tracking", f"{state.posted.tracking or gone} · {carrier}"))
        return [{"term": visit.say(term), "value": value} for term, value in rows]

    def _waits(self, visit: Visit, row: WorkRow, names: Mapping[UUID, str]) -> dict[str, Any]:
        latest = row.due
        left = working_days_left(self._counter.office.calendar, today=visit.today, latest=latest) if latest else None
        return self._row(visit, row.case, names) | {
            "case": row.case.id, "due": latest, "days_left": left, "step": visit.say("services.desk.send_out"),
            "stopped": False, "mine": False, "current": False,
        }  # fmt: skip

    def _row(self, visit: Visit, one: CaseRow, names: Mapping[UUID, str]) -> dict[str, Any]:
        name = names.get(one.subject)
        return {
            "href": f"/desk/post/{one.id}",
            "title": self._counter.scribe.matter(visit.lang, one.matter),
            "applicant": masked_name(name) if name else visit.say("services.forgotten"),
        }

    def _day(self, visit: Visit, day: date) -> str:
        return visit.site.pages.formats[visit.lang].day(day, today=visit.today)
