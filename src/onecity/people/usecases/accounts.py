"""Opening an account, charging people with duties: load, decide, record."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting, Channel, Held
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Ledger, fold_version
from onecity.people.facts import AccountKind, AccountOpened, DutyGiven
from onecity.people.rules import Registration, Why
from onecity.people.signin import PasswordDoor


class Known(msgspec.Struct, frozen=True):
    """What a register says of a number: the name, and the quotation that a fact keeps."""

    name: str
    quoted: str


LookUp: TypeAlias = Callable[[str, date], Awaitable[Known | None]]
"""Asks the register of residents for a number on a day; bootstrap connects it."""


class Opened(msgspec.Struct, frozen=True):
    """The answer to whoever opened an account."""

    person: PersonId


async def register(
    command: Registration, *, ledger: Ledger, door: PasswordDoor, look_up: LookUp, key: UUID, now: datetime, today: date
) -> Opened | Refused:
    """Open the account of a citizen whom the register knows under this name and number.

    Whoever was on file already – as a child, or served at the window – comes to that account.
    """
    known = await look_up(command.number, today)
    if known is None or known.name != command.name:
        return Refused(Why.NOT_IN_REGISTER)
    on_the_roll = await door.enrolled(command.number, PersonId(derived_id(key, now=now, what="person")))
    person = await door.claim(on_the_roll, command.number, command.password)
    fact = AccountOpened(
        person, AccountKind.CITIZEN, command.name, command.number, command.phone, register_row=known.quoted
    )
    return await _open(ledger, person, (fact,), key=key, by=Acting(person, Channel.PHONE), now=now)


async def found_officer(
    person: PersonId,
    name: str,
    duties: Sequence[Held],
    *,
    ledger: Ledger,
    reason: str,
    by: Acting,
    key: UUID,
    now: datetime,
    since: date | None = None,
) -> Opened | Refused:
    """Open the account of an officer at the foundation of the city, with the first duties.

    They work where their first duty is. `since` is the city's day, which may be another than that of UTC.
    """
    home = duties[0].scope if duties else None
    facts: list[Fact] = [AccountOpened(person, AccountKind.OFFICER, name, None, None, scope=home)]
    facts += [DutyGiven(held.duty, held.scope, since or now.date(), None, reason) for held in duties]
    return await _open(ledger, person, tuple(facts), key=key, by=by, now=now)


async def _open(
    ledger: Ledger, person: PersonId, facts: tuple[Fact, ...], *, key: UUID, by: Acting, now: datetime
) -> Opened | Refused:
    async def decide() -> Decision | Refused:
        history = await ledger.history(person)
        kinds = [one.fact.kind for one in history if isinstance(one.fact, AccountOpened)]
        if kinds and kinds[-1] is not AccountKind.ON_FILE:
            return Refused(Why.HAS_ACCOUNT)
        return Decision((Change(person, fold_version(history), facts),), Opened(person))

    return await ledger.record(key, decide, Opened, by=by, now=now)
