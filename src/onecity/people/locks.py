"""How passwords and second factors are kept: no password, only what shows that one is right; no secret in clear."""

import hmac
from asyncio import to_thread
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_STEP_S: Final = 30
"""Seconds for which a code of the second factor holds. Source: RFC 6238 §4."""


class Keys(msgspec.Struct, frozen=True):
    """The keys of the door, each of 32 bytes."""

    login: bytes
    pepper: bytes
    totp: bytes


class Locks:
    """What a login, a password and a second factor look like where they are kept."""

    def __init__(self, keys: Keys, hasher: PasswordHasher) -> None:
        self._keys = keys
        self._hasher = hasher
        self._nobody = ""

    def login(self, login: str) -> bytes:
        """A login as it is kept."""
        return hmac.digest(self._keys.login, login.strip().upper().encode(), "sha256")

    def derived(self, what: str, about: bytes) -> bytes:
        """Something that only this city can derive again, for a code that is not kept."""
        return hmac.digest(self._keys.pepper, what.encode() + b"|" + about, "sha256")

    async def kept(self, person: UUID, password: str) -> str:
        """A password as it is kept, bound to its person."""
        return await to_thread(self._hasher.hash, self._peppered(person, password))

    async def opens(self, person: UUID, kept: str, password: str) -> bool:
        """Whether a password is the one that is kept. One that was reset opens nothing."""
        if not kept:
            await self.takes_as_long()
            return False
        return await to_thread(self._verified, kept, self._peppered(person, password))

    async def takes_as_long(self) -> None:
        """As much work as for a real login, so that the time of the answer tells nobody who has one."""
        await to_thread(self._verified, self._somebody(), b"nobody")

    def sealed(self, person: UUID, secret: str) -> bytes:
        """The secret of a second factor as it is kept."""
        nonce = sha256(b"totp nonce" + person.bytes + secret.encode()).digest()[:12]
        return nonce + AESGCM(self._keys.totp).encrypt(nonce, secret.encode(), person.bytes)

    def secret(self, person: UUID, sealed: bytes) -> str:
        """The secret of a second factor, in base 32."""
        return AESGCM(self._keys.totp).decrypt(sealed[:12], sealed[12:], person.bytes).decode()

    def step(self, person: UUID, sealed: bytes, code: str, now: datetime) -> int | None:
        """The step of the second factor that a code belongs to, if it is one of about now."""
        clock = pyotp.TOTP(self.secret(person, sealed))
        current = int(now.timestamp()) // _STEP_S
        # One step to either side: clocks of telephones differ by some seconds.
        near = (current - 1, current, current + 1)
        matching = [step for step in near if hmac.compare_digest(clock.generate_otp(step).encode(), code.encode())]
        return matching[-1] if matching else None

    def _somebody(self) -> str:
        self._nobody = self._nobody or self._hasher.hash(b"somebody else")
        return self._nobody

    def _verified(self, stored: str, given: bytes) -> bool:
        try:
            return self._hasher.verify(stored, given)
        except VerifyMismatchError:
            return False

    def _peppered(self, person: UUID, password: str) -> bytes:
        # Bound to the person, so that a stored hash copied to another row opens nothing there.
        return hmac.digest(self._keys.pepper, person.bytes + password.encode(), "sha256")
