"""All the SQL of casework."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.acting import area_prefix
from onecity.machinery.web import Held

if TYPE_CHECKING:
    from asyncpg import Connection

_COLUMNS = (
    "c.id, c.matter, c.process, c.affair, c.subject, c.agency, c.area, c.received, c.accepted, c.due, c.result, c.ended"
)
_HELD = "unnest($2::text[], $3::text[], $4::text[]) h(duty, agency, area)"
_COVERS = "h.agency = c.agency and starts_with(c.area, h.area)"


class CaseRow(msgspec.Struct, frozen=True):
    """A case as lists show it."""

    id: UUID
    matter: str
    process: str
    affair: UUID
    subject: UUID
    agency: str
    area: str
    received: date
    accepted: date | None
    due: date | None
    result: str | None
    ended: datetime | None


class WorkRow(msgspec.Struct, frozen=True):
    """A step that waits, with its case."""

    case: CaseRow
    step: str
    duty: str
    since: datetime


async def cases_of_affair(connection: "Connection", affair: UUID) -> list[CaseRow]:
    """The cases that belong to an affair, in the order in which they were opened."""
    rows = await connection.fetch(f"select {_COLUMNS} from cases c where c.affair = $1 order by c.id", affair)
    return [CaseRow(*row) for row in rows]


async def cases_of(connection: "Connection", subject: UUID, *, limit: int = 200) -> list[CaseRow]:
    """A person's cases, the newest first."""
    query = f"select {_COLUMNS} from cases c where c.subject = $1 order by c.received desc, c.id desc limit $2"
    return [CaseRow(*row) for row in await connection.fetch(query, subject, limit)]


async def followers(connection: "Connection", case: UUID) -> list[UUID]:
    """The cases that wait for the result of a case."""
    rows = await connection.fetch("select case_id from case_order where before = $1 order by 1", case)
    return [row["case_id"] for row in rows]


async def visible_case(connection: "Connection", case: UUID, held: Sequence[Held]) -> CaseRow | None:
    """One case, if it lies in the scope of one of the duties; None does not say whether it exists."""
    query = f"select {_COLUMNS} from cases c where c.id = $1 and exists (select from {_HELD} where {_COVERS})"
    row = await connection.fetchrow(query, case, *_columns(held))
    return CaseRow(*row) if row else None


async def work_list(connection: "Connection", held: Sequence[Held], *, limit: int = 50) -> list[WorkRow]:
    """What waits for the duties in their scopes: first what nobody accepted yet, then by the latest day."""
    query = (
        f"select {_COLUMNS}, w.step, w.duty, w.since from work_items w join cases c on c.id = w.case_id"
        f" where exists (select from {_HELD} where h.duty = w.duty and {_COVERS})"
        " order by c.due nulls first, w.since limit $1"
    )
    rows = await connection.fetch(query, limit, *_columns(held))
    return [WorkRow(CaseRow(*list(row)[:-3]), row["step"], row["duty"], row["since"]) for row in rows]


def _columns(held: Sequence[Held]) -> tuple[list[str], list[str], list[str]]:
    return (
        [one.duty for one in held],
        [one.scope.department for one in held],
        [area_prefix(one.scope.area) for one in held],
    )
