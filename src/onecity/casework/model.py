"""A case as it stands after everything that happened to it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from onecity.casework.facts import BeforeEnded, CaseEnded, CaseOpened, CaseReleased, ClockStarted, StepTaken
from onecity.kernel.ids import CaseId
from onecity.ledger import Recorded


class Case(msgspec.Struct, frozen=True):
    """A case: how it began, which steps wait, the latest day, the result. Version as in the ledger.

    `missing` are the cases for whose results it still waits; `received` is the day from which silence counts: of the
    application, or of the last thing that it waited for.
    """

    id: CaseId
    version: int
    opened: CaseOpened
    waiting: frozenset[str]
    received: date
    clock: ClockStarted | None = None
    result: str | None = None
    missing: frozenset[UUID] = frozenset()

    @property
    def held(self) -> bool:
        """Whether the case still waits for the results of others."""
        return bool(self.missing) and self.result is None

    @property
    def due(self) -> date | None:
        return self.clock.due if self.clock else None


def folded(history: Iterable[Recorded]) -> Case | None:
    """The case behind a history; None if the history is not that of a case."""
    case: Case | None = None
    for one in history:
        case = _after(case, one)
        if case is not None:
            case = msgspec.structs.replace(case, version=one.version)
    return case


def _after(case: Case | None, recorded: Recorded) -> Case | None:
    if isinstance(recorded.fact, CaseOpened):
        opened = recorded.fact
        steps = frozenset(todo.step for todo in opened.opens)
        missing = frozenset(opened.after)
        return Case(CaseId(recorded.stream), recorded.version, opened, steps, opened.received, missing=missing)
    if case is None:
        return None
    match recorded.fact:
        case BeforeEnded(case=ended):
            return msgspec.structs.replace(case, missing=case.missing - {ended})
        case CaseReleased(received=received, opens=opens):
            return msgspec.structs.replace(case, received=received, waiting=frozenset(todo.step for todo in opens))
        case StepTaken(step=step, opens=opens):
            return msgspec.structs.replace(case, waiting=(case.waiting - {step}) | {todo.step for todo in opens})
        case ClockStarted() as clock:
            return msgspec.structs.replace(case, clock=clock)
        case CaseEnded(result):
            return msgspec.structs.replace(case, result=result, waiting=frozenset())
        case _:
            return case
