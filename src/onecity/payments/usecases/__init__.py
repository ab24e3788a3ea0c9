"""What is done with fees: load, decide, record; the letter to the payer travels in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Ledger
from onecity.payments import store
from onecity.payments.letters import letters
from onecity.payments.model import Payment, State, folded
from onecity.payments.port import PaymentPort
from onecity.payments.rules import Why
from onecity.people import matters_of


class Till(msgspec.Struct, frozen=True):
    """Where fees are taken: the ledger, the port to whoever takes money online, the city's zone and its area.

    Without a port fees are paid at counters. `simulated` says that no money moves anywhere in this city.
    """

    ledger: Ledger
    port: PaymentPort | None
    zone: ZoneInfo
    area: str
    simulated: bool


class Changed(msgspec.Struct, frozen=True):
    """The answer to whoever changed a fee."""

    payment: UUID
    version: int


Rule: TypeAlias = Callable[[Payment], tuple[Fact, ...] | Refused]


async def load(payment: UUID, *, till: Till) -> Payment | None:
    """A fee, folded from its history."""
    return folded(await till.ledger.history(payment))


async def payment_of(case: UUID, *, till: Till) -> Payment | None:
    """The fee of a case, if it has one."""
    async with till.ledger.readers.acquire() as connection:
        found = await store.of_case(connection, case)
    return await load(found, till=till) if found else None


async def payments_of(affair: UUID, *, till: Till) -> list[Payment]:
    """The fees of an affair, for whoever may see it."""
    async with till.ledger.readers.acquire() as connection:
        rows = await store.of_affair(connection, affair)
    found = [await load(row.payment, till=till) for row in rows]
    return [one for one in found if one is not None]


async def own_payments(*, till: Till, by: Acting, limit: int | None = None, offset: int = 0) -> list[Payment]:
    """The fees of whoever asks, or of whom they act for in the matters of their mandate, the newest first.

    Without a `limit` all of them.
    """
    assert by.subject is not None, "only people owe fees"
    async with till.ledger.readers.acquire() as connection:
        within = await matters_of(connection, by)
        rows = await store.of_payer(connection, by.subject, within, limit=limit, offset=offset)
    return [await _known(row.payment, till=till) for row in rows]


async def _known(payment: UUID, *, till: Till) -> Payment:
    """A fee that a list names: one row less would look like the end of the list."""
    found = await load(payment, till=till)
    assert found is not None, "the row of a fee has its history"
    return found


async def own_payment(payment: UUID | None, *, till: Till, by: Acting) -> Payment | Refused:
    """A fee, if whoever asks owes it, or acts in its matter for whoever does."""
    assert by.subject is not None, "only people owe fees"
    if payment is None:
        return Refused(Why.NOT_FOUND)
    async with till.ledger.readers.acquire() as connection:
        row = await store.own(connection, payment, by.subject, await matters_of(connection, by))
    found = await load(payment, till=till) if row else None
    return found if found is not None else Refused(Why.NOT_FOUND)


async def change(payment: UUID, rule: Rule, *, till: Till, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """Apply a rule to a fee."""

    async def decide() -> Decision | Refused:
        found = await load(payment, till=till)
        if found is None:
            return Refused(Why.NOT_FOUND)
        facts = rule(found)
        if isinstance(facts, Refused):
            return facts
        return Decision(changes(found, facts, key=key, now=now), Changed(found.id, found.version + len(facts)))

    done = await till.ledger.record(key, decide, Changed, by=by, now=now)
    if isinstance(done, Changed):
        await _close(payment, till=till, now=now)
    return done


def changes(payment: Payment, facts: tuple[Fact, ...], *, key: UUID, now: datetime) -> tuple[Change, ...]:
    """What facts add to a fee's history, and the letters about them."""
    if not facts:
        return ()
    return (Change(payment.id, payment.version, facts), *letters(payment, facts, key=key, now=now))


async def _close(payment: UUID, *, till: Till, now: datetime) -> None:
    """Nobody shall pay at the port what is not due any more; whoever just did gets it back."""
    found = await load(payment, till=till)
    if till.port is not None and found is not None and found.state is not State.DUE:
        await till.port.close(payment, now=now)
