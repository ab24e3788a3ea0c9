"""Who takes calls, and who answers them on the spot: an operator whose duty reaches the street that is called about."""

from typing import Final

from onecity.casework import Why as CaseWhy
from onecity.governance.rules import Why
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused

HOTLINE: Final = "governance.hotline"
"""The duty of an operator."""
ANSWERS: Final = "governance.accept"
"""The duty that may end a case with an answer."""


def not_taken(area: str, *, by: Acting) -> Refused | None:
    """Why an operator takes nothing in; None if they may: nobody said where it is, or it is not theirs to take."""
    if by.duty == HOTLINE:
        return None
    return Refused(CaseWhy.NOT_YOUR_DUTY if area else Why.NO_PLACE)


def not_answered(area: str, *, by: Acting, answering: Acting) -> Refused | None:
    """Why an operator answers nothing: nothing is taken in by whoever could not end it."""
    return not_taken(area, by=by) or (None if answering.duty == ANSWERS else Refused(CaseWhy.NOT_YOUR_DUTY))
