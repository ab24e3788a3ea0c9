"""Proposing and deciding about officers, absences with a deputy: load, decide, record."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from onecity.kernel.acting import Acting, Scope
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.people.facts import AbsenceNoted, OfficerProposed, Proposed, ResetProposed, SecretsSet
from onecity.people.invitations import HOLDS, Invitations
from onecity.people.letters import WriteLetter
from onecity.people.model import Charge, Proposal, proposal_of
from onecity.people.projections.officers import KINDS
from onecity.people.rules import officers as rules
from onecity.people.rules.why import Why
from onecity.people.signin import PasswordDoor
from onecity.people.store import accounts
from onecity.people.store import officers as store

_NEEDS_SECRETS: Final = (OfficerProposed, ResetProposed)


class Filed(msgspec.Struct, frozen=True):
    """The answer to whoever proposed something."""

    proposal: UUID


class Decided(msgspec.Struct, frozen=True):
    """The answer to whoever decided about a proposal."""

    proposal: UUID
    confirmed: bool


class Back(msgspec.Struct, frozen=True):
    """The answer to an officer who is back."""

    absence: UUID


class Officers:
    """The officers of the city, and what two persons decide about each."""

    def __init__(
        self, ledger: Ledger, door: PasswordDoor, invitations: Invitations, letter: WriteLetter, duties: Collection[str]
    ) -> None:
        self._ledger = ledger
        self._door = door
        self._invitations = invitations
        self._letter = letter
        self._known = duties

    async def propose_officer(
        self, name: str, login: str, reason: str, *, scope: Scope, by: Acting, key: UUID, now: datetime
    ) -> Filed | Refused:
        """Propose that somebody becomes an officer."""
        officer = PersonId(derived_id(key, now=now, what="officer"))
        fact = rules.propose_officer(officer, name, login, reason, scope=scope, by=by)
        return await self._file(fact, by=by, key=key, now=now)

    async def propose_duty(
        self, officer: UUID, charge: Charge, reason: str, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Filed | Refused:
        """Propose that an officer is charged with a duty."""
        async with self._ledger.readers.acquire() as connection:
            person = await accounts.person(connection, officer)
            held = await accounts.charges_of(connection, officer)
        if person is None:
            return Refused(Why.NOT_FOUND)
        fact = rules.propose_duty(person, charge, reason, held=held, known=self._known, by=by, today=today)
        return await self._file(fact, by=by, key=key, now=now)

    async def propose_end(
        self, officer: UUID, duty: str, scope: Scope, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Filed | Refused:
        """Propose that a duty of an officer ends."""
        async with self._ledger.readers.acquire() as connection:
            held = await accounts.charges_of(connection, officer)
        fact = rules.propose_end(PersonId(officer), duty, scope, reason, held=held, by=by)
        return await self._file(fact, by=by, key=key, now=now)

    async def propose_reset(
        self, officer: UUID, reason: str, *, by: Acting, key: UUID, now: datetime
    ) -> Filed | Refused:
        """Propose that an officer chooses password and second factor anew."""
        async with self._ledger.readers.acquire() as connection:
            person = await accounts.person(connection, officer)
        if person is None or person.home is None:
            return Refused(Why.NOT_FOUND)
        return await self._file(
            rules.propose_reset(person.person, reason, home=person.home, by=by), by=by, key=key, now=now
        )

    async def note_absence(
        self, deputy: UUID, since: date, until: date, *, by: Acting, key: UUID, now: datetime, today: date
    ) -> Filed | Refused:
        """An officer names who stands in for them, to be confirmed by an administrator."""
        assert by.person is not None, "officers are people"
        async with self._ledger.readers.acquire() as connection:
            officer = await accounts.person(connection, by.person)
            fact = rules.note_absence(
                officer, await accounts.person(connection, deputy), since, until,
                held=await accounts.charges_of(connection, by.person),
                deputy_holds=await accounts.charges_of(connection, deputy),
                absences=await store.absences_of(connection, [by.person, deputy], today), today=today,
            ) if officer else Refused(Why.NOT_FOUND)  # fmt: skip
        return await self._file(fact, by=by, key=key, now=now)

    async def _file(self, fact: Proposed | Refused, *, by: Acting, key: UUID, now: datetime) -> Filed | Refused:
        if isinstance(fact, Refused):
            return fact
        proposal = derived_id(key, now=now, what="proposal")

        async def decide() -> Decision:
            return Decision((Change(proposal, 0, (fact,)),), Filed(proposal))

        return await self._ledger.record(key, decide, Filed, by=by, now=now)

    async def proposal(self, proposal: UUID) -> Proposal | None:
        """A proposal from its history."""
        return proposal_of(await self._ledger.history(proposal))

    async def decide(
        self, proposal_id: UUID, reason: str | None, *, by: Acting, key: UUID, now: datetime
    ) -> Decided | Refused:
        """Confirm a proposal, or refuse it with a reason. What follows for the officer is in the same transaction."""

        async def decide() -> Decision | Refused:
            proposal = await self.proposal(proposal_id)
            if proposal is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.decide(proposal, reason, by=by)
            if isinstance(fact, Refused):
                return fact
            changes = [Change(proposal_id, proposal.version, (fact,))]
            if reason is None:
                if not await self._login_is_free(proposal.what):
                    return Refused(Why.LOGIN_TAKEN)
                changes += await self._follows(proposal, key=key, now=now)
            return Decision(tuple(changes), Decided(proposal_id, reason is None))

        done = await self._ledger.record(key, decide, Decided, by=by, now=now)
        if isinstance(done, Decided) and done.confirmed:
            await self._invite(proposal_id, now=now)
        return done

    async def _login_is_free(self, what: Proposed) -> bool:
        if not isinstance(what, OfficerProposed):
            return True
        return what.login is not None and await self._door.reserve(PersonId(what.officer), what.login)

    async def _follows(self, proposal: Proposal, *, key: UUID, now: datetime) -> list[Change]:
        """What the officer's history gets, and the letters that tell of it."""
        what, facts = proposal.what, rules.consequences(proposal)
        changes = []
        if facts:
            version = fold_version(await self._ledger.history(what.officer))
            changes.append(Change(what.officer, version, facts))
        told = [what.officer, what.deputy] if isinstance(what, AbsenceNoted) else [what.officer]
        changes += [
            self._letter(
                PersonId(person), f"people.{KINDS[type(what)]}", about=proposal.id, sender=what.scope.department,
                facts={}, words=None, law="", key=uuid5(key, str(person)), now=now,
            )
            for person in told
        ]  # fmt: skip
        return changes

    async def _invite(self, proposal_id: UUID, *, now: datetime) -> None:
        """After the decision holds: what was known opens nothing any more, and the officer may choose anew, once."""
        proposal = await self.proposal(proposal_id)
        assert proposal is not None and proposal.decided_at is not None, "it was decided just now"
        ends = proposal.decided_at + HOLDS
        if not isinstance(proposal.what, _NEEDS_SECRETS) or ends <= now:
            return
        history = await self._ledger.history(proposal.what.officer)
        # A second click comes late: what the officer chose meanwhile stays.
        if any(isinstance(one.fact, SecretsSet) and one.at >= proposal.decided_at for one in history):
            return
        officer = PersonId(proposal.what.officer)
        await self._door.close(officer)
        await self._invitations.invite(officer, proposal_id, ends=ends)

    async def come_back(self, absence_id: UUID, *, by: Acting, key: UUID, now: datetime, today: date) -> Back | Refused:
        """An officer is back before the last day of an absence; the deputy's days end at once."""
        assert by.person is not None, "officers are people"
        async with self._ledger.readers.acquire() as connection:
            own = await store.absences_of(connection, [by.person], today)
        found = next((one for one in own if one.id == absence_id), None)
        if found is None:
            return Refused(Why.NOT_FOUND)

        async def decide() -> Decision | Refused:
            fact = rules.come_back(found, by=by, today=today)
            if isinstance(fact, Refused):
                return fact
            version = fold_version(await self._ledger.history(absence_id))
            return Decision((Change(absence_id, version, (fact,)),), Back(absence_id))

        return await self._ledger.record(key, decide, Back, by=by, now=now)
