"""All the SQL of governance."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

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
    `part` is the number of the part that it is about, if an officer named one.
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
    part: str | None


class RequestRow(msgspec.Struct, frozen=True):
    """A report as everybody may see it, with the case that it follows: not who reported, and not where exactly.

    `changed` is when somebody outside could last see a change; `answer_by` is the day of the report itself. `copy` is
    the photograph of its own case that was released first, sealed under the key of `subject`.
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
    copy: str | None = None
    subject: UUID | None = None


class ReleasedRow(msgspec.Struct, frozen=True):
    """A masked copy that everybody may see, the case that it is of, and under whose key it lies."""

    copy: str
    case: UUID
    subject: UUID
    photo: str
    released: datetime


class ProgramKey(msgspec.Struct, frozen=True):
    """A key with which a program reports, without the key itself: for which program it was made, and when."""

    name: str
    made: datetime


_REPORT: Final = "r.report, r.subject, r.number, r.source, r.case_id, r.opened, r.cell, r.reported"
_PROBLEM: Final = (
    "p.case_id, p.number, p.source, p.matter, p.condition, p.area, p.cell, p.longitude, p.latitude, p.zone, p.urgent,"
    " p.lead, p.answer_by, p.reported, p.filed, p.dispatched, p.handled, p.verified, p.closed, p.returned, p.reworked,"
    " p.extended, p.deferred, p.reopened, p.stage, c.due, c.due_at, c.result,"
    " (select count(*)::int from reports r where r.case_id = p.case_id) as reports, p.part"
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


async def open_in_street(connection: "Connection", area: str, *, since: datetime, limit: int) -> list[ProblemRow]:
    """Cases that are not closed, lie in a street by its code and were reported since, the newest first."""
    query = (
        f"{_JOINED} where p.area = $1 and p.reported >= $2 and c.result is null"
        " order by p.reported desc, p.case_id desc limit $3"
    )
    return [ProblemRow(*row) for row in await connection.fetch(query, area, since, limit)]


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


async def strained(
    connection: "Connection", held: Sequence[Held], *, now: datetime, today: date, limit: int
) -> list[ProblemRow]:
    """Open cases within the scopes of duties that are late, came back or were sent back, the oldest first."""
    query = (
        f"{_JOINED} where c.result is null and (p.returned > 0 or p.reworked > 0 or p.reopened is not null"
        " or c.due_at < $3 or (c.due_at is null and c.due < $4))"
        f" and {covered('c.agency', 'c.area', first=1)} order by p.reported, p.case_id limit $5"
    )
    rows = await connection.fetch(query, *columns_of(one.scope for one in held), now, today, limit)
    return [ProblemRow(*row) for row in rows]


async def keep_caller(connection: "Connection", hashed: bytes, report: UUID, at: datetime) -> None:
    """Keep from which number, by its keyed hash, a report came."""
    await connection.execute("insert into callers values ($1, $2, $3) on conflict do nothing", report, hashed, at)


async def open_of_caller(connection: "Connection", hashed: bytes, *, limit: int) -> list[tuple[ReportRow, ProblemRow]]:
    """The reports that came from a number and are not closed, with their cases, the newest first."""
    query = (
        f"select {_REPORT}, {_PROBLEM} from callers k join reports r on r.report = k.report"
        " join problems p on p.case_id = r.case_id join cases c on c.id = r.case_id"
        " where k.number = $1 and c.result is null order by r.reported desc limit $2"
    )
    width = len(ReportRow.__struct_fields__)
    rows = [tuple(row) for row in await connection.fetch(query, hashed, limit)]
    return [(ReportRow(*row[:width]), ProblemRow(*row[width:])) for row in rows]


async def forget_callers(connection: "Connection", reports: Sequence[UUID]) -> None:
    """Forget from which numbers some reports came."""
    await connection.execute("delete from callers where report = any($1)", list(reports))


async def purge_callers(connection: "Connection", ended: datetime, *, limit: int) -> int:
    """Forget from which numbers reports came whose cases ended before an instant; how many."""
    rows = await connection.fetch(
        "delete from callers where report in (select k.report from callers k join reports r on r.report = k.report"
        " join cases c on c.id = r.case_id where c.ended < $1 limit $2) returning report",
        ended, limit,
    )  # fmt: skip
    return len(rows)


async def last_change(connection: "Connection") -> datetime | None:
    """When a case of the street changed last; None if there is none."""
    found: datetime | None = await connection.fetchval("select changed from problems order by changed desc limit 1")
    return found


_CHANGED: Final = "greatest(p.changed, o.changed)"
"""A report that was joined to another case changed with its own case, which ended then."""
_LEADING: Final = "(case when p.number = r.number then true else false end)"
"""Whether a report gave its case the number. Written plainly, the planner takes it for rare and sorts all reports."""
_IN_CELLS: Final = (
    "r.case_id = any(array(select q.case_id from problems q where q.cell = any({0})"
    " union all select q.case_id from problems q where q.cell is null))"
)
"""What lies in some cells or in none. As an array it is found first, by index; joined, every report is walked by."""
_CHANGED_SINCE: Final = (
    "r.report in (select s.report from problems q join reports s on q.case_id = s.case_id where q.changed >= {0}"
    " union all select s.report from problems q join reports s on q.case_id = s.opened where q.changed >= {0})"
)
"""The same as a condition that finds by index what changed, however long ago it was reported."""
_REQUESTS: Final = (
    f"select r.number, r.reported, {_CHANGED} as changed, p.matter, p.area, coalesce(p.cell, r.cell) as cell, p.lead,"
    " o.answer_by, p.stage, c.due, c.due_at, c.result,"
    " (select count(*)::int from reports s where s.case_id = r.case_id) as reports, f.copy, f.subject"
    " from reports r join problems p on p.case_id = r.case_id join problems o on o.case_id = r.opened"
    " join cases c on c.id = r.case_id"
    " left join lateral (select q.copy, q.subject from released_photos q where q.case_id = r.opened"
    " order by q.released, q.copy limit 1) f on true"
)
_RELEASED: Final = "select copy, case_id, subject, photo, released from released_photos"


async def released(connection: "Connection", copy: str) -> ReleasedRow | None:
    """A released copy by its name."""
    row = await connection.fetchrow(f"{_RELEASED} where copy = $1", copy)
    return ReleasedRow(*row) if row else None


async def released_of(connection: "Connection", case: UUID) -> list[ReleasedRow]:
    """The released copies of a case, the oldest first."""
    rows = await connection.fetch(f"{_RELEASED} where case_id = $1 order by released, copy", case)
    return [ReleasedRow(*row) for row in rows]


async def released_under(connection: "Connection", subject: UUID) -> list[ReleasedRow]:
    """The released copies that lie under somebody's key."""
    rows = await connection.fetch(f"{_RELEASED} where subject = $1 order by released, copy", subject)
    return [ReleasedRow(*row) for row in rows]


async def requests(
    connection: "Connection",
    *,
    numbers: Sequence[str] | None = None,
    matters: Sequence[str] | None = None,
    is_open: bool | None = None,
    reported: tuple[datetime | None, datetime | None] = (None, None),
    changed: tuple[datetime | None, datetime | None] = (None, None),
    cells: Sequence[str] | None = None,
    after: str | None = None,
    leading: bool = False,
    limit: int,
    offset: int = 0,
) -> list[RequestRow]:
    """Reports as everybody may see them, the newest first; None asks for all, and both ends of a time belong to it.

    `cells` keeps those without a place too, `after` goes on behind the report with a number, and `leading` asks of each
    case only for the report that gave it its number.
    """
    conditions = (
        (f"{_LEADING} = {{0}}", leading or None),
        (_IN_CELLS, cells),
        ("(r.reported, r.report) < (select s.reported, s.report from reports s where s.number = {0})", after),
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


async def how_many_problems(
    connection: "Connection",
    *,
    cells: Sequence[str] | None,
    reported: tuple[datetime | None, datetime | None],
    most: int,
) -> int:
    """How many cases `requests` finds by their leading reports, counted up to `most`."""
    conditions = ((_IN_CELLS, cells), ("r.reported >= {0}", reported[0]), ("r.reported <= {0}", reported[1]))
    asked = [(condition, value) for condition, value in conditions if value is not None]
    where = " and ".join([_LEADING, *(one.format(f"${place}") for place, (one, _) in enumerate(asked, start=2))])
    query = (
        "select count(*) from (select from reports r join problems p on p.case_id = r.case_id"
        f" where {where} limit $1) counted"
    )
    found: int = await connection.fetchval(query, most, *(value for _, value in asked))
    return found


async def first_reported(connection: "Connection") -> datetime | None:
    """When the first report was made."""
    found: datetime | None = await connection.fetchval("select min(reported) from reports")
    return found


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


async def program_of(connection: "Connection", hashed: bytes) -> str | None:
    """For which program a key of a hash was made."""
    found: str | None = await connection.fetchval("select name from open311_keys where hash = $1", hashed)
    return found


async def keys(connection: "Connection") -> list[ProgramKey]:
    """All keys of programs."""
    rows = await connection.fetch("select name, made from open311_keys order by name")
    return [ProgramKey(*row) for row in rows]


async def end_key(connection: "Connection", name: str) -> bool:
    """Let a key open nothing more; false if there is none of that name."""
    return await connection.fetchval("delete from open311_keys where name = $1 returning name", name) is not None


class Sight(msgspec.Struct, frozen=True):
    """A case of the street as a map shows it. `mark` is late, waiting, handling, verify or verified; `number` is that
    of its report. A case that is not filed yet has no point, one that was told by its address alone has no cell.
    """

    case: UUID
    number: str
    matter: str
    area: str
    cell: str | None
    longitude: float | None
    latitude: float | None
    mark: str
    stage: str
    due: date | None
    due_at: datetime | None


class Happened(msgspec.Struct, frozen=True):
    """A case as one event of a place and an instant."""

    case: UUID
    matter: str
    cell: str | None
    longitude: float | None
    latitude: float | None
    reported: datetime


_MARK: Final = (
    "case when p.stage in ('verify') then 'verify' when p.stage in ('close', 'closed') then 'verified'"
    " when not c.stopped and (c.due_at < $1 or c.due_at is null and c.due < $2) then 'late'"
    " when p.stage in ('handle', 'deferred') then 'handling' else 'waiting' end"
)
"""The shape of a case: its stage, and above all that it is late. What waits to be looked at is not late any more."""
_SHOWN: Final = "(c.result is null or p.stage = 'closed' and p.closed >= $3)"
"""What is open, and what was put right lately."""
_SIGHTS: Final = (
    f"select p.case_id, p.number, p.matter, p.area, p.cell, p.longitude, p.latitude, {_MARK} as mark, p.stage, c.due,"
    f" c.due_at, p.reported from problems p join cases c on c.id = p.case_id where {_SHOWN}"
)


class Seeing(msgspec.Struct, frozen=True):
    """What is to be seen: as of an instant and a day, what was put right since another, of some marks (all if none)."""

    now: datetime
    today: date
    since: datetime
    marks: Sequence[str] = ()


def _within_scope(first: int) -> str:
    """What somebody may open in their area: at the centre, at the unit that has it, or because a lot fell on them."""
    return (
        f" and ({covered('c.agency', 'p.area', first=first)} or {covered('p.lead', 'p.area', first=first)}"
        f" or exists (select from work_items w where w.case_id = p.case_id and w.drawn and w.holder = ${first + 2}))"
    )


async def sights(
    connection: "Connection", seeing: Seeing, *, of: tuple[UUID, Sequence[Held]] | None, limit: int, offset: int = 0
) -> list[Sight]:
    """Cases for a map, what is late first, then the newest; `of` an officer with their duties, None for everybody."""
    params: list[object] = [seeing.now, seeing.today, seeing.since, list(seeing.marks), limit, offset]
    query = _SIGHTS
    if of is not None:
        person, held = of
        query += _within_scope(len(params) + 1)
        params += [*columns_of(one.scope for one in held), person]
    rows = await connection.fetch(
        f"select * from ({query}) s where cardinality($4::text[]) = 0 or s.mark = any($4)"
        " order by s.mark = 'late' desc, s.reported desc, s.case_id limit $5 offset $6",
        *params,
    )
    return [Sight(*tuple(row)[:-1]) for row in rows]


async def counted(
    connection: "Connection", seeing: Seeing, *, of: tuple[UUID, Sequence[Held]] | None
) -> list[tuple[str, str, int]]:
    """How many cases have which mark in which county: its code, the mark, the number."""
    params: list[object] = [seeing.now, seeing.today, seeing.since]
    query = _SIGHTS
    if of is not None:
        person, held = of
        query += _within_scope(len(params) + 1)
        params += [*columns_of(one.scope for one in held), person]
    rows = await connection.fetch(
        f"select left(s.area, 6), s.mark, count(*)::int from ({query}) s group by 1, 2 order by 1, 2", *params
    )
    return [(county, mark, many) for county, mark, many in rows]


async def happened(connection: "Connection", *, since: datetime, until: datetime, limit: int) -> list[Happened]:
    """Cases that were reported in a time, without those that were nothing or belong to another."""
    rows = await connection.fetch(
        "select p.case_id, p.matter, p.cell, p.longitude, p.latitude, p.reported from problems p"
        " where p.reported >= $1 and p.reported < $2 and p.stage not in ('joined', 'void', 'declined')"
        " and (p.cell is not null or p.longitude is not null) order by p.reported desc limit $3",
        since, until, limit,
    )  # fmt: skip
    return [Happened(*row) for row in rows]
