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


class RequestRow(msgspec.Struct, frozen=True):
    """A report as everybody may see it, with the case that it follows: not who reported, and not where exactly.

    `changed` is when somebody outside could last see a change; `answer_by` is the day of the report itself.
    """

    number: str
    reported: datetime
    changed: datetime
    matter: str
    area: str
    cell: str | None
    lead: str | None
    answer_by: date
    stage: str
    due: date | None
    due_at: datetime | None
    result: str | None
    reports: int


class ProgramKey(msgspec.Struct, frozen=True):
    """A key with which a program reports, without the key itself: for which program it was made, and when."""

    name: str
    made: datetime


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


async def reports_of(connection: "Connection", subject: UUID) -> list[ReportRow]:
    """All that a person reported, the newest first."""
    query = f"select {_REPORT} from reports r where r.subject = $1 order by r.reported desc"
    return [ReportRow(*row) for row in await connection.fetch(query, subject)]


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


async def last_change(connection: "Connection") -> datetime | None:
    """When a case of the street changed last; None if there is none."""
    found: datetime | None = await connection.fetchval("select changed from problems order by changed desc limit 1")
    return found


_CHANGED: Final = "greatest(p.changed, o.changed)"
"""A report that was joined to another case changed with its own case, which ended then."""
_CHANGED_SINCE: Final = (
    "r.report in (select s.report from problems q join reports s on q.case_id = s.case_id where q.changed >= {0}"
    " union all select s.report from problems q join reports s on q.case_id = s.opened where q.changed >= {0})"
)
"""The same as a condition that finds by index what changed, however long ago it was reported."""
_REQUESTS: Final = (
    f"select r.number, r.reported, {_CHANGED} as changed, p.matter, p.area, coalesce(p.cell, r.cell) as cell, p.lead,"
    " o.answer_by, p.stage, c.due, c.due_at, c.result,"
    " (select count(*)::int from reports s where s.case_id = r.case_id) as reports"
    " from reports r join problems p on p.case_id = r.case_id join problems o on o.case_id = r.opened"
    " join cases c on c.id = r.case_id"
)


async def requests(
    connection: "Connection",
    *,
    numbers: Sequence[str] | None = None,
    matters: Sequence[str] | None = None,
    is_open: bool | None = None,
    reported: tuple[datetime | None, datetime | None] = (None, None),
    changed: tuple[datetime | None, datetime | None] = (None, None),
    limit: int,
    offset: int = 0,
) -> list[RequestRow]:
    """Reports as everybody may see them, the newest first; None asks for all, and both ends of a time belong to it."""
    conditions = (
        ("r.number = any({0})", numbers),
        ("p.matter = any({0})", matters),
        ("(c.result is null) = {0}", is_open),
        ("r.reported >= {0}", reported[0]),
        ("r.reported <= {0}", reported[1]),
        (_CHANGED_SINCE, changed[0]),
        (f"{_CHANGED} <= {{0}}", changed[1]),
    )
    # Only what is asked for stands in the statement: one plan for all of them would walk through every report.
    asked = [(condition, value) for condition, value in conditions if value is not None]
    where = " and ".join(condition.format(f"${place}") for place, (condition, _) in enumerate(asked, start=3)) or "true"
    query = f"{_REQUESTS} where {where} order by r.reported desc, r.report desc limit $1 offset $2"
    return [RequestRow(*row) for row in await connection.fetch(query, limit, offset, *(value for _, value in asked))]


async def number_of(connection: "Connection", report: UUID) -> str | None:
    """The number of a report."""
    found: str | None = await connection.fetchval("select number from reports where report = $1", report)
    return found


async def keep_key(connection: "Connection", hashed: bytes, name: str, at: datetime) -> bool:
    """Keep the hash of a key; false if there is one of that name."""
    query = "insert into open311_keys values ($1, $2, $3) on conflict (name) do nothing returning name"
    return await connection.fetchval(query, hashed, name, at) is not None


async def key_holds(connection: "Connection", hashed: bytes) -> bool:
    """Whether there is a key of a hash."""
    return await connection.fetchval("select true from open311_keys where hash = $1", hashed) is not None


async def keys(connection: "Connection") -> list[ProgramKey]:
    """All keys of programs."""
    rows = await connection.fetch("select name, made from open311_keys order by name")
    return [ProgramKey(*row) for row in rows]


async def end_key(connection: "Connection", name: str) -> bool:
    """Let a key open nothing more; false if there is none of that name."""
    return await connection.fetchval("delete from open311_keys where name = $1 returning name", name) is not None
