"""The door through which people come in: a password, for officers a second factor, a lock after too many tries.

Behind the same port stands whatever a city uses instead (OIDC): it answers with a person or with a refusal.
"""

import hmac
from asyncio import to_thread
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.people.facts import AccountKind
from onecity.people.rules import Why
from onecity.people.store import accounts
from onecity.people.store import sessions as store

if TYPE_CHECKING:
    from asyncpg import Pool

MOST_FAILURES: Final = 5
LOCK: Final = timedelta(minutes=15)
SESSION: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
_STEP_S: Final = 30
"""Seconds for which a code of the second factor holds. Source: RFC 6238 §4."""


class SignedIn(msgspec.Struct, frozen=True):
    """A session began; the token is told once and stored only as a hash."""

    person: PersonId
    token: str


class Keys(msgspec.Struct, frozen=True):
    """The keys of the door, each of 32 bytes."""

    login: bytes
    pepper: bytes
    totp: bytes


class Door(Protocol):
    """The port behind which each way of signing in stands."""

    async def sign_in(self, login: str, password: str, code: str, *, now: datetime) -> SignedIn | Refused: ...


class PasswordDoor:
    """Signs in by password, and by a code as well where the login has a second factor."""

    def __init__(self, pool: "Pool", keys: Keys, hasher: PasswordHasher) -> None:
        self._pool = pool
        self._keys = keys
        self._hasher = hasher
        self._nobody = ""

    async def claim(self, person: PersonId, login: str, password: str, totp: str | None = None) -> PersonId:
        """Give a person a login and tell whose it is now: theirs, or somebody's who had it before.

        `totp` is the secret of the second factor, in base 32.
        """
        async with self._pool.acquire() as connection:
            while True:
                # The password is bound to the person who has the login, who may be another than the one given.
                owner = await store.owner(connection, self._login(login)) or person
                sealed = self._sealed(owner, totp) if totp else None
                kept = await to_thread(self._hasher.hash, self._peppered(owner, password))
                claimed = await store.claim(connection, self._login(login), owner, kept, sealed)
                if claimed == owner:
                    return owner

    async def sign_in(self, login: str, password: str, code: str, *, now: datetime) -> SignedIn | Refused:
        """Begin a session, or say no without telling which part was wrong."""
        hidden = self._login(login)
        async with self._pool.acquire() as connection:
            found = await store.credential(connection, hidden)
            if await store.locked(connection, hidden, now):
                return Refused(Why.LOCKED, {"minutes": int(LOCK.total_seconds()) // 60})
            step = await self._opens(found, password, code, now)
            if found is None or step is None or not await store.succeeded(connection, hidden, step):
                await store.failed(connection, hidden, MOST_FAILURES, now + LOCK)
                return Refused(Why.WRONG)
            token = token_urlsafe(32)
            await store.begin_session(connection, hashed(token), found.person, now=now, ends=now + SESSION)
            return SignedIn(found.person, token)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self._pool.acquire() as connection:
            await store.end_session(connection, hashed(token))

    async def purge(self, now: datetime) -> int:
        """Remove sessions and counts that have run out; how many."""
        async with self._pool.acquire() as connection:
            return await store.purge(connection, now)

    async def visitor(self, token: str, *, now: datetime) -> Visitor | None:
        """Who comes with a token, if its session still runs."""
        async with self._pool.acquire() as connection:
            found = await store.visitor(connection, hashed(token), now=now, idle=IDLE)
            if found is None:
                return None
            duties = await accounts.duties_of(connection, found.person) if found.kind is AccountKind.OFFICER else ()
        return Visitor(found.person, found.name or "", csrf_word(token), duties)

    async def _opens(self, found: store.Credential | None, password: str, code: str, now: datetime) -> int | None:
        """The step of the second factor that was used, 0 without one; None if password or code is wrong."""
        if found is None:
            # As much work as for a real login, so that the time of the answer tells nobody who has one.
            await to_thread(self._verified, self._somebody(), b"nobody")
            return None
        if not await to_thread(self._verified, found.password, self._peppered(found.person, password)):
            return None
        return 0 if found.totp is None else self._step(found.person, found.totp, code, now)

    def _somebody(self) -> str:
        self._nobody = self._nobody or self._hasher.hash(b"somebody else")
        return self._nobody

    def _verified(self, stored: str, given: bytes) -> bool:
        try:
            return self._hasher.verify(stored, given)
        except VerifyMismatchError:
            return False

    def _step(self, person: UUID, sealed: bytes, code: str, now: datetime) -> int | None:
        secret = AESGCM(self._keys.totp).decrypt(sealed[:12], sealed[12:], person.bytes).decode()
        clock = pyotp.TOTP(secret)
        current = int(now.timestamp()) // _STEP_S
        # One step to either side: clocks of telephones differ by some seconds.
        near = (current - 1, current, current + 1)
        matching = [step for step in near if hmac.compare_digest(clock.generate_otp(step).encode(), code.encode())]
        return matching[-1] if matching else None

    def _sealed(self, person: UUID, secret: str) -> bytes:
        nonce = sha256(b"totp nonce" + person.bytes + secret.encode()).digest()[:12]
        return nonce + AESGCM(self._keys.totp).encrypt(nonce, secret.encode(), person.bytes)

    def _login(self, login: str) -> bytes:
        return hmac.digest(self._keys.login, login.strip().upper().encode(), "sha256")

    def _peppered(self, person: UUID, password: str) -> bytes:
        # Bound to the person, so that a stored hash copied to another row opens nothing there.
        return hmac.digest(self._keys.pepper, person.bytes + password.encode(), "sha256")


def hashed(token: str) -> bytes:
    """A token as it is stored."""
    return sha256(token.encode()).digest()


def csrf_word(token: str) -> str:
    """The word that a session's own forms carry."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()[:32]
