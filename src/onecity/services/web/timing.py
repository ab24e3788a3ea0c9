"""The page on which a person asks for another time of a meeting."""

from typing import Final
from uuid import uuid4

from starlette.responses import Response

from onecity.casework import Why as CaseWhy
from onecity.casework import ask_another_time, open_to_ask
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
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
        own = await self._affairs.own_part(visit)
        if isinstance(own, Refused):
            return visit.refuse(own)
        _, part = own
        done = await ask_another_time(
            part.shown.case.id, visit.form.text("time_words"), office=self._counter.office, key=visit.form.key(),
            by=visit.acting(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused) and done.reason in _TO_WRITE:
            return self._page(visit, part, done)
        if isinstance(done, Refused):
            return visit.refuse(done)
        return visit.go(visit.at(f"/affairs/{part.shown.case.opened.affair}/cases/{part.shown.case.id}"))

    async def _part(self, visit: Visit) -> Part | Refused:
        own = await self._affairs.own_part(visit)
        if isinstance(own, Refused):
            return own
        _, part = own
        found = open_to_ask(part.shown.case, part.shown.process, by=visit.acting(), now=visit.now)
        return found if isinstance(found, Refused) else part

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
