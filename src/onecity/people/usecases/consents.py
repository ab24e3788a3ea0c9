"""Agreeing and taking back: load, decide, record."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Ledger, fold_version
from onecity.people.model import Consent
from onecity.people.rules import consent as rules
from onecity.people.rules.why import Why
from onecity.people.store import mandates as store


class Agreed(msgspec.Struct, frozen=True):
    """The answer to whoever agreed."""

    consent: UUID


class TakenBack(msgspec.Struct, frozen=True):
    """The answer to whoever took a consent back."""

    consent: UUID


async def consent_for(person: UUID, purpose: str, *, ledger: Ledger) -> tuple[Consent, ...]:
    """What somebody agreed to for a purpose; the rule `consents` tells whether it reaches a register and a reader."""
    async with ledger.readers.acquire() as connection:
        return tuple(await store.consents_of(connection, person, purpose))


async def agreeing(
    purpose: str, register: str, readers: Sequence[str], *, ledger: Ledger, by: Acting, key: UUID, now: datetime,
    today: date,
) -> tuple[Change, ...] | Refused:  # fmt: skip
    """The change with which somebody agrees by doing something else; nothing where they agreed before."""
    assert by.subject is not None, "people agree"
    given = await consent_for(by.subject, purpose, ledger=ledger)
    fact = rules.agree(given, purpose, register, readers, None, by=by, today=today)
    if isinstance(fact, Refused):
        return () if fact.reason is Why.AGREED_ALREADY else fact
    return (Change(derived_id(key, now=now, what=f"consent {register}"), 0, (fact,)),)


class Consents:
    """What people agreed to."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def of(self, person: UUID) -> list[Consent]:
        """Everything that somebody agreed to, the newest first."""
        async with self._ledger.readers.acquire() as connection:
            return await store.consents_of(connection, person)

    async def agree(
        self, purpose: str, register: str, readers: Sequence[str], until: date | None, *, by: Acting, key: UUID,
        now: datetime, today: date,
    ) -> Agreed | Refused:  # fmt: skip
        """Agree that readers use a register for a purpose."""
        consent = derived_id(key, now=now, what="consent")

        async def decide() -> Decision | Refused:
            assert by.subject is not None, "people agree"
            given = await consent_for(by.subject, purpose, ledger=self._ledger)
            fact = rules.agree(given, purpose, register, readers, until, by=by, today=today)
            if isinstance(fact, Refused):
                return fact
            return Decision((Change(consent, 0, (fact,)),), Agreed(consent))

        return await self._ledger.record(key, decide, Agreed, by=by, now=now)

    async def take_back(self, which: UUID, *, by: Acting, key: UUID, now: datetime) -> TakenBack | Refused:
        """Take a consent back."""

        async def decide() -> Decision | Refused:
            assert by.subject is not None, "people agree"
            found = next((one for one in await self.of(by.subject) if one.id == which), None)
            if found is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.take_back(found, by=by)
            if isinstance(fact, Refused):
                return fact
            version = fold_version(await self._ledger.history(which))
            return Decision((Change(which, version, (fact,)),), TakenBack(which))

        return await self._ledger.record(key, decide, TakenBack, by=by, now=now)
