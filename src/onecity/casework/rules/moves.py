"""How a case moves along its process, or why it stays where it is."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from onecity.casework.declared import APPLICANT, Outcome, Process, Step, opened_by
from onecity.casework.facts import (
    HAND_OVER,
    LAPSED,
    WITHDRAWN,
    BeforeEnded,
    CaseDelivered,
    CaseEnded,
    CaseReleased,
    Delivery,
    Rated,
    StepSigned,
    StepTaken,
    Todo,
)
from onecity.casework.model import Case, Signature
from onecity.casework.rules import LONGEST_WORDS, Move, Terms, Why, written
from onecity.casework.rules.deadlines import clock_facts, clock_of_receipt, deliver_by, silence_spoke, todos
from onecity.kernel.acting import Acting
from onecity.kernel.lists import nearest
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


def may(case: Case, duty: str, by: Acting) -> bool:
    """Whether the author holds a duty in this case's agency and area, or is the person concerned."""
    if duty == APPLICANT:
        return by.subject is not None and by.subject == case.opened.subject
    covers = by.scope is not None and by.scope.covers(case.opened.agency, case.opened.area)
    return by.duty == duty and covers


def advance(case: Case, move: Move, *, terms: Terms, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """The facts that a move adds to the case, or the reason why it stays where it is."""
    no = hindered(case, move.step, move.outcome, terms=terms, by=by, today=today)
    if no is not None:
        return no
    step = terms.process.steps[move.step]
    outcome = step.outcomes[move.outcome]
    said = _said(outcome, move, terms)
    if isinstance(said, Refused):
        return said
    ticked = clock_facts(case, case.waiting[move.step], outcome, move.days, terms=terms, today=today)
    if isinstance(ticked, Refused):
        return ticked
    signed = _signed(case, step, move, said, by)
    if not isinstance(signed, UUID | None):
        return signed
    return (_taken(case, move, outcome, said, signed, terms, today), *ticked, *_ended(case, outcome, terms, today))


def foreseen(case: Case, move: Move, *, terms: Terms, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """What a move leads to once every signature is there: what the person will be told of it."""
    facts = advance(case, move, terms=terms, by=by, today=today)
    signed = None if isinstance(facts, Refused) else next((one for one in facts if isinstance(one, StepSigned)), None)
    if signed is None:
        return facts
    other = msgspec.structs.replace(case, signatures={**case.signatures, move.step: Signature(None, signed)})
    return advance(other, move, terms=terms, by=by, today=today)


def hindered(case: Case, step_id: str, outcome_id: str, *, terms: Terms, by: Acting, today: date) -> Refused | None:
    """Why this author cannot choose this outcome now, whatever they write; None if they can."""
    if case.result is not None:
        return Refused(Why.ENDED)
    todo = case.waiting.get(step_id)
    if todo is None:
        return Refused(Why.NO_SUCH_STEP)
    step = terms.process.steps[step_id]
    outcome = step.outcomes.get(outcome_id)
    spoke = silence_spoke(todo, today=today)
    meant = step.silence is not None and step.silence.outcome == outcome_id
    if by.person is None:
        return None if spoke and meant else Refused(Why.STILL_TIME)
    if not may(case, step.duty_of(outcome) if outcome else step.duty, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if outcome is None or (meant and step.duty == APPLICANT):
        return Refused(Why.NO_SUCH_OUTCOME)
    if spoke and not meant and step.silence is not None:
        return Refused(Why.SILENCE_SPOKE)
    holder = case.holders.get(step_id)
    if holder not in (None, by.person) and step.officers == 1 and outcome.duty is None:
        return Refused(Why.IN_OTHER_HANDS)
    if outcome.once and f"{step_id}/{outcome_id}" in case.used:
        return Refused(Why.ONCE)
    ticked = clock_facts(case, todo, outcome, 1, terms=terms, today=today)
    return ticked if isinstance(ticked, Refused) else None


def _said(outcome: Outcome, move: Move, terms: Terms) -> dict[str, str] | Refused:
    """What the outcome demands to be written, each part there and none too long; what is missing, named."""
    said = _not_asked(outcome, move) or written(outcome.write, move.words, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
    if isinstance(said, Refused):
        return said
    if outcome.lists and not move.lacking:
        return Refused(Why.NOTHING_LISTED)
    strange, known = tuple(name for name in move.lacking if name not in terms.lackable), tuple(sorted(terms.lackable))
    if strange:
        return Refused(Why.NOT_NEEDED, {"names": strange, "meant": nearest(strange, known), "known": known})
    return said


def _not_asked(outcome: Outcome, move: Move) -> Refused | None:
    """Why a move is not taken that says more than its outcome asks for: whoever wrote it meant something by it."""
    known = tuple(f"words.{part}" for part in outcome.write)
    known += ("days",) if outcome.asks_days else ()
    known += ("lacking",) if outcome.lists else ()
    given = [f"words.{part}" for part in move.words]
    given += ["days"] if move.days is not None else []
    given += ["lacking"] if move.lacking else []
    strange = tuple(name for name in given if name not in known)
    if not strange:
        return None
    return Refused(Why.NOT_ASKED, {"fields": strange, "meant": nearest(strange, known), "known": known})


def _signed(
    case: Case, step: Step, move: Move, said: Mapping[str, str], by: Acting
) -> UUID | tuple[Fact, ...] | Refused | None:
    """The first of two officers if both have now chosen this outcome; else the signature that waits for the second."""
    if step.officers == 1:
        return None
    first = case.signatures.get(move.step)
    agreed = first is not None and first.signed.outcome == move.outcome
    if first is not None and first.officer == by.person:
        return Refused(Why.SAME_OFFICER)
    if first is not None and agreed:
        return first.officer
    lacking = tuple(dict.fromkeys(move.lacking))
    return (StepSigned(move.step, move.outcome, case.opened.subject, dict(said) or None, lacking, move.days),)


def _taken(
    case: Case, move: Move, outcome: Outcome, said: Mapping[str, str], signed_by: UUID | None, terms: Terms, today: date
) -> StepTaken:
    opening = opened_by(terms.process, frozenset(case.waiting), move.step, outcome)
    return StepTaken(
        step=move.step,
        outcome=move.outcome,
        opens=todos(terms.process, opening, terms.calendar, since=today),
        subject=case.opened.subject,
        words=dict(said) or None,
        lacking=tuple(dict.fromkeys(move.lacking)),
        days=move.days,
        signed_by=signed_by,
    )


def _ended(case: Case, outcome: Outcome, terms: Terms, today: date) -> tuple[Fact, ...]:
    """The end, and the delivery: what goes into an inbox is delivered with the decision itself."""
    if outcome.ends is None:
        return ()
    last, duty = deliver_by(terms, today=today), terms.process.hands_over
    if duty is None or case.opened.delivery is Delivery.ONLINE:
        return (CaseEnded(outcome.ends, last), CaseDelivered(Delivery.ONLINE))
    return (CaseEnded(outcome.ends, last, Todo(HAND_OVER, duty, today)),)


def withdrawn(case: Case, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person does not want it any more."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return Refused(Why.ENDED) if case.result is not None else (CaseEnded(WITHDRAWN),)


def delivered(case: Case, process: Process, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person takes what was decided at a counter."""
    if process.hands_over is None or not may(case, process.hands_over, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.result is None or case.deliver_by is None or case.delivered:
        return Refused(Why.NOTHING_TO_DELIVER)
    return (CaseDelivered(Delivery.COUNTER),)


def rated(case: Case, level: int, words: str, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person says how it went: once, after the end."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.result is None:
        return Refused(Why.NOT_ENDED)
    if case.rated is not None:
        return Refused(Why.RATED)
    if not 1 <= level <= 5:
        return Refused(Why.NO_SUCH_LEVEL)
    if len(words) > LONGEST_WORDS:
        return Refused(Why.TOO_LONG, {"field": "words", "most": LONGEST_WORDS})
    return (Rated(level, case.opened.subject, words or None),)


def followed(follower: Case, terms: Terms, ended: UUID, *, good: bool, today: date) -> tuple[Fact, ...]:
    """What a case does when one that it waits for ends: after the last good one it begins, after a bad one it lapses.

    Every end is a fact of the follower, so that two ends at the same moment meet and none is overlooked.
    """
    if ended not in follower.missing or follower.result is not None:
        return ()
    if not good:
        return (BeforeEnded(ended), CaseEnded(LAPSED))
    if follower.missing != {ended}:
        return (BeforeEnded(ended),)
    begins = todos(terms.process, terms.process.begins, terms.calendar, since=today)
    return (BeforeEnded(ended), CaseReleased(today, begins), *clock_of_receipt(terms, since=today))
