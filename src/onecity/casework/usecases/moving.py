"""Moving a case: what happens to it, to those who wait for it, and to whoever must be told, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from onecity.casework.declared import duties_of
from onecity.casework.facts import CaseEnded
from onecity.casework.model import Case
from onecity.casework.rules import Move, Terms, Why
from onecity.casework.rules.moves import advance, delivered, followed, rated, reopened, withdrawn
from onecity.casework.rules.work import claimed, explained, handed_over, released
from onecity.casework.usecases import Follow, Happening, Moved, Office, load
from onecity.casework.usecases.drawing import opened_draws
from onecity.casework.usecases.letters import letters, notices
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact
from onecity.people import officers_with, refusal_for

_COLLEAGUES: Final = 1_000

Rule: TypeAlias = Callable[[Case, Terms], tuple[Fact, ...] | Refused]
"""What a command does to a case."""


async def change(
    case_id: CaseId, rule: Rule, *, office: Office, key: UUID, by: Acting, now: datetime, also: Sequence[Follow] = (),
    known: Case | None = None,
) -> Moved | Refused:  # fmt: skip
    """Apply a rule to a case. `also` adds changes of other histories to the same transaction.

    `known` is the case as whoever asks has just loaded it; if it moved meanwhile, nothing is written and it is loaded
    again.
    """
    at_hand = [known] if known else []

    async def decide() -> Decision | Refused:
        case, today = at_hand.pop() if at_hand else await load(case_id, office=office), day_in(office.zone, now)
        if case is None:
            return Refused(Why.NOT_FOUND)
        # Whoever acts for another does so in the matters of their mandate, whichever way they came.
        beyond = await refusal_for(by, (case.opened.matter,), ledger=office.ledger, day=today)
        if beyond is not None:
            return beyond
        terms = await office.terms(case.opened)
        facts = rule(case, terms)
        if isinstance(facts, Refused):
            return facts
        facts += await opened_draws(case, facts, terms, office=office, by=by, now=now)
        happening = Happening(case, terms, facts, key, by, now)
        changes = await _changes(happening, office, also)
        if isinstance(changes, Refused):
            return changes
        return Decision(tuple(changes), Moved(case.id, case.version + len(facts), happening.result or case.result))

    return await office.ledger.record(key, decide, Moved, by=by, now=now)


async def _changes(happening: Happening, office: Office, also: Sequence[Follow]) -> list[Change] | Refused:
    case, changes = happening.case, list[Change]()
    if happening.facts:
        changes.append(Change(case.id, case.version, happening.facts))
    changes += letters(happening)
    changes += notices(happening, today=day_in(office.zone, happening.now))
    ends = any(isinstance(fact, CaseEnded) for fact in happening.facts)
    for follow in (*also, *office.follows):
        more = await follow(happening)
        if isinstance(more, Refused):
            return more
        changes += more
    return [*changes, *(await _following(happening, office, set()))] if ends else changes


async def _following(happening: Happening, office: Office, moved: set[UUID]) -> list[Change]:
    """What the end of a case does to those that waited for it, and to those that waited for them.

    Who is reached along several ways is `moved` once: whatever goes on from a follower is its lapse, and a case that
    has lapsed waits for nobody.
    """
    changes: list[Change] = []
    for follower_id in await office.waiting.ask(happening.case.id):
        if follower_id in moved:
            continue
        follower = await load(CaseId(follower_id), office=office)
        assert follower is not None, "the order of cases names cases"
        terms = await office.terms(follower.opened)
        facts = followed(follower, terms, happening.case.id, good=happening.good, now=happening.now)
        if not facts:
            continue
        moved.add(follower_id)
        then = Happening(follower, terms, facts, happening.key, happening.by, happening.now)
        changes += (Change(follower.id, follower.version, facts), *letters(then))
        if then.result is not None:
            changes += await _following(then, office, moved)
    return changes


async def move(
    case_id: CaseId, command: Move, *, office: Office, key: UUID, by: Acting, now: datetime,
    also: Sequence[Follow] = (), known: Case | None = None,
) -> Moved | Refused:  # fmt: skip
    """End a step of a case with an outcome."""

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return advance(case, command, terms=terms, by=by, now=now)

    return await change(case_id, rule, office=office, key=key, by=by, now=now, also=also, known=known)


async def withdraw(case_id: CaseId, *, office: Office, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    """The person does not want it any more."""
    return await change(case_id, lambda case, _terms: withdrawn(case, by=by), office=office, key=key, by=by, now=now)


async def reopen(
    case_id: CaseId, words: str, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """The person says that what was called done is not."""
    return await change(
        case_id, lambda case, terms: reopened(case, words, terms=terms, by=by, now=now), office=office, key=key, by=by,
        now=now,
    )  # fmt: skip


async def deliver(case_id: CaseId, *, office: Office, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    """Hand over at a counter what was decided."""
    return await change(
        case_id, lambda case, terms: delivered(case, terms.process, by=by), office=office, key=key, by=by,
        now=now,
    )  # fmt: skip


async def rate(
    case_id: CaseId, level: int, words: str, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """The person says how it went."""
    return await change(
        case_id, lambda case, _terms: rated(case, level, words, by=by), office=office, key=key, by=by, now=now
    )


async def claim(case_id: CaseId, step: str, *, office: Office, key: UUID, by: Acting, now: datetime) -> Moved | Refused:
    """Take a waiting step."""
    return await change(
        case_id, lambda case, terms: claimed(case, step, terms=terms, by=by), office=office, key=key, by=by,
        now=now,
    )  # fmt: skip


async def release(
    case_id: CaseId, step: str, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Give a waiting step back."""
    return await change(
        case_id, lambda case, terms: released(case, step, terms=terms, by=by), office=office, key=key, by=by,
        now=now,
    )  # fmt: skip


async def hand_over(
    case_id: CaseId, step: str, to: UUID, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Hand a waiting step to a colleague who holds its duty here."""
    able = to in await colleagues(case_id, step, office=office, day=day_in(office.zone, now))
    return await change(
        case_id, lambda case, terms: handed_over(case, step, to, terms=terms, able=able, by=by), office=office,
        key=key, by=by, now=now,
    )  # fmt: skip


async def colleagues(case_id: CaseId, step: str, *, office: Office, day: date) -> list[PersonId]:
    """Who could take a waiting step of a case on a day."""
    case = await load(case_id, office=office)
    declared = (await office.terms(case.opened)).process.steps.get(step) if case else None
    if case is None or declared is None or step not in case.waiting:
        return []
    opened = case.opened
    async with office.ledger.readers.acquire() as connection:
        agency = case.agency_of(step)
        return await officers_with(connection, declared.duty, agency, opened.area, day, limit=_COLLEAGUES)


async def explain(
    case_id: CaseId, reason: str, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Say why the latest day passed."""

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return explained(case, reason, duties=duties_of(terms.process), by=by)

    return await change(case_id, rule, office=office, key=key, by=by, now=now)
