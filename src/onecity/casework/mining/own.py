"""The city's own cases as a log such as `process mine` reads of any house, with the days that each took by its clock.

It names cases, items, steps, offices and instants, and nobody.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from onecity.casework.declared import Process
from onecity.casework.facts import CaseEnded, CaseOpened, CaseReleased, CaseReopened, StepTaken
from onecity.casework.mining.conformance import MARK
from onecity.casework.model import Case, gone_on
from onecity.kernel.clock import Calendar, days_used
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Reason
from onecity.ledger import Recorded

OWN_COLUMNS: Final = ("case_id", "item", "process", "activity", "timestamp", "organ", "net_days", "unit")
"""What a row says: of which case, for which item and by which process; what was done, when and by whose office; and in
the row with which a case ended the days that it took by its clock, and their unit."""
_APPLICANT, _CITY = "applicant", "city"
"""Who did something where no office did: whoever applied, or the city itself where silence or a rule did."""


class NoLog(Reason):
    """Why no log is written."""

    NO_ITEM = "casework.mining.no_item"


class OwnLog:
    """Tells the facts of cases as rows, in the order in which they happened; of an item alone, if one is named."""

    def __init__(
        self, calendar: Calendar, zone: ZoneInfo, processes: Mapping[str, Process], *, item: str | None = None
    ) -> None:
        self._calendar = calendar
        self._processes = processes
        self._zone = zone
        self._item = item
        self._open: dict[UUID, Case] = {}
        self._ended: dict[UUID, CaseOpened] = {}
        self.cases = self.told = 0

    def rows(self, one: Recorded) -> Iterator[tuple[str, ...]]:
        """The row of a fact, if it has one."""
        case = gone_on(self._before(one), one)
        if case is None or self._item not in (None, case.opened.matter):
            return
        self._open[one.stream] = case
        match one.fact:
            case CaseOpened():
                self.cases += 1
                yield self._row(case, one, f"{MARK}received")
            case CaseReleased():
                yield self._row(case, one, f"{MARK}released")
            case CaseReopened():
                yield self._row(case, one, f"{MARK}reopened")
            case StepTaken(step=step, outcome=outcome):
                yield self._row(case, one, f"{step}/{outcome}")
            case CaseEnded(result=result):
                # Most cases are over for good: only how they began is kept, in case one is opened again.
                self._ended[one.stream] = self._open.pop(one.stream).opened
                yield self._row(case, one, f"{MARK}{result}", self._took(case, one))

    def _before(self, one: Recorded) -> Case | None:
        if one.stream in self._ended and isinstance(one.fact, CaseReopened):
            begun = Recorded(one.stream, 1, one.at, one.by, self._ended.pop(one.stream))
            return gone_on(None, begun)
        return self._open.get(one.stream)

    def _row(self, case: Case, one: Recorded, activity: str, took: tuple[str, str] = ("", "")) -> tuple[str, ...]:
        at = one.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.told += 1
        return (str(case.id), case.opened.matter, case.opened.process, activity, at, _organ(one), *took)

    def _took(self, case: Case, one: Recorded) -> tuple[str, str]:
        """The days that a case took by its clock until it was granted or refused, and their unit.

        Nothing where nobody decided, where the clock never ran, or where it runs by the hour.
        """
        run = case.clock
        if run is None or run.limit.unit.in_hours or not self._is_decided(case):
            return "", ""
        ended = day_in(self._zone, one.at)
        return str(days_used(self._calendar, run, until=ended)), str(run.limit.unit)

    def _is_decided(self, case: Case) -> bool:
        process = self._processes.get(case.opened.process)
        return process is not None and case.result in (*process.succeeds, *process.refuses)


def _organ(one: Recorded) -> str:
    if one.by.scope is not None:
        return one.by.scope.department
    return _CITY if one.by.person is None else _APPLICANT
