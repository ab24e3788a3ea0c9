"""How an officer comes to a password and a second factor: with a code of which two persons hold one half each.

Neither of them can come in alone in the officer's place. The halves can be derived again while the invitation holds,
so nothing but a hash is kept of them.
"""

from base64 import b32encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import msgspec
import pyotp

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.people.facts import How, SecretsSet
from onecity.people.rules import Why
from onecity.people.signin import PasswordDoor
from onecity.people.store import invitations as store
from onecity.people.store import sessions
from onecity.people.store.invitations import Invitation

if TYPE_CHECKING:
    from asyncpg import Pool

HOLDS: Final = timedelta(hours=24)
_SIGNS: Final = 8
"""Signs of each half in base 32: forty bits, and no more than some tries in a day."""


class Enrolment(msgspec.Struct, frozen=True):
    """What the officer sees once: the secret of the new second factor, in base 32."""

    person: PersonId
    secret: str


class SetUp(msgspec.Struct, frozen=True):
    """The answer to an officer who chose a password and a second factor."""

    person: PersonId


class Invitations:
    """Invitations to choose a password and a second factor."""

    def __init__(self, pool: "Pool", door: PasswordDoor, ledger: Ledger) -> None:
        self._pool = pool
        self._door = door
        self._ledger = ledger

    def half(self, proposal: UUID, number: int) -> str:
        """The half of a code that one of the two persons hands over: 1 who proposed, 2 who confirmed."""
        return b32encode(self._door.locks.derived(f"half {number}", proposal.bytes)).decode()[:_SIGNS]

    async def invite(self, person: PersonId, proposal: UUID, *, ends: datetime) -> None:
        """Let a person choose until an instant; an older invitation of theirs opens nothing any more."""
        code = _hashed(self.half(proposal, 1), self.half(proposal, 2))
        async with self._pool.acquire() as connection:
            await store.put(connection, Invitation(person, proposal, None, ends), code)

    async def holds_until(self, proposal: UUID, *, now: datetime) -> datetime | None:
        """Until when the invitation of a proposal can be used; None if it cannot."""
        async with self._pool.acquire() as connection:
            return await store.of_proposal(connection, proposal, now)

    async def begin(self, first: str, second: str, *, now: datetime) -> Enrolment | Refused:
        """The second factor that goes with a code; the same one each time."""
        async with self._pool.acquire() as connection:
            found = await store.by_code(connection, _hashed(first, second), now)
            if found is None:
                return Refused(Why.CODE)
            drawn = self._door.locks.sealed(found.person, pyotp.random_base32())
            kept = await store.keep_totp(connection, found.person, drawn)
        return Enrolment(found.person, self._door.locks.secret(found.person, kept))

    async def finish(
        self, first: str, second: str, password: str, code: str, *, channel: Channel, now: datetime
    ) -> SetUp | Refused:
        """Take the password and the second factor, once a code of it shows that the telephone has it."""
        async with self._pool.acquire() as connection:
            found = await store.by_code(connection, _hashed(first, second), now)
            if found is None or found.totp is None:
                return Refused(Why.CODE)
            step = self._door.locks.step(found.person, found.totp, code, now)
            login = await sessions.login_of(connection, found.person)
        if step is None or login is None:
            return Refused(Why.WRONG)
        done = await self._told(found, by=Acting(found.person, channel), now=now)
        if isinstance(done, Refused):
            return done
        kept = await self._door.locks.kept(found.person, password)
        async with self._pool.acquire() as connection:
            await sessions.put_credential(connection, login, found.person, kept, found.totp, step=step)
            await store.use(connection, found.person)
        return done

    async def _told(self, found: Invitation, *, by: Acting, now: datetime) -> SetUp | Refused:
        async def decide() -> Decision:
            version = fold_version(await self._ledger.history(found.person))
            change = Change(found.person, version, (SecretsSet(How.SET_UP),))
            return Decision((change,), SetUp(found.person))

        return await self._ledger.record(uuid5(found.proposal, "set up"), decide, SetUp, by=by, now=now)


def _hashed(first: str, second: str) -> bytes:
    return sha256("|".join(half.replace(" ", "").upper() for half in (first, second)).encode()).digest()
