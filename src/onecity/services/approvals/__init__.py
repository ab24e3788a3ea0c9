"""The approvals of a construction project: which item waits for which, and how many days the longest way takes."""

from onecity.services.approvals.model import (
    TYPES,
    Approval,
    Comparison,
    Edge,
    Fate,
    Outside,
    Plan,
    Planned,
    Source,
    Switches,
)
from onecity.services.approvals.paths import NotSwitched, compared, plan_of, promised, refusals
from onecity.services.approvals.promises import PROJECT_PROMISE, broken_promises, promises_of
from onecity.services.approvals.reading import read_approvals
from onecity.services.approvals.running import (
    Course,
    Dated,
    Logged,
    ProjectLog,
    What,
    dates,
    disordered,
    half_stopped,
    lived,
    missing,
)
from onecity.services.approvals.standing import Ahead, Phase, Standing, Still, ahead, so_far, whole_end

__all__ = [
    "PROJECT_PROMISE",
    "TYPES",
    "Ahead",
    "Approval",
    "Comparison",
    "Course",
    "Dated",
    "Edge",
    "Fate",
    "Logged",
    "NotSwitched",
    "Outside",
    "Phase",
    "Plan",
    "Planned",
    "ProjectLog",
    "Source",
    "Standing",
    "Still",
    "Switches",
    "What",
    "ahead",
    "broken_promises",
    "compared",
    "dates",
    "disordered",
    "half_stopped",
    "lived",
    "missing",
    "plan_of",
    "promised",
    "promises_of",
    "read_approvals",
    "refusals",
    "so_far",
    "whole_end",
]
