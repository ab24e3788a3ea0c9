"""The SQL of proposals about officers and of absences."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import columns_of, covered
from onecity.people.model import Absence

if TYPE_CHECKING:
    from asyncpg import Connection


class ProposalRow(msgspec.Struct, frozen=True):
    """A proposal as lists show it."""

    proposal: UUID
    kind: str
    officer: UUID
    agency: str
    area: str
    proposed_by: UUID
    proposed: datetime
    confirmed: bool | None


_COLUMNS = "p.proposal, p.kind, p.officer, p.department, p.area, p.proposed_by, p.proposed, p.confirmed"
_WITHIN = covered("p.department", "p.area", first=1)


async def open_proposals(connection: "Connection", held: Sequence[Held]) -> list[ProposalRow]:
    """What waits for a decision within the scopes of duties, the oldest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from proposals p where p.decided is null and {_WITHIN} order by p.proposed, p.proposal",
        *columns_of(one.scope for one in held),
    )
    return [ProposalRow(*row) for row in rows]


async def visible_proposal(connection: "Connection", proposal: UUID, held: Sequence[Held]) -> ProposalRow | None:
    """One proposal, if it lies in the scope of one of the duties; None does not say whether it exists."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from proposals p where p.proposal = $3 and {_WITHIN}",
        *columns_of(one.scope for one in held),
        proposal,
    )
    return ProposalRow(*row) if row else None


async def proposals_about(connection: "Connection", officer: UUID) -> list[ProposalRow]:
    """What was proposed about an officer, the newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from proposals p where p.officer = $1 order by p.proposed desc, p.proposal", officer
    )
    return [ProposalRow(*row) for row in rows]


async def absences_of(connection: "Connection", people: Sequence[UUID], today: date) -> list[Absence]:
    """The absences of some officers that are not over yet."""
    rows = await connection.fetch(
        "select absence, person, deputy, since, until, confirmed from absences where person = any($1) and until >= $2"
        " order by since, absence",
        list(people), today,
    )  # fmt: skip
    return [Absence(row["absence"], PersonId(row["person"]), PersonId(row["deputy"]), *list(row)[3:]) for row in rows]
