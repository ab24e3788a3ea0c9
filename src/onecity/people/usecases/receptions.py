"""Receiving people at the window: load, decide, record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting, Channel, Held
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger
from onecity.packs import Declared
from onecity.people.declared import Duty
from onecity.people.facts import AccountKind, Document, ReceptionEnded, ReceptionOpened
from onecity.people.model import Mandate, Reception
from onecity.people.roll import Identity, Roll
from onecity.people.rules.mandates import may_act_for
from onecity.people.rules.receptions import end, receive, stands_there, turn_to
from onecity.people.rules.why import Why
from onecity.people.store import accounts, mandates
from onecity.people.store import receptions as store
from onecity.people.usecases.accounts import LookUp

_OPEN: Final = 1
"""The version of a reception that nobody ended: it holds nothing but its beginning."""


class Received(msgspec.Struct, frozen=True):
    """The answer to whoever received somebody, or ended it: the reception."""

    reception: UUID


class Served(msgspec.Struct, frozen=True):
    """Whose matters are handled at the window, and the officer as the author of what is done for them.

    `agent` is the name of whoever stands there for them under a mandate, in these `matters` (none named: in all).
    """

    reception: Reception
    name: str | None
    by: Acting
    agent: str | None = None
    matters: tuple[str, ...] = ()


MayAct: TypeAlias = Callable[[UUID, PersonId, date], Awaitable[Mandate | Refused]]
"""The mandate that an agent wants to act under, if it holds and the registers still agree; bootstrap connects it."""


class Receptions:
    """The window: whose document was seen, who may be acted for until they go."""

    def __init__(
        self,
        ledger: Ledger,
        roll: Roll,
        persons: LookUp,
        duties: Mapping[str, Declared[Duty]],
        may_act: MayAct,
        area: str,
    ) -> None:
        self._ledger = ledger
        self._roll = roll
        self._persons = persons
        self._duties = duties
        self._may_act = may_act
        self._area = area

    @property
    def duties(self) -> tuple[str, ...]:
        """The duties that the pack declares for the window."""
        return tuple(name for name, declared in self._duties.items() if declared.value.at_window)

    async def receive(
        self, who: Identity, document: Document | None, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Received | Refused:
        """Receive a person whom the register knows by this name and number; no account is needed.

        Whoever comes for the first time is put on file. Whom the officer served before, they serve no longer.
        """
        known = await self._persons(who.number, today)
        if known is None or known.name != who.name:
            return Refused(Why.NOT_IN_REGISTER)
        person = await self._roll.enter(who.number, now=now)
        fact = receive(person, document, at_window=by.duty in self.duties, city=self._area, by=by, today=today)
        if isinstance(fact, Refused):
            return fact
        file = partial(self._roll.filed, person, AccountKind.ON_FILE, who, quoted=known.quoted)

        async def decide() -> Decision:
            return await self._begun(fact, await file(), by=by)

        return await self._ledger.record(key, decide, Received, by=by, now=now)

    async def turn_to(
        self, which: UUID, mandate: UUID | None, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Received | Refused:
        """Go on with the same person in somebody else's matters, or in their own again: that is another reception."""

        async def decide() -> Decision | Refused:
            async with self._ledger.readers.acquire() as connection:
                found = await store.reception(connection, which)
            if found is None or found.officer != by.person:
                return Refused(Why.NOT_FOUND)
            held = await self._may_act(mandate, found.person, today) if mandate else None
            fact = held if isinstance(held, Refused) else turn_to(found, held, by=by, today=today)
            return fact if isinstance(fact, Refused) else await self._begun(fact, (), by=by, after=which)

        return await self._ledger.record(key, decide, Received, by=by, now=now)

    async def entrusted(self, person: PersonId, *, today: date) -> list[tuple[Mandate, str]]:
        """For whom somebody may act today, with the name of each."""
        async with self._ledger.readers.acquire() as connection:
            holding = [one for one in await mandates.held_by(connection, person) if one.on(today)]
            names = await accounts.names_of(connection, [one.grantor for one in holding])
        return [(one, names[one.grantor]) for one in holding if one.grantor in names]

    async def _begun(
        self, fact: ReceptionOpened, filed: tuple[Change, ...], *, by: Acting, after: UUID | None = None
    ) -> Decision:
        """Begin a reception, and end those before it: a clerk serves one person at a time.

        The one that it comes `after` must still be open when this is written.
        """
        assert by.person is not None, "officers receive people"
        # The place is looked for first: a reception that begins after this look takes it.
        reception = await self._place(by, fact.day)
        async with self._ledger.readers.acquire() as connection:
            left = await store.open_of(connection, by.person)
        before = {one.id for one in left} | ({after} if after else set())
        ends = [Change(one, _OPEN, (ReceptionEnded(),)) for one in sorted(before)]
        return Decision((Change(reception, 0, (fact,)), *ends, *filed), Received(reception))

    async def serve(self, which: UUID, officer: PersonId, duties: Sequence[Held], *, today: date) -> Served | Refused:
        """The person of a reception, if they still stand at this officer's window and the officer holds the duty."""
        async with self._ledger.readers.acquire() as connection:
            found = await store.reception(connection, which)
            if found is None or found.officer != officer:
                return Refused(Why.NOT_FOUND)
            names = await accounts.names_of(connection, [found.person, found.subject])
            mandate = await mandates.mandate(connection, found.mandate) if found.mandate else None
        held = next((one for one in duties if (one.duty, one.scope) == (found.duty, found.scope)), None)
        if held is None:
            return Refused(Why.NOT_YOUR_DUTY)
        by = Acting(
            officer, Channel.WINDOW, held.duty, held.scope, on_behalf_of=found.subject, mandate=str(found.id),
            instead_of=held.instead_of,
        )  # fmt: skip
        no = stands_there(found, by=by, day=today)
        if no is not None:
            return no
        if found.mandate is None:
            return Served(found, names.get(found.subject), by)
        held_by_agent = [mandate] if mandate else []
        holds = may_act_for(held_by_agent, person=found.person, subject=found.subject, matter=None, day=today)
        if isinstance(holds, Refused):
            return holds
        return Served(found, names.get(found.subject), by, names.get(found.person), holds.matters)

    async def open_at(self, officer: PersonId, *, today: date) -> Reception | None:
        """The reception that an officer can go on with."""
        async with self._ledger.readers.acquire() as connection:
            left = await store.open_of(connection, officer)
        return next((one for one in left if one.on(today)), None)

    async def end(self, which: UUID, *, by: Acting, key: UUID, now: datetime) -> Received | Refused:
        """The person goes."""

        async def decide() -> Decision | Refused:
            async with self._ledger.readers.acquire() as connection:
                found = await store.reception(connection, which)
            fact = end(found, by=by)
            if isinstance(fact, Refused):
                return fact
            return Decision((Change(which, _OPEN, (fact,)),), Received(which))

        return await self._ledger.record(key, decide, Received, by=by, now=now)

    async def _place(self, by: Acting, day: date) -> UUID:
        """The history of a clerk's next reception on a day.

        It follows from how many there were, not from whoever comes: of two that begin at once, each in its own tab, the
        second finds the place taken, is decided again, and ends the first.
        """
        assert by.person is not None, "officers receive people"
        async with self._ledger.readers.acquire() as connection:
            before = await store.begun_on(connection, by.person, day)
        return derived_id(uuid5(by.person, str(before)), now=datetime.combine(day, time(), UTC), what="reception")
