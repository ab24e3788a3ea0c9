"""Proposing, publishing and dropping amendments: load, decide, record."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.instants import bounds_of, day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Declarations, Ledger, PackVersion, holding
from onecity.packs import Declared, Fault, Kind, Pack, checked, version_of
from onecity.services.amending import rules, store
from onecity.services.amending.asking import amended_item, lines_of_questions
from onecity.services.amending.composing import amended_event, composed, id_of
from onecity.services.amending.facts import (
    Amending,
    AmendmentProposed,
    Composing,
    EventAmended,
    EventComposed,
    ItemPrepared,
    Preparing,
    Proposed,
)
from onecity.services.amending.lines import with_lines
from onecity.services.amending.model import Amendment, amendment_of
from onecity.services.amending.preparing import candidates, prepared, version_listed
from onecity.services.amending.rules import One, Why
from onecity.services.amending.undoing import Published, undoes
from onecity.services.checking import ITEM
from onecity.services.declared import Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent


class Handed(msgspec.Struct, frozen=True):
    """The answer to whoever proposed an amendment."""

    amendment: UUID


class Decided(msgspec.Struct, frozen=True):
    """The answer to whoever published an amendment, with the instant from which it holds, or dropped it."""

    amendment: UUID
    since: datetime | None = None


class Amendments(msgspec.Struct, frozen=True):
    """What departments write into the pack of a running city: versions of the pack for each amendment."""

    ledger: Ledger
    declarations: Declarations
    pack: Pack
    kinds: Sequence[Kind[Any]]
    origin: str
    zone: ZoneInfo

    async def find(self, amendment: UUID) -> Amendment | None:
        """An amendment from its history."""
        return amendment_of(await self.ledger.history(amendment))

    async def base_of(self, proposed: AmendmentProposed) -> Item:
        """The item as whoever wrote the amendment read it."""
        return await self.declarations.value(self.pack, ITEM, proposed.matter, proposed.matter_version)

    async def base_event_of(self, proposed: EventAmended) -> LifeEvent:
        """The life event as whoever wrote the amendment read it."""
        return await self.declarations.value(self.pack, LIFE_EVENT, proposed.matter, proposed.matter_version)

    async def propose(
        self, name: str, typed: Amending, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Propose how an item is to read."""
        return await self._propose(partial(self._amends, name, typed, reason), by=by, key=key, now=now)

    def _amends(self, name: str, typed: Amending, reason: str) -> AmendmentProposed | Refused:
        found = self.pack.all(ITEM).get(name)
        if found is None:
            return Refused(Why.NOT_FOUND)
        return AmendmentProposed(name, version_of(found), found.value.agency, typed, reason)

    async def compose(
        self, typed: Composing, reason: str, agency: str, *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Propose a life event that there was not, led by an agency."""
        return await self._propose(partial(_composes, typed, reason, agency), by=by, key=key, now=now)

    async def amend_event(
        self, name: str, typed: Composing, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Propose how a life event is to be; the agency that leads it goes on to."""
        return await self._propose(partial(self._amends_event, name, typed, reason), by=by, key=key, now=now)

    def _amends_event(self, name: str, typed: Composing, reason: str) -> EventAmended | Refused:
        found = self.pack.all(LIFE_EVENT).get(name)
        if found is None:
            return Refused(Why.NOT_FOUND)
        return EventAmended(name, version_of(found), found.value.lead, typed, reason)

    async def prepare(
        self, name: str, typed: Preparing, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Propose that a listed item can be applied for."""
        return await self._propose(partial(self._prepares, name, typed, reason), by=by, key=key, now=now)

    def _prepares(self, name: str, typed: Preparing, reason: str) -> ItemPrepared | Refused:
        listed = candidates(self.pack).get(name)
        if listed is None:
            return Refused(Why.NOT_LISTED)
        return ItemPrepared(name, version_listed(self.pack, name), listed.agency, typed, reason)

    async def _propose(
        self, makes: Callable[[], One | Refused], *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Record what somebody proposes, once the whole pack was checked with it as if it stood in its folder."""
        amendment = derived_id(key, now=now, what="amendment")

        async def decide() -> Decision | Refused:
            made = makes()
            fact = made if isinstance(made, Refused) else rules.propose(made, by=by)
            if isinstance(fact, Refused):
                return fact
            after = await self._with(self.pack, fact)
            if isinstance(after, Refused):
                return after
            return Decision((Change(amendment, 0, (fact,)),), Handed(amendment))

        return await self.ledger.record(key, decide, Handed, by=by, now=now)

    async def tried(self, name: str, typed: Amending | Preparing) -> Pack | Refused:
        """The pack as it would be with what somebody writes of an item; nothing of it is kept."""
        fact: AmendmentProposed | ItemPrepared | Refused = (
            self._prepares(name, typed, "") if isinstance(typed, Preparing) else self._amends(name, typed, "")
        )
        return fact if isinstance(fact, Refused) else await self._with(self.pack, fact)

    async def tried_event(self, name: str | None, typed: Composing, agency: str) -> Pack | Refused:
        """The same with a life event: what somebody writes of one that is there, or composes for an agency to lead."""
        fact = _composes(typed, "", agency) if name is None else self._amends_event(name, typed, "")
        return fact if isinstance(fact, Refused) else await self._with(self.pack, fact)

    async def with_it(self, amendment: Amendment) -> Pack | Refused:
        """The pack of now as it would be with an amendment; nothing of it is kept."""
        return await self._with(self.pack, amendment.proposed)

    async def publish(self, amendment: UUID, day: date, *, by: Acting, key: UUID, now: datetime) -> Decided | Refused:
        """Let an amendment hold from a day on; from now on if that is today.

        Every version of the pack that begins later is amended as well, so that none undoes it. Of two officers who
        publish at once the second one's versions are made once more, of what the first one's say.
        """
        today = day_in(self.zone, now)

        async def decide() -> Decision | Refused:
            current = await self.find(amendment)
            if current is None:
                return Refused(Why.NOT_FOUND)
            if refused := rules.may_publish(current, by=by) or rules.may_begin(day, today=today):
                return refused
            since = now if day == today else bounds_of(self.zone, day)[0]
            begins = await self._begins(current, since)
            if isinstance(begins, Refused):
                return begins
            pack, at, changes = begins
            fact = rules.publish(current, pack.version, since=at, by=by)
            if isinstance(fact, Refused):
                return fact
            return Decision((*changes, Change(current.id, current.version, (fact,))), Decided(current.id, at))

        return await self.ledger.record(key, decide, Decided, by=by, now=now)

    async def drop(self, amendment: UUID, reason: str, *, by: Acting, key: UUID, now: datetime) -> Decided | Refused:
        """Let an amendment not hold, with a reason."""

        async def decide() -> Decision | Refused:
            current = await self.find(amendment)
            if current is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.drop(current, reason, by=by)
            if isinstance(fact, Refused):
                return fact
            return Decision((Change(current.id, current.version, (fact,)),), Decided(current.id))

        return await self.ledger.record(key, decide, Decided, by=by, now=now)

    async def _begins(self, amendment: Amendment, since: datetime) -> tuple[Pack, datetime, Sequence[Change]] | Refused:
        """The first pack that holds with an amendment, since when, and what lets it and all later ones begin."""
        known, proposed = await self.declarations.versions(), amendment.proposed
        found: list[tuple[Pack, datetime]] = []
        for at in rules.begins_at(since, [one.since for one in known]):
            pack = await self._whole(holding(known, at))
            if not _as_read(pack, proposed):
                return Refused(Why.CHANGED_SINCE, {"day": day_in(self.zone, at).isoformat()})
            after = await self._with(pack, proposed)
            if isinstance(after, Refused):
                return after
            found.append((after, at))
        changes = [
            await self.declarations.beginning(pack, self.origin, since=at, place=len(known) + number)
            for number, (pack, at) in enumerate(found)
        ]
        return (*found[0], changes)

    async def _whole(self, version: PackVersion | None) -> Pack:
        if version is None or version.version == self.pack.version:
            return self.pack
        return await self.declarations.whole(version.version, self.kinds)

    async def _with(self, pack: Pack, proposed: Proposed) -> Pack | Refused:
        """A pack with what somebody proposed, if that brings no fault which it had not before."""
        found = await asyncio.to_thread(_after, pack, proposed, self.kinds)
        if isinstance(found, Refused):
            return found
        faults = await asyncio.to_thread(_brought, pack, found, self.kinds)
        if not faults:
            return found
        first = faults[0]
        return Refused(Why.FAULTS, {"first": first.what, "number": len(faults), "field": _field_of(first)})


def _composes(typed: Composing, reason: str, agency: str) -> EventComposed:
    return EventComposed(id_of(typed.name), agency, typed, reason)


def _after(pack: Pack, proposed: Proposed, kinds: Sequence[Kind[Any]]) -> Pack | Refused:
    """A pack with what somebody proposed, whatever its checks say of it."""
    if isinstance(proposed, ItemPrepared):
        return prepared(pack, kinds, proposed.matter, proposed.typed)
    one = _declared(pack, proposed)
    if isinstance(one, Refused):
        return one
    if isinstance(proposed, AmendmentProposed) and proposed.typed.questions:
        pack = with_lines(pack, kinds, [lines_of_questions(proposed.typed.questions)])
    return Pack({**pack.declared, one.kind: {**pack.declared[one.kind], one.id: one}}, pack.words)


def _field_of(fault: Fault) -> str:
    """The field of a form at which a fault is shown; none if it is not about a part that somebody typed.

    What was typed is placed at its field, where there is no line.
    """
    return "" if fault.place.line else fault.place.file


def _declared(pack: Pack, proposed: AmendmentProposed | EventComposed | EventAmended) -> Declared[Any] | Refused:
    """The declaration that somebody proposed, as it stands in a pack. What was drawn from a line still is."""
    name, kind = proposed.matter, ITEM if isinstance(proposed, AmendmentProposed) else LIFE_EVENT
    there: Declared[Any] | None = pack.declared[kind.name].get(name)
    value: Any
    match proposed:
        case EventComposed():
            value, there = composed(pack, name, proposed.typed, proposed.agency), None
        case EventAmended():
            value = amended_event(pack, name, proposed.typed)
        case AmendmentProposed():
            value = amended_item(pack, pack.all(ITEM)[name].value, proposed.typed)
    if isinstance(value, Refused):
        return value
    return Declared(kind.name, name, value, {}, drawn=there is not None and there.drawn)


def _as_read(pack: Pack, proposed: Proposed) -> bool:
    """Whether a pack says of its matter what whoever wrote the amendment read; of what is new there is nothing."""
    match proposed:
        case AmendmentProposed():
            declared = pack.all(ITEM).get(proposed.matter)
            return declared is not None and version_of(declared) == proposed.matter_version
        case ItemPrepared():
            there = proposed.matter in candidates(pack)
            return there and version_listed(pack, proposed.matter) == proposed.matter_version
        case EventAmended():
            event = pack.all(LIFE_EVENT).get(proposed.matter)
            return event is not None and version_of(event) == proposed.matter_version
        case EventComposed():
            return True


def _brought(before: Pack, after: Pack, kinds: Sequence[Kind[Any]]) -> Sequence[Fault]:
    """The faults of a pack that another one has not: for a thread, as each look at a whole pack takes a second."""
    found = checked(after, kinds)
    known = frozenset(checked(before, kinds)) if found else frozenset()
    return [one for one in found if one not in known]


async def undone(ledger: Ledger, declarations: Declarations, brought: Pack) -> list[str]:
    """The items and life events of which a pack that somebody brings would undo what amendments have changed."""
    async with ledger.readers.acquire() as connection:
        rows = await store.published(connection)
    # Asked at once, the histories of hundreds of amendments are read together.
    histories = await asyncio.gather(*(ledger.history(amendment) for _, amendment in rows))
    matters = dict[str, list[Published]]()
    for (matter, _), history in zip(rows, histories, strict=True):
        one = amendment_of(history)
        assert one is not None, "what is listed has a history"
        base = await _base(declarations, brought, one.proposed)
        matters.setdefault(matter, []).append(Published(one.proposed, base))
    return sorted({found[-1].proposed.matter for found in matters.values() if undoes(brought, found)})


async def _base(declarations: Declarations, pack: Pack, proposed: Proposed) -> Item | LifeEvent | None:
    """What somebody read who proposed an amendment; None where there was nothing before."""
    match proposed:
        case AmendmentProposed():
            return await declarations.value(pack, ITEM, proposed.matter, proposed.matter_version)
        case EventAmended():
            return await declarations.value(pack, LIFE_EVENT, proposed.matter, proposed.matter_version)
        case EventComposed() | ItemPrepared():
            return None
