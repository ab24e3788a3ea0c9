"""The moves of a process of the street that lists, maps and figures know: a pack's process must have them."""

from collections.abc import Mapping
from typing import Final

from onecity.casework import CaseReopened, StepTaken
from onecity.governance.facts import Filed, Joined, Parted, Reported
from onecity.ledger import Fact

INTAKE: Final = "intake"
HANDLE: Final = "handle"
ASSIST: Final = "assist"
DISPATCH: Final = "dispatch"
"""Steps that governance itself speaks of."""
FILE: Final = "file"
ANSWER: Final = "answer"
JOIN: Final = "join"
DONE: Final = "done"
SEND: Final = "send"
SEND_JOINTLY: Final = "send_jointly"
"""Outcomes that say more than a move: under which condition, which answer, which other case, with which photograph."""

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "intake/file": ("dispatch", ""),
    "intake/look_first": ("look", ""),
    "look/there": ("intake", ""),
    "intake/answer": ("answered", "closed"),
    "intake/decline": ("declined", "closed"),
    "intake/void": ("void", "closed"),
    "intake/join": ("joined", "closed"),
    "look/not_there": ("void", "closed"),
    "dispatch/send": ("handle", "dispatched"),
    "dispatch/send_jointly": ("handle", "dispatched"),
    "handle/done": ("verify", "handled"),
    "assist/done": ("verify", "handled"),
    "handle/give_back": ("dispute", "returned"),
    "dispute/appoint": ("handle", ""),
    "extension/grant": ("handle", "extended"),
    "deferral/grant": ("deferred", "deferred"),
    "deferred/resume": ("handle", ""),
    "verify/good": ("close", "verified"),
    "verify/bad": ("handle", "reworked"),
    "close/close": ("closed", "closed"),
}
"""Where each move of a process of the street leads, and which moment it marks; no other move shows on a list."""


def stage_of(fact: Fact) -> tuple[str, str] | None:
    """Where a fact leads the case, or the report, that it speaks of, and which moment it marks; None if nowhere.

    Lists, maps, figures and events all take it from here, so that none says of a case what another does not.
    """
    match fact:
        case Reported() | Parted():
            return INTAKE, ""
        case Joined():
            return STEPS["intake/join"]
        case Filed():
            return STEPS["intake/file"]
        case StepTaken(outcome=outcome, opens=()) if outcome == DONE:
            # Of two units that work together, the first that is done leaves the case with the other.
            return None
        case StepTaken(step=step, outcome=outcome):
            return STEPS.get(f"{step}/{outcome}")
        case CaseReopened():
            return DISPATCH, "reopened"
        case _:
            return None
