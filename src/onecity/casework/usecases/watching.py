"""What the city does by itself with cases: silence speaks, days that come near are told, calendars are recounted."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from onecity.casework import store
from onecity.casework.declared import APPLICANT
from onecity.casework.facts import DueSoon, Overrun
from onecity.casework.model import Case
from onecity.casework.rules import Move, Terms
from onecity.casework.rules.deadlines import NEAR, recounted, reminders
from onecity.casework.rules.meetings import near
from onecity.casework.usecases import Follow, Happening, Moved, Office, load
from onecity.casework.usecases.letters import OFFICERS, letter_to_officer
from onecity.casework.usecases.moving import change, move
from onecity.kernel.acting import the_city
from onecity.kernel.clock import Limit, Run, due
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import bounds_of, day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact
from onecity.machinery.jobs import each_due
from onecity.people import officers_with

if TYPE_CHECKING:
    from asyncpg import Connection

_KEYS: Final = UUID("7d0c1d0e-52a4-5b0e-8d55-6f6e65636974")
"""Namespace of the idempotency keys of these commands: what is due is done once, whoever finds it."""

_AT_ONCE: Final = 200
_NEAREST: Final = 20
"""How many of those who hold a duty are written to: the nearest."""


async def let_silence_speak(now: datetime, *, office: Office) -> int:
    """Take, for whoever let the time pass, the outcome that the law gives to silence; how many steps were moved."""
    today = day_in(office.zone, now)

    async def found(connection: "Connection", after: store.DueWork | None) -> list[store.DueWork]:
        return await store.silent_since(connection, today, after=after, limit=_AT_ONCE)

    async def speak(work: store.DueWork) -> bool:
        return await _silence(work, office=office, now=now)

    return await each_due(office.ledger.readers, found, speak)


async def _silence(work: store.DueWork, *, office: Office, now: datetime) -> bool:
    case = await load(CaseId(work.case), office=office)
    if case is None or work.step not in case.waiting:
        return False
    silence = (await office.terms(case.opened)).process.steps[work.step].silence
    if silence is None:
        return False
    key = uuid5(_KEYS, f"silence {case.id} {work.step} {case.version}")
    command = Move(work.step, silence.outcome)
    return isinstance(await move(case.id, command, office=office, key=key, by=the_city(), now=now, known=case), Moved)


async def remind(now: datetime, *, office: Office) -> int:
    """Warn of latest days that are near and tell of those that passed; how many cases were told of."""
    today, also = day_in(office.zone, now), (_told_to_officers(office),)
    # Up to the day before the first working day that is not near any more: days off between belong to the near ones.
    until = due(office.calendar, Run(today, Limit(NEAR + 1))).day - timedelta(days=1)

    async def found(connection: "Connection", after: store.DueWork | None) -> list[store.DueWork]:
        return await store.near_due(connection, until, now=now, today=today, after=after, limit=_AT_ONCE)

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return reminders(case, terms, now=now)

    async def tell(work: store.DueWork) -> bool:
        key = uuid5(_KEYS, f"remind {work.case} {today}")
        told = await change(CaseId(work.case), rule, office=office, key=key, by=the_city(), now=now, also=also)
        return isinstance(told, Moved)

    return await each_due(office.ledger.readers, found, tell)


async def remind_of_meetings(now: datetime, *, office: Office) -> int:
    """Write to those who are called to a meeting on the day before it; how many were written to."""
    _, until = bounds_of(office.zone, day_in(office.zone, now) + timedelta(days=1))

    async def found(connection: "Connection", after: store.DueWork | None) -> list[store.DueWork]:
        return await store.meetings_near(connection, until, now=now, after=after, limit=_AT_ONCE)

    async def tell(work: store.DueWork) -> bool:
        def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
            return near(case, work.step, terms, now=now)

        case = await load(CaseId(work.case), office=office)
        if case is None or not rule(case, await office.terms(case.opened)):
            return False
        key = uuid5(_KEYS, f"meeting {work.case} {work.step} {case.version}")
        told = await change(case.id, rule, office=office, key=key, by=the_city(), now=now, known=case)
        return isinstance(told, Moved)

    return await each_due(office.ledger.readers, found, tell)


def _told_to_officers(office: Office) -> Follow:
    """Letters to those whose turn it is, and, once the day has passed, to whoever answers for the process."""

    async def follow(happening: Happening) -> list[Change]:
        fact = next((fact for fact in happening.facts if isinstance(fact, DueSoon | Overrun)), None)
        if fact is None:
            return []
        people = await whose_turn(happening, office, escalated=isinstance(fact, Overrun))
        return [letter_to_officer(happening, officer, OFFICERS[type(fact)], fact.due) for officer in people]

    return follow


async def whose_turn(
    happening: Happening, office: Office, *, escalated: bool, steps: Collection[str] | None = None
) -> list[UUID]:
    """Those whose turn it is in some waiting steps, or in all; where it is `escalated`, whoever answers for it too."""
    case, process = happening.case, happening.terms.process
    people: dict[UUID, None] = {}
    day = day_in(office.zone, happening.now)
    async with office.ledger.readers.acquire() as connection:
        for step in case.waiting if steps is None else steps:
            duty = process.steps[step].duty
            if step in case.holders:
                people[case.holders[step]] = None
            elif duty != APPLICANT:
                agency = case.agency_of(step)
                found = await officers_with(connection, duty, agency, case.opened.area, day, limit=_NEAREST)
                people |= dict.fromkeys(found)
        if escalated and process.head is not None:
            found = await officers_with(
                connection, process.head, case.opened.agency, case.opened.area, day, limit=_NEAREST
            )
            people |= dict.fromkeys(found)
    return list(people)


async def recount(now: datetime, *, office: Office) -> int:
    """Count again the days that a notice could still move; how many cases have other days now, or firm ones."""
    today = day_in(office.zone, now)

    async def found(connection: "Connection", after: store.DueWork | None) -> list[store.DueWork]:
        return await store.movable_cases(connection, today, after=after, limit=_AT_ONCE)

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        return recounted(case, terms, now=now)

    async def count(work: store.DueWork) -> bool:
        case = await load(CaseId(work.case), office=office)
        if case is None or not rule(case, await office.terms(case.opened)):
            return False
        key = uuid5(_KEYS, f"recount {case.id} {office.pack} {case.version}")
        return isinstance(
            await change(case.id, rule, office=office, key=key, by=the_city(), now=now, known=case), Moved
        )

    return await each_due(office.ledger.readers, found, count)
