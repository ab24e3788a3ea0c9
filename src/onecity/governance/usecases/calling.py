"""What an operator of the hotline does: hear what somebody says, answer it out of the knowledge base, or take it in.

Each look at whoever calls is recorded before anything is shown.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID, uuid5

import msgspec

from onecity.casework import Case, Move, Moved, Terms, advance, change
from onecity.casework import Why as CaseWhy
from onecity.governance.addresses import street_meant
from onecity.governance.dangers import dangers_in
from onecity.governance.facts import Answered, Source
from onecity.governance.filing import STREET_RULES, Danger
from onecity.governance.knowledge import Knowledge, Known
from onecity.governance.model import Report, report_of
from onecity.governance.routing import Decided
from onecity.governance.rules import Tell, Why
from onecity.governance.rules.calling import not_answered, not_taken
from onecity.governance.steps import ANSWER, INTAKE
from onecity.governance.store import ProblemRow, ReportRow
from onecity.governance.usecases import Street, Told
from onecity.governance.usecases.looking import understood
from onecity.governance.usecases.nearby import Like, alike, tell_same
from onecity.governance.usecases.reporting import tell
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.packs import version_of
from onecity.people import ReadLog

Operator: TypeAlias = Callable[[str], Acting]
"""Whoever speaks, in the duty of the hotline where it reaches an area, by its code; else without a duty."""
_FOUND: Final = 8
"""Answers that an operator reads at a glance."""


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says, and where: `area` is the street by its code, if it is known, `address` what they call it."""

    words: str = ""
    number: str = ""
    matter: str = ""
    area: str = ""
    address: str = ""

    def told(self) -> Tell:
        """The same as the report that it becomes."""
        return Tell(self.words, self.matter, None, self.area, self.address, self.number)


class Heard(msgspec.Struct, frozen=True):
    """What the city makes of a call: dangers before anything else, the kind, answers, the place, and what is open."""

    dangers: tuple[Danger, ...]
    kind: Decided | None
    answers: Sequence[Known]
    area: str
    alike: Sequence[Like]


async def heard(call: Call, *, street: Street, knowledge: Knowledge, now: datetime) -> Heard:
    """What helps whoever speaks with a caller. Nothing is recorded, and nothing decided."""
    today, said = day_in(street.office.zone, now), call.words.strip()
    kind = await understood(said, street=street)
    area = call.area or street_meant(f"{call.address} {said}", street.ground.places, today)
    matter = call.matter or (kind.label if kind else "")
    found = msgspec.structs.replace(call, area=area, matter=matter).told()
    return Heard(
        dangers=dangers_in(said, street.rules),
        kind=kind,
        answers=list(knowledge.find(said, today))[:_FOUND],
        area=area,
        alike=await alike(found, street=street, now=now) if said and area else (),
    )


async def open_of_caller(
    number: str, *, street: Street, reads: ReadLog, operator: Operator, now: datetime
) -> Sequence[tuple[ReportRow, ProblemRow]]:
    """What is open of whoever calls, as far as the duty of the operator reaches."""
    found: list[tuple[ReportRow, ProblemRow]] = []
    for report, row in await street.callers.open_of(number):
        by = operator(row.area)
        if by.duty is not None:
            await reads.note(report.subject, "case", about=report.report, by=by, now=now)
            found.append((report, row))
    return found


async def take_call(call: Call, same: str, *, street: Street, key: UUID, by: Acting, now: datetime) -> Told | Refused:
    """Take a report in as everybody's are; `same` is the number of an open case that it repeats."""
    no = not_taken(call.area, by=by)
    if no is not None:
        return no
    if same:
        return await tell_same(call.told(), same, source=Source.HOTLINE, street=street, key=key, by=by, now=now)
    return await tell(call.told(), source=Source.HOTLINE, street=street, key=key, by=by, now=now)


class Taken(msgspec.Struct, frozen=True):
    """A call that was taken in, and whether whoever looks took it: only they pass its link on to the caller."""

    report: Report
    own: bool


async def taken_call(
    report: UUID, *, street: Street, reads: ReadLog, operator: Operator, now: datetime
) -> Taken | Refused:
    """A call that was taken in, for an operator whose duty reaches it; a report that came another way is none."""
    history = await street.office.ledger.history(report)
    found = report_of(history)
    if found is None or found.told.source is not Source.HOTLINE:
        return Refused(CaseWhy.NOT_FOUND)
    by = operator(found.told.area)
    if by.duty is None:
        return Refused(CaseWhy.NOT_FOUND)
    await reads.note(found.told.subject, "case", about=found.id, by=by, now=now)
    return Taken(found, own=history[0].by.person == by.person)


async def answer_call(
    call: Call, name: str, lang: str, *, street: Street, knowledge: Knowledge, key: UUID, by: Acting,
    answering: Acting, now: datetime,
) -> Told | Refused:  # fmt: skip
    """Answer a caller on the spot: the call is taken in like any report, and its case ends as answered.

    The history says with which answer and in which version of the knowledge base. `answering` is the operator in the
    duty that may end a case; if the case cannot be ended, it waits as every report does.
    """
    known = knowledge.of(name, day_in(street.office.zone, now))
    if known is None:
        return Refused(Why.NO_SUCH_ANSWER)
    no = not_answered(call.area, by=by, answering=answering)
    if no is not None:
        return no
    told = await tell(call.told(), source=Source.HOTLINE, street=street, key=key, by=by, now=now)
    if isinstance(told, Refused):
        return told
    version = version_of(next(iter(street.pack.all(STREET_RULES).values())))
    move = Move(INTAKE, ANSWER, {"answer": known.answer.answer.said(lang)})

    def rule(case: Case, terms: Terms) -> tuple[Fact, ...] | Refused:
        facts = advance(case, move, terms=terms, by=answering, now=now)
        return facts if isinstance(facts, Refused) else (Answered(known.id, version), *facts)

    again = uuid5(key, "answer")
    done: Moved | Refused = await change(
        CaseId(told.case), rule, office=street.office, key=again, by=answering, now=now
    )
    return done if isinstance(done, Refused) else told
