"""The door through which people come in: a password, for officers a second factor, a lock after too many tries.

Behind the same port stands whatever a city uses instead (OIDC): it answers with a person or with a refusal.
"""

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Together
from onecity.machinery.web import ActingFor, Visitor
from onecity.people.facts import AccountKind
from onecity.people.locks import Keys, Locks
from onecity.people.rules import Why, locked
from onecity.people.store import accounts, mandates, roll
from onecity.people.store import sessions as store

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

MOST_FAILURES: Final = 5
LOCK: Final = timedelta(minutes=15)
SESSION: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)


class SignedIn(msgspec.Struct, frozen=True):
    """A session began; the token is told once and stored only as a hash."""

    person: PersonId
    token: str


class _Coming(msgspec.Struct, frozen=True):
    """Whose session it is, and what an officer may do today."""

    who: store.Come
    standing: accounts.Standing


class Door(Protocol):
    """The port behind which each way of signing in stands."""

    async def sign_in(self, login: str, password: str, code: str, *, now: datetime) -> SignedIn | Refused: ...


class PasswordDoor:
    """Signs in by password, and by a code as well where the login has a second factor."""

    def __init__(self, pool: "Pool", locks: Locks, zone: ZoneInfo) -> None:
        self._pool = pool
        self.locks = locks
        self.zone = zone
        self._coming = Together(self._come)

    async def enrolled(self, number: str, fresh: PersonId) -> PersonId:
        """The account of a number: the one that it has, else the fresh one from now on."""
        async with self._pool.acquire() as connection:
            return await roll.enter(connection, self.locks.login(number), fresh)

    async def claim(self, person: PersonId, login: str, password: str, totp: str | None = None) -> PersonId:
        """Give a person a login and tell whose it is now: theirs, or somebody's who had it before.

        `totp` is the secret of the second factor, in base 32.
        """
        hidden = self.locks.login(login)
        async with self._pool.acquire() as connection:
            while True:
                # The password is bound to the person who has the login, who may be another than the one given.
                owner = await store.owner(connection, hidden) or person
                sealed = self.locks.sealed(owner, totp) if totp else None
                claimed = await store.claim(connection, hidden, owner, await self.locks.kept(owner, password), sealed)
                if claimed == owner:
                    return owner

    async def opened(self, login: str) -> PersonId | None:
        """Whose login it is, if their account is open; not for visitors, whom the time of an answer must not tell."""
        async with self._pool.acquire() as connection:
            return await store.owner_with_account(connection, self.locks.login(login))

    async def reserve(self, person: PersonId, login: str) -> bool:
        """Keep a login for somebody who chooses a password later; false if it is somebody else's."""
        async with self._pool.acquire() as connection:
            return await store.reserve(connection, self.locks.login(login), person)

    async def close(self, person: PersonId) -> None:
        """Password and second factor of a person open nothing any more, and whoever came in with them is out."""
        async with self._pool.acquire() as connection:
            await store.close_credential(connection, person)

    async def sign_in(self, login: str, password: str, code: str, *, now: datetime) -> SignedIn | Refused:
        """Begin a session, or say no without telling which part was wrong. A blank form is no try."""
        if not login or not password:
            return Refused(Why.BLANK)
        hidden = self.locks.login(login)
        async with self._pool.acquire() as connection:
            found = await store.credential(connection, hidden)
            until = await store.count_try(connection, hidden, MOST_FAILURES, now=now, lock=LOCK)
            if until is not None:
                return locked(until, now=now, zone=self.zone)
            step = await self._opens(found, password, code, now)
            if found is None or step is None or not await store.succeeded(connection, hidden, step):
                return Refused(Why.WRONG)
            token = token_urlsafe(32)
            await store.begin_session(connection, hashed(token), found.person, now=now, ends=now + SESSION)
            return SignedIn(found.person, token)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self._pool.acquire() as connection:
            await store.end_session(connection, hashed(token))

    async def purge(self, now: datetime) -> int:
        """Remove sessions, invitations and counts that have run out; how many."""
        async with self._pool.acquire() as connection:
            return await store.purge(connection, now)

    async def visitor(self, token: str, *, now: datetime) -> Visitor | None:
        """Who comes with a token, if its session still runs."""
        found = await self._coming.ask((hashed(token), now))
        if found is None:
            return None
        duties, names = tuple(found.standing.held), tuple(found.standing.stands_in_for)
        visitor = Visitor(found.who.person, found.who.name or "", csrf_word(token), duties, names)
        if found.who.mandate is None:
            return visitor
        async with self._pool.acquire() as connection:
            return await self._with_mandate(connection, visitor, found.who.mandate, token, now)

    async def _come(self, asked: Sequence[tuple[bytes, datetime]]) -> list["_Coming | None"]:
        """Whoever knocks at one moment is looked up together."""
        tokens = dict(asked)
        async with self._pool.acquire() as connection:
            known = await store.visitors(connection, tokens, idle=IDLE)
            days: dict[UUID, date] = {
                one.person: day_in(self.zone, tokens[token])
                for token, one in known.items()
                if one.kind is AccountKind.OFFICER
            }
            standings = await accounts.standings(connection, days) if days else {}
        nothing = accounts.Standing([], [])
        return [
            _Coming(known[token], standings.get(known[token].person, nothing)) if token in known else None
            for token, _ in asked
        ]

    async def act_for(self, token: str, mandate: UUID | None) -> None:
        """From now on a session acts under a mandate, or for its own person."""
        async with self._pool.acquire() as connection:
            await mandates.act_for(connection, hashed(token), mandate)

    async def _with_mandate(
        self, connection: "Connection", visitor: Visitor, which: UUID, token: str, now: datetime
    ) -> Visitor:
        """The visitor for whom they act; a mandate that holds no more ends the switch, and this visit is told."""
        mandate = await mandates.mandate(connection, which)
        if mandate is None or mandate.agent != visitor.person or not mandate.on(day_in(self.zone, now)):
            await mandates.act_for(connection, hashed(token), None)
            return msgspec.structs.replace(visitor, lapsed=True)
        names = await accounts.names_of(connection, [mandate.grantor])
        acting_for = ActingFor(mandate.grantor, mandate.id, names.get(mandate.grantor, ""), mandate.matters)
        return msgspec.structs.replace(visitor, acting_for=acting_for)

    async def _opens(self, found: store.Credential | None, password: str, code: str, now: datetime) -> int | None:
        """The step of the second factor that was used, 0 without one; None if password or code is wrong."""
        if found is None:
            await self.locks.takes_as_long()
            return None
        if not await self.locks.opens(found.person, found.password, password):
            return None
        return 0 if found.totp is None else self.locks.step(found.person, found.totp, code, now)


def hashed(token: str) -> bytes:
    """A token as it is stored."""
    return sha256(token.encode()).digest()


def csrf_word(token: str) -> str:
    """The word that a session's own forms carry."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()[:32]


__all__ = ["Door", "Keys", "PasswordDoor", "SignedIn", "csrf_word", "hashed"]
