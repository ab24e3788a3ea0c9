"""How a citizen who lost the password comes in again: with name, number, and a code sent to the known telephone.

The answer never tells whether there is an account. Officers lose theirs to two other persons, see `invitations`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from secrets import randbelow
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID, uuid4

import msgspec

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Ledger, fold_version
from onecity.people.facts import AccountKind, AccountOpened, How, SecretsSet
from onecity.people.letters import WriteLetter
from onecity.people.rules import Why, locked
from onecity.people.signin import LOCK, MOST_FAILURES, PasswordDoor, hashed
from onecity.people.store import accounts
from onecity.people.store import sessions as store
from onecity.people.usecases import LookUp

if TYPE_CHECKING:
    from asyncpg import Pool

HOLDS: Final = timedelta(minutes=10)
_CODES: Final = 1_000_000
_OFTEN: Final = Rate(3, 3600)
"""Codes that one login gets in an hour."""


class SendCode(Protocol):
    """Sends a code to a telephone. Bootstrap connects whoever can; the code goes nowhere else, above all to no log."""

    async def __call__(self, phone: str, code: str) -> None: ...


class Renewed(msgspec.Struct, frozen=True):
    """The answer to whoever has a new password."""

    person: PersonId


class Recovery:
    """New passwords: for who lost theirs, and for who knows it and wants another."""

    def __init__(
        self, pool: "Pool", door: PasswordDoor, ledger: Ledger, look_up: LookUp, letter: WriteLetter, send: SendCode
    ) -> None:
        self._pool = pool
        self._door = door
        self._ledger = ledger
        self._look_up = look_up
        self._letter = letter
        self._send = send

    async def ask(self, name: str, number: str, *, now: datetime, today: date) -> None:
        """Send a code if name and number are those of an account; say nothing about it either way."""
        login = self._door.locks.login(number)
        async with self._pool.acquire() as connection:
            if await store.locked_until(connection, login, now):
                return
            comes = store.Coming(self._door.locks.derived("asked", login), _OFTEN, now)
            if any(await store.too_often(connection, [comes])):
                return
            person = await store.owner(connection, login)
            account = await accounts.person(connection, person) if person else None
        known = await self._look_up(number, today)
        if account is None or account.kind is not AccountKind.CITIZEN or known is None or known.name != name:
            return
        phone = phone_in([one.fact for one in await self._ledger.history(account.person)])
        if phone is None:
            return
        code = f"{randbelow(_CODES):06}"
        async with self._pool.acquire() as connection:
            await store.put_recovery(connection, login, account.person, self._hidden(login, code), now + HOLDS)
        await self._send(phone, code)

    async def finish(
        self, number: str, code: str, password: str, *, channel: Channel, now: datetime
    ) -> Renewed | Refused:
        """Take the code, once, and the new password; whoever was signed in is out."""
        login = self._door.locks.login(number)
        async with self._pool.acquire() as connection:
            if until := await store.count_try(connection, login, MOST_FAILURES, now=now, lock=LOCK):
                return locked(until, now=now, zone=self._door.zone)
            person = await store.take_recovery(connection, login, self._hidden(login, code), now)
            if person is None:
                return Refused(Why.SENT_CODE)
        done = await self._tell(person, How.RECOVERED, by=Acting(person, channel), now=now)
        kept = await self._door.locks.kept(person, password)
        async with self._pool.acquire() as connection:
            await store.put_credential(connection, login, person, kept, None, step=0)
            await store.forget_tries(connection, login)
            await store.end_sessions(connection, person)
        return done

    async def change(self, old: str, new: str, *, token: str, by: Acting, now: datetime) -> Renewed | Refused:
        """Take another password from somebody who knows theirs; their other sessions end."""
        assert by.person is not None, "the route lets only signed-in people in"
        async with self._pool.acquire() as connection:
            login = await store.login_of(connection, by.person)
            assert login is not None, "who is signed in has a login"
            if until := await store.count_try(connection, login, MOST_FAILURES, now=now, lock=LOCK):
                return locked(until, now=now, zone=self._door.zone)
            credential = await store.credential(connection, login)
            assert credential is not None, "who has a login has a credential"
            if not await self._door.locks.opens(by.person, credential.password, old):
                return Refused(Why.WRONG_NOW)
            await store.forget_tries(connection, login)
        done = await self._tell(by.person, How.CHANGED, by=by, now=now)
        kept = await self._door.locks.kept(by.person, new)
        async with self._pool.acquire() as connection:
            await store.put_password(connection, by.person, kept)
            await store.end_sessions(connection, by.person, but=hashed(token))
        return done

    async def _tell(self, person: PersonId, how: How, *, by: Acting, now: datetime) -> Renewed:
        """The fact, and the letter by which somebody notices whom nobody asked."""
        key = uuid4()

        async def decide() -> Decision:
            version = fold_version(await self._ledger.history(person))
            letter = self._letter(
                person, f"people.{how}", about=person, sender="", facts={}, words=None, law="", key=key, now=now
            )
            return Decision((Change(person, version, (SecretsSet(how),)), letter), Renewed(person))

        done = await self._ledger.record(key, decide, Renewed, by=by, now=now)
        assert isinstance(done, Renewed), "nothing here says no"
        return done

    def _hidden(self, login: bytes, code: str) -> bytes:
        return self._door.locks.derived("recovery", login + code.encode())


def phone_in(history: Sequence[Fact]) -> str | None:
    """The telephone number that a person gave last; None if it was forgotten."""
    return next((fact.phone for fact in reversed(history) if isinstance(fact, AccountOpened)), None)


class Sessions:
    """A person's own sessions."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    async def of(self, person: UUID, *, token: str, now: datetime) -> list[store.SessionRow]:
        """The sessions that run, the latest first; the one of the token is marked."""
        async with self._pool.acquire() as connection:
            return await store.sessions_of(connection, person, hashed(token), now)

    async def end(self, session: UUID, person: UUID) -> bool:
        """End one of a person's sessions; false if it is none of theirs."""
        async with self._pool.acquire() as connection:
            return await store.end_own_session(connection, session, person)

    async def end_all(self) -> int:
        """Everybody signs in anew; how many were signed in."""
        async with self._pool.acquire() as connection:
            return await store.end_every_session(connection)
