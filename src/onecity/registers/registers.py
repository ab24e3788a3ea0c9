"""Reading and importing register rows. Who reads a row must say whose it is: there is no listing."""

import hmac
import os
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, leaf_hash, root_of
from onecity.registers import store
from onecity.registers.facts import RegisterImported
from onecity.registers.rows import FactRow, FirmRow, GuardianRow, PersonRow

if TYPE_CHECKING:
    from asyncpg import Pool

PERSONS: Final = "persons"
FIRMS: Final = "firms"
GUARDIANS: Final = "guardians"

Row = PersonRow | FirmRow | GuardianRow | FactRow
R = TypeVar("R", PersonRow, FirmRow, GuardianRow, FactRow)

_NAMES: Final[dict[type[msgspec.Struct], str]] = {PersonRow: PERSONS, FirmRow: FIRMS, GuardianRow: GUARDIANS}
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
        """The resident of an identity number as the row holds on a day."""
        return await self._row(PersonRow, number, day)

    async def firm(self, number: str, *, day: date) -> FirmRow | None:
        """The firm of a unified social credit code as the row holds on a day."""
        return await self._row(FirmRow, number, day)

    async def guardianship(self, number: str, *, day: date) -> GuardianRow | None:
        """Who the guardians of a child or ward are on a day."""
        return await self._row(GuardianRow, number, day)

    async def facts(self, register: str, number: str, *, day: date) -> FactRow | None:
        """What a register of the pack tells about whoever has a number, as the row holds on a day."""
        return await self._row(FactRow, number, day, register)

    async def _row(self, kind: type[R], number: str, day: date, register: str = "") -> R | None:
        name = register or _NAMES[kind]
        hidden = self._hidden(number, name)
        async with self._pool.acquire() as connection:
            sealed = await store.row(connection, name, hidden, day)
        if sealed is None:
            return None
        return msgspec.json.decode(self._cipher.decrypt(sealed[:12], sealed[12:], hidden), type=kind)

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
        """Take over a batch of rows of residents."""
        return await self.take_over(
            ledger, rows, source=source, simulated=simulated, key=key, by=by, now=now, since=since
        )

    async def take_over(
        self,
        ledger: Ledger,
        rows: Sequence[Row],
        *,
        source: str,
        simulated: bool,
        key: UUID,
        by: Acting,
        now: datetime,
        since: date,
    ) -> Imported | Refused:
        """Take over a batch of rows of one register: first the rows, then the fact that names their root and count."""
        register = _register_of(rows[0])
        batch = derived_id(key, now=now, what="register batch")
        sealed = [(self._hidden(row.number, register), self._sealed(row)) for row in rows]
        root = root_of([leaf_hash(self._proof(row)) for row in rows]).hex()
        fact = RegisterImported(register, source, root, len(rows), simulated)

        before = await ledger.answered(key, Imported, by=by)
        if before is not None:
            return before
        async with self._pool.acquire() as connection:
            await store.put(connection, register, batch, since, sealed)

        async def decide() -> Decision:
            return Decision((Change(batch, 0, (fact,)),), Imported(batch, len(rows)))

        return await ledger.record(key, decide, Imported, by=by, now=now)

    def quoted(self, row: Row) -> str:
        """What a fact quotes of a row, in hex: whoever holds the row and the key can check it, nobody can guess it."""
        return self._proof(row).hex()

    def _proof(self, row: Row) -> bytes:
        # Keyed: a plain hash of a name and a number would be found by trying all of them.
        return hmac.digest(self._key, _ENCODE(row), "sha256")

    def _hidden(self, number: str, register: str) -> bytes:
        # A number is hidden in each register in its own way, so that no row opens in the place of another register's.
        before = "" if register == PERSONS else f"{register}|"
        return hmac.digest(self._key, f"{before}{number.upper()}".encode(), "sha256")

    def _sealed(self, row: Row) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, _ENCODE(row), self._hidden(row.number, _register_of(row)))


def _register_of(row: Row) -> str:
    return row.register if isinstance(row, FactRow) else _NAMES[type(row)]
