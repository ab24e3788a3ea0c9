"""What people itself holds on a person: the account, the door, bonds to others, looks and questions about them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.ledger import Ledger
from onecity.people.cited import LOOKS, OFFICERS
from onecity.people.facts import AccountOpened, ReadQuestioned
from onecity.people.holdings import Bond, Holding
from onecity.people.reads import KEPT
from onecity.people.store import accounts, forgetting, mandates, officers, reads, receptions

if TYPE_CHECKING:
    from asyncpg import Pool


class AccountKeeper:
    """Answers for the account. Looks stay, because they are a record about officers; they name nobody."""

    name = "people"

    def __init__(self, pool: "Pool", ledger: Ledger, zone: ZoneInfo) -> None:
        self._pool = pool
        self._ledger = ledger
        self._zone = zone

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        opened = [one.fact for one in await self._ledger.history(person) if isinstance(one.fact, AccountOpened)]
        async with self._pool.acquire() as connection:
            logins, sessions = await forgetting.count_secrets(connection, person)
            bonds = await mandates.held_by(connection, person) + await mandates.given_by(connection, person)
            agreed = await mandates.consents_of(connection, person)
            charges = await accounts.charges_of(connection, person)
            asked = await reads.questions_of(connection, person)
            looks, last = await reads.latest(connection, person)
        serves = sum(one.until is None or one.until >= day for one in charges)
        return (
            Holding("people.held.account", sum(one.name is not None for one in opened), Bond.AFFAIRS),
            Holding("people.held.phone", sum(one.phone is not None for one in opened), Bond.NOTHING),
            Holding("people.held.logins", logins, Bond.AFFAIRS),
            Holding("people.held.sessions", sessions, Bond.AFFAIRS),
            Holding("people.held.mandates", sum(not one.ended for one in bonds), Bond.AFFAIRS),
            Holding("people.held.consents", sum(not one.ended for one in agreed), Bond.AFFAIRS),
            Holding("people.held.duties", serves, Bond.AFFAIRS, law=OFFICERS.citation if serves else None),
            Holding("people.held.questions", await self._readable(asked), Bond.NOTHING),
            Holding(
                "people.held.looks", looks, Bond.OUTSIDE, until=day_in(self._zone, last + KEPT) if last else None,
                law=LOOKS.citation,
            ),
        )  # fmt: skip

    async def _readable(self, questions: Sequence[UUID]) -> int:
        """How many questions still say something."""
        facts = [(await self._ledger.history(one))[0].fact for one in questions]
        return sum(isinstance(fact, ReadQuestioned) and fact.words is not None for fact in facts)

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._pool.acquire() as connection:
            held = await mandates.held_by(connection, person) + await mandates.given_by(connection, person)
            agreed = await mandates.consents_of(connection, person)
            proposals = await officers.proposals_about(connection, person)
            asked = await reads.questions_of(connection, person)
            looks = await reads.of(connection, person)
            stood = await receptions.receptions_of(connection, person)
            logins, sessions = await forgetting.count_secrets(connection, person)
        return {
            "account": await self._ledger.told([person]),
            "mandates": await self._ledger.told([one.id for one in held]),
            "consents": await self._ledger.told([one.id for one in agreed]),
            "proposals": await self._ledger.told([one.proposal for one in proposals]),
            "receptions": await self._ledger.told(stood),
            "questions": await self._ledger.told(asked),
            "looks": [msgspec.to_builtins(one) for one in looks],
            "logins": logins,
            "sessions": sessions,
        }

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        if not wholly:
            # Whoever still has an open case comes in to follow it.
            return 0
        async with self._pool.acquire() as connection:
            return await forgetting.drop_door(connection, person)
