"""Moving a case: load, decide, record; the letter that a step sends travels in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework import store
from onecity.casework.declared import Outcome, Process, Step
from onecity.casework.facts import CaseEnded, CaseOpened, CaseReleased, ClockStarted, StepTaken
from onecity.casework.model import Case, folded
from onecity.casework.rules import Move, Why, advance, followed
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Calendar, Limit
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Ledger
from onecity.notices import letter_to

_TOLD: Final[Mapping[type[Fact] | None, str]] = {CaseReleased: "casework.released", CaseEnded: "casework.lapsed"}
"""The letters that no officer chose: the order of the cases did."""


class Matter(msgspec.Struct, frozen=True):
    """What a pillar says of the matter of a case: the process it follows and its limit."""

    process: Process
    limit: Limit


class Matters(Protocol):
    """Finds the matter of a case in the versions under which the case began."""

    async def matter(self, opened: CaseOpened) -> Matter: ...


class Office(msgspec.Struct, frozen=True):
    """What moving a case needs: the ledger, the matters, the calendar and the version of the pack it comes from."""

    ledger: Ledger
    matters: Matters
    calendar: Calendar
    zone: ZoneInfo
    pack: str


class Moved(msgspec.Struct, frozen=True):
    """The answer to whoever moved a case."""

    case: UUID
    version: int
    result: str | None


async def load(case: UUID, *, office: Office) -> Case | None:
    """A case, folded from its history."""
    return folded(await office.ledger.history(case))


async def move(
    case_id: CaseId, command: Move, *, office: Office, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """End a step of a case with an outcome."""

    async def decide() -> Decision | Refused:
        case = await load(case_id, office=office)
        if case is None:
            return Refused(Why.NOT_FOUND)
        matter = await office.matters.matter(case.opened)
        facts = advance(
            case,
            command,
            process=matter.process,
            limit=matter.limit,
            calendar=office.calendar,
            pack=office.pack,
            by=by,
            today=day_in(office.zone, now),
        )
        if isinstance(facts, Refused):
            return facts
        step = matter.process.steps[command.step]
        outcome = step.outcomes[command.outcome]
        changes = [Change(case.id, case.version, facts), *_letter(case, step, outcome, facts, key=key, now=now)]
        if outcome.ends is not None:
            good = outcome.ends in matter.process.succeeds
            changes += await _following(case.id, good=good, office=office, key=key, now=now)
        return Decision(tuple(changes), Moved(case.id, case.version + len(facts), outcome.ends))

    return await office.ledger.record(key, decide, Moved, by=by, now=now)


async def _following(ended: UUID, *, good: bool, office: Office, key: UUID, now: datetime) -> list[Change]:
    """What the end of a case does to those that waited for it, and to those that waited for them."""
    changes: list[Change] = []
    async with office.ledger.readers.acquire() as connection:
        waiting = await store.followers(connection, ended)
    for follower_id in waiting:
        follower = await load(CaseId(follower_id), office=office)
        assert follower is not None, "the order of cases names cases"
        process = (await office.matters.matter(follower.opened)).process
        facts = followed(follower, process, ended, good=good, today=day_in(office.zone, now))
        if facts:
            changes.append(Change(follower.id, follower.version, facts))
        if kind := _TOLD.get(type(facts[-1]) if facts else None):
            changes.append(_told(follower, kind, key=key, now=now))
        if facts and not good:
            changes += await _following(follower_id, good=False, office=office, key=key, now=now)
    return changes


def _told(case: Case, kind: str, *, key: UUID, now: datetime) -> Change:
    """The letter about what the end of another case did to this one."""
    opened = case.opened
    facts = {"matter": opened.matter, "case": str(case.id)}
    return letter_to(
        PersonId(opened.subject), kind, about=opened.affair, sender=opened.agency, facts=facts, words=None, law="",
        key=key, now=now,
    )  # fmt: skip


def _letter(
    case: Case, step: Step, outcome: Outcome, facts: tuple[Fact, ...], *, key: UUID, now: datetime
) -> tuple[Change, ...]:
    """The letter that the outcome sends, if it sends one."""
    if outcome.letter is None:
        return ()
    opened = case.opened
    told = {"matter": opened.matter, "case": str(case.id)}
    words = None
    for fact in facts:
        match fact:
            case ClockStarted(due=due):
                told["due"] = due.isoformat()
            case StepTaken(words=said):
                words = said
            case _:
                pass
    return (
        letter_to(
            PersonId(opened.subject),
            outcome.letter,
            about=opened.affair,
            sender=opened.agency,
            facts=told,
            words=words,
            law=(outcome.because or step.because).said("zh"),
            key=key,
            now=now,
        ),
    )
