"""Reports as lists show them."""

from datetime import datetime
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


REPORT: Final = "r.report, r.subject, r.number, r.source, r.case_id, r.opened, r.cell, r.reported"


async def reports_of_case(connection: "Connection", case: UUID) -> list[ReportRow]:
    """Everybody's reports that follow a case, the oldest first."""
    rows = await connection.fetch(f"select {REPORT} from reports r where r.case_id = $1 order by r.reported", case)
    return [ReportRow(*row) for row in rows]


async def reports_of(connection: "Connection", subject: UUID) -> list[ReportRow]:
    """All that a person reported, the newest first."""
    query = f"select {REPORT} from reports r where r.subject = $1 order by r.reported desc"
    return [ReportRow(*row) for row in await connection.fetch(query, subject)]


async def report_numbered(connection: "Connection", number: str) -> ReportRow | None:
    """The report with a number."""
    row = await connection.fetchrow(f"select {REPORT} from reports r where r.number = $1", number)
    return ReportRow(*row) if row else None


async def number_of(connection: "Connection", report: UUID) -> str | None:
    """The number of a report."""
    found: str | None = await connection.fetchval("select number from reports where report = $1", report)
    return found
