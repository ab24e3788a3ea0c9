"""What services and governance share: a case moves along a declared process, step by step, each with its duty."""

from onecity.casework.declared import APPLICANT, PROCESS, Because, Outcome, Process, Step
from onecity.casework.facts import (
    FACTS,
    LAPSED,
    BeforeEnded,
    CaseEnded,
    CaseOpened,
    CaseReleased,
    ClockStarted,
    StepTaken,
)
from onecity.casework.model import Case, folded
from onecity.casework.projections import CASES
from onecity.casework.rules import Move, Why, advance, may, todos
from onecity.casework.store import CaseRow, WorkRow, cases_of, cases_of_affair, visible_case, work_list
from onecity.casework.usecases import Matter, Matters, Moved, Office, load, move

__all__ = [
    "APPLICANT",
    "CASES",
    "FACTS",
    "LAPSED",
    "PROCESS",
    "Because",
    "BeforeEnded",
    "Case",
    "CaseEnded",
    "CaseOpened",
    "CaseReleased",
    "CaseRow",
    "ClockStarted",
    "Matter",
    "Matters",
    "Move",
    "Moved",
    "Office",
    "Outcome",
    "Process",
    "Step",
    "StepTaken",
    "Why",
    "WorkRow",
    "advance",
    "cases_of",
    "cases_of_affair",
    "folded",
    "load",
    "may",
    "move",
    "todos",
    "visible_case",
    "work_list",
]
