"""The roll: which account a number belongs to. Persons without a login and firms are entered here as well."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from onecity.kernel.ids import PersonId, derived_id
from onecity.ledger import Change, Ledger
from onecity.people.facts import AccountKind, AccountOpened
from onecity.people.locks import Locks
from onecity.people.store import roll as store

if TYPE_CHECKING:
    from asyncpg import Pool


class Identity(msgspec.Struct, frozen=True):
    """The name and number under which an account was opened."""

    number: str
    name: str


class Roll:
    """Numbers and their accounts. A number has one account for ever, whoever enters it first."""

    def __init__(self, pool: "Pool", locks: Locks, ledger: Ledger) -> None:
        self._pool = pool
        self._locks = locks
        self._ledger = ledger

    async def person_of(self, number: str) -> PersonId | None:
        """Whose number it is, if anybody is on the roll or has a login."""
        async with self._pool.acquire() as connection:
            return await store.person_of(connection, self._locks.login(number))

    async def enter(self, number: str, *, now: datetime) -> PersonId:
        """The account of a number: the one that it has, else a new one, which nobody has opened yet."""
        fresh = PersonId(derived_id(uuid4(), now=now, what="person"))
        async with self._pool.acquire() as connection:
            return await store.enter(connection, self._locks.login(number), fresh)

    async def filed(self, person: PersonId, kind: AccountKind, known: Identity, *, quoted: str) -> tuple[Change, ...]:
        """What puts somebody on file whom a register knows; nothing for whoever has an account."""
        if await self._ledger.history(person):
            return ()
        opened = AccountOpened(person, kind, known.name, known.number, None, register_row=quoted)
        return (Change(person, 0, (opened,)),)

    async def identity(self, person: PersonId) -> Identity | None:
        """The name and number of an account; None if there is none, or if they were forgotten."""
        opened = [one.fact for one in await self._ledger.history(person) if isinstance(one.fact, AccountOpened)]
        if not opened or opened[-1].number is None or opened[-1].name is None:
            return None
        return Identity(opened[-1].number, opened[-1].name)
