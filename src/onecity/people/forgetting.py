"""Telling people everything that the city holds on them, and forgetting it: at once, or when no law keeps it.

What is forgotten stays in the tree as bytes that nobody can read: the key is destroyed, not the fact. Other processes
may still hold the key for up to a minute. The order survives a power cut anywhere: first the wish is a fact, then the
deletion list names the keys, then they go, then whatever stood in clear; who comes back starts where it broke off.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Basis, Change, Decision, Fact, Ledger, fold_version, key_of
from onecity.machinery.deletions import Deleted, DeletionList
from onecity.machinery.keystore import Keys
from onecity.people.facts import ConsentEnded, ForgettingAsked, MandateEnded, PersonForgotten
from onecity.people.holdings import Fate, Holding, Keeper
from onecity.people.rules.forgetting import fates, may_be_forgotten
from onecity.people.rules.why import Why
from onecity.people.store import accounts, forgetting, mandates

if TYPE_CHECKING:
    from asyncpg import Pool


class Exported(msgspec.Struct, frozen=True):
    """Everything that the city holds on a person, by package, and what keeps each part of it."""

    person: PersonId
    at: datetime
    holdings: tuple[Holding, ...]
    parts: Mapping[str, msgspec.Raw]


class Forgotten(msgspec.Struct, frozen=True):
    """What became of everything: `wholly` if nothing had to stay."""

    person: PersonId
    wholly: bool
    fates: tuple[Fate, ...]


class Said(msgspec.Struct, frozen=True):
    """The answer to a step of forgetting: the history in which it stands."""

    stream: UUID


class Forgetting:
    """Everything on a person, and the end of it."""

    def __init__(
        self, pool: "Pool", ledger: Ledger, keys: Keys, deletions: DeletionList, keepers: Sequence[Keeper]
    ) -> None:
        self._pool = pool
        self._ledger = ledger
        self._keys = keys
        self._deletions = deletions
        self._keepers = keepers

    async def known(self, person: UUID) -> bool:
        """Whether there is an account of this id, forgotten or not."""
        async with self._pool.acquire() as connection:
            return await accounts.person(connection, person) is not None

    async def export(self, person: PersonId, *, now: datetime, today: date) -> Exported:
        """Everything that the city holds on a person."""
        parts = {one.name: msgspec.Raw(msgspec.json.encode(await one.export(person))) for one in self._keepers}
        return Exported(person, now, tuple(await self._held(person, today)), parts)

    async def forget(self, person: PersonId, *, by: Acting, now: datetime, today: date) -> Forgotten | Refused:
        """Forget a person: what no law keeps goes now, and the rest by itself on the day when none does any more."""
        if not await self.known(person):
            return Refused(Why.NOT_FOUND)
        await self._say(person, ForgettingAsked(), by=by, now=now)
        held = await self._held(person, today)
        wholly = may_be_forgotten(held, day=today)
        if wholly:
            await self._end_bonds(person, by=by, now=now)
        names = [key_of(person, basis) for basis in (Basis if wholly else (Basis.NOTHING,))]
        self._destroy({name: key for name in names if (key := self._keys.key_id(name)) is not None})
        # Also of keys that went before somebody broke off.
        self._keys.empty_log()
        await self._erase(person, wholly=wholly)
        if wholly:
            await self._say(person, PersonForgotten(), by=by, now=now)
        return Forgotten(person, wholly, fates(held, day=today))

    async def go_on(self, *, by: Acting, now: datetime, today: date) -> int:
        """Forget whoever asked for it and could not be forgotten wholly then; how many are forgotten now."""
        async with self._pool.acquire() as connection:
            waiting = await forgetting.waiting(connection)
        # Who still waits is left alone: what they wrote since then is not what they asked to be forgotten.
        ready = [one for one in waiting if may_be_forgotten(await self._held(one, today), day=today)]
        for person in ready:
            await self.forget(person, by=by, now=now, today=today)
        return len(ready)

    async def again(self) -> int:
        """Forget again whoever came back with a restored backup; how many.

        The list of destroyed keys was applied already; key hosts know what other machines destroyed. Where all lists
        were lost, the ledger still tells who was forgotten wholly: a key of theirs came back, and goes again.
        """
        listed = {one.name for one in self._deletions.lines()} | await asyncio.to_thread(self._keys.destroyed)
        async with self._pool.acquire() as connection:
            forgotten = await forgetting.forgotten(connection)
            unlisted = [key_of(one, basis) for one in forgotten if one not in listed for basis in Basis]
            self._destroy(self._keys.key_ids(unlisted) if unlisted else {})
            back = await forgetting.still_known(connection, [*listed, *forgotten])
        for person in back:
            await self._erase(person, wholly=True)
        return len(back)

    async def _end_bonds(self, person: PersonId, *, by: Acting, now: datetime) -> None:
        """Nobody acts for somebody who is forgotten, nor they for others, and nobody uses what they agreed to."""
        async with self._pool.acquire() as connection:
            bonds = await mandates.held_by(connection, person) + await mandates.given_by(connection, person)
            agreed = await mandates.consents_of(connection, person)
        ends: dict[UUID, Fact] = {one.id: MandateEnded() for one in bonds if not one.ended}
        ends |= {one.id: ConsentEnded(one.person, one.purpose) for one in agreed if not one.ended}
        for stream, fact in ends.items():
            await self._say(stream, fact, by=by, now=now)

    def _destroy(self, ids: Mapping[UUID, str]) -> None:
        """Write down which keys go, then let them go."""
        going = [Deleted(name, key) for name, key in ids.items()]
        if going:
            self._deletions.add(going)
        for one in going:
            self._keys.destroy(one.name)

    async def _erase(self, person: PersonId, *, wholly: bool) -> None:
        for keeper in self._keepers:
            await keeper.erase(person, wholly=wholly)
        if wholly:
            await self._ledger.clear(person)

    async def _held(self, person: PersonId, today: date) -> list[Holding]:
        return [one for keeper in self._keepers for one in await keeper.holdings(person, day=today)]

    async def _say(self, stream: UUID, fact: Fact, *, by: Acting, now: datetime) -> None:
        """A step of forgetting, once: who asks again has asked already."""

        async def decide() -> Decision | Refused:
            history = await self._ledger.history(stream)
            if any(type(one.fact) is type(fact) for one in history):
                return Refused(Why.DECIDED)
            return Decision((Change(stream, fold_version(history), (fact,)),), Said(stream))

        await self._ledger.record(uuid5(stream, type(fact).__name__), decide, Said, by=by, now=now)
