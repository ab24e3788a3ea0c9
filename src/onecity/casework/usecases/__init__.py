"""What is done with cases: load, decide, record; the letter that a step sends travels in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework import store
from onecity.casework.declared import Process
from onecity.casework.facts import CaseEnded, CaseOpened
from onecity.casework.model import Case, folded
from onecity.casework.rules import Terms
from onecity.kernel.acting import Acting
from onecity.kernel.clock import Calendar, Limit, OfficeHours
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Fact, Ledger, Together


class Matter(msgspec.Struct, frozen=True):
    """What a pillar says of the matter of a case: its process, its limit, by how much a head may lengthen it, all that
    it may ask a person for, and the agencies to which a step may be sent.
    """

    process: Process
    limit: Limit
    extension: int = 0
    lackable: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()


class Matters(Protocol):
    """Finds the matter of a case in the versions under which the case began."""

    async def matter(self, opened: CaseOpened) -> Matter: ...


class Happening(msgspec.Struct, frozen=True):
    """What a command is about to add to a case as it stands, by whom and when, under which idempotency key."""

    case: Case
    terms: Terms
    facts: tuple[Fact, ...]
    key: UUID
    by: Acting
    now: datetime

    @property
    def result(self) -> str | None:
        """The result with which the case ends now."""
        return next((fact.result for fact in self.facts if isinstance(fact, CaseEnded)), None)

    @property
    def good(self) -> bool:
        """Whether the case ends now with a success."""
        return self.result in self.terms.process.succeeds


Follow: TypeAlias = Callable[[Happening], Awaitable[Sequence[Change] | Refused]]
"""Somebody who adds changes to the transaction of a case, or refuses the whole: a licence is issued with a decision."""


class Office(msgspec.Struct, frozen=True):
    """What moving a case needs: the ledger, the matters, the calendar and the version of the pack it comes from.

    `halls` are those of the city in which people may meet. `waiting` tells which cases wait for the result of one; ends
    of the same moment ask together.
    `follows` are called with whatever a command does to any case and take up what concerns them: a decision issues a
    licence, an overrun is published. Cases that go on or lapse because that one ended get their letters, and nobody
    follows them. Packages above enter theirs in bootstrap.
    """

    ledger: Ledger
    matters: Matters
    calendar: Calendar
    zone: ZoneInfo
    pack: str
    waiting: Together[UUID, list[UUID]]
    hours: OfficeHours
    halls: frozenset[str] = frozenset()
    follows: tuple[Follow, ...] = ()

    async def terms(self, opened: CaseOpened) -> Terms:
        """What a case is held to: its matter, and what it was told otherwise when it began."""
        terms = self.terms_of(await self.matters.matter(opened))
        lackable = terms.lackable.difference(opened.spares)
        if opened.limit is None:
            return msgspec.structs.replace(terms, lackable=lackable)
        return msgspec.structs.replace(terms, lackable=lackable, limit=opened.limit, extension=0)

    def terms_of(self, matter: Matter) -> Terms:
        """What a case of a matter is held to, with the calendar in force."""
        return Terms(
            process=matter.process,
            limit=matter.limit,
            extension=matter.extension,
            lackable=matter.lackable,
            calendar=self.calendar,
            pack=self.pack,
            hours=self.hours,
            zone=self.zone,
            receivers=matter.receivers,
            halls=self.halls,
        )


def waiting_for(ledger: Ledger) -> Together[UUID, list[UUID]]:
    """Which cases wait for the result of a case, as an office asks it."""

    async def look_up(cases: Sequence[UUID]) -> list[list[UUID]]:
        async with ledger.readers.acquire() as connection:
            return await store.followers(connection, cases)

    return Together(look_up)


class Moved(msgspec.Struct, frozen=True):
    """The answer to whoever moved a case."""

    case: UUID
    version: int
    result: str | None


async def load(case: UUID, *, office: Office) -> Case | None:
    """A case, folded from its history."""
    return folded(await office.ledger.history(case))
