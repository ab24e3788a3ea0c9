"""Giving back: through the port it came by, or by hand at a counter."""

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.refusal import Refused
from onecity.machinery.jobs import each_due
from onecity.payments import store
from onecity.payments.rules import handed_back, number_of, refunded
from onecity.payments.usecases import Changed, Till, change
from onecity.payments.usecases.paying import KEYS

if TYPE_CHECKING:
    from asyncpg import Connection

_AT_ONCE: Final = 200


async def refund(now: datetime, *, till: Till) -> int:
    """Have the port give back whatever shall go back; how much went.

    The port is asked first and the fact recorded after: a city that stops between asks again, and a port gives once.
    """
    port = till.port
    if port is None:
        return 0

    async def found(connection: "Connection", after: store.ToRefund | None) -> list[store.ToRefund]:
        return await store.to_refund(connection, port.name, after=after, limit=_AT_ONCE)

    async def give(one: store.ToRefund) -> bool:
        back = await port.refund(one.reference, now=now)
        return back is not None and await _note(one, back.refund, back.at, till=till, now=now)

    return await each_due(till.ledger.readers, found, give)


async def _note(one: store.ToRefund, name: str, at: datetime, *, till: Till, now: datetime) -> bool:
    key = uuid5(KEYS, f"refund {one.payment} {one.reference}")
    found = await change(
        one.payment, lambda payment: refunded(payment, one.reference, name, at), till=till, key=key, by=the_city(),
        now=now,
    )  # fmt: skip
    return isinstance(found, Changed)


async def hand_back(payment: UUID, *, till: Till, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """Give back by hand what was taken by hand."""
    name = number_of(uuid5(payment, "cash back"), "B")
    return await change(
        payment, lambda found: handed_back(found, name, by=by, now=now), till=till, key=key, by=by, now=now
    )
