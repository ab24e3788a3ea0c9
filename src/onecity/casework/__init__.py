"""What services and governance share: a case moves along a declared process, step by step, each with its duty."""

from onecity.casework.checking import PROCESS
from onecity.casework.declared import APPLICANT, Because, ClockAct, Outcome, Process, Step, duties_of
from onecity.casework.facts import (
    FACTS,
    HAND_OVER,
    LAPSED,
    WITHDRAWN,
    BeforeEnded,
    CaseEnded,
    CaseOpened,
    CaseReleased,
    ClockRecounted,
    ClockStarted,
    Delivery,
    Overrun,
    OverrunExplained,
    Rated,
    StepTaken,
)
from onecity.casework.model import Case, folded
from onecity.casework.projections import CASES
from onecity.casework.rules import LONGEST_WORDS, Move, Terms, Why
from onecity.casework.rules.deadlines import clock_of_receipt, latest, todos
from onecity.casework.rules.moves import advance, hindered, may
from onecity.casework.store import CaseRow, WorkRow, cases_of, cases_of_affair, joint_affairs, work_list
from onecity.casework.usecases import Follow, Happening, Matter, Matters, Moved, Office, load
from onecity.casework.usecases.letters import told
from onecity.casework.usecases.looking import Found, find_case
from onecity.casework.usecases.moving import (
    claim,
    colleagues,
    deliver,
    explain,
    hand_over,
    move,
    rate,
    release,
    withdraw,
)
from onecity.casework.usecases.watching import let_silence_speak, recount, remind

__all__ = [
    "APPLICANT",
    "CASES",
    "FACTS",
    "HAND_OVER",
    "LAPSED",
    "LONGEST_WORDS",
    "PROCESS",
    "WITHDRAWN",
    "Because",
    "BeforeEnded",
    "Case",
    "CaseEnded",
    "CaseOpened",
    "CaseReleased",
    "CaseRow",
    "ClockAct",
    "ClockRecounted",
    "ClockStarted",
    "Delivery",
    "Follow",
    "Found",
    "Happening",
    "Matter",
    "Matters",
    "Move",
    "Moved",
    "Office",
    "Outcome",
    "Overrun",
    "OverrunExplained",
    "Process",
    "Rated",
    "Step",
    "StepTaken",
    "Terms",
    "Why",
    "WorkRow",
    "advance",
    "cases_of",
    "cases_of_affair",
    "claim",
    "clock_of_receipt",
    "colleagues",
    "deliver",
    "duties_of",
    "explain",
    "find_case",
    "folded",
    "hand_over",
    "hindered",
    "joint_affairs",
    "latest",
    "let_silence_speak",
    "load",
    "may",
    "move",
    "rate",
    "recount",
    "release",
    "remind",
    "todos",
    "told",
    "withdraw",
    "work_list",
]
