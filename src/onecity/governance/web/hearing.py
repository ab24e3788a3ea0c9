"""What an operator of the hotline may do and see, on the page as by a program: each look at a caller is recorded."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from onecity.casework import Why as CaseWhy
from onecity.governance.facts import Source
from onecity.governance.rules import Why
from onecity.governance.store import ProblemRow, ReportRow
from onecity.governance.usecases import Told
from onecity.governance.usecases.calling import Call, answer_call
from onecity.governance.usecases.nearby import tell_same
from onecity.governance.usecases.reporting import tell
from onecity.governance.web.centre import PILLAR, Centre
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

HOTLINE: Final = f"{PILLAR}.hotline"
ACCEPT: Final = f"{PILLAR}.accept"


class Hearing:
    """The commands and looks of an operator, whichever way they come."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def of_caller(self, visit: Visit, number: str) -> Sequence[tuple[ReportRow, ProblemRow]]:
        """What is open of whoever calls, as far as the operator's duty reaches; each look is recorded before."""
        found: list[tuple[ReportRow, ProblemRow]] = []
        for report, row in await self._centre.callers.open_of(number):
            by = self._acting(visit, HOTLINE, row.area)
            if by is not None:
                await self._centre.reads.note(report.subject, "case", about=report.report, by=by, now=visit.now)
                found.append((report, row))
        return found

    async def take(self, visit: Visit, call: Call, same: str, key: UUID) -> Told | Refused:
        """Take a report in as everybody's are; `same` is the number of an open case that it repeats."""
        by = self._acting(visit, HOTLINE, call.area)
        if by is None:
            return self._no_place(call)
        street, source = self._centre.street, Source.HOTLINE
        if same:
            return await tell_same(call.told(), same, source=source, street=street, key=key, by=by, now=visit.now)
        return await tell(call.told(), source=source, street=street, key=key, by=by, now=visit.now)

    async def answer(self, visit: Visit, call: Call, name: str, key: UUID) -> Told | Refused:
        """Answer on the spot; nothing is taken in by whoever could not end it."""
        known = self._centre.knowledge.of(name, visit.today)
        if known is None:
            return Refused(Why.NO_SUCH_ANSWER)
        by, answering = self._acting(visit, HOTLINE, call.area), self._acting(visit, ACCEPT, call.area)
        if by is None:
            return self._no_place(call)
        if answering is None:
            return Refused(CaseWhy.NOT_YOUR_DUTY)
        return await answer_call(
            call, known, visit.lang, street=self._centre.street, key=key, by=by, answering=answering, now=visit.now
        )

    def may_answer(self, visit: Visit) -> bool:
        """Whether the operator may end a case with an answer, somewhere."""
        return visit.someone.holds(ACCEPT)

    def _acting(self, visit: Visit, duty: str, area: str) -> Acting | None:
        """The operator in a duty where something is reported, on the telephone; None where the duty does not reach."""
        agency = self._centre.street.rules.centre
        return self._centre.acting_in(visit, (duty,), area, agency=agency, channel=Channel.TELEPHONE)

    def _no_place(self, call: Call) -> Refused:
        """Why nothing is taken: nobody said where, or it is not this operator's to take."""
        return Refused(CaseWhy.NOT_YOUR_DUTY if call.area else Why.NO_PLACE)
