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
from onecity.services.approvals.paths import NotSwitched, compared, promised, refusals
from onecity.services.approvals.promises import PROJECT_PROMISE, broken_promises, promises_of
from onecity.services.approvals.reading import read_approvals
from onecity.services.approvals.running import (
    Course,
    Logged,
    ProjectLog,
    What,
    dates,
    disordered,
    half_stopped,
    lived,
    missing,
)

__all__ = [
    "PROJECT_PROMISE",
    "TYPES",
    "Approval",
    "Comparison",
    "Course",
    "Edge",
    "Fate",
    "Logged",
    "NotSwitched",
    "Outside",
    "Plan",
    "Planned",
    "ProjectLog",
    "Source",
    "Switches",
    "What",
    "broken_promises",
    "compared",
    "dates",
    "disordered",
    "half_stopped",
    "lived",
    "missing",
    "promised",
    "promises_of",
    "read_approvals",
    "refusals",
]
