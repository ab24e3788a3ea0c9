"""The SQL of mandates and consents."""

from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.people.facts import MandateKind
from onecity.people.model import Consent, Mandate

if TYPE_CHECKING:
    from asyncpg import Connection, Record

_MANDATE = "mandate, kind, grantor, agent, matters, since, until, ended is not null as ended"
_CONSENT = "consent, person, purpose, register, readers, until, ended is not null as ended"


def _mandate(row: "Record") -> Mandate:
    return Mandate(
        row["mandate"], MandateKind(row["kind"]), PersonId(row["grantor"]), PersonId(row["agent"]),
        tuple(row["matters"]), row["since"], row["until"], row["ended"],
    )  # fmt: skip


def _consent(row: "Record") -> Consent:
    return Consent(
        row["consent"], PersonId(row["person"]), row["purpose"], row["register"], tuple(row["readers"]), row["until"],
        row["ended"],
    )  # fmt: skip


async def mandate(connection: "Connection", which: UUID) -> Mandate | None:
    """One mandate."""
    row = await connection.fetchrow(f"select {_MANDATE} from mandates where mandate = $1", which)
    return _mandate(row) if row else None


async def matters_of(connection: "Connection", by: Acting) -> tuple[str, ...]:
    """The matters of the mandate under which somebody acts; none named means all, as for whoever acts for themself.

    At the window it is the mandate of whoever stands there.
    """
    if by.mandate is None:
        return ()
    found = await connection.fetchval(
        "select matters from mandates where mandate = $1"
        " or mandate = (select r.mandate from receptions r where r.reception = $1)",
        UUID(by.mandate),
    )
    return tuple(found or ())


async def held_by(connection: "Connection", agent: UUID) -> list[Mandate]:
    """For whom somebody may act, or might, the newest first."""
    rows = await connection.fetch(
        f"select {_MANDATE} from mandates where agent = $1 order by given desc, mandate", agent
    )
    return [_mandate(row) for row in rows]


async def given_by(connection: "Connection", grantor: UUID) -> list[Mandate]:
    """Who may act for somebody, or might, the newest first."""
    rows = await connection.fetch(
        f"select {_MANDATE} from mandates where grantor = $1 order by given desc, mandate", grantor
    )
    return [_mandate(row) for row in rows]


async def between(connection: "Connection", agent: UUID, grantor: UUID) -> list[Mandate]:
    """The mandates of one agent for one grantor."""
    rows = await connection.fetch(
        f"select {_MANDATE} from mandates where agent = $1 and grantor = $2 order by given, mandate", agent, grantor
    )
    return [_mandate(row) for row in rows]


async def consents_of(connection: "Connection", person: UUID, purpose: str | None = None) -> list[Consent]:
    """What somebody agreed to, for one purpose or for all, the newest first."""
    rows = await connection.fetch(
        f"select {_CONSENT} from consents where person = $1 and ($2::text is null or purpose = $2)"
        " order by given desc, consent",
        person, purpose,
    )  # fmt: skip
    return [_consent(row) for row in rows]


async def act_for(connection: "Connection", token: bytes, which: UUID | None) -> None:
    """From now on the session acts under a mandate, or for its own person."""
    await connection.execute("update sessions set mandate = $2 where token = $1", token, which)
