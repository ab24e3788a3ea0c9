"""The page on which a person asks for another time of a meeting."""

from typing import Final
from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Why as CaseWhy
from onecity.casework import ask_another_time, open_to_ask
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.rules import Why
from onecity.services.usecases import own_affair
from onecity.services.web.affairs import Affairs, Part
from onecity.services.web.counter import Counter
from onecity.services.web.own_times import own_times
from onecity.services.web.shown import AT

_TO_WRITE: Final = frozenset({CaseWhy.UNSAID, CaseWhy.TOO_LONG})
"""What somebody can mend in the form itself."""


class Timing:
    """For the person whose case it is."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)

    async def page(self, visit: Visit) -> Response:
        """What is arranged, and a field for when it would suit."""
        part = await self._part(visit)
        return visit.refuse(part) if isinstance(part, Refused) else self._page(visit, part, None)

    async def ask(self, visit: Visit) -> Response:
        """Take what the person wrote. A second click is told by its key: the case has moved on."""
        case = visit.id("case")
        part = await self._case(visit)
        if isinstance(part, Refused) or case is None:
            return visit.refuse(part if isinstance(part, Refused) else Refused(Why.NOT_FOUND))
        done = await ask_another_time(
            CaseId(case), visit.form.text("time_words"), office=self._counter.office, key=visit.form.key(),
            by=visit.acting(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused) and done.reason in _TO_WRITE:
            return self._page(visit, part, done)
        if isinstance(done, Refused):
            return visit.refuse(done)
        return visit.go(visit.at(f"/affairs/{part.shown.case.opened.affair}/cases/{case}"))

    async def _part(self, visit: Visit) -> Part | Refused:
        part = await self._case(visit)
        if isinstance(part, Refused):
            return part
        found = open_to_ask(part.shown.case, part.shown.process, by=visit.acting(), now=visit.now)
        return found if isinstance(found, Refused) else part

    async def _case(self, visit: Visit) -> Part | Refused:
        asked = visit.id("affair")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        affair = await own_affair(asked, ledger=self._counter.ledger, by=visit.acting())
        if isinstance(affair, Refused):
            return affair
        parts = await self._affairs.parts(affair.id, today=visit.today)
        found = next((one for one in parts if one.shown.case.id == visit.id("case")), None)
        return found or Refused(Why.NOT_FOUND)

    def _page(self, visit: Visit, part: Part, wrong: Refused | None) -> Response:
        case = part.shown.case
        path = visit.at(f"/affairs/{case.opened.affair}/cases/{case.id}")
        said = visit.say(wrong.reason, **wrong.details) if wrong else ""
        return visit.page(
            AT + "time.html",
            status=422 if wrong else 200,
            title=visit.say("services.time.title"),
            times=own_times(visit, self._counter, part.shown),
            typed=visit.form.text("time_words"),
            wrong=said,
            faults=[{"field": "time_words", "text": said}] if wrong else [],
            url=f"{path}/time",
            key=visit.form.fields.get("key") or uuid4(),
            back_url=path,
        )
