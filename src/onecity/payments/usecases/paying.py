"""Paying: the way to the port and back, and money over a counter; nothing that comes twice is taken twice."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.refusal import Refused
from onecity.machinery.jobs import each_due
from onecity.packs import Text
from onecity.payments import store
from onecity.payments.model import Payment, State
from onecity.payments.port import Bill
from onecity.payments.rules import Came, Why, number_of, owed, received, taken_by_hand, waived
from onecity.payments.usecases import Changed, Till, change, load

if TYPE_CHECKING:
    from asyncpg import Connection

KEYS: Final = UUID("5b0a7d7e-4c1d-5f52-9a57-6f6e65636974")
"""Namespace of the idempotency keys of what comes from outside: money is taken once, whoever tells of it how often."""

_AT_ONCE: Final = 200
_LOOKED_FOR: Final = timedelta(days=2)
"""After that long nobody asks the port for a single payer any more; the comparison of the books finds what came."""


class SentTo(msgspec.Struct, frozen=True):
    """Where the payer goes to pay."""

    payment: UUID
    address: str
    simulated: bool


async def send_to_port(payment: Payment, *, payee: Text, till: Till, now: datetime) -> SentTo | Refused:
    """Open a bill at the port and tell where it is; however often, it is one bill."""
    if till.port is None:
        return Refused(Why.NO_PORT)
    # Perhaps somebody paid a moment ago in another tab.
    await settle(payment.id, till=till, now=now)
    fresh = await load(payment.id, till=till)
    assert fresh is not None, "the payment was found before"
    no = owed(fresh)
    if no is not None:
        return no
    fee = fresh.demanded
    async with till.ledger.readers.acquire() as connection:
        await store.visited(connection, fresh.id, now)
    bill = Bill(fresh.id, payee, fee.fee, fee.fen, f"/payments/{fresh.id}/back")
    return SentTo(fresh.id, await till.port.open(bill, now=now), till.port.simulated)


async def settle(payment: UUID, *, till: Till, now: datetime) -> int | Refused:
    """Ask the port what came for a fee and take what is new; how much was new."""
    if till.port is None:
        return Refused(Why.NO_PORT)
    done, no = 0, Refused(Why.NOT_PAID_YET)
    for came in await till.port.look_up(payment):
        found = await _take(payment, came, till=till, now=now)
        if isinstance(found, Refused):
            no = found
        else:
            done += 1
    return done or no


async def _take(payment: UUID, came: Came, *, till: Till, now: datetime) -> Changed | Refused:
    async with till.ledger.readers.acquire() as connection:
        owner = await store.owner_of(connection, came.port, came.reference)
    if owner not in (None, payment):
        # One reference for two fees is a mistake of the port; the comparison of the books shows it.
        return Refused(Why.NOT_FOUND)
    receipt = number_of(uuid5(payment, came.reference), "R")
    key = uuid5(KEYS, f"came {payment} {came.port} {came.reference}")
    return await change(
        payment, lambda found: received(found, came, receipt), till=till, key=key, by=the_city(), now=now
    )


async def collect(now: datetime, *, till: Till) -> int:
    """Ask the port about everybody who was sent there and has not come back; of how many money came."""

    async def found(connection: "Connection", after: UUID | None) -> list[UUID]:
        return await store.next_visits(connection, now, after=after, limit=_AT_ONCE)

    async def ask(payment: UUID) -> bool:
        fee = await load(payment, till=till)
        if fee is None or fee.state is not State.DUE:
            return False
        return not isinstance(await settle(payment, till=till, now=now), Refused)

    try:
        return await each_due(till.ledger.readers, found, ask)
    finally:
        # What breaks at every look has an end all the same.
        async with till.ledger.readers.acquire() as connection:
            await store.end_visits(connection, now - _LOOKED_FOR)


async def take_cash(payment: UUID, *, till: Till, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """Take a fee by hand at a counter."""
    # Whoever paid on the telephone on the way here pays nothing again.
    await settle(payment, till=till, now=now)
    receipt = number_of(uuid5(payment, "cash"), "R")
    return await change(
        payment, lambda found: taken_by_hand(found, receipt, simulated=till.simulated, by=by, now=now),
        till=till, key=key, by=by, now=now,
    )  # fmt: skip


async def waive(payment: UUID, reason: str, *, till: Till, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """Let somebody off a fee."""
    return await change(payment, lambda found: waived(found, reason, by=by), till=till, key=key, by=by, now=now)
