"""All the SQL of governance."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


class ReportRow(msgspec.Struct, frozen=True):
    """A report as lists show it: who reported, and the case that it follows."""

    report: UUID
    subject: UUID
    number: str
    source: str
    case: UUID
    opened: UUID
    cell: str | None
    reported: datetime


class ProblemRow(msgspec.Struct, frozen=True):
    """A case of the street as lists and maps show it. Units: degrees, WGS-84; instants in UTC.

    `due_at` and `due` are the latest instant or day of the unit, if the clock runs; `reports` is how many reported it.
    """

    case: UUID
    number: str
    source: str
    matter: str
    condition: str | None
    area: str
    cell: str | None
    longitude: float | None
    latitude: float | None
    zone: str | None
    urgent: bool
    lead: str | None
    answer_by: date
    reported: datetime
    filed: datetime | None
    dispatched: datetime | None
    handled: datetime | None
    verified: datetime | None
    closed: datetime | None
    returned: int
    reworked: int
    extended: int
    deferred: int
    reopened: datetime | None
    stage: str
    due: date | None
    due_at: datetime | None
    result: str | None
    reports: int


_REPORT: Final = "r.report, r.subject, r.number, r.source, r.case_id, r.opened, r.cell, r.reported"
_PROBLEM: Final = (
    "p.case_id, p.number, p.source, p.matter, p.condition, p.area, p.cell, p.longitude, p.latitude, p.zone, p.urgent,"
    " p.lead, p.answer_by, p.reported, p.filed, p.dispatched, p.handled, p.verified, p.closed, p.returned, p.reworked,"
    " p.extended, p.deferred, p.reopened, p.stage, c.due, c.due_at, c.result,"
    " (select count(*)::int from reports r where r.case_id = p.case_id) as reports"
)
_JOINED: Final = f"select {_PROBLEM} from problems p join cases c on c.id = p.case_id"


async def reports_of_case(connection: "Connection", case: UUID) -> list[ReportRow]:
    """Everybody's reports that follow a case, the oldest first."""
    rows = await connection.fetch(f"select {_REPORT} from reports r where r.case_id = $1 order by r.reported", case)
    return [ReportRow(*row) for row in rows]


async def reports_of(connection: "Connection", subject: UUID, *, limit: int, offset: int = 0) -> list[ReportRow]:
    """What a person reported, the newest first."""
    query = f"select {_REPORT} from reports r where r.subject = $1 order by r.reported desc limit $2 offset $3"
    return [ReportRow(*row) for row in await connection.fetch(query, subject, limit, offset)]


async def report_numbered(connection: "Connection", number: str) -> ReportRow | None:
    """The report with a number."""
    row = await connection.fetchrow(f"select {_REPORT} from reports r where r.number = $1", number)
    return ReportRow(*row) if row else None


async def problems(connection: "Connection", cases: Sequence[UUID]) -> dict[UUID, ProblemRow]:
    """Some cases of the street by their ids."""
    rows = await connection.fetch(f"{_JOINED} where p.case_id = any($1)", list(cases))
    return {row["case_id"]: ProblemRow(*row) for row in rows}


async def open_in(connection: "Connection", cells: Sequence[str], *, limit: int) -> list[ProblemRow]:
    """Cases of the street that are not closed and lie in some cells, the newest first."""
    query = f"{_JOINED} where p.cell = any($1) and c.result is null order by p.reported desc limit $2"
    return [ProblemRow(*row) for row in await connection.fetch(query, list(cells), limit)]


async def latest_problems(
    connection: "Connection", *, since: datetime, until: datetime, limit: int, after: UUID | None = None
) -> list[ProblemRow]:
    """Cases of the street that were reported in a time, the newest first; `after` goes on behind a case."""
    query = (
        f"{_JOINED} where p.reported >= $1 and p.reported < $2 and ($3::uuid is null or (p.reported, p.case_id) <"
        " (select q.reported, q.case_id from problems q where q.case_id = $3))"
        " order by p.reported desc, p.case_id desc limit $4"
    )
    return [ProblemRow(*row) for row in await connection.fetch(query, since, until, after, limit)]
