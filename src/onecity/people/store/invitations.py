"""The SQL of invitations: who may choose a password and a second factor now."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.ids import PersonId

if TYPE_CHECKING:
    from asyncpg import Connection


class Invitation(msgspec.Struct, frozen=True):
    """An invitation as it is kept: no code, only its hash; the new second factor sealed once it was drawn."""

    person: PersonId
    proposal: UUID
    totp: bytes | None
    ends: datetime


async def put(connection: "Connection", invitation: Invitation, code: bytes) -> None:
    """Keep an invitation in the place of an older one; the same one again keeps what was drawn."""
    await connection.execute(
        "insert into invitations (person, proposal, code, ends) values ($1, $2, $3, $4)"
        " on conflict (person) do update set proposal = excluded.proposal, code = excluded.code, totp = null,"
        " ends = excluded.ends where invitations.proposal <> excluded.proposal",
        invitation.person, invitation.proposal, code, invitation.ends,
    )  # fmt: skip


async def by_code(connection: "Connection", code: bytes, now: datetime) -> Invitation | None:
    """The invitation of a code, while it holds."""
    row = await connection.fetchrow(
        "select person, proposal, totp, ends from invitations where code = $1 and ends > $2", code, now
    )
    return Invitation(PersonId(row["person"]), *list(row)[1:]) if row else None


async def of_proposal(connection: "Connection", proposal: UUID, now: datetime) -> datetime | None:
    """Until when the invitation of a proposal holds; None if it does not or was used."""
    found: datetime | None = await connection.fetchval(
        "select ends from invitations where proposal = $1 and ends > $2", proposal, now
    )
    return found


async def keep_totp(connection: "Connection", person: UUID, totp: bytes) -> bytes:
    """Keep the second factor that was drawn; the one drawn first stays."""
    kept: bytes = await connection.fetchval(
        "update invitations set totp = coalesce(totp, $2) where person = $1 returning totp", person, totp
    )
    return kept


async def use(connection: "Connection", person: UUID) -> None:
    """The invitation is used."""
    await connection.execute("delete from invitations where person = $1", person)
