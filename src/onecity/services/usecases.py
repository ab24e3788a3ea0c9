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
from onecity.services import store
from onecity.services.catalogue import Catalogue
from onecity.services.facts import Applied, Branch
from onecity.services.rules import Matter, Why, case_of, receipt_number, taken


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody applies for, and the answers as they were typed."""

    items: tuple[str, ...]
    answers: Mapping[str, str]


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


async def apply(
    command: Apply, *, catalogue: Catalogue, office: Office, area: str, key: UUID, by: Acting, now: datetime
) -> Receipt | Refused:
    """Take an application: one history for it, one for the case of each item, one letter that says so."""
    unknown = tuple(name for name in command.items if catalogue.item(name) is None)
    if unknown or not command.items:
        return Refused(Why.NO_SUCH_ITEM, {"items": unknown})
    answers = taken(catalogue.fields(command.items), command.answers)
    if isinstance(answers, Refused):
        return answers
    subject = by.subject
    assert subject is not None, "only people apply"

    async def decide() -> Decision:
        received = day_in(office.zone, now)
        affair = derived_id(key, now=now, what="affair")
        matters = [catalogue.current(name) for name in dict.fromkeys(command.items)]
        cases = [derived_id(key, now=now, what=f"case {matter.item}") for matter in matters]
        number = receipt_number(affair, received)
        branches = tuple(Branch(m.item, m.item_version, case) for m, case in zip(matters, cases, strict=True))
        applied = Applied(subject, number, area, branches, answers)
        opened = [
            Change(case, 0, (case_of(matter, affair=affair, subject=subject, area=area, received=received),))
            for matter, case in zip(matters, cases, strict=True)
        ]
        receipt = _receipt_letter(subject, affair, applied, matters[0], key=key, now=now)
        changes = (Change(affair, 0, (applied,)), *opened, receipt)
        return Decision(changes, Receipt(affair, number, tuple(cases)))

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
    """An application, if it is that of whoever asks."""
    assert by.subject is not None, "only people have affairs"
    async with ledger.readers.acquire() as connection:
        row = await store.own_affair(connection, affair, by.subject)
    return await _load(affair, ledger=ledger) if row else Refused(Why.NOT_FOUND)


async def affair_of_case(affair: UUID, *, ledger: Ledger) -> Affair | Refused:
    """The application behind a case that the officer may open."""
    return await _load(affair, ledger=ledger)


async def _load(affair: UUID, *, ledger: Ledger) -> Affair | Refused:
    history = await ledger.history(affair)
    if not history or not isinstance(history[0].fact, Applied):
        return Refused(Why.NOT_FOUND)
    return Affair(affair, history[0].fact, history[0].at)
