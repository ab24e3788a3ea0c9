"""Applying: load, decide, record."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import Office
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger
from onecity.notices import letter_to
from onecity.people import matters_of, refusal_for
from onecity.services import store
from onecity.services.answers import read_all
from onecity.services.bundles import dependencies, materials_of
from onecity.services.catalogue import Catalogue
from onecity.services.facts import Applied, Branch
from onecity.services.rules import Matter, Why, case_of, receipt_number, taken
from onecity.services.uploads import Uploads, quoted


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody applies for – some items, or a life event – and the answers as they were typed."""

    answers: Mapping[str, str]
    items: tuple[str, ...] = ()
    event: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """The answer to an application: its number, and the case of each item."""

    affair: UUID
    number: str
    cases: tuple[UUID, ...]


class Affair(msgspec.Struct, frozen=True):
    """An application with its answers; they are None once the person is forgotten."""

    id: UUID
    applied: Applied
    at: datetime


class Chosen(msgspec.Struct, frozen=True):
    """The items that an application is about, and its canonical answers."""

    items: tuple[str, ...]
    answers: dict[str, str]


def chosen(command: Apply, catalogue: Catalogue) -> Chosen | Refused:
    """What a command asks for: the items that it names, or those that its answers switch on."""
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
    answers = taken(catalogue.fields(items, event), command.answers)
    return answers if isinstance(answers, Refused) else Chosen(items, answers)


async def apply(
    command: Apply, *, catalogue: Catalogue, office: Office, uploads: Uploads, area: str, key: UUID, by: Acting,
    now: datetime,
) -> Receipt | Refused:  # fmt: skip
    """Take an application: one history for it, one for the case of each item, one letter that says so.

    Materials that are not there yet do not keep anybody from applying: the city says once, for all, what is missing.
    """
    asked = chosen(command, catalogue)
    if isinstance(asked, Refused):
        return asked
    subject = by.subject
    assert subject is not None, "only people apply"

    async def decide() -> Decision | Refused:
        received = day_in(office.zone, now)
        refused = await refusal_for(by, asked.items, ledger=office.ledger, day=received)
        if refused is not None:
            return refused
        affair = derived_id(key, now=now, what="affair")
        matters = [catalogue.current(name) for name in asked.items]
        cases = {name: derived_id(key, now=now, what=f"case {name}") for name in asked.items}
        waits = dependencies(catalogue.bundle(asked.items))
        opened = [
            case_of(
                matter, affair=affair, subject=subject, area=area, received=received,
                after=tuple(cases[other] for other in waits[matter.item]),
            )
            for matter in matters
        ]  # fmt: skip
        applied = Applied(
            subject=subject,
            number=receipt_number(affair, received),
            area=area,
            branches=tuple(Branch(matter.item, matter.item_version, cases[matter.item]) for matter in matters),
            answers=asked.answers,
            materials=quoted(await uploads.of(subject, materials_of(catalogue.bundle(asked.items)))),
            event=command.event,
            event_version=catalogue.event_version(command.event) if command.event else None,
        )
        changes = (
            Change(affair, 0, (applied,)),
            *(Change(cases[one.matter], 0, (one,)) for one in opened),
            _receipt_letter(subject, affair, applied, matters[0], key=key, now=now),
        )
        return Decision(changes, Receipt(affair, applied.number, tuple(cases.values())))

    return await office.ledger.record(key, decide, Receipt, by=by, now=now)


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


async def own_affair(affair: UUID, *, ledger: Ledger, by: Acting) -> Affair | Refused:
    """An application, if it is that of whoever asks, or of whom they act for in the matters of their mandate."""
    assert by.subject is not None, "only people have affairs"
    async with ledger.readers.acquire() as connection:
        row = await store.own_affair(connection, affair, by.subject, within=await matters_of(connection, by))
    return await _load(affair, ledger=ledger) if row else Refused(Why.NOT_FOUND)


async def affair_of_case(affair: UUID, *, ledger: Ledger) -> Affair | Refused:
    """The application behind a case that the officer may open."""
    return await _load(affair, ledger=ledger)


async def _load(affair: UUID, *, ledger: Ledger) -> Affair | Refused:
    history = await ledger.history(affair)
    if not history or not isinstance(history[0].fact, Applied):
        return Refused(Why.NOT_FOUND)
    return Affair(affair, history[0].fact, history[0].at)
