"""A person's own affairs: which run, what happened, which day is the latest, and why."""

from datetime import date
from typing import Any
from uuid import UUID

from starlette.responses import Response

from onecity.casework import CaseOpened, cases_of_affair, folded
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.services import store
from onecity.services.rules import Why
from onecity.services.usecases import Affair, own_affair
from onecity.services.web.counter import Counter
from onecity.services.web.guides import AT
from onecity.services.web.shown import Shown, answer_rows, moments, shown


async def shown_case(counter: Counter, history: tuple[Recorded, ...]) -> Shown:
    """A case with what it follows, in the versions under which it was opened."""
    case = folded(history)
    assert case is not None, "the caller found this history among the cases"
    item = await counter.catalogue.item_of(case.opened)
    return shown(case, item, await counter.catalogue.process_of(case.opened), counter.office.calendar)


class Affairs:
    """Pages for the person whose affairs they are."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def mine(self, visit: Visit) -> Response:
        """All affairs, and what was begun."""
        person = visit.someone.person
        begun = [name for name in await self._counter.drafts.begun(person) if self._counter.catalogue.item(name)]
        return visit.page(
            AT + "affairs.html",
            title=visit.say("services.affairs"),
            cards=await self.cards(visit),
            drafts=[
                {"href": f"/items/{name}/apply", "title": self._counter.scribe.matter(visit.lang, name)}
                for name in begun
            ],
        )

    async def cards(self, visit: Visit, *, limit: int = 50) -> list[dict[str, Any]]:
        """The person's affairs as cards, the newest first."""
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await store.affairs_of(connection, visit.someone.person, limit=limit)
        return [await self._card(visit, row.affair) for row in rows]

    async def _card(self, visit: Visit, affair: UUID) -> dict[str, Any]:
        parts = [one for one, _ in await self.parts(affair)]
        open_ = [one for one in parts if one.case.result is None]
        first = open_[0] if open_ else parts[0]
        return {
            "href": f"/affairs/{affair}",
            "title": "、".join(one.item.name.said(visit.lang) for one in parts),
            "state_kind": first.tag,
            "state_text": state_text(visit, first),
            "accepted": first.case.clock.accepted if first.case.clock else None,
            "done": len(parts) - len(open_),
            "total": len(parts),
            "due": max((one.due.day for one in open_), default=None),
            "sentence": whose_turn(visit, self._counter, first),
        }

    async def parts(self, affair: UUID) -> list[tuple[Shown, tuple[Recorded, ...]]]:
        """The cases of an affair with their histories."""
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await cases_of_affair(connection, affair)
        histories = [await self._counter.ledger.history(row.id) for row in rows]
        return [(await shown_case(self._counter, history), history) for history in histories]

    async def one(self, visit: Visit) -> Response:
        """One affair with its timeline."""
        affair = await self._own(visit)
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        parts = await self.parts(affair.id)
        fields = self._counter.catalogue.fields([one.case.opened.matter for one, _ in parts])
        return visit.page(
            AT + "affair.html",
            title="、".join(one.item.name.said(visit.lang) for one, _ in parts),
            affair=affair,
            parts=[
                {
                    "shown": one,
                    "state": state_text(visit, one),
                    "turn": whose_turn(visit, self._counter, one),
                    "agency": self._counter.agency(one.case.opened.agency),
                    "moments": moments(one, history, lang=visit.lang, say=visit.say),
                }
                for one, history in parts
            ],
            answers=answer_rows(fields, affair.applied.answers or {}, lang=visit.lang, say=visit.say),
            back_url="/affairs",
        )

    async def receipt(self, visit: Visit) -> Response:
        """What the person gets in hand when the city has it."""
        affair = await self._own(visit)
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        parts = [one for one, _ in await self.parts(affair.id)]
        rows = [
            {"term": visit.say("services.receipt.item"), "value": one.item.name.said(visit.lang)} for one in parts
        ] + [
            {"term": visit.say("services.receipt.who"), "value": self._agency(visit, one.case.opened)}
            for one in parts[:1]
        ]
        return visit.page(
            AT + "receipt.html",
            title=visit.say("services.receipt.title"),
            affair=affair,
            rows=rows,
            answer_by=_first_answer(parts),
            agency=self._agency(visit, parts[0].case.opened),
            back_url="/affairs",
        )

    def _agency(self, visit: Visit, opened: CaseOpened) -> str:
        return self._counter.agency(opened.agency).name.said(visit.lang)

    async def _own(self, visit: Visit) -> Affair | Refused:
        asked = visit.id("affair")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        return await own_affair(asked, ledger=self._counter.ledger, by=visit.acting())


def _first_answer(parts: list[Shown]) -> date:
    return min(one.due.day for one in parts)


def state_text(visit: Visit, one: Shown) -> str:
    """The word for a case's state: the process's own word for a result."""
    if one.case.result is not None:
        return one.process.results[one.case.result].said(visit.lang)
    return visit.say(f"services.state.{one.state}")


def whose_turn(visit: Visit, counter: Counter, one: Shown) -> str:
    """One sentence: who must do something now."""
    if one.case.result is not None:
        return ""
    agency = counter.agency(one.case.opened.agency).name.said(visit.lang)
    return visit.say(f"services.affair.{one.state}", agency=agency)
