"""What an officer may choose in a case: every outcome of the steps that wait, now or with the reason why not."""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from onecity.casework import APPLICANT, Case, Move, Outcome, Step, Terms, hindered
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.services.web.fees import waits_for_fee
from onecity.services.web.shown import Shown


class Chosen(msgspec.Struct, frozen=True):
    """A step that the officer may take, an outcome of it, and in which duty it would be chosen."""

    step_id: str
    step: Step
    outcome_id: str
    outcome: Outcome
    by: Acting


def at_first(chosen: Chosen, case: Case) -> Move:
    """What stands in the form of an outcome before anybody typed: what a colleague wrote who signed it."""
    first = case.signatures.get(chosen.step_id)
    if first is None or first.signed.outcome != chosen.outcome_id:
        return Move(chosen.step_id, chosen.outcome_id)
    signed = first.signed
    return Move(chosen.step_id, chosen.outcome_id, signed.words or {}, signed.days, signed.lacking)


def choices(
    shown: Shown, terms: Terms, fee: Refused | None, author: Callable[[str, str], Acting], *, now: datetime
) -> Iterator[tuple[Chosen, Refused | None]]:
    """Every outcome that an officer may choose, and why not now. `author` is the officer in the duty of an outcome."""
    for step_id, todo in sorted(shown.case.waiting.items()):
        step = shown.process.steps.get(step_id)
        if step is None or todo.duty == APPLICANT:
            continue
        for outcome_id, outcome in step.outcomes.items():
            by = author(step_id, outcome_id)
            no = hindered(shown.case, step_id, outcome_id, terms=terms, by=by, now=now)
            no = no or waits_for_fee(shown, step_id, outcome_id, fee)
            yield Chosen(step_id, step, outcome_id, outcome, by), no
