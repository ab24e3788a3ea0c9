"""Every day the books of the day before are compared, once; what does not agree is a fact that nobody can overlook."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import msgspec
from prometheus_client import Gauge

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.ids import derived_id
from onecity.kernel.instants import bounds_of, day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, fold_version
from onecity.machinery.jobs import each_due
from onecity.payments import store
from onecity.payments.facts import DayBalanced, Movement
from onecity.payments.rules import Why, may_balance
from onecity.payments.rules.balance import Line, differences, stated, taken
from onecity.payments.usecases import Till, load
from onecity.payments.usecases.paying import KEYS, settle

if TYPE_CHECKING:
    from asyncpg import Connection

UNCLEAR: Final = Gauge(
    "onecity_payment_differences", "Differences between the city's book of payments and the port's that nobody cleared"
)
_AT_ONCE: Final = 31


class Balanced(msgspec.Struct, frozen=True):
    """The answer to a comparison: the day, its history, and how many differences were found."""

    day: date
    stream: UUID
    differences: int


async def balance_days(now: datetime, *, till: Till) -> int:
    """Compare the books of every day up to yesterday that nobody compared yet; how many days."""
    yesterday = day_in(till.zone, now) - timedelta(days=1)

    async def found(connection: "Connection", after: date | None) -> list[date]:
        first = await store.first_day(connection)
        if first is None:
            return []
        return await store.open_days(connection, day_in(till.zone, first), yesterday, after=after, limit=_AT_ONCE)

    async def compare(day: date) -> bool:
        key = uuid5(KEYS, f"balance {day}")
        return isinstance(await balance(day, till=till, key=key, by=the_city(), now=now), Balanced)

    try:
        return await each_due(till.ledger.readers, found, compare)
    finally:
        # A day that cannot be compared hides no difference of another.
        async with till.ledger.readers.acquire() as connection:
            UNCLEAR.set(await store.unclear(connection))


async def _no_books(day: date, *, till: Till, now: datetime) -> Refused | None:
    """Why a day has no books to compare: it is not over, or the city took no fees yet."""
    if day >= day_in(till.zone, now):
        return Refused(Why.DAY_RUNS)
    async with till.ledger.readers.acquire() as connection:
        first = await store.first_day(connection)
    return Refused(Why.NO_SUCH_DAY) if first is None or day < day_in(till.zone, first) else None


async def balance(day: date, *, till: Till, key: UUID, by: Acting, now: datetime) -> Balanced | Refused:
    """Compare the books of a day, and record what was found; for whoever is charged with the whole city."""
    if not may_balance(till.area, by):
        return Refused(Why.NOT_ALL_YOURS)
    no = await _no_books(day, till=till, now=now)
    if no is not None:
        return no
    statement = tuple(sorted(await till.port.statement(day))) if till.port is not None else ()
    await _catch_up(statement, till=till, now=now)

    async def decide() -> Decision:
        async with till.ledger.readers.acquire() as connection:
            entries = [row.entry for row in await store.book(connection, *bounds_of(till.zone, day))]
            before = await store.day_of(connection, day)
        port = till.port
        found = differences(port.name, entries, statement) if port else ()
        says = stated(port.name, statement, simulated=port.simulated) if port else None
        stream = before.stream if before else derived_id(uuid5(KEYS, str(day)), now=now, what="day")
        version = fold_version(await till.ledger.history(stream))
        change = Change(stream, version, (DayBalanced(day, taken(entries), says, found),))
        return Decision((change,), Balanced(day, stream, len(found)))

    return await till.ledger.record(key, decide, Balanced, by=by, now=now)


async def _catch_up(statement: tuple[Line, ...], *, till: Till, now: datetime) -> None:
    """Take what the port has and we have not: a payer who never came back, long after we stopped to ask for them."""
    if till.port is None:
        return
    for line in statement:
        if line.movement is not Movement.PAID:
            continue
        async with till.ledger.readers.acquire() as connection:
            known = await store.owner_of(connection, till.port.name, line.reference)
        payment = line.payment if known is None else None
        if payment is not None and await load(payment, till=till) is not None:
            await settle(payment, till=till, now=now)


async def history_of(day: date, *, till: Till) -> tuple[DayBalanced, ...] | Refused:
    """All comparisons of a day, the newest first."""
    async with till.ledger.readers.acquire() as connection:
        row = await store.day_of(connection, day)
    if row is None:
        return Refused(Why.NO_SUCH_DAY)
    facts = [one.fact for one in await till.ledger.history(row.stream)]
    return tuple(fact for fact in reversed(facts) if isinstance(fact, DayBalanced))
