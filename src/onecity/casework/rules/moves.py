"""How a case moves along its process, or why it stays where it is."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.casework.declared import APPLICANT, ClockAct, Outcome, Process, Reopening, Step, opened_by, signers
from onecity.casework.facts import (
    HAND_OVER,
    LAPSED,
    WITHDRAWN,
    BeforeEnded,
    CaseDelivered,
    CaseEnded,
    CaseReleased,
    CaseReopened,
    Check,
    Delivery,
    Rated,
    StepSigned,
    StepTaken,
    Todo,
)
from onecity.casework.model import Case, Signature
from onecity.casework.posting import SEND_OUT
from onecity.casework.rules import LONGEST_WORDS, Move, Terms, Why, written
from onecity.casework.rules.deadlines import clock_facts, clock_of_receipt, deliver_by, silence_spoke, todos
from onecity.casework.rules.meetings import called, days_until, kept_apart, not_yet
from onecity.kernel.acting import Acting, the_city
from onecity.kernel.clock import Run, due
from onecity.kernel.lists import nearest
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


def may(case: Case, duty: str, by: Acting, *, agency: str | None = None) -> bool:
    """Whether the author holds a duty in an agency, that of the case unless said otherwise, and in the area of the
    case; or is the person concerned.
    """
    if duty == APPLICANT:
        return by.subject is not None and by.subject == case.opened.subject
    covers = by.scope is not None and by.scope.covers(agency or case.opened.agency, case.opened.area)
    return by.duty == duty and covers


def may_do(case: Case, todo: Todo, duty: str, by: Acting) -> bool:
    """Whether the author holds a duty where a step waits; whoever a lot chose may come from another agency."""
    if not todo.drawn:
        return may(case, duty, by, agency=todo.agency)
    reaches = by.scope is not None and by.scope.reaches(case.opened.area)
    return by.duty == duty and reaches


def advance(case: Case, move: Move, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """The facts that a move adds to the case, or the reason why it stays where it is."""
    no = hindered(case, move.step, move.outcome, terms=terms, by=by, now=now)
    if no is not None:
        return no
    step = terms.process.steps[move.step]
    outcome = step.outcomes[move.outcome]
    said = _said(case, outcome, move, terms)
    if isinstance(said, Refused):
        return said
    meeting = called(case, outcome, move, terms=terms, now=now)
    if isinstance(meeting, Refused):
        return meeting
    since = case.stopped.told if case.stopped else terms.day(now)
    days = days_until(meeting, terms=terms, since=since) if meeting else move.days
    ticked = clock_facts(case, case.waiting[move.step], outcome, days, terms=terms, now=now)
    if isinstance(ticked, Refused):
        return ticked
    signed = _signed(case, step, move, said, by)
    if not isinstance(signed, UUID | None):
        return signed
    today = terms.day(now)
    taken = _taken(case, move, outcome, said, signed, by, terms, today)
    taken = msgspec.structs.replace(taken, days=days, meeting=meeting) if meeting else taken
    return (taken, *ticked, *_ended(case, outcome, terms, today))


def at_once(case: Case, move: Move, *, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """The facts by which the city itself takes a step that has just opened, as a rule chose; none where the process
    leaves that to a person, or where what the rule says is not enough for it.
    """
    todo, step = case.waiting.get(move.step), terms.process.steps.get(move.step)
    if todo is None or step is None or step.at_once is None or move.outcome not in step.at_once.outcomes:
        return ()
    outcome = step.outcomes[move.outcome]
    said, ticked = _said(case, outcome, move, terms), clock_facts(case, todo, outcome, None, terms=terms, now=now)
    if isinstance(said, Refused) or isinstance(ticked, Refused):
        return ()
    taken = _taken(case, move, outcome, said, None, the_city(), terms, terms.day(now))
    return (msgspec.structs.replace(taken, at_once=True), *ticked)


def chosen_by_person(
    case: Case, step: str, name: str, *, terms: Terms, by: Acting, now: datetime
) -> tuple[Fact, ...] | Refused:
    """The facts by which the person concerned ends their own case with an outcome that is an officer's otherwise.

    What they know better than any officer decides nothing about others: that theirs is what somebody reported before.
    """
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.result is not None:
        return Refused(Why.ENDED)
    declared = terms.process.steps.get(step)
    outcome = declared.outcomes.get(name) if declared is not None and step in case.waiting else None
    if outcome is None or outcome.ends is None or outcome.ends in terms.process.succeeds or outcome.write:
        return Refused(Why.NO_SUCH_OUTCOME)
    today, move = terms.day(now), Move(step, name)
    taken = _taken(case, move, outcome, {}, None, by, terms, today)
    return (taken, *_ended(case, outcome, terms, today))


def foreseen(case: Case, move: Move, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What a move leads to once every signature is there: what the person will be told of it."""
    facts = advance(case, move, terms=terms, by=by, now=now)
    signed = None if isinstance(facts, Refused) else next((one for one in facts if isinstance(one, StepSigned)), None)
    if signed is None:
        return facts
    other = msgspec.structs.replace(case, signatures={**case.signatures, move.step: Signature(None, signed)})
    return advance(other, move, terms=terms, by=by, now=now)


