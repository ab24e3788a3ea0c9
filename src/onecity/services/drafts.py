"""What somebody has begun to fill in: sealed under that person's key, resumed on any device."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec
from cryptography.exceptions import InvalidTag

from onecity.machinery.sealed import Ciphers
from onecity.services import store

if TYPE_CHECKING:
    from asyncpg import Pool

KEPT: Final = timedelta(days=30)
"""How long a draft waits for whoever began it, counted from the last word."""


class Draft(msgspec.Struct, frozen=True):
    """What was typed so far. `key` is the idempotency key under which it will be handed in: at most once.

    `known` names the answers that its person lets the city take from registers, `uses` the files that another
    application used and that are to count here as well, each by its sealed bytes: a newer file is another one.
    `pledges` has a word for each item that can be decided on a pledge: the version of the text that its person agreed
    to, or nothing where they bring the papers.
    """

    key: UUID
    typed: Mapping[str, str]
    known: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    pledges: Mapping[str, str] = {}


class Drafts:
    """Drafts by person and by what they are for."""

    def __init__(self, pool: "Pool", ciphers: Ciphers) -> None:
        self._pool = pool
        self._ciphers = ciphers

    async def keep(
        self, person: UUID, what: str, typed: Mapping[str, str], *, now: datetime, known: Collection[str] = (),
        uses: Collection[str] | None = None, pledges: Mapping[str, str] | None = None,
    ) -> Draft:  # fmt: skip
        """Keep the answers as they were typed, also the wrong ones: nobody types twice. Without `uses` or `pledges`,
        those before stay.
        """
        self._ciphers.ensure([person])
        cipher = self._ciphers.cipher(person)
        assert cipher is not None, "the key was made just now"
        before = await self.resume(person, what)
        chosen = (before.uses if before else ()) if uses is None else tuple(sorted(set(uses)))
        words = (before.pledges if before else {}) if pledges is None else pledges
        draft = Draft(before.key if before else uuid4(), typed, tuple(sorted(set(known))), chosen, words)
        nonce = os.urandom(12)
        sealed = nonce + cipher.encrypt(nonce, msgspec.json.encode(draft), what.encode())
        async with self._pool.acquire() as connection:
            await store.put_draft(connection, person, what, sealed, now)
        return draft

    async def resume(self, person: UUID, what: str) -> Draft | None:
        """What was typed so far; None if nothing was."""
        async with self._pool.acquire() as connection:
            sealed = await store.draft(connection, person, what)
        # Only for what there is a key is asked: that somebody has none is not known while a key host is away.
        if sealed is None or (cipher := self._ciphers.cipher(person)) is None:
            return None
        try:
            clear = cipher.decrypt(sealed[:12], sealed[12:], what.encode())
        except InvalidTag:
            # The person was forgotten and came back with a new key.
            return None
        return msgspec.json.decode(clear, type=Draft)

    async def begun(self, person: UUID) -> list[str]:
        """What the person has begun to fill in, the latest first."""
        async with self._pool.acquire() as connection:
            return await store.drafts_of(connection, person)

    async def drop(self, person: UUID, what: str) -> None:
        """The application was handed in."""
        async with self._pool.acquire() as connection:
            await store.drop_draft(connection, person, what)

    async def erase(self, person: UUID) -> int:
        """Drop everything that a person has begun; how many drafts."""
        async with self._pool.acquire() as connection:
            return await store.drop_drafts(connection, person)

    async def purge(self, now: datetime) -> int:
        """Remove drafts that nobody went on with; how many."""
        async with self._pool.acquire() as connection:
            return await store.purge_drafts(connection, now - KEPT)
