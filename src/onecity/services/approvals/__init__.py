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
from onecity.services.approvals.paths import NotSwitched, compared, refusals
from onecity.services.approvals.reading import read_approvals

__all__ = [
    "TYPES",
    "Approval",
    "Comparison",
    "Edge",
    "Fate",
    "NotSwitched",
    "Outside",
    "Plan",
    "Planned",
    "Source",
    "Switches",
    "compared",
    "read_approvals",
    "refusals",
]
