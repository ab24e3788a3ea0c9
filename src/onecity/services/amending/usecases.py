"""Proposing, publishing and dropping amendments: load, decide, record."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
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
from onecity.services.amending.facts import Amending, AmendmentProposed
from onecity.services.amending.model import Amendment, amendment_of
from onecity.services.amending.rules import Why
from onecity.services.checking import ITEM
from onecity.services.declared import Item


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

    async def base_of(self, amendment: Amendment) -> Item:
        """The item as whoever wrote the amendment read it."""
        proposed = amendment.proposed
        return await self.declarations.value(self.pack, ITEM, proposed.matter, proposed.matter_version)

    async def propose(
        self, name: str, typed: Amending, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Handed | Refused:
        """Propose how an item is to read. It is checked with the whole pack, as if it stood in its folder."""
        amendment = derived_id(key, now=now, what="amendment")

        async def decide() -> Decision | Refused:
            found = self.pack.all(ITEM).get(name)
            if found is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.propose(AmendmentProposed(name, version_of(found), found.value.agency, typed, reason), by=by)
            if isinstance(fact, Refused):
                return fact
            after = await self._amended(self.pack, name, typed)
            if isinstance(after, Refused):
                return after
            return Decision((Change(amendment, 0, (fact,)),), Handed(amendment))

        return await self.ledger.record(key, decide, Handed, by=by, now=now)

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
            declared = pack.all(ITEM).get(proposed.matter)
            if declared is None or version_of(declared) != proposed.matter_version:
                return Refused(Why.CHANGED_SINCE, {"day": day_in(self.zone, at).isoformat()})
            after = await self._amended(pack, proposed.matter, proposed.typed)
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

    async def _amended(self, pack: Pack, name: str, typed: Amending) -> Pack | Refused:
        """A pack in which an item reads as somebody typed it, if that brings no fault which it had not before."""
        declared = pack.all(ITEM)[name]
        after = rules.amended(declared.value, typed)
        if isinstance(after, Refused):
            return after
        one = Declared(ITEM.name, name, after, {}, drawn=declared.drawn)
        found = Pack({**pack.declared, ITEM.name: {**pack.declared[ITEM.name], name: one}}, pack.words)
        faults = await asyncio.to_thread(_brought, pack, found, self.kinds)
        return Refused(Why.FAULTS, {"first": faults[0].what, "number": len(faults)}) if faults else found


def _brought(before: Pack, after: Pack, kinds: Sequence[Kind[Any]]) -> Sequence[Fault]:
    """The faults of a pack that another one has not: for a thread, as each look at a whole pack takes a second."""
    found = checked(after, kinds)
    known = frozenset(checked(before, kinds)) if found else frozenset()
    return [one for one in found if one not in known]


async def undone(ledger: Ledger, declarations: Declarations, brought: Pack) -> list[str]:
    """The items whose amendments a pack that somebody brings would undo."""
    async with ledger.readers.acquire() as connection:
        last = await store.last_published(connection)
    found = []
    for one in [amendment_of(await ledger.history(stream)) for stream in last]:
        assert one is not None, "what is listed has a history"
        name, here = one.proposed.matter, brought.all(ITEM).get(one.proposed.matter)
        base = await declarations.value(brought, ITEM, name, one.proposed.matter_version)
        if here is None or rules.undoes(here.value, base, one.proposed.typed):
            found.append(name)
    return sorted(found)
