"""Receiving people at the window: load, decide, record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.machinery.web import Held
from onecity.packs import Declared
from onecity.people.declared import Duty
from onecity.people.facts import AccountKind, Document, ReceptionEnded, ReceptionOpened
from onecity.people.model import Mandate, Reception
from onecity.people.roll import Identity, Roll
from onecity.people.rules.receptions import end, receive, stands_there, turn_to
from onecity.people.rules.why import Why
from onecity.people.store import accounts, mandates
from onecity.people.store import receptions as store
from onecity.people.usecases.accounts import LookUp
from onecity.people.usecases.mandates import File


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
        declared = self._duties.get(by.duty or "")
        at_window = declared is not None and declared.value.at_window
        fact = receive(person, document, at_window=at_window, city=self._area, by=by, today=today)
        if isinstance(fact, Refused):
            return fact
        file = partial(self._roll.filed, person, AccountKind.ON_FILE, who, quoted=known.quoted)
        return await self._open(fact, file, by=by, key=key, now=now)

    async def turn_to(
        self, which: UUID, mandate: UUID | None, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Received | Refused:
        """Go on with the same person in somebody else's matters, or in their own again: that is another reception."""
        async with self._ledger.readers.acquire() as connection:
            found = await store.reception(connection, which)
        if found is None or found.officer != by.person:
            return Refused(Why.NOT_FOUND)
        held = await self._may_act(mandate, found.person, today) if mandate else None
        fact = held if isinstance(held, Refused) else turn_to(found, held, by=by, today=today)
        return fact if isinstance(fact, Refused) else await self._open(fact, None, by=by, key=key, now=now)

    async def entrusted(self, person: PersonId, *, today: date) -> list[tuple[Mandate, str]]:
        """For whom somebody may act today, with the name of each."""
        async with self._ledger.readers.acquire() as connection:
            holding = [one for one in await mandates.held_by(connection, person) if one.on(today)]
            names = await accounts.names_of(connection, [one.grantor for one in holding])
        return [(one, names[one.grantor]) for one in holding if one.grantor in names]

    async def _open(
        self, fact: ReceptionOpened, file: File | None, *, by: Acting, key: UUID, now: datetime
    ) -> Received | Refused:
        """Begin a reception, and end those before it: a clerk serves one person at a time."""
        reception = derived_id(key, now=now, what="reception")

        async def decide() -> Decision:
            ends = [await self._change(one.id, ReceptionEnded()) for one in await self._open_of(by)]
            filed = await file() if file else ()
            return Decision((Change(reception, 0, (fact,)), *ends, *filed), Received(reception))

        return await self._ledger.record(key, decide, Received, by=by, now=now)

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
        if mandate is None:
            return Served(found, names.get(found.subject), by)
        if not mandate.on(today):
            return Refused(Why.MANDATE_OVER)
        return Served(found, names.get(found.subject), by, names.get(found.person), mandate.matters)

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
            return Decision((await self._change(which, fact),), Received(which))

        return await self._ledger.record(key, decide, Received, by=by, now=now)

    async def _open_of(self, by: Acting) -> list[Reception]:
        assert by.person is not None, "officers receive people"
        async with self._ledger.readers.acquire() as connection:
            return await store.open_of(connection, by.person)

    async def _change(self, reception: UUID, fact: ReceptionEnded) -> Change:
        return Change(reception, fold_version(await self._ledger.history(reception)), (fact,))
