"""Asking for the next edition of a licence, and answering: load, decide, record; silence gives it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID, uuid5

from onecity.kernel.acting import Acting, the_city
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.licences import store
from onecity.licences.cited import RENEWAL
from onecity.licences.declared import LicenceType
from onecity.licences.facts import LicenceRenewed, RenewalAsked
from onecity.licences.model import Licence
from onecity.licences.rules import Why
from onecity.licences.rules.renewal import REMINDED, ends_soon, renewal_asked, renewal_refused, renewed
from onecity.licences.usecases import Changed, Letter, Licences, change, load
from onecity.machinery.jobs import each_due

if TYPE_CHECKING:
    from asyncpg import Connection

_KEYS: Final = UUID("0e6d6d5b-6c5e-5d0b-9a35-726e65776564")
"""Namespace of the idempotency keys of renewals by silence: an edition is given once, whoever finds it due."""
_AT_ONCE: Final = 200


class _Rule(Protocol):
    """What is decided of a licence by its type."""

    def __call__(
        self, licence: Licence, kind: LicenceType, *, by: Acting, today: date
    ) -> tuple[Fact, ...] | Refused: ...


async def ask_renewal(licence: UUID, *, licences: Licences, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """The holder asks for the next edition."""

    def letter(_found: Licence, facts: tuple[Fact, ...]) -> Letter:
        until = next(fact.until for fact in facts if isinstance(fact, RenewalAsked))
        return Letter("licences.renewal_asked", RENEWAL, due=until)

    return await _under_type(licence, renewal_asked, letter, licences=licences, key=key, by=by, now=now)


async def renew(licence: UUID, *, licences: Licences, key: UUID, by: Acting, now: datetime) -> Changed | Refused:
    """Give a licence its next edition."""

    def letter(_found: Licence, facts: tuple[Fact, ...]) -> Letter:
        until = next(fact.valid_until for fact in facts if isinstance(fact, LicenceRenewed))
        return Letter("licences.renewed", RENEWAL, due=until)

    return await _under_type(licence, renewed, letter, licences=licences, key=key, by=by, now=now)


async def _under_type(
    licence: UUID, rule: _Rule, letter: Callable[[Licence, tuple[Fact, ...]], Letter], *, licences: Licences,
    key: UUID, by: Acting, now: datetime,
) -> Changed | Refused:  # fmt: skip
    """Change a licence by a rule that asks the type under which it was issued."""
    found, today = await load(licence, licences=licences), day_in(licences.zone, now)
    if found is None:
        return Refused(Why.NOT_FOUND)
    kind = await licences.type_of(found.issued)

    def decide(found: Licence) -> tuple[Fact, ...] | Refused:
        return rule(found, kind, by=by, today=today)

    return await change(licence, decide, letter, licences=licences, key=key, by=by, now=now)


async def refuse_renewal(
    licence: UUID, words: Mapping[str, str], *, licences: Licences, key: UUID, by: Acting, now: datetime
) -> Changed | Refused:
    """Let a licence end on its day, and tell its holder why."""
    today, said = day_in(licences.zone, now), {part: text.strip() for part, text in words.items()}

    def decide(found: Licence) -> tuple[Fact, ...] | Refused:
        return renewal_refused(found, words, by=by, today=today)

    def letter(found: Licence, _facts: tuple[Fact, ...]) -> Letter:
        return Letter("licences.renewal_refused", RENEWAL, said, found.valid_until)

    return await change(licence, decide, letter, licences=licences, key=key, by=by, now=now)


async def remind_of_ends(now: datetime, *, licences: Licences) -> int:
    """Remind holders of licences that end soon, with the last day to ask for the next one; how many."""
    today = day_in(licences.zone, now)

    async def found(connection: "Connection", after: store.Renewal | None) -> list[store.Renewal]:
        return await store.ends_between(connection, today, today + REMINDED, after=after, limit=_AT_ONCE)

    async def tell(due: store.Renewal) -> bool:
        return await _reminded(due, licences=licences, now=now)

    return await each_due(licences.ledger.readers, found, tell)


async def _reminded(due: store.Renewal, *, licences: Licences, now: datetime) -> bool:
    current = await load(due.licence, licences=licences)
    if current is None:
        return False
    last, today = (await licences.type_of(current.issued)).renewal_last_day(due.until), day_in(licences.zone, now)
    ask = last if last is not None and last >= today else None

    def letter(_found: Licence, _facts: tuple[Fact, ...]) -> Letter:
        return Letter("licences.ends_soon" if ask is None else "licences.renew_soon", RENEWAL, due=ask or due.until)

    done = await change(
        due.licence, lambda found: ends_soon(found, today=today), letter, licences=licences,
        key=uuid5(_KEYS, f"ends {due.licence} {due.until}"), by=the_city(), now=now,
    )  # fmt: skip
    return isinstance(done, Changed)


async def let_silence_renew(now: datetime, *, licences: Licences) -> int:
    """Renew what was asked for in time and what nobody answered before its last day was over; how many.

    Source: 行政许可法 (2019-04-23) article 50 ¶2.
    """
    today = day_in(licences.zone, now)

    async def found(connection: "Connection", after: store.Renewal | None) -> list[store.Renewal]:
        return await store.renewals_over(connection, today, after=after, limit=_AT_ONCE)

    async def give(due: store.Renewal) -> bool:
        key = uuid5(_KEYS, f"{due.licence} {due.until}")
        return isinstance(await renew(due.licence, licences=licences, key=key, by=the_city(), now=now), Changed)

    return await each_due(licences.ledger.readers, found, give)
