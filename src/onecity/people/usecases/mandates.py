"""Giving, recording and ending mandates: load, decide, record."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.people.facts import AccountKind, MandateGiven, MandateKind
from onecity.people.letters import WriteLetter
from onecity.people.model import KnownFirm, KnownWard, Mandate
from onecity.people.roll import Identity, Roll
from onecity.people.rules import mandates as rules
from onecity.people.rules.receptions import stands_there
from onecity.people.rules.why import Why
from onecity.people.store import mandates as store
from onecity.people.store import receptions
from onecity.people.usecases.accounts import LookUp

FirmLookUp: TypeAlias = Callable[[str, date], Awaitable[KnownFirm | None]]
"""Asks the register of firms for a code on a day; bootstrap connects it."""

WardLookUp: TypeAlias = Callable[[str, date], Awaitable[KnownWard | None]]
"""Asks the registers for the guardians of a number on a day; bootstrap connects it."""


File: TypeAlias = Callable[[], Awaitable[tuple[Change, ...]]]
"""What puts the subject of a mandate on file, asked at the moment of the decision."""


class Entrust(msgspec.Struct, frozen=True):
    """What somebody types to give a mandate: to whom, in which matters (none: in all), from when until when."""

    name: str
    number: str
    matters: tuple[str, ...]
    since: date
    until: date | None


class Entrusted(msgspec.Struct, frozen=True):
    """The answer to whoever gave or recorded a mandate."""

    mandate: UUID


class Ended(msgspec.Struct, frozen=True):
    """The answer to whoever ended a mandate."""

    mandate: UUID


class Mandates:
    """Who may act for whom."""

    def __init__(
        self, ledger: Ledger, roll: Roll, letter: WriteLetter, persons: LookUp, firms: FirmLookUp, wards: WardLookUp
    ) -> None:
        self._ledger = ledger
        self._roll = roll
        self._letter = letter
        self._persons = persons
        self._firms = firms
        self._wards = wards

    async def held_by(self, agent: UUID) -> list[Mandate]:
        """For whom somebody may act, or might."""
        async with self._ledger.readers.acquire() as connection:
            return await store.held_by(connection, agent)

    async def given_by(self, grantor: UUID) -> list[Mandate]:
        """Who may act for somebody, or might."""
        async with self._ledger.readers.acquire() as connection:
            return await store.given_by(connection, grantor)

    async def agent_name(self, mandate: UUID) -> str | None:
        """The name of an agent, who may have no account; None once the agent is forgotten."""
        history = await self._ledger.history(mandate)
        fact = history[0].fact if history else None
        return fact.agent_name if isinstance(fact, MandateGiven) else None

    async def give(
        self, command: Entrust, *, known: Collection[str], by: Acting, key: UUID, now: datetime, today: date
    ) -> Entrusted | Refused:
        """Ask somebody to act for oneself, or for the firm that one represents."""
        assert by.subject is not None, "people give mandates"
        grantor, agent = by.subject, await self._resident(command.name, command.number, now=now, today=today)
        if agent is None:
            return Refused(Why.NOT_IN_REGISTER)
        fact = rules.give(
            grantor, agent, command.name, command.matters, command.since, command.until, known=known,
            acting=await self._acting(by), by=by, today=today,
        )  # fmt: skip
        return await self._entrust(fact, None, by=by, key=key, now=now)

    async def record(
        self, grantor: Identity, command: Entrust, paper: str, *, known: Collection[str], by: Acting, key: UUID,
        now: datetime, today: date,
    ) -> Entrusted | Refused:  # fmt: skip
        """Record a mandate of a person or a firm that an officer saw on paper at the window."""
        giver = await self._grantor(grantor, now=now, today=today)
        agent = await self._resident(command.name, command.number, now=now, today=today)
        if giver is None or agent is None:
            return Refused(Why.NOT_IN_REGISTER)
        subject, file = giver
        fact = rules.record(
            subject, agent, command.name, command.matters, command.since, command.until, paper, known=known, by=by,
            today=today,
        )  # fmt: skip
        return await self._entrust(fact, file, by=by, key=key, now=now)

    async def guard(self, ward: Identity, *, by: Acting, key: UUID, now: datetime, today: date) -> Entrusted | Refused:
        """Act for a child or ward whose guardian one is."""
        own = await self._own(by)
        known = await self._wards(ward.number, today)
        if own is None or known is None:
            return Refused(Why.NO_GUARDIAN)
        subject = await self._roll.enter(ward.number, now=now)
        fact = rules.guard(
            subject, known, ward.number, ward.name, own_number=own.number, own_name=own.name,
            held=await self._held(by), by=by, today=today,
        )  # fmt: skip
        file = partial(self._roll.filed, subject, AccountKind.ON_FILE, ward, quoted=known.quoted)
        return await self._entrust(fact, file, by=by, key=key, now=now)

    async def represent(
        self, firm: Identity, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Entrusted | Refused:
        """Act for the firm whose legal representative one is."""
        own = await self._own(by)
        known = await self._firms(firm.number, today)
        if own is None or known is None:
            return Refused(Why.NOT_REPRESENTATIVE)
        subject = await self._roll.enter(firm.number, now=now)
        fact = rules.represent(
            subject, known, firm.name, own_number=own.number, own_name=own.name, held=await self._held(by), by=by,
            today=today,
        )  # fmt: skip
        file = partial(self._roll.filed, subject, AccountKind.FIRM, firm, quoted=known.quoted)
        return await self._entrust(fact, file, by=by, key=key, now=now)

    async def end(self, which: UUID, *, by: Acting, key: UUID, now: datetime, today: date) -> Ended | Refused:
        """End a mandate that one gave or has."""

        async def decide() -> Decision | Refused:
            async with self._ledger.readers.acquire() as connection:
                mandate = await store.mandate(connection, which)
            if mandate is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.end(mandate, acting=await self._acting(by), by=by, today=today)
            if isinstance(fact, Refused):
                return fact
            version = fold_version(await self._ledger.history(which))
            return Decision((Change(which, version, (fact,)),), Ended(which))

        return await self._ledger.record(key, decide, Ended, by=by, now=now)

    async def may_act(self, which: UUID, agent: PersonId, today: date) -> Mandate | Refused:
        """The mandate under which somebody wants to act who stands at the window."""
        return await self.may_switch(which, by=Acting(agent, Channel.WINDOW), today=today)

    async def may_switch(self, which: UUID, *, by: Acting, today: date) -> Mandate | Refused:
        """The mandate under which somebody wants to act now. What a register gave is looked up there again."""
        assert by.person is not None, "people act"
        async with self._ledger.readers.acquire() as connection:
            mandate = await store.mandate(connection, which)
        if mandate is None or mandate.agent != by.person:
            return Refused(Why.NOT_FOUND)
        if not mandate.on(today):
            return Refused(Why.MANDATE_OVER)
        return mandate if await self._register_agrees(mandate, by=by, today=today) else Refused(Why.MANDATE_OVER)

    async def _register_agrees(self, mandate: Mandate, *, by: Acting, today: date) -> bool:
        own, subject = await self._own(by), await self._roll.identity(mandate.grantor)
        if mandate.kind is MandateKind.GIVEN:
            return True
        if own is None or subject is None:
            return False
        if mandate.kind is MandateKind.REPRESENTATIVE:
            firm = await self._firms(subject.number, today)
            return firm is not None and firm.representative == own.number
        ward = await self._wards(subject.number, today)
        return ward is not None and own.number in ward.guardians

    async def _entrust(
        self, fact: MandateGiven | Refused, file: File | None, *, by: Acting, key: UUID, now: datetime
    ) -> Entrusted | Refused:
        """Record a mandate, with the account of a subject who had none; whoever it concerns gets a letter."""
        if isinstance(fact, Refused):
            return fact
        mandate = derived_id(key, now=now, what="mandate")

        async def decide() -> Decision:
            told = {fact.agent, fact.grantor} - {by.person, by.on_behalf_of}
            letters = [
                self._letter(
                    PersonId(person), "people.mandate", about=mandate, sender="", facts={}, words=None, law="",
                    key=uuid5(key, str(person)), now=now,
                )
                for person in sorted(told, key=str)
                if fact.kind is MandateKind.GIVEN
            ]  # fmt: skip
            filed = await file() if file else ()
            return Decision((Change(mandate, 0, (fact,)), *filed, *letters), Entrusted(mandate))

        return await self._ledger.record(key, decide, Entrusted, by=by, now=now)

    async def _resident(self, name: str, number: str, *, now: datetime, today: date) -> PersonId | None:
        """The account of a resident, opened or not, so that nobody learns here who has one."""
        known = await self._persons(number, today)
        return await self._roll.enter(number, now=now) if known and known.name == name else None

    async def _grantor(self, grantor: Identity, *, now: datetime, today: date) -> tuple[PersonId, File] | None:
        """The account of a person or firm that a register knows by name and number, and what puts it on file."""
        person, firm = await self._persons(grantor.number, today), await self._firms(grantor.number, today)
        known, kind = (person, AccountKind.ON_FILE) if person else (firm, AccountKind.FIRM)
        if known is None or known.name != grantor.name:
            return None
        subject = await self._roll.enter(grantor.number, now=now)
        return subject, partial(self._roll.filed, subject, kind, grantor, quoted=known.quoted)

    async def _own(self, by: Acting) -> Identity | None:
        assert by.person is not None, "people act"
        return await self._roll.identity(by.person)

    async def _held(self, by: Acting) -> list[Mandate]:
        assert by.person is not None, "people act"
        return await self.held_by(by.person)

    async def _acting(self, by: Acting) -> Mandate | None:
        if by.mandate is None:
            return None
        async with self._ledger.readers.acquire() as connection:
            return await store.mandate(connection, UUID(by.mandate))


async def refusal_for(
    by: Acting, matters: Sequence[str], *, ledger: Ledger, day: date, area: str | None = None
) -> Refused | None:
    """Why somebody may not act for another in these matters; None if they may, or act for themself.

    An officer acts for whoever stands at their window, in all matters that lie in an `area` of the duty's scope.
    """
    if by.on_behalf_of is None or by.person is None:
        return None
    agent = by.person
    async with ledger.readers.acquire() as connection:
        if by.duty is not None:
            received = await receptions.reception(connection, UUID(by.mandate)) if by.mandate else None
            no = stands_there(received, by=by, day=day, area=area)
            if no is not None or received is None or received.mandate is None:
                return no
            # Whoever came under one mandate does not act under another: the paper of this one lies on the desk.
            agent, shown = received.person, await store.mandate(connection, received.mandate)
            held = [shown] if shown else []
        else:
            held = await store.between(connection, agent, by.on_behalf_of)
    for matter in matters:
        found = rules.may_act_for(held, person=agent, subject=by.on_behalf_of, matter=matter, day=day)
        if isinstance(found, Refused):
            return found
    return None
