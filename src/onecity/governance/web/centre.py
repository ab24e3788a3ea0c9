"""What the pages of the street work with, and how an officer comes to a case.

A page shows it, and each look at it is recorded before; a command that shows nothing of it records no look.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import (
    APPLICANT,
    Case,
    Found,
    Office,
    Outcome,
    Terms,
    WorkRow,
    agencies_looked_at,
    drawn_for,
    duty_of,
    find_case,
    hindered,
    work_list,
)
from onecity.casework import Why as CaseWhy
from onecity.casework.ordering import Orders
from onecity.governance import store
from onecity.governance.detecting import Proposer
from onecity.governance.events import Live
from onecity.governance.filing import Condition
from onecity.governance.knowledge import Knowledge
from onecity.governance.model import Problem, Report, problem_of
from onecity.governance.photos import Photos, WrongPhoto
from onecity.governance.store import ProblemRow
from onecity.governance.tokens import report_behind, token_of
from onecity.governance.usecases import Street, is_street
from onecity.governance.usecases.appraising import Appraiser
from onecity.governance.usecases.callers import Callers
from onecity.governance.usecases.mapping import OpenCounts
from onecity.governance.usecases.moving import Known
from onecity.governance.usecases.reporting import load_report
from onecity.governance.usecases.spotting import DailySpots
from onecity.kernel.acting import Acting, own_first
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Paging, Visit
from onecity.notices.writing import Scribe
from onecity.people import ReadLog

PILLAR: Final = "governance"
CHIEF: Final = "governance.chief"


class AtHand(msgspec.Struct, frozen=True):
    """A case that an officer may move, what governance knows of it, and its first report."""

    found: Found
    problem: Problem
    report: Report

    @property
    def case(self) -> Case:
        return self.found.case

    @property
    def terms(self) -> Terms:
        return self.found.terms

    @property
    def history(self) -> tuple[Recorded, ...]:
        return self.found.history

    @property
    def known(self) -> Known:
        """What a command need not load again."""
        return Known(self.case, self.problem, self.report)


class Looked(AtHand, frozen=True):
    """The same for a page: with its row, after the look at it was recorded."""

    row: ProblemRow

    @property
    def photos(self) -> tuple[str, ...]:
        """The names of its photographs: those of the report, then those of its steps."""
        return (*self.report.told.photos, *self.problem.photos)


class Centre(msgspec.Struct, frozen=True):
    """Everything that the pages of governance need. `secret` seals the links of reports, `proposer` proposes masks,
    `live` feeds open pages.
    """

    street: Street
    orders: Orders
    scribe: Scribe
    reads: ReadLog
    secret: bytes
    spots: DailySpots
    proposer: Proposer
    live: Live
    knowledge: Knowledge
    appraiser: Appraiser
    open_counts: OpenCounts

    @property
    def office(self) -> Office:
        return self.street.office

    @property
    def photos(self) -> Photos:
        return self.street.photos

    @property
    def callers(self) -> Callers:
        return self.street.callers

    async def photo_of(self, visit: Visit, field: str, subject: UUID) -> tuple[str, ...] | WrongPhoto:
        """The photograph of a form, kept under somebody's key: the subject of the report that it belongs to."""
        content = visit.form.files.get(field)
        if not content:
            return ()
        kept = await self.photos.keep(subject, content)
        return kept if isinstance(kept, WrongPhoto) else (kept,)

    def acting_in(self, visit: Visit, duties: Collection[str], area: str) -> Acting | None:
        """The visitor in one of some duties that reaches an area, whatever the agency; None if none does."""
        held = own_first(one for one in visit.someone.duties if one.duty in duties and one.scope.reaches(area))
        return visit.someone.acting_with(visit.channel, held) if held else None

    async def find(self, visit: Visit) -> AtHand | Refused:
        """The case of the path for a command that shows nothing of it; not found for whoever may not know of it."""
        asked = visit.id("problem")
        duties = visit.someone.duties_of(PILLAR)
        found = await find_case(asked, duties, office=self.office) if asked else None
        if found is None or not is_street(found.case.opened):
            return Refused(CaseWhy.NOT_FOUND)
        report = await load_report(found.case.opened.affair, street=self.street)
        assert report is not None, "a report opened the case"
        return AtHand(found, problem_of(found.history), report)

    async def look(self, visit: Visit) -> Looked | Refused:
        """The case of the path to be shown, after the look at it was recorded."""
        known = await self.find(visit)
        if isinstance(known, Refused):
            return known
        opened = known.case.opened
        by = visit.someone.acting_with(visit.channel, known.found.held[0])
        await self.reads.note(opened.subject, "case", about=opened.affair, by=by, now=visit.now)
        return Looked(known.found, known.problem, known.report, await self.row(known.case.id))

    def author(self, visit: Visit, looked: AtHand, step: str, outcome: str) -> Acting:
        """The visitor in the duty of an outcome, where its step waits; without the duty there, the visitor alone."""
        case, duty = looked.case, duty_of(looked.terms.process, step, outcome)
        todo = case.waiting.get(step)
        if todo is not None and todo.drawn:
            # Whoever a lot fell on comes from anywhere but the agency that did the work.
            reaching = visit.someone.holding(duty)
            apart = agencies_looked_at(case, looked.terms.process.steps[step])
            fit = [one for one in reaching if one.scope.reaches(case.opened.area) and one.scope.department not in apart]
            return visit.someone.acting_with(visit.channel, own_first(fit))
        return visit.acting_as(duty, case.agency_of(step), case.opened.area)

    def choices(self, visit: Visit, looked: AtHand) -> Iterator[tuple[str, str, Outcome, Refused | None]]:
        """Every outcome that an officer may choose in a case, and why this one cannot now."""
        ours = {one.scope.department for one in visit.someone.duties_of(PILLAR)}
        for step, todo in sorted(looked.case.waiting.items()):
            declared = looked.terms.process.steps.get(step)
            if declared is None or todo.duty == APPLICANT:
                continue
            did = agencies_looked_at(looked.case, declared)
            for name, outcome in declared.outcomes.items():
                by = self.author(visit, looked, step, name)
                no = hindered(looked.case, step, name, terms=looked.terms, by=by, now=visit.now)
                if no == Refused(CaseWhy.NOT_YOUR_DUTY) and ours.intersection(did):
                    no = Refused(CaseWhy.SAME_AGENCY)
                yield step, name, outcome, no

    def conditions(self, matter: str, day: date) -> Sequence[Condition]:
        """Under what a case can be filed: the conditions of its matter, or all while nobody knows what it is."""
        street = self.street
        if matter != street.rules.unclear:
            return street.filing.of(matter, day)
        known = street.catalogue.holding(day)
        return [one for matter_ in known for one in street.filing.of(matter_.code, day)]

    async def waiting(self, visit: Visit, paging: Paging) -> tuple[Sequence[WorkRow], Paging]:
        """A page of what waits for the officer on the street; what a lot fell on them for comes first."""
        async with self.office.ledger.readers.acquire() as connection:
            held = visit.someone.duties_of(PILLAR)
            rows = await work_list(connection, held, limit=paging.one_more, offset=paging.offset)
            lots = await drawn_for(connection, visit.someone.person) if paging.page == 1 else []
        page, paging = paging.cut(rows)
        drawn = {lot.case.id for lot in lots}
        return [*lots, *(one for one in page if one.case.id not in drawn)], paging

    async def row(self, case: UUID) -> ProblemRow:
        """A case of the street as lists show it."""
        async with self.office.ledger.readers.acquire() as connection:
            found = await store.problems(connection, [case])
        return found[case]

    async def followed(self, visit: Visit) -> Report | Refused:
        """The report behind the link of the path."""
        report = report_behind(visit.path("token"), self.secret)
        found = await load_report(report, street=self.street) if report else None
        return found or Refused(CaseWhy.NOT_FOUND)

    def link(self, report: UUID) -> str:
        """The address under which somebody follows a report."""
        return f"/follow/{token_of(report, self.secret)}"


def reporter(visit: Visit) -> Acting:
    """Whoever reports: named if they are signed in, else nobody the city knows."""
    return visit.acting() if visit.visitor else Acting(None, visit.channel)


def for_report(visit: Visit, report: Report) -> Acting:
    """Whoever holds the link of a report acts for it, whether or not they said who they are."""
    return Acting(None, visit.channel, on_behalf_of=PersonId(report.told.subject))


async def public_pictures(centre: Centre, *cases: UUID) -> list[str]:
    """The addresses of the copies that everybody may see of some cases, as long as their person is not forgotten."""
    async with centre.office.ledger.readers.acquire() as connection:
        rows = [one for case in dict.fromkeys(cases) for one in await store.released_of(connection, case)]
    return [public_address(one.copy) for one in rows if centre.photos.shows(one.subject, one.copy)]


def public_address(copy: str) -> str:
    """Where everybody finds a released copy."""
    return f"/open/photos/{copy}"