def hindered(case: Case, step_id: str, outcome_id: str, *, terms: Terms, by: Acting, now: datetime) -> Refused | None:
    """Why this author cannot choose this outcome now, whatever they write; None if they can."""
    if case.result is not None:
        return Refused(Why.ENDED)
    todo = case.waiting.get(step_id)
    if todo is None:
        return Refused(Why.NO_SUCH_STEP)
    step = terms.process.steps[step_id]
    outcome = step.outcomes.get(outcome_id)
    spoke = silence_spoke(todo, today=terms.day(now))
    meant = step.silence is not None and step.silence.outcome == outcome_id
    if by.person is None:
        return None if spoke and meant else Refused(Why.STILL_TIME)
    if not may_do(case, todo, step.duty_of(outcome) if outcome else step.duty, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if outcome is None or (meant and step.duty == APPLICANT):
        return Refused(Why.NO_SUCH_OUTCOME)
    if spoke and not meant and step.silence is not None:
        return Refused(Why.SILENCE_SPOKE)
    holder = case.holders.get(step_id)
    if (no := not_drawn(case, step_id, by) or kept_apart(case, step, by.hands)) is not None:
        return no
    if by.scope is not None and by.scope.department in agencies_looked_at(case, step):
        return Refused(Why.SAME_AGENCY)
    if (no := not_yet(case, step_id, outcome, terms=terms, now=now)) is not None:
        return no
    if holder not in (None, by.person) and step.officers == 1 and outcome.duty is None:
        return Refused(Why.IN_OTHER_HANDS)
    # What was spared could not be asked for when the rest was.
    if _used(case, step_id, outcome_id, outcome) and not (outcome.lists and case.unasked):
        return Refused(Why.ONCE)
    ticked = clock_facts(case, todo, outcome, 1, terms=terms, now=now)
    return ticked if isinstance(ticked, Refused) else None


def _used(case: Case, step_id: str, outcome_id: str, outcome: Outcome) -> bool:
    """Whether it can be chosen once, and was."""
    return outcome.once and f"{step_id}/{outcome_id}" in case.used


def not_drawn(case: Case, step_id: str, by: Acting) -> Refused | None:
    """Why a step is not this author's if a lot chooses who does it; None if the lot fell on them, or there is none."""
    holder = case.holders.get(step_id)
    if not case.waiting[step_id].drawn or holder == by.person:
        return None
    return Refused(Why.WAITS_FOR_LOT if holder is None else Why.DRAWN)


def agencies_looked_at(case: Case, step: Step) -> tuple[str, ...]:
    """The agencies whose work a drawn step looks at: nobody acts in it for one of them."""
    return tuple(dict.fromkeys(case.workers[name].agency for name in step.drawn if name in case.workers))


def _said(case: Case, outcome: Outcome, move: Move, terms: Terms) -> dict[str, str] | Refused:
    """What the outcome demands to be written, each part there and none too long; what is missing, named."""
    said = _not_asked(outcome, move) or written(outcome.write, move.words, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
    if isinstance(said, Refused):
        return said
    for name in outcome.sends:
        if move.to.get(name) not in terms.receivers:
            return Refused(Why.NO_RECEIVER, {"step": name, "known": tuple(sorted(terms.receivers))})
    return _not_listed(case, outcome, move, terms) or said


def _not_listed(case: Case, outcome: Outcome, move: Move, terms: Terms) -> Refused | None:
    """Why nobody is asked for what a move lists; whoever asks once more asks for all that was spared before."""
    if outcome.lists and not move.lacking:
        return Refused(Why.NOTHING_LISTED)
    strange, known = tuple(name for name in move.lacking if name not in terms.lackable), tuple(sorted(terms.lackable))
    if strange:
        return Refused(Why.NOT_NEEDED, {"names": strange, "meant": nearest(strange, known), "known": known})
    left = tuple(sorted(case.unasked.difference(move.lacking)))
    again = left and outcome.lists and _used(case, move.step, move.outcome, outcome)
    return Refused(Why.ONCE_MORE, {"names": left, "number": len(left)}) if again else None


def _not_asked(outcome: Outcome, move: Move) -> Refused | None:
    """Why a move is not taken that says more than its outcome asks for: whoever wrote it meant something by it."""
    known = tuple(f"words.{part}" for part in outcome.write)
    known += ("days",) if outcome.asks_days else ()
    known += ("lacking",) if outcome.lists else ()
    known += tuple(f"to.{step}" for step in outcome.sends)
    known += ("at",) if outcome.meets else ()
    known += ("hall",) if outcome.meets and not outcome.meets.on_site else ()
    given = [f"words.{part}" for part in move.words]
    given += ["days"] if move.days is not None else []
    given += ["lacking"] if move.lacking else []
    given += [f"to.{step}" for step in move.to]
    given += [name for name, value in (("at", move.at), ("hall", move.hall)) if value is not None]
    strange = tuple(name for name in given if name not in known)
    if not strange:
        return None
    return Refused(Why.NOT_ASKED, {"fields": strange, "meant": nearest(strange, known), "known": known})


def _signed(
    case: Case, step: Step, move: Move, said: Mapping[str, str], by: Acting
) -> UUID | tuple[Fact, ...] | Refused | None:
    """The first of two officers if both have now signed the same, to the letter; else the signature that waits for the
    other one: nobody signed what a colleague wrote afterwards.
    """
    if signers(move.step, step, step.outcomes[move.outcome]) == 1:
        return None
    first = case.signatures.get(move.step)
    if first is not None and first.officer == by.person:
        return Refused(Why.SAME_OFFICER)
    signed = _signature(case, move, said)
    return first.officer if first is not None and first.signed == signed else (signed,)


def _signature(case: Case, move: Move, said: Mapping[str, str]) -> StepSigned:
    lacking = tuple(dict.fromkeys(move.lacking))
    return StepSigned(move.step, move.outcome, case.opened.subject, dict(said) or None, lacking, move.days)


def signs_last(case: Case, move: Move, outcome: Outcome) -> bool:
    """Whether a colleague signed just this, to the letter, so that it holds with one more signature."""
    first, said = case.signatures.get(move.step), {part: move.words.get(part, "").strip() for part in outcome.write}
    return first is not None and first.signed == _signature(case, move, said)


def _taken(
    case: Case, move: Move, outcome: Outcome, said: Mapping[str, str], signed_by: UUID | None, by: Acting, terms: Terms,
    today: date,
) -> StepTaken:  # fmt: skip
    opening = opened_by(terms.process, frozenset(case.waiting), move.step, outcome)
    planned = move.days if outcome.clock is ClockAct.STOPS else None
    # Whoever did a step does it again if it comes back, unless it is sent elsewhere now.
    to = {**case.sent, **move.to}
    return StepTaken(
        step=move.step,
        outcome=move.outcome,
        opens=todos(terms.process, opening, terms.calendar, since=today, to=to, planned=planned),
        subject=case.opened.subject,
        words=dict(said) or None,
        lacking=tuple(dict.fromkeys(move.lacking)),
        days=move.days,
        signed_by=signed_by,
        check=_check(case, terms.process.steps[move.step], outcome, by),
    )


def _check(case: Case, step: Step, outcome: Outcome, by: Acting) -> Check | None:
    """What a step that was drawn leaves behind where it confirms the work: who looked at whose."""
    worker = case.workers.get(step.drawn[0]) if step.confirmed_by(outcome) else None
    if worker is None or worker.person is None or by.person is None or by.scope is None:
        return None
    return Check(worker.person, worker.agency, by.person, by.scope.department)


def _ended(case: Case, outcome: Outcome, terms: Terms, today: date) -> tuple[Fact, ...]:
    """The end, and the delivery: what goes into an inbox is delivered with the decision itself."""
    if outcome.ends is None:
        return ()
    good = outcome.ends in terms.process.succeeds
    last, duty = deliver_by(terms, today=today), terms.process.hands_over
    if duty is None or case.post.way is Delivery.ONLINE:
        return (CaseEnded(outcome.ends, last, good=good), CaseDelivered(Delivery.ONLINE))
    step = SEND_OUT if case.post.way is Delivery.POST else HAND_OVER
    return (CaseEnded(outcome.ends, last, Todo(step, duty, today), good),)


def reopened(case: Case, words: str, *, terms: Terms, by: Acting, now: datetime) -> tuple[Fact, ...] | Refused:
    """What happens when the person says that what was called done is not: once, and in time."""
    rule = _reopening(case, terms=terms, by=by, now=now)
    if isinstance(rule, Refused):
        return rule
    said = written(("words",), {"words": words}, unsaid=Why.UNSAID, too_long=Why.TOO_LONG)
    if isinstance(said, Refused):
        return said
    opens = todos(terms.process, rule.opens, terms.calendar, since=terms.day(now), to=case.sent)
    return (CaseReopened(opens, case.opened.subject, said["words"]),)


def may_reopen(case: Case, *, terms: Terms, by: Acting, now: datetime) -> bool:
    """Whether the author can say now that what was called done is not."""
    return not isinstance(_reopening(case, terms=terms, by=by, now=now), Refused)


def _reopening(case: Case, *, terms: Terms, by: Acting, now: datetime) -> Reopening | Refused:
    """The rule by which the author reopens a case now, or why they cannot, whatever they write."""
    rule = terms.process.reopens
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.result is None or case.ended is None:
        return Refused(Why.NOT_ENDED)
    if rule is None or case.result not in terms.process.succeeds:
        return Refused(Why.NO_REOPENING)
    if case.reopened:
        return Refused(Why.ONCE)
    if terms.day(now) > due(terms.calendar, Run(terms.day(case.ended), rule.within)).day:
        return Refused(Why.TOO_LATE)
    return rule


def withdrawn(case: Case, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person does not want it any more."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.opened.looks_at is not None:
        return Refused(Why.OWN_WORK)
    return Refused(Why.ENDED) if case.result is not None else (CaseEnded(WITHDRAWN, good=False),)


def delivered(case: Case, process: Process, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person takes what was decided at a counter."""
    if process.hands_over is None or not may(case, process.hands_over, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.result is None or case.deliver_by is None or case.delivered:
        return Refused(Why.NOTHING_TO_DELIVER)
    if case.post.posted is not None:
        return Refused(Why.POSTED_ALREADY)
    return (CaseDelivered(Delivery.COUNTER),)


def rated(case: Case, level: int, words: str, *, by: Acting) -> tuple[Fact, ...] | Refused:
    """What happens when the person says how it went: once, after the end."""
    no = _unratable(case, by=by)
    if no is not None:
        return no
    if not 1 <= level <= 5:
        return Refused(Why.NO_SUCH_LEVEL)
    if len(words) > LONGEST_WORDS:
        return Refused(Why.TOO_LONG, {"field": "words", "most": LONGEST_WORDS})
    return (Rated(level, case.opened.subject, words or None),)


def may_rate(case: Case, *, by: Acting) -> bool:
    """Whether the author can say now how it went."""
    return _unratable(case, by=by) is None


def _unratable(case: Case, *, by: Acting) -> Refused | None:
    """Why the author cannot say how it went, whatever they say; None if they can."""
    if not may(case, APPLICANT, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if case.opened.looks_at is not None:
        return Refused(Why.OWN_WORK)
    if case.result is None:
        return Refused(Why.NOT_ENDED)
    return Refused(Why.RATED) if case.rated is not None else None


def followed(follower: Case, terms: Terms, ended: UUID, *, good: bool, now: datetime) -> tuple[Fact, ...]:
    """What a case does when one that it waits for ends: after the last good one it begins, after a bad one it lapses.

    Every end is a fact of the follower, so that two ends at the same moment meet and none is overlooked.
    """
    if ended not in follower.missing or follower.result is not None:
        return ()
    if not good:
        return (BeforeEnded(ended), CaseEnded(LAPSED, good=False))
    if follower.missing != {ended}:
        return (BeforeEnded(ended),)
    today = terms.day(now)
    begins = todos(terms.process, terms.process.begins, terms.calendar, since=today)
    return (BeforeEnded(ended), CaseReleased(today, begins), *clock_of_receipt(terms, since=today, now=now))
