"""The port of the simulated city: a page on which somebody presses a button, and a book of its own. No money moves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from onecity.kernel.instants import bounds_of
from onecity.kernel.money import Fen
from onecity.payments.port import Bill, Returned, store
from onecity.payments.port.store import BillRow
from onecity.payments.rules import Came
from onecity.payments.rules.balance import Line

if TYPE_CHECKING:
    from asyncpg import Pool

PATH: Final = "/simulated-port"


class SimulatedPort:
    """Takes no money and says so on every page. Its references are drawn, as another house would draw them."""

    name = "simulated_port"
    simulated = True

    def __init__(self, pool: "Pool", zone: ZoneInfo) -> None:
        self._pool = pool
        self._zone = zone

    async def open(self, bill: Bill, *, now: datetime) -> str:
        row = BillRow("", bill.payment, bill.fen, bill.back, None, None, None, bill.payee, bill.fee)
        async with self._pool.acquire() as connection:
            reference = await store.put(connection, uuid4().hex, row, now)
        return f"{PATH}/{reference}"

    async def look_up(self, payment: UUID) -> Sequence[Came]:
        async with self._pool.acquire() as connection:
            found = await store.of(connection, payment)
        if found is None or found.paid is None:
            return ()
        return (Came(self.name, self.simulated, found.reference, Fen(found.fen), found.paid),)

    async def close(self, payment: UUID, *, now: datetime) -> None:
        async with self._pool.acquire() as connection:
            await store.close(connection, payment, now)

    async def refund(self, reference: str, *, now: datetime) -> Returned | None:
        async with self._pool.acquire() as connection:
            found = await store.refund(connection, reference, f"R{reference}", now)
        return Returned(*found) if found else None

    async def statement(self, day: date) -> Sequence[Line]:
        async with self._pool.acquire() as connection:
            return await store.lines(connection, *bounds_of(self._zone, day))

    async def bill(self, reference: str) -> BillRow | None:
        """What a payer sees who was sent here."""
        async with self._pool.acquire() as connection:
            return await store.at(connection, reference)

    async def pay(self, reference: str, *, now: datetime) -> bool:
        """The payer presses the button; a second press changes nothing."""
        async with self._pool.acquire() as connection:
            return await store.pay(connection, reference, now)
