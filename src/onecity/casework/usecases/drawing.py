"""Lots: who may be chosen is laid down with the work that is to be looked at, and the lot falls when that is sealed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from onecity.casework import store
from onecity.casework.facts import CaseReopened, StepTaken, WorkDrawn
from onecity.casework.model import Case, then
from onecity.casework.rules import Terms, Why
from onecity.casework.rules.drawing import OnDuty, draw_opened, undrawn, work_drawn
from onecity.casework.usecases import Happening, Moved, Office, load
from onecity.casework.usecases.letters import NOBODY, letter_to_officer
from onecity.kernel.acting import Acting, the_city
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, first_seal
from onecity.machinery.jobs import each_due
from onecity.machinery.tracing import going_on
from onecity.people import officers_with, on_duty

if TYPE_CHECKING:
    from asyncpg import Connection

_KEYS: Final = UUID("0f6a5a52-19a1-5f0b-9e5b-647261776e21")
"""Namespace of the idempotency keys: each lot falls once, whoever finds that it can."""

_AT_ONCE: Final = 200
_ABREAST: Final = 16
"""Lots that fall together are written together."""
_HEADS: Final = 20
_MOST: Final = 500
"""Candidates of a lot: whoever is on duty at a place."""


async def opened_draws(
    case: Case, facts: Sequence[Fact], terms: Terms, *, office: Office, by: Acting, now: datetime
) -> tuple[Fact, ...]:
    """The lots that some facts open: they belong to the same moment, so that nobody can choose who may be chosen."""
    if not any(todo.drawn for fact in facts if isinstance(fact, StepTaken | CaseReopened) for todo in fact.opens):
        return ()
    return await _laid_down(then(case, facts, by=by, now=now), terms, office=office, day=day_in(office.zone, now))


async def _laid_down(case: Case, terms: Terms, *, office: Office, day: date) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for step in undrawn(case):
        async with office.ledger.readers.acquire() as connection:
            rows = await on_duty(connection, case.waiting[step].duty, case.opened.area, day, limit=_MOST)
        facts = draw_opened(case, step, [OnDuty(*row) for row in rows], terms=terms)
        # Nobody is on duty elsewhere now: the job asks again until somebody is.
        found += () if isinstance(facts, Refused) else facts
    return tuple(found)


async def draw(now: datetime, *, office: Office) -> int:
    """Let every lot fall whose opening is sealed, and open those for which nobody was on duty; how many fell."""

    async def found(connection: "Connection", after: store.DueWork | None) -> list[store.DueWork]:
        return await store.undrawn(connection, after=after, limit=_AT_ONCE)

    async def do(work: store.DueWork) -> bool:
        with going_on("casework.draw", [work.case]):
            return await draw_one(CaseId(work.case), work.step, office=office, now=now) is not None

    return await each_due(office.ledger.readers, found, do, abreast=_ABREAST)


async def draw_one(case_id: CaseId, step: str, *, office: Office, now: datetime) -> UUID | None:
    """Let the lot of a step fall if its opening is sealed, or open it; on whom it fell, None if it did not."""
    case = await load(case_id, office=office)
    if case is None or step not in case.waiting or step in case.holders:
        return None
    open_ = case.draws.get(step)
    if open_ is None:
        facts: tuple[Fact, ...] | Refused = await _laid_down(
            case, await office.terms(case.opened), office=office, day=day_in(office.zone, now)
        )
    else:
        async with office.ledger.readers.acquire() as connection:
            seal = await first_seal(connection, case.id, open_.version)
        facts = work_drawn(case, step, size=seal[0], root=seal[1]) if seal else ()
    if isinstance(facts, Refused) or not facts:
        if open_ is None:
            await _tell_head(case, step, office=office, now=now)
        return None
    fell = next((fact.officer for fact in facts if isinstance(fact, WorkDrawn)), None)
    return fell if await _recorded(case, step, facts, office=office, now=now) else None


async def _tell_head(case: Case, step: str, *, office: Office, now: datetime) -> None:
    """Write to whoever answers for the process that nobody is on duty on whom a lot could fall: once a day."""
    terms, day = await office.terms(case.opened), day_in(office.zone, now)
    if terms.process.head is None:
        return
    opened, key = case.opened, uuid5(_KEYS, f"nobody {case.id} {step} {case.version} {day}")
    async with office.ledger.readers.acquire() as connection:
        heads = await officers_with(connection, terms.process.head, opened.agency, opened.area, day, limit=_HEADS)
    happening = Happening(case, terms, (), key, the_city(), now)

    async def decide() -> Decision | Refused:
        letters = tuple(letter_to_officer(happening, head, NOBODY, day) for head in heads)
        return Decision(letters, Moved(case.id, case.version, None)) if letters else Refused(Why.NOBODY_TO_DRAW)

    await office.ledger.record(key, decide, Moved, by=the_city(), now=now)


async def _recorded(case: Case, step: str, facts: tuple[Fact, ...], *, office: Office, now: datetime) -> bool:
    key, moved = uuid5(_KEYS, f"draw {case.id} {step} {case.version}"), Moved(case.id, case.version + len(facts), None)

    async def decide() -> Decision | Refused:
        return Decision((Change(case.id, case.version, facts),), moved)

    return isinstance(await office.ledger.record(key, decide, Moved, by=the_city(), now=now), Moved)
