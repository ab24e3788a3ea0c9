"""Issuing, overseeing, renewing and using licences: load, decide, record; the holder's letter travels along."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.cited import Cited
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Declarations, Fact, Ledger
from onecity.licences import store
from onecity.licences.cited import AT_WISH
from onecity.licences.declared import LICENCE_TYPE, LicenceType
from onecity.licences.facts import LicenceIssued, LicenceRenewed
from onecity.licences.model import Licence, State, folded, state_on
from onecity.licences.rules import ENDED, TERMS, Deed, Do, Why, cancelled, overseen, used
from onecity.notices import letter_to
from onecity.packs import Pack, version_of
from onecity.people import AGENCY


class Licences(msgspec.Struct, frozen=True):
    """What licences need: the ledger, the types of the pack in force and of the past, the city's zone."""

    ledger: Ledger
    pack: Pack
    declarations: Declarations
    zone: ZoneInfo

    async def type_of(self, issued: LicenceIssued) -> LicenceType:
        """The type of a licence in the version under which it was issued."""
        return await self.declarations.value(self.pack, LICENCE_TYPE, issued.type, issued.type_version)


class Changed(msgspec.Struct, frozen=True):
    """The answer to whoever changed a licence: its version, and the identifier of its newest edition."""

    licence: UUID
    version: int
    identifier: str


class Letter(msgspec.Struct, frozen=True):
    """What the holder is told of a change."""

    kind: str
    because: Cited
    words: Mapping[str, str] | None = None
    due: date | None = None


def issue(
    *, licences: Licences, kind: str, holder: PersonId, holder_name: str, values: Mapping[str, str], agency: str,
    area: str, case: UUID, affair: UUID, matter: str, day: date, key: UUID, now: datetime,
) -> Change:  # fmt: skip
    """The change that begins a licence, for the transaction in which its case is decided.

    `kind` is the id of its type. `values` are facts as they shall stand on it, in words; those that its type does not
    know are left out. The stream of the change is the licence's id.
    """
    declared = licences.pack.all(LICENCE_TYPE)[kind]
    licence = derived_id(key, now=now, what=f"licence {kind} {case}")
    issued = LicenceIssued(
        holder=holder,
        type=kind,
        type_version=version_of(declared),
        type_code=declared.value.type_code,
        agency=agency,
        issuer=licences.pack.all(AGENCY)[agency].value.area,
        area=area,
        case=case,
        affair=affair,
        matter=matter,
        issued=day,
        valid_from=day,
        valid_until=declared.value.validity.last_day(day),
        holder_name=holder_name,
        values={name: values[name] for name in declared.value.fields if name in values},
    )
    return Change(licence, 0, (issued,))


async def load(licence: UUID, *, licences: Licences) -> Licence | None:
    """A licence, folded from its history."""
    return folded(await licences.ledger.history(licence))


async def oversee(
    licence: UUID, command: Do, *, licences: Licences, key: UUID, by: Acting, now: datetime
) -> Changed | Refused:
    """Suspend a licence, put it in force again, or take one of the two steps that end it."""
    today = day_in(licences.zone, now)

    def decide(found: Licence) -> tuple[Fact, ...] | Refused:
        return overseen(found, command, by=by, today=today)

    return await change(
        licence, decide, lambda found, _: letter_of(found, command), licences=licences, key=key, by=by, now=now
    )


def letter_of(licence: Licence, command: Do) -> Letter:
    """The letter about a deed. That a licence ended is told with the words of whoever proposed it."""
    if command.deed is Deed.CONFIRM:
        assert licence.proposal is not None, "only what was proposed is confirmed"
        proposed = licence.proposal.fact
        terms = ENDED[proposed.ending]
        return Letter(terms.letter, terms.because, proposed.words)
    terms = TERMS[command.deed]
    return Letter(terms.letter, terms.because, {part: command.words.get(part, "").strip() for part in terms.write})


async def cancel(licence: UUID, *, licences: Licences, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """End a licence because its holder wishes so."""
    today = day_in(licences.zone, now)

    def decide(found: Licence) -> tuple[Fact, ...] | Refused:
        return cancelled(found, by=by, today=today)

    return await change(
        licence, decide, lambda *_: Letter("licences.cancelled", AT_WISH), licences=licences, key=key, by=by, now=now
    )


class Reliance(msgspec.Struct, frozen=True):
    """A case that relies on a licence, the agency that decides it, and what it is about."""

    agency: str
    case: UUID
    matter: str


async def use(
    licence: UUID, cases: Sequence[Reliance], *, licences: Licences, consent: Acting, day: date
) -> tuple[Change, ...] | Refused:
    """The changes that record that cases rely on a licence, for the transaction in which they do so.

    `consent` is the author who agreed to it: the holder, or somebody who acts for them.
    """
    found = await load(licence, licences=licences)
    if found is None:
        return Refused(Why.NOT_FOUND)
    facts: list[Fact] = []
    for one in cases:
        more = used(found, agency=one.agency, case=one.case, matter=one.matter, consent=consent, day=day)
        if isinstance(more, Refused):
            return more
        facts += more
    return (Change(licence, found.version, tuple(facts)),) if facts else ()


async def held_by(holder: PersonId, *, licences: Licences) -> tuple[Licence, ...]:
    """All licences of a person, the newest first, whatever their state."""
    async with licences.ledger.readers.acquire() as connection:
        rows = await store.held_by(connection, holder)
    return await _loaded([row.licence for row in rows], licences)


async def held_of_type(holder: PersonId, kind: str, *, day: date, licences: Licences) -> tuple[Licence, ...]:
    """The licences of a type that a person holds and that are valid on a day: they need not be brought again."""
    async with licences.ledger.readers.acquire() as connection:
        rows = await store.held_of_type(connection, holder, kind)
    found = await _loaded([row.licence for row in rows], licences)
    return tuple(one for one in found if one.holder == holder and state_on(one, day) is State.VALID)


async def _loaded(ids: list[UUID], licences: Licences) -> tuple[Licence, ...]:
    found = await asyncio.gather(*(load(one, licences=licences) for one in ids))
    return tuple(one for one in found if one is not None)


Decide: TypeAlias = Callable[[Licence], tuple[Fact, ...] | Refused]


async def change(
    licence: UUID, decide: Decide, letter: Callable[[Licence, tuple[Fact, ...]], Letter], *, licences: Licences,
    key: UUID, by: Acting, now: datetime,
) -> Changed | Refused:  # fmt: skip
    """Do something to a licence and tell its holder."""

    async def decided() -> Decision | Refused:
        found = await load(licence, licences=licences)
        if found is None:
            return Refused(Why.NOT_FOUND)
        facts = decide(found)
        if isinstance(facts, Refused):
            return facts
        edition = max((fact.edition for fact in facts if isinstance(fact, LicenceRenewed)), default=found.edition)
        changes = (Change(licence, found.version, facts), _letter(found, letter(found, facts), key=key, now=now))
        identifier = str(found.identifier.in_edition(edition))
        return Decision(changes, Changed(licence, found.version + len(facts), identifier))

    return await licences.ledger.record(key, decided, Changed, by=by, now=now)


def _letter(licence: Licence, letter: Letter, *, key: UUID, now: datetime) -> Change:
    issued = licence.issued
    facts = {"matter": issued.matter, "case": str(licence.id)}
    if letter.due is not None:
        facts["due"] = letter.due.isoformat()
    return letter_to(
        licence.holder, letter.kind, about=issued.affair, sender=issued.agency, facts=facts, words=letter.words,
        law=letter.because.citation, key=key, now=now,
    )  # fmt: skip
