"""Applying: load, decide, record."""

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from onecity.casework import Address, CaseOpened, Delivery, Office, clock_of_receipt, way_chosen
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId, derived_id, receipt_number
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact
from onecity.notices import letter_to
from onecity.people import refusal_for
from onecity.services.answers import Field, read_all
from onecity.services.bundles import dependencies, materials_of, missing
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.facts import Applied, Branch, Taken
from onecity.services.pledging.facts import Pledged
from onecity.services.pledging.usecases import pledges_for
from onecity.services.purposes import of_event, of_item
from onecity.services.rules import Current, Why, case_of, lies_in, not_asked, taken, way_of
from onecity.services.usecases import Intake
from onecity.services.usecases.knowing import KnownFact, agreed, lacking
from onecity.services.usecases.relying import Brought, Needing, brought


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody applies for – some items, or a life event – and the answers as they were typed.

    `known` names the fields whose answers are taken from registers; naming one is the consent to it. `uses` names the
    materials whose file an earlier application used, or was brought for nothing in particular, and that is to count for
    this one as well. `to` is where the result goes by post. `pledges` names the items that are to be decided on a
    pledge, each with the version of the text that the person agrees to.
    """

    answers: Mapping[str, str]
    items: tuple[str, ...] = ()
    event: str | None = None
    delivery: Delivery = Delivery.ONLINE
    known: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    to: Address | None = None
    pledges: Mapping[str, str] = {}

    @property
    def purpose(self) -> str:
        """What the application is about, as consents name it."""
        return f"life_events/{self.event}" if self.event else f"items/{' '.join(self.items)}"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes for which files were brought that it takes."""
        return (of_event(self.event),) if self.event else tuple(of_item(item) for item in self.items)


class Receipt(msgspec.Struct, frozen=True):
    """The answer to an application: its number, the case of each item, and the documents that were not there yet."""

    affair: UUID
    number: str
    cases: tuple[UUID, ...]
    lacking: tuple[str, ...] = ()


class Within(msgspec.Struct, frozen=True):
    """What an application is a part of: which items wait for which others there, and what is recorded along with it.

    `also` makes that change; it is given the id of the application. `purpose` is that for which its files were brought.
    """

    waits: Mapping[str, tuple[str, ...]]
    also: Callable[[UUID], Change]
    purpose: str


Whole: TypeAlias = Callable[[], Awaitable[Within | Refused]]
"""Looks up the whole of which an application is a part, each time anew that the application is decided."""


class Asked(msgspec.Struct, frozen=True):
    """The items that a command is about, what their form asks, and everything that may be answered.

    `wanted` are all questions of the items, `possible` those that other answers could make them ask as well.
    """

    items: tuple[str, ...]
    fields: dict[str, Field]
    wanted: dict[str, Field]
    possible: dict[str, Field]

    def answered(self, answers: Container[str]) -> dict[str, Field]:
        """The questions that answers have to be good for: those of the form, and those that somebody answers beside it.

        Whoever answers a question that the form leaves out means something else than what its neighbour says.
        """
        return {name: field for name, field in self.wanted.items() if name in self.fields or name in answers}


class Chosen(msgspec.Struct, frozen=True):
    """The items that an application is about, what they ask, and its canonical answers.

    `copied` are the questions that were not asked, each with the one whose answer stands for it.
    """

    items: tuple[str, ...]
    fields: dict[str, Field]
    answers: dict[str, str]
    copied: dict[str, str] = {}


def asked_by(command: Apply, catalogue: Catalogue, *, whole: bool = False) -> Asked | Refused:
    """What a command asks for: the items that it names, as parts of a `whole` or each for itself, or those that its
    answers switch on.
    """
    if command.event is None:
        unknown = tuple(name for name in command.items if catalogue.item(name) is None)
        if unknown or not command.items:
            return Refused(Why.NO_SUCH_ITEM, {"items": unknown})
        items = tuple(dict.fromkeys(command.items))
        wanted = catalogue.all_fields(items)
        return Asked(items, catalogue.asked_once(wanted, None, whole=whole), wanted, wanted)
    event = catalogue.event(command.event)
    if event is None or command.items:
        return Refused(Why.NO_SUCH_EVENT)
    questions = catalogue.questions(event)
    items = event.items_for(read_all(questions, command.answers)[0], questions)
    wanted = catalogue.all_fields(items, event)
    everything = catalogue.all_fields([part.item for part in event.parts], event)
    return Asked(items, catalogue.asked_once(wanted, event), wanted, everything)


