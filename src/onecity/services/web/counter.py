"""What the pages of services work with, and how they call things in the visitor's language."""

from collections.abc import Callable, Container, Mapping, Sequence
from uuid import UUID

import msgspec

from onecity.casework import Meeting, Move, Office, Why, cases_of_affair, duty_of, find_case
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.machinery.web import Visit, Visitor
from onecity.notices.writing import Scribe
from onecity.payments import Till
from onecity.payments.web import CashDesk
from onecity.people import Agency, ReadLog, person
from onecity.people.roll import Roll
from onecity.people.usecases import Receptions
from onecity.services import store
from onecity.services.amending import Amendments
from onecity.services.answers import Field
from onecity.services.catalogue import Catalogue
from onecity.services.drafts import Drafts
from onecity.services.feedback import Feedbacks
from onecity.services.model import Affair
from onecity.services.projects import Projects
from onecity.services.queueing import Halls
from onecity.services.riddles import Riddles
from onecity.services.rules import together
from onecity.services.rules.joint import JOINT_HEAD
from onecity.services.uploads import Uploads
from onecity.services.usecases import Intake, affair_of_case
from onecity.services.web.shown import Telling


class Counter(msgspec.Struct, frozen=True):
    """The counter behind all doors: page, interface and command line."""

    intake: Intake
    drafts: Drafts
    scribe: Scribe
    reads: ReadLog
    receptions: Receptions
    till: Till
    roll: Roll
    amendments: Amendments
    feedbacks: Feedbacks
    riddles: Riddles
    halls: Halls
    projects: Projects

    @property
    def catalogue(self) -> Catalogue:
        return self.intake.catalogue

    @property
    def office(self) -> Office:
        return self.intake.office

    @property
    def uploads(self) -> Uploads:
        return self.intake.uploads

    @property
    def cash_desk(self) -> CashDesk:
        return CashDesk(self.till, self.scribe, self.reads)

    @property
    def ledger(self) -> Ledger:
        return self.office.ledger

    def agency(self, name: str) -> Agency:
        """A department as it is now, or as it was last."""
        return self.catalogue.agency(name)

    async def catalogue_of(self, affair: Affair, case: UUID) -> Catalogue:
        """The catalogue of the version of the pack under which a case of an application began."""
        branch = affair.branch(case)
        return await self.catalogue.under(branch.pack if branch else None)

    async def asked(self, affair: Affair, cases: Container[UUID]) -> dict[str, Field]:
        """What some cases of an application asked, each in the version under which it began."""
        found: list[dict[str, Field]] = []
        for branch in affair.branches:
            if branch.case in cases:
                catalogue = await self.catalogue.under(branch.pack)
                event = catalogue.event(affair.applied.event) if affair.applied.event else None
                found.append(catalogue.all_fields([branch.item], event))
        return together(found)

    def register(self, name: str, lang: str) -> str:
        """What a register is called; its bare name if it is no longer declared."""
        found = self.catalogue.register(name)
        return found.name.said(lang) if found else name

    def sources(self, affair: Affair, lang: str) -> dict[str, str]:
        """Where answers of an application were taken from, in words, by field."""
        return self.told_by({name: taken.register for name, taken in affair.known.items()}, lang)

    def told_by(self, registers: Mapping[str, str], lang: str) -> dict[str, str]:
        """The registers of some answers, in words, by field."""
        said = self.scribe.words.say
        return {
            field: said(lang, "services.known.from", register=self.register(name, lang))
            for field, name in registers.items()
        }

    def thing(self, name: str, lang: str) -> str:
        """What a material or a question is called; the bare name of one that is no longer declared."""
        found = self.catalogue.thing(name)
        return found.said(lang) if found else name

    def telling(self, lang: str, say: Callable[..., str]) -> Telling:
        """How a case's history is told in a language."""

        def meeting(one: Meeting) -> str:
            at = self.scribe.instant(lang, one.at)
            hall = self.scribe.hall(lang, one.hall) if one.hall is not None else say("services.meeting.there")
            return say("services.meeting.said", at=at, hall=hall)

        return Telling(
            lang, say, lambda name: self.thing(name, lang), lambda name: self.agency(name).name.said(lang), meeting
        )

    def step_name(self, process: str, step: str, lang: str) -> str:
        """A step of a process as it is now, or as it was last; the bare name of a step that it has no more."""
        declared = self.catalogue.named_process(process)
        found = declared.steps.get(step) if declared else None
        return found.name.said(lang) if found else step

    async def author(self, case: CaseId, move: Move, visitor: Visitor, channel: Channel) -> Acting | Refused:
        """A visitor in the duty that a move of a case needs; without it there, the visitor alone."""
        found = await find_case(case, visitor.duties_of("services"), office=self.office)
        if found is None:
            return Refused(Why.NOT_FOUND)
        duty = duty_of(found.terms.process, move.step, move.outcome)
        return visitor.acting_as(channel, duty, found.case.opened.agency, found.case.opened.area)

    def agencies_of(self, visit: Visit, *duties: str) -> set[str]:
        """The agencies for which a visitor holds one of some duties in the whole city."""
        scopes = [held.scope for duty in duties for held in visit.someone.holding(duty)]
        return {scope.department for scope in scopes if scope.reaches(self.intake.area)}

    async def joint_head(self, affair: UUID, visitor: Visitor, channel: Channel) -> tuple[Affair, Acting] | None:
        """An application, and a visitor in the duty of lengthening its joint limit; None if they may not know of it."""
        found = await affair_of_case(affair, ledger=self.ledger)
        if isinstance(found, Refused):
            return None
        async with self.ledger.readers.acquire() as connection:
            areas = {row.area for row in await cases_of_affair(connection, affair)}
        by = visitor.acting_in(channel, JOINT_HEAD, areas | {found.applied.area})
        return (found, by) if by.duty else None

    async def name_of(self, who: UUID, *, lang: str) -> str:
        """A person's name, or the words for somebody who was forgotten."""
        async with self.ledger.readers.acquire() as connection:
            found = await person(connection, PersonId(who))
        return found.name if found and found.name else self.scribe.words.say(lang, "services.forgotten")

    def may_bring(self, visit: Visit, material: str) -> bool:
        """Whether a visitor may bring a material: for another only one that an item of their mandate needs."""
        needing = [name for name, item in self.catalogue.items() if any(one.material == material for one in item.needs)]
        return not needing or any(visit.covers(name) for name in needing)

    async def reachable(self, visit: Visit) -> list[UUID] | None:
        """The affairs that a visitor may see for whom they act; None if they act for themself."""
        if visit.visitor is None or visit.visitor.acting_for is None:
            return None
        async with self.ledger.readers.acquire() as connection:
            within = visit.visitor.acting_for.matters
            rows = await store.affairs_of(connection, visit.subject, within=within)
        return [row.affair for row in rows]

    async def named(self, affairs: Sequence[UUID], lang: str) -> dict[UUID, str]:
        """What applications are called; those that are none are missing."""
        async with self.ledger.readers.acquire() as connection:
            rows = await store.affairs_among(connection, affairs)
        return {row.affair: self._named(row.items, lang) for row in rows}

    def _named(self, items: Sequence[str], lang: str) -> str:
        first = self.scribe.matter(lang, items[0])
        if len(items) == 1:
            return first
        return self.scribe.words.say(lang, "services.affairs.several", first=first, number=len(items))
