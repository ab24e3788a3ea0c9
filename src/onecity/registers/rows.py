"""Reading and importing register rows. Who reads a row must say whose it is: there is no listing."""

import hmac
import os
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, leaf_hash, root_of
from onecity.registers import store
from onecity.registers.facts import RegisterImported

if TYPE_CHECKING:
    from asyncpg import Pool

PERSONS: Final = "persons"


class PersonRow(msgspec.Struct, frozen=True):
    """What the register of residents says of a person. `source` names where the row came from."""

    number: str
    name: str
    born: date
    sex: str
    address: str
    area: str
    source: str


_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode


class Imported(msgspec.Struct, frozen=True):
    """The answer to an import."""

    batch: UUID
    count: int


class Registers:
    """The registers of the city, sealed at rest."""

    def __init__(self, pool: "Pool", key: bytes) -> None:
        self._pool = pool
        self._cipher = AESGCM(key)
        self._key = key

    async def person(self, number: str, *, day: date) -> PersonRow | None:
        """The row of one number as it holds on a day."""
        hidden = self._hidden(number)
        async with self._pool.acquire() as connection:
            sealed = await store.row(connection, PERSONS, hidden, day)
        if sealed is None:
            return None
        return msgspec.json.decode(self._cipher.decrypt(sealed[:12], sealed[12:], hidden), type=PersonRow)

    async def import_persons(
        self,
        ledger: Ledger,
        rows: Sequence[PersonRow],
        *,
        source: str,
        simulated: bool,
        key: UUID,
        by: Acting,
        now: datetime,
        since: date,
    ) -> Imported | Refused:
        """Take over a batch of rows: first the rows, then the fact that names their root and count."""
        batch = derived_id(key, now=now, what="register batch")
        sealed = [(self._hidden(row.number), self._sealed(row)) for row in rows]
        root = root_of([leaf_hash(self._proof(row)) for row in rows]).hex()
        fact = RegisterImported(PERSONS, source, root, len(rows), simulated)

        async def decide() -> Decision:
            async with self._pool.acquire() as connection:
                await store.put(connection, PERSONS, batch, since, sealed)
            return Decision((Change(batch, 0, (fact,)),), Imported(batch, len(rows)))

        return await ledger.record(key, decide, Imported, by=by, now=now)

    def quoted(self, row: PersonRow) -> str:
        """What a fact quotes of a row, in hex: whoever holds the row and the key can check it, nobody can guess it."""
        return self._proof(row).hex()

    def _proof(self, row: PersonRow) -> bytes:
        # Keyed: a plain hash of a name and a number would be found by trying all of them.
        return hmac.digest(self._key, _ENCODE(row), "sha256")

    def _hidden(self, number: str) -> bytes:
        return hmac.digest(self._key, number.upper().encode(), "sha256")

    def _sealed(self, row: PersonRow) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, _ENCODE(row), self._hidden(row.number))
