"""What an operator of the hotline does: hear what somebody says, answer it out of the knowledge base, or take it in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from onecity.casework import Case, Move, Moved, Terms, advance, change
from onecity.governance.addresses import street_meant
from onecity.governance.dangers import dangers_in
from onecity.governance.facts import Answered, Source
from onecity.governance.filing import STREET_RULES, Danger
from onecity.governance.knowledge import Knowledge, Known
from onecity.governance.routing import Decided
from onecity.governance.rules import Tell
from onecity.governance.steps import ANSWER, INTAKE
from onecity.governance.usecases import Street, Told
from onecity.governance.usecases.looking import understood
from onecity.governance.usecases.nearby import Like, alike
from onecity.governance.usecases.reporting import tell
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.packs import version_of

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


async def answer_call(
    call: Call, known: Known, lang: str, *, street: Street, key: UUID, by: Acting, answering: Acting, now: datetime
) -> Told | Refused:
    """Answer a caller on the spot: the call is taken in like any report, and its case ends as answered.

    The history says with which answer and in which version of the knowledge base. `answering` is the operator in the
    duty that may end a case; if the case cannot be ended, it waits as every report does.
    """
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
