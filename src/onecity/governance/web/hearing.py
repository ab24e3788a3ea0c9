"""An operator of the hotline at the door, on the page as by a program: who they are where something is reported."""

from collections.abc import Sequence
from uuid import UUID

from onecity.casework import Why as CaseWhy
from onecity.governance.rules.calling import ANSWERS, HOTLINE
from onecity.governance.store import ProblemRow, ReportRow
from onecity.governance.usecases import Told
from onecity.governance.usecases.calling import (
    Call,
    Operator,
    Taken,
    answer_call,
    open_of_caller,
    take_call,
    taken_call,
)
from onecity.governance.web.centre import Centre
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit


class Hearing:
    """The commands and looks of an operator, whichever way they come; what may be is for the use cases to say."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def of_caller(self, visit: Visit, number: str) -> Sequence[tuple[ReportRow, ProblemRow]]:
        """What is open of whoever calls."""
        centre, operator = self._centre, self._operator(visit)
        return await open_of_caller(number, street=centre.street, reads=centre.reads, operator=operator, now=visit.now)

    async def taken(self, visit: Visit, report: UUID | None) -> Taken | Refused:
        """A call that was taken in."""
        if report is None:
            return Refused(CaseWhy.NOT_FOUND)
        centre, operator = self._centre, self._operator(visit)
        return await taken_call(report, street=centre.street, reads=centre.reads, operator=operator, now=visit.now)

    async def take(self, visit: Visit, call: Call, same: str, key: UUID) -> Told | Refused:
        """Take a report in."""
        by = self._acting(visit, HOTLINE, call.area)
        return await take_call(call, same, street=self._centre.street, key=key, by=by, now=visit.now)

    async def answer(self, visit: Visit, call: Call, name: str, key: UUID) -> Told | Refused:
        """Answer on the spot."""
        by, answering = (self._acting(visit, duty, call.area) for duty in (HOTLINE, ANSWERS))
        return await answer_call(
            call, name, visit.lang, street=self._centre.street, knowledge=self._centre.knowledge, key=key, by=by,
            answering=answering, now=visit.now,
        )  # fmt: skip

    def may_answer(self, visit: Visit) -> bool:
        """Whether the operator may end a case with an answer, somewhere."""
        return visit.someone.holds(ANSWERS)

    def _operator(self, visit: Visit) -> Operator:
        return lambda area: self._acting(visit, HOTLINE, area)

    def _acting(self, visit: Visit, duty: str, area: str) -> Acting:
        """The operator on the telephone in a duty where something is reported; alone where the duty does not reach."""
        return visit.someone.acting_as(Channel.TELEPHONE, duty, self._centre.street.rules.centre, area)
