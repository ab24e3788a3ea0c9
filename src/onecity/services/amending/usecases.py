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
from onecity.packs.written import read_file
from onecity.services.amending import rules, store
from onecity.services.amending.facts import AmendmentProposed
from onecity.services.amending.model import Amendment, amendment_of
from onecity.services.amending.rules import Amending, Why
from onecity.services.amending.writing import written
from onecity.services.checking import ITEM
from onecity.services.declared import Item


class Filed(msgspec.Struct, frozen=True):
    """The answer to whoever proposed an amendment."""

    amendment: UUID


class Decided(msgspec.Struct, frozen=True):
    """The answer to whoever published an amendment, with the instant from which it holds, or dropped it."""

    amendment: UUID
    since: datetime | None = None


class Amendments(msgspec.Struct, frozen=True):
    """What departments write into the pack of a running city: a version of the pack for each amendment."""

    ledger: Ledger
    declarations: Declarations
    pack: Pack
    kinds: Sequence[Kind[Any]]
    origin: str
    zone: ZoneInfo

    async def find(self, amendment: UUID) -> Amendment | None:
        """An amendment from its history."""
        return amendment_of(await self.ledger.history(amendment))

    async def propose(
        self, name: str, typed: Amending, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Filed | Refused:
        """Propose how an item is to read. It is checked with the whole pack, as if it stood in its folder."""
        found = self.pack.all(ITEM).get(name)
        if found is None:
            return Refused(Why.NOT_FOUND)
        after = rules.amended(found.value, typed)
        if isinstance(after, Refused):
            return after
        agency = found.value.agency
        fact = rules.propose(AmendmentProposed(name, version_of(found), agency, written(after), reason), by=by)
        if isinstance(fact, Refused):
            return fact
        if faults := await self._brings(self.pack, _with(self.pack, name, after)):
            return _faulty(faults)
        amendment = derived_id(key, now=now, what="amendment")

        async def decide() -> Decision:
            return Decision((Change(amendment, 0, (fact,)),), Filed(amendment))

        return await self.ledger.record(key, decide, Filed, by=by, now=now)

    async def publish(
        self, amendment: Amendment, day: date, *, by: Acting, key: UUID, now: datetime
    ) -> Decided | Refused:
        """Let an amendment hold from a day on; from now on if that is today.

        The version of the pack begins first and the amendment is closed then: whoever breaks off between the two
        publishes once more and begins nothing twice.
        """
        refused = rules.may_publish(amendment, by=by)
        since = self._since(day, now)
        found = refused or (Refused(Why.PAST) if since < now else await self._amended(amendment, since))
        if isinstance(found, Refused):
            return found
        begun = await self.declarations.apply(found, self.origin, since=since, ledger=self.ledger, by=by, now=now)
        if isinstance(begun, Refused):
            return begun

        async def decide() -> Decision | Refused:
            current = await self.find(amendment.id)
            assert current is not None, "it was there a moment ago"
            fact = rules.publish(current, begun.version, since=begun.since, by=by)
            if isinstance(fact, Refused):
                return fact
            return Decision((Change(current.id, current.version, (fact,)),), Decided(current.id, begun.since))

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

    def _since(self, day: date, now: datetime) -> datetime:
        """The instant at which a day begins in the city; now, if that day is today."""
        return now if day == day_in(self.zone, now) else bounds_of(self.zone, day)[0]

    async def _amended(self, amendment: Amendment, since: datetime) -> Pack | Refused:
        """The pack that holds from an instant on, with the amendment; not if the item or the pack changes meanwhile."""
        known = await self.declarations.versions()
        later = next((one for one in known if one.since > since), None)
        if later is not None:
            return Refused(Why.ANOTHER_BEGINS, {"day": day_in(self.zone, later.since).isoformat()})
        pack = await self._whole(holding(known, since))
        name, declared = amendment.proposed.matter, pack.all(ITEM).get(amendment.proposed.matter)
        if declared is None or version_of(declared) != amendment.proposed.matter_version:
            return Refused(Why.CHANGED_SINCE)
        found = _with(pack, name, item_in(amendment))
        faults = await self._brings(pack, found)
        return _faulty(faults) if faults else found

    async def _brings(self, before: Pack, after: Pack) -> Sequence[Fault]:
        """The faults that a pack has and had not before, looked for in a thread: it takes a second.

        What was drawn from lines counts as written once it came from the ledger, and stands beside its lines then.
        """
        found = await asyncio.to_thread(checked, after, self.kinds)
        old = await asyncio.to_thread(checked, before, self.kinds) if found else ()
        return [one for one in found if one not in old]

    async def _whole(self, version: PackVersion | None) -> Pack:
        if version is None or version.version == self.pack.version:
            return self.pack
        return await self.declarations.whole(version.version, self.kinds)


async def undone(ledger: Ledger, brought: Pack) -> list[str]:
    """The items that were amended in the browser and read otherwise in a pack that somebody brought."""
    async with ledger.readers.acquire() as connection:
        last = await store.last_published(connection)
    found = [amendment_of(await ledger.history(one)) for one in last]
    items = {one.proposed.matter: item_in(one) for one in found if one is not None}
    here = brought.all(ITEM)
    return sorted(name for name, item in items.items() if name not in here or here[name].value != item)


def item_in(amendment: Amendment) -> Item:
    """The item as an amendment has it."""
    item, _, faults = read_file(
        f"{ITEM.folder}/{amendment.proposed.matter}.yaml", amendment.proposed.text.encode(), Item
    )
    assert not faults and isinstance(item, Item), "what was proposed was written by us"
    return item


def _with(pack: Pack, name: str, item: Item) -> Pack:
    """A pack with another item in the place of one; what somebody wrote stands before what follows from lines."""
    drawn = pack.all(ITEM)[name].drawn
    items = {**pack.declared[ITEM.name], name: Declared(ITEM.name, name, item, {}, drawn=drawn)}
    return Pack({**pack.declared, ITEM.name: items}, pack.words)


def _faulty(faults: Sequence[Fault]) -> Refused:
    return Refused(Why.FAULTS, {"field": "plain_zh", "first": faults[0].what, "number": len(faults)})
