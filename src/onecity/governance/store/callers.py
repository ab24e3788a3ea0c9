"""From which numbers reports came, by their keyed hashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.governance.store.problems import PROBLEM, ProblemRow
from onecity.governance.store.reports import REPORT, ReportRow

if TYPE_CHECKING:
    from asyncpg import Connection


async def keep_caller(connection: "Connection", hashed: bytes, report: UUID, at: datetime) -> None:
    """Keep from which number, by its keyed hash, a report came."""
    await connection.execute("insert into callers values ($1, $2, $3) on conflict do nothing", report, hashed, at)


async def open_of_caller(connection: "Connection", hashed: bytes, *, limit: int) -> list[tuple[ReportRow, ProblemRow]]:
    """The reports that came from a number and are not closed, with their cases, the newest first."""
    query = (
        f"select {REPORT}, {PROBLEM} from callers k join reports r on r.report = k.report"
        " join problems p on p.case_id = r.case_id join cases c on c.id = r.case_id"
        " where k.number = $1 and c.result is null order by r.reported desc limit $2"
    )
    width = len(ReportRow.__struct_fields__)
    rows = [tuple(row) for row in await connection.fetch(query, hashed, limit)]
    return [(ReportRow(*row[:width]), ProblemRow(*row[width:])) for row in rows]


async def forget_callers(connection: "Connection", reports: Sequence[UUID]) -> None:
    """Forget from which numbers some reports came."""
    await connection.execute("delete from callers where report = any($1)", list(reports))


async def purge_callers(connection: "Connection", ended: datetime, kept: datetime, *, limit: int) -> int:
    """Forget from which numbers reports came whose cases ended before an instant, or that were kept before another one
    for reports that never came; how many.
    """
    rows = await connection.fetch(
        "delete from callers where report in (select k.report from callers k left join reports r on r.report = k.report"
        " left join cases c on c.id = r.case_id where c.ended < $1 or (r.report is null and k.at < $2) limit $3)"
        " returning report",
        ended, kept, limit,
    )  # fmt: skip
    return len(rows)
