"""Cases of the street as lists show them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.governance.store.lateness import late
from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

if TYPE_CHECKING:
    from asyncpg import Connection


class ProblemRow(msgspec.Struct, frozen=True):
    """A case of the street as lists and maps show it. Units: degrees, WGS-84; instants in UTC.

    `due_at` and `due` are the latest instant or day of the unit, whose clock is `stopped` while the case is
    suspended; `reports` is how many reported it.
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
    stopped: bool
    result: str | None
    reports: int
    part: str | None


PROBLEM: Final = (
    "p.case_id, p.number, p.source, p.matter, p.condition, p.area, p.cell, p.longitude, p.latitude, p.zone, p.urgent,"
    " p.lead, p.answer_by, p.reported, p.filed, p.dispatched, p.handled, p.verified, p.closed, p.returned, p.reworked,"
    " p.extended, p.deferred, p.reopened, p.stage, c.due, c.due_at, c.stopped, c.result,"
    " (select count(*)::int from reports r where r.case_id = p.case_id) as reports, p.part"
)


JOINED: Final = f"select {PROBLEM} from problems p join cases c on c.id = p.case_id"


async def problems(connection: "Connection", cases: Sequence[UUID]) -> dict[UUID, ProblemRow]:
    """Some cases of the street by their ids."""
    rows = await connection.fetch(f"{JOINED} where p.case_id = any($1)", list(cases))
    return {row["case_id"]: ProblemRow(*row) for row in rows}


async def open_in(connection: "Connection", cells: Sequence[str], *, limit: int) -> list[ProblemRow]:
    """Cases of the street that are not closed and lie in some cells, the newest first."""
    query = f"{JOINED} where p.cell = any($1) and c.result is null order by p.reported desc limit $2"
    return [ProblemRow(*row) for row in await connection.fetch(query, list(cells), limit)]


async def open_in_street(connection: "Connection", area: str, *, since: datetime, limit: int) -> list[ProblemRow]:
    """Cases that are not closed, lie in a street by its code and were reported since, the newest first."""
    query = (
        f"{JOINED} where p.area = $1 and p.reported >= $2 and c.result is null"
        " order by p.reported desc, p.case_id desc limit $3"
    )
    return [ProblemRow(*row) for row in await connection.fetch(query, area, since, limit)]


async def filed_near(
    connection: "Connection", cells: Sequence[str], part: str | None, *, closed: datetime, until: datetime, limit: int
) -> list[ProblemRow]:
    """Cases in some cells or about a part that were filed and follow no other, were reported before an instant, and are
    open or were closed since another one; the newest first.
    """
    query = (
        f"{JOINED} where (p.cell = any($1) or p.part = $2) and p.filed is not null and p.stage <> 'joined'"
        " and p.reported < $4 and (p.closed is null or p.closed >= $3) order by p.reported desc limit $5"
    )
    return [ProblemRow(*row) for row in await connection.fetch(query, list(cells), part, closed, until, limit)]


async def latest_problems(
    connection: "Connection", *, since: datetime, until: datetime, limit: int, after: UUID | None = None
) -> list[ProblemRow]:
    """Cases of the street that were reported in a time, the newest first; `after` goes on behind a case."""
    query = (
        f"{JOINED} where p.reported >= $1 and p.reported < $2 and ($3::uuid is null or (p.reported, p.case_id) <"
        " (select q.reported, q.case_id from problems q where q.case_id = $3))"
        " order by p.reported desc, p.case_id desc limit $4"
    )
    return [ProblemRow(*row) for row in await connection.fetch(query, since, until, after, limit)]


async def strained(
    connection: "Connection", held: Sequence[Held], *, now: datetime, today: date, limit: int
) -> list[ProblemRow]:
    """Open cases within the scopes of duties that are late, came back or were sent back, the oldest first."""
    query = (
        f"{JOINED} where c.result is null and (p.returned > 0 or p.reworked > 0 or p.reopened is not null"
        f" or {late(now='$3', today='$4')})"
        f" and {covered('c.agency', 'c.area', first=1)} order by p.reported, p.case_id limit $5"
    )
    rows = await connection.fetch(query, *columns_of(one.scope for one in held), now, today, limit)
    return [ProblemRow(*row) for row in rows]


async def last_change(connection: "Connection") -> datetime | None:
    """When a case of the street changed last; None if there is none."""
    found: datetime | None = await connection.fetchval("select changed from problems order by changed desc limit 1")
    return found
