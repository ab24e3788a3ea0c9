"""Who has a waiting step in hand: taken, given back, handed over to a colleague."""

from uuid import UUID

from onecity.casework.declared import APPLICANT
from onecity.casework.facts import OverrunExplained, WorkClaimed, WorkHandedOver, WorkReleased
from onecity.casework.model import Case
from onecity.casework.rules import Terms, Why, written
from onecity.casework.rules.meetings import kept_apart
from onecity.casework.rules.moves import may, may_do, not_drawn
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


def claimed(case: Case, step: str, *, terms: Terms, by: Acting) -> tuple[Fact, ...] | Refused:
    """Take a step that nobody has."""
    no = _not_ours(case, step, terms, by)
    if no is not None:
        return no
    if (no := not_drawn(case, step, by) or kept_apart(case, terms.process.steps[step], by.hands)) is not None:
        return no
    holder = case.holders.get(step)
    if holder is not None and holder != by.person:
        return Refused(Why.IN_OTHER_HANDS)
    assert by.person is not None, "officers are people"
    return () if holder else (WorkClaimed(step, by.person),)


def released(case: Case, step: str, *, terms: Terms, by: Acting) -> tuple[Fact, ...] | Refused:
    """Give back a step that one has."""
    no = _not_ours(case, step, terms, by)
    if no is not None:
        return no
    return (WorkReleased(step),) if case.holders.get(step) == by.person else Refused(Why.NOT_IN_HAND)


def handed_over(case: Case, step: str, to: UUID, *, terms: Terms, able: bool, by: Acting) -> tuple[Fact, ...] | Refused:
    """Hand a step to a colleague. `able` says whether the colleague holds the step's duty here."""
    no = _not_ours(case, step, terms, by)
    if no is not None:
        return no
    if case.waiting[step].drawn:
        return Refused(Why.DRAWN)
    if case.holders.get(step, by.person) != by.person:
        return Refused(Why.IN_OTHER_HANDS)
    if (no := kept_apart(case, terms.process.steps[step], {to})) is not None:
        return no
    return (WorkHandedOver(step, to),) if able else Refused(Why.NOT_YOUR_DUTY)


def explained(case: Case, reason: str, *, duties: frozenset[str], by: Acting) -> tuple[Fact, ...] | Refused:
    """Say why the latest day passed; whoever holds one of the case's own duties may."""
    here = (may(case, by.duty or "", by, agency=agency) for agency in case.agencies)
    if by.duty not in duties or not any(here):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.overrun is None:
        return Refused(Why.NOT_LATE)
    said = written(("reason",), {"reason": reason}, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
    return said if isinstance(said, Refused) else (OverrunExplained(said["reason"]),)


def _not_ours(case: Case, step: str, terms: Terms, by: Acting) -> Refused | None:
    if case.result is not None:
        return Refused(Why.ENDED)
    if step not in case.waiting:
        return Refused(Why.NO_SUCH_STEP)
    duty, todo = terms.process.steps[step].duty, case.waiting[step]
    if duty == APPLICANT or not may_do(case, todo, duty, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return None