def chosen(command: Apply, catalogue: Catalogue, *, on: date, whole: bool = False) -> Chosen | Refused:
    """What a command asks for `on` a day, with canonical answers; answers that nothing asks for are refused."""
    asked = asked_by(command, catalogue, whole=whole)
    if isinstance(asked, Refused):
        return asked
    early = next((item for item in catalogue.bundle(asked.items).values() if not item.holds(on)), None)
    if early is not None:
        return Refused(Why.NOT_IN_FORCE, {"day": early.in_force.isoformat()})
    typed = command.answers
    answers = not_asked(asked.possible, typed) or taken(asked.answered(typed), typed, on=on)
    if isinstance(answers, Refused):
        return answers
    copied = catalogue.answered_by(answers, asked.wanted)
    told = {**answers, **{name: answers[by] for name, by in copied.items()}}
    return Chosen(asked.items, asked.fields, told, copied)


async def apply(
    command: Apply, *, intake: Intake, key: UUID, by: Acting, now: datetime, whole: Whole | None = None
) -> Receipt | Refused:
    """Take an application: one history for it, one for the case of each item, one letter that says so.

    Materials that are not there yet do not keep anybody from applying: the city says once, for all, what is missing.
    Without a `whole` the items wait for each other as far as one needs the result of another.
    """
    received = day_in(intake.office.zone, now)

    async def decide() -> Decision | Refused:
        within = await whole() if whole else None
        if isinstance(within, Refused):
            return within
        known = await _known(command, intake, by=by, day=received)
        if isinstance(known, Refused):
            return known
        answers = {**command.answers, **{name: fact.value for name, fact in known.items()}}
        named = msgspec.structs.replace(command, answers=answers)
        asked = chosen(named, intake.catalogue, on=received, whole=within is not None)
        if isinstance(asked, Refused):
            return asked
        return await _decided(command, asked, known, within, intake=intake, key=key, by=by, now=now)

    return await intake.ledger.record(key, decide, Receipt, by=by, now=now)


async def _decided(
    command: Apply, asked: Chosen, known: Mapping[str, KnownFact], within: Within | None, *, intake: Intake, key: UUID,
    by: Acting, now: datetime,
) -> Decision | Refused:  # fmt: skip
    received, where = day_in(intake.office.zone, now), lies_in(asked.fields, asked.answers, city=intake.area)
    refused = await refusal_for(by, asked.items, ledger=intake.ledger, day=received, area=where)
    if refused is not None:
        return refused
    assert by.subject is not None, "only people apply"
    pledges = await pledges_for(
        command.pledges, asked.items, asked.answers, catalogue=intake.catalogue, ledger=intake.ledger,
        subject=by.subject, day=received,
    )  # fmt: skip
    if isinstance(pledges, Refused):
        return pledges
    begins = _begins(command, asked, within, intake, received, key=key, by=by, now=now)
    paper = paper_of(command, asked.items, intake.catalogue, begins.subject)
    if isinstance(paper, Refused):
        return paper
    needing = _needing(begins, intake.catalogue.needed(asked.items, pledges))
    there = await brought(
        needing, purposes=(within.purpose,) if within else command.purposes, intake=intake, subject=begins.subject,
        by=by, day=received, uses=command.uses,
    )  # fmt: skip
    if isinstance(there, Refused):
        return there
    # An answer that stands for another question as well has the same source, and goes where that one is read.
    known = {name: fact for name, fact in known.items() if name in asked.answers}
    known |= {name: known[by] for name, by in asked.copied.items() if by in known}
    taken = {name: fact.taken for name, fact in known.items()}
    consents = await agreed(
        known, asked.items, purpose=command.purpose, catalogue=intake.catalogue, ledger=intake.ledger, by=by, key=key,
        now=now, today=received,
    )  # fmt: skip
    if isinstance(consents, Refused):
        return consents
    decided = _taken(command, asked, begins, there, taken, paper, intake, key, now)
    along = (within.also(begins.affair),) if within else ()
    return msgspec.structs.replace(decided, changes=(*decided.changes, *consents, *along))


def paper_of(command: Apply, items: Sequence[str], catalogue: Catalogue, subject: UUID) -> tuple[Fact, ...] | Refused:
    """What is written down of how somebody wants the result on paper: the address, if it goes by post."""
    if command.delivery is Delivery.POST and all(Delivery.POST not in catalogue.ways(item) for item in items):
        return Refused(CaseWhy.NOT_BY_POST)
    return way_chosen(command.delivery, subject, command.to)


async def _known(command: Apply, intake: Intake, *, by: Acting, day: date) -> dict[str, KnownFact] | Refused:
    """What the registers know of what the command takes from them."""
    assert by.subject is not None, "only people apply"
    fields = {name: field for name in command.known if (field := intake.catalogue.asked(name))}
    known = await intake.archive.known(fields, subject=by.subject, day=day)
    no = lacking(command.known, known, command.answers)
    return no if no is not None else known


