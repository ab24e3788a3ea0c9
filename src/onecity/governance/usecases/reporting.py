"""Reporting: what somebody saw becomes a report and a case, with the day by which they hear."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.casework import PROCESS, Case, CaseOpened, Happening, Terms, folded, letters, todos
from onecity.governance.catalogue import MATTER
from onecity.governance.facts import Reported, Source
from onecity.governance.model import Report, report_of
from onecity.governance.rules import Tell, Why, report_number, told_wrongly
from onecity.governance.usecases import Street, Told
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Run, due
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Recorded
from onecity.notices import letter_to
from onecity.packs import version_of
from onecity.places.cells import Cell

_STREET_DIGITS: Final = 9


WithCase: TypeAlias = Callable[[Reported, Case, Terms], tuple[Fact, ...] | Refused]
"""What else a case begins with, of its report, as it opens, and what it is held to; or why it does not begin so."""


class Placed(msgspec.Struct, frozen=True):
    """Where something is: a street by its code, and the cell if somebody gave a point."""

    area: str
    cell: Cell | None


async def tell(
    command: Tell, *, source: Source, street: Street, key: UUID, by: Acting, now: datetime,
    placed: Placed | None = None, with_case: WithCase | None = None,
) -> Told | Refused:  # fmt: skip
    """Take a report. Nobody need say who they are; the subject of the report is then the report itself.

    `source` is the way that it came, as its edge knows; `placed` is where it is, if the edge asked already. `with_case`
    is what else its case begins with.
    """
    wrong = told_wrongly(command, source)
    if wrong is not None:
        return wrong
    where = placed or place_of(command, street, now=now)
    if isinstance(where, Refused):
        return where
    report = derived_id(key, now=now, what="report")
    told = _reported(command, where, report, street, source=source, key=key, by=by, now=now)
    if isinstance(told, Refused):
        return told
    opened = opened_for(told, report, street, now=now)
    begins = await _begins(told, opened, with_case, street, key=key, by=by, now=now) if with_case else ((), ())
    if isinstance(begins, Refused):
        return begins
    more, then = begins

    async def decide() -> Decision | Refused:
        if not await street.photos.all_open(told.subject, told.photos):
            return Refused(Why.NO_SUCH_PHOTO)
        received = letter_to(
            PersonId(told.subject), "governance.received", about=report, sender=street.rules.centre,
            facts={"matter": told.matter, "number": told.number, "answer_day": told.answer_by.isoformat()}, words=None,
            law=street.rules.because.citation, key=key, now=now,
        )  # fmt: skip
        case = Change(told.case, 0, (opened, *more))
        changes = (Change(report, 0, (told,)), case, received, *then)
        return Decision(changes, Told(report, told.number, told.case, told.answer_by))

    # Before the report, so that no crash comes between: a number without its report is forgotten by the purge.
    await street.callers.remember(command.contact, report, now=now)
    done = await street.office.ledger.record(key, decide, Told, by=by, now=now)
    if isinstance(done, Refused) or done.report != report:
        await street.callers.forget([report])
    return done


async def _begins(
    told: Reported, opened: CaseOpened, with_case: WithCase, street: Street, *, key: UUID, by: Acting, now: datetime
) -> tuple[tuple[Fact, ...], tuple[Change, ...]] | Refused:
    """What else a case begins with, and the letters that tell of it."""
    terms = await street.office.terms(opened)
    begun = folded((Recorded(told.case, 1, now, by, opened),))
    assert begun is not None, "a case that begins is one"
    more = with_case(told, begun, terms)
    if isinstance(more, Refused):
        return more
    return more, tuple(letters(Happening(begun, terms, more, key, by, now)))


def place_of(command: Tell, street: Street, *, now: datetime) -> Placed | Refused:
    """Where a report is about: the cell and street of its point, or the street that was named."""
    if command.point is None:
        holds = street.ground.places.holds(command.area, day_in(street.office.zone, now))
        known = holds and len(command.area) == _STREET_DIGITS
        return Placed(command.area, None) if known else Refused(Why.NO_PLACE)
    cell = street.ground.cells.at(command.point.longitude, command.point.latitude)
    return Placed(cell.street, cell) if cell else Refused(Why.OUTSIDE)


def _reported(
    command: Tell, placed: Placed, report: UUID, street: Street, *, source: Source, key: UUID, by: Acting, now: datetime
) -> Reported | Refused:
    today = day_in(street.office.zone, now)
    code = command.matter or street.rules.unclear
    matter = street.catalogue.matter(code)
    if matter is None or not matter.holds(today):
        return Refused(Why.NO_SUCH_MATTER, {"matter": code})
    return Reported(
        subject=subject_of(by, key, now=now),
        case=derived_id(key, now=now, what="case"),
        number=report_number(report, today),
        source=source,
        matter=code,
        area=placed.area,
        cell=placed.cell.code if placed.cell else None,
        answer_by=answer_by(street, today),
        point=command.point,
        address=command.address.strip() or None,
        words=command.words.strip() or None,
        contact=command.contact.strip() or None,
        photos=command.photos,
    )


def subject_of(by: Acting, key: UUID, *, now: datetime) -> UUID:
    """Of whom a report will be, under whose key also its photographs are kept: of whoever reports, else of itself.

    Whoever acts in a duty only writes down what somebody says whom the city does not know.
    """
    person = by.on_behalf_of if by.duty is not None else by.subject
    return person or derived_id(key, now=now, what="report")


def answer_by(street: Street, received: date) -> date:
    """The day by which whoever reported hears: it runs from the receipt and never stops."""
    return due(street.office.calendar, Run(received, street.rules.answer)).day


def opened_for(told: Reported, report: UUID, street: Street, *, now: datetime) -> CaseOpened:
    """How the case of a report begins."""
    process, office = street.process, street.office
    today = day_in(office.zone, now)
    return CaseOpened(
        matter=told.matter,
        matter_version=version_of(next(iter(street.pack.all(MATTER).values()))),
        process=street.rules.process,
        process_version=version_of(street.pack.all(PROCESS)[street.rules.process]),
        affair=report,
        subject=told.subject,
        agency=street.rules.centre,
        area=told.area,
        received=today,
        opens=todos(process, process.begins, office.calendar, since=today),
        checked=process.checked,
    )


async def load_report(report: UUID, *, street: Street) -> Report | None:
    """A report, folded from its history."""
    return report_of(await street.office.ledger.history(report))
