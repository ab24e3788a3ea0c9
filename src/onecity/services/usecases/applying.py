"""Applying: load, decide, record."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.casework import CaseOpened, Delivery, Office, Terms, clock_of_receipt
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact
from onecity.notices import letter_to
from onecity.people import refusal_for
from onecity.services.answers import Field, read_all
from onecity.services.bundles import dependencies, materials_of
from onecity.services.catalogue import Catalogue
from onecity.services.facts import Applied, Branch
from onecity.services.rules import Matter, Why, case_of, lies_in, receipt_number, taken
from onecity.services.uploads import Uploads, quoted


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody applies for – some items, or a life event – and the answers as they were typed."""

    answers: Mapping[str, str]
    items: tuple[str, ...] = ()
    event: str | None = None
    delivery: Delivery = Delivery.ONLINE


class Receipt(msgspec.Struct, frozen=True):
    """The answer to an application: its number, and the case of each item."""

    affair: UUID
    number: str
    cases: tuple[UUID, ...]


class Chosen(msgspec.Struct, frozen=True):
    """The items that an application is about, what they ask, and its canonical answers."""

    items: tuple[str, ...]
    fields: dict[str, Field]
    answers: dict[str, str]


def chosen(command: Apply, catalogue: Catalogue, *, on: date) -> Chosen | Refused:
    """What a command asks for `on` a day: the items that it names, or those that its answers switch on."""
    if command.event is None:
        unknown = tuple(name for name in command.items if catalogue.item(name) is None)
        if unknown or not command.items:
            return Refused(Why.NO_SUCH_ITEM, {"items": unknown})
        items, event = tuple(dict.fromkeys(command.items)), None
    else:
        event = catalogue.event(command.event)
        if event is None or command.items:
            return Refused(Why.NO_SUCH_EVENT)
        questions = catalogue.questions(event)
        items = event.items_for(read_all(questions, command.answers)[0], questions)
    fields = catalogue.fields(items, event)
    answers = taken(fields, command.answers, on=on)
    return answers if isinstance(answers, Refused) else Chosen(items, fields, answers)


async def _may_ask(command: Apply, *, catalogue: Catalogue, office: Office, by: Acting, on: date) -> Chosen | Refused:
    """What a command asks for, if whoever acts for another may ask for all of it."""
    asked = chosen(command, catalogue, on=on)
    if isinstance(asked, Refused):
        return asked
    return await refusal_for(by, asked.items, ledger=office.ledger, day=on) or asked


async def apply(
    command: Apply, *, catalogue: Catalogue, office: Office, uploads: Uploads, area: str, key: UUID, by: Acting,
    now: datetime,
) -> Receipt | Refused:  # fmt: skip
    """Take an application: one history for it, one for the case of each item, one letter that says so.

    Materials that are not there yet do not keep anybody from applying: the city says once, for all, what is missing.
    """
    received = day_in(office.zone, now)
    asked = await _may_ask(command, catalogue=catalogue, office=office, by=by, on=received)
    if isinstance(asked, Refused):
        return asked
    subject = by.subject
    assert subject is not None, "only people apply"

    async def decide() -> Decision:
        where = lies_in(asked.fields, asked.answers, city=area)
        affair = derived_id(key, now=now, what="affair")
        matters = [catalogue.current(name) for name in asked.items]
        cases = {name: derived_id(key, now=now, what=f"case {name}") for name in asked.items}
        waits = dependencies(catalogue.bundle(asked.items))
        opened = [
            case_of(
                matter, office.calendar, affair=affair, subject=subject, received=received,
                area=lies_in(catalogue.fields([matter.item]), asked.answers, city=where),
                after=tuple(cases[other] for other in waits[matter.item]), delivery=command.delivery,
            )
            for matter in matters
        ]  # fmt: skip
        applied = Applied(
            subject=subject,
            number=receipt_number(affair, received),
            area=where,
            branches=tuple(Branch(matter.item, matter.item_version, cases[matter.item]) for matter in matters),
            answers=asked.answers,
            materials=quoted(await uploads.of(subject, materials_of(catalogue.bundle(asked.items)))),
            event=command.event,
            event_version=catalogue.event_version(command.event) if command.event else None,
        )
        changes = (
            Change(affair, 0, (applied,)),
            *(
                Change(cases[one.matter], 0, begun(one, matter, office))
                for one, matter in zip(opened, matters, strict=True)
            ),
            _receipt_letter(subject, affair, applied, matters[0], key=key, now=now),
        )
        return Decision(changes, Receipt(affair, applied.number, tuple(cases.values())))

    return await office.ledger.record(key, decide, Receipt, by=by, now=now)


def begun(opened: CaseOpened, matter: Matter, office: Office) -> tuple[Fact, ...]:
    """The facts with which a case begins: where the limit runs since the receipt, its clock begins with it."""
    if opened.after:
        return (opened,)
    terms = Terms(matter.steps, matter.limit, 0, frozenset(), office.calendar, office.pack)
    return (opened, *clock_of_receipt(terms, since=opened.received))


def _receipt_letter(
    subject: PersonId, affair: UUID, applied: Applied, first: Matter, *, key: UUID, now: datetime
) -> Change:
    return letter_to(
        subject,
        "services.received",
        about=affair,
        sender=first.agency,
        facts={"matter": " ".join(branch.item for branch in applied.branches), "number": applied.number},
        words=None,
        law=first.steps.steps[first.steps.begins[0]].because.said("zh"),
        key=key,
        now=now,
    )