class _Begins(msgspec.Struct, frozen=True):
    """An application as it begins, under a version of the pack: its id, its items, and the case of each."""

    pack: str
    affair: UUID
    subject: PersonId
    area: str
    items: tuple[Current, ...]
    opened: Mapping[UUID, CaseOpened]

    def branches(self) -> tuple[Branch, ...]:
        cases = zip(self.items, self.opened, strict=True)
        return tuple(Branch(one.item, one.item_version, case, self.pack) for one, case in cases)

    def pledged(self, agreed: Mapping[str, str]) -> tuple[Pledged, ...]:
        """The facts of the pledges that were agreed to, with the version of each text."""
        cases = zip(self.items, self.opened, strict=True)
        return tuple(
            Pledged(self.subject, one.item, case, agreed[one.item]) for one, case in cases if one.item in agreed
        )


def _begins(
    command: Apply, asked: Chosen, within: Within | None, intake: Intake, received: date, *, key: UUID, by: Acting,
    now: datetime,
) -> _Begins:  # fmt: skip
    subject, catalogue = by.subject, intake.catalogue
    assert subject is not None, "only people apply"
    affair = derived_id(key, now=now, what="affair")
    where = lies_in(asked.fields, asked.answers, city=intake.area)
    items = tuple(
        catalogue.on_pledge(name) if name in command.pledges else catalogue.current(name) for name in asked.items
    )
    cases = {name: derived_id(key, now=now, what=f"case {name}") for name in asked.items}
    waits = within.waits if within else dependencies(catalogue.bundle(asked.items))
    opened = {
        cases[one.item]: case_of(
            one, intake.office.calendar, affair=affair, subject=subject, received=received,
            area=lies_in(catalogue.fields([one.item]), asked.answers, city=where),
            after=tuple(cases[other] for other in waits[one.item]),
            delivery=way_of(command.delivery, catalogue.ways(one.item)),
        )
        for one in items
    }  # fmt: skip
    return _Begins(intake.office.pack, affair, subject, where, items, opened)


def _needing(begins: _Begins, items: Mapping[str, Item]) -> list[Needing]:
    """The cases with what must be brought for each: without what another case of the application gives."""
    outside = frozenset(materials_of(items))
    return [
        Needing(case, name, item, tuple(one.material for one in item.needs if one.material in outside))
        for (name, item), case in zip(items.items(), begins.opened, strict=True)
    ]


def _taken(
    command: Apply,
    asked: Chosen,
    begins: _Begins,
    there: Brought,
    known: Mapping[str, Taken],
    paper: tuple[Fact, ...],
    intake: Intake,
    key: UUID,
    now: datetime,
) -> Decision:
    received = next(iter(begins.opened.values())).received
    applied = Applied(
        subject=begins.subject,
        number=receipt_number(begins.affair, received),
        area=begins.area,
        branches=begins.branches(),
        answers=asked.answers,
        materials=there.files,
        licences=there.licences,
        event=command.event,
        event_version=intake.catalogue.event_version(command.event) if command.event else None,
        known=known,
    )
    changes = (
        Change(begins.affair, 0, (applied, *begins.pledged(command.pledges))),
        *(
            Change(case, 0, begun(opened, one, intake.office, paper, now=now))
            for one, (case, opened) in zip(begins.items, begins.opened.items(), strict=True)
        ),
        *there.changes,
        _receipt_letter(begins.subject, begins.affair, applied, begins.items[0], key=key, now=now),
    )
    items = intake.catalogue.needed(asked.items, command.pledges)
    lacking = missing(items.values(), there.names)
    return Decision(changes, Receipt(begins.affair, applied.number, tuple(begins.opened), lacking))


def begun(
    opened: CaseOpened, current: Current, office: Office, paper: tuple[Fact, ...], *, now: datetime
) -> tuple[Fact, ...]:
    """The facts with which a case begins: where the limit runs since the receipt, its clock begins with it; where its
    result goes by post, the address stands in `paper`.
    """
    said = paper if opened.delivery is Delivery.POST else ()
    if opened.after:
        return (opened, *said)
    return (opened, *said, *clock_of_receipt(office.terms_of(current.matter), since=opened.received, now=now))


def _receipt_letter(
    subject: PersonId, affair: UUID, applied: Applied, first: Current, *, key: UUID, now: datetime
) -> Change:
    return letter_to(
        subject,
        "services.received",
        about=affair,
        sender=first.agency,
        facts={"matter": " ".join(branch.item for branch in applied.branches), "number": applied.number},
        words=None,
        law=first.first_law,
        key=key,
        now=now,
    )
