"""Cases of the street on a map, and what happened where."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from onecity.governance.model import Mark
from onecity.governance.store.lateness import late
from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

if TYPE_CHECKING:
    from asyncpg import Connection


class Sight(msgspec.Struct, frozen=True):
    """A case of the street as a map shows it. `number` is that of its report. A case that is not filed yet has no
    point, one that was told by its address alone has no cell.
    """

    case: UUID
    number: str
    matter: str
    area: str
    cell: str | None
    longitude: float | None
    latitude: float | None
    mark: Mark
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
    f"case when p.stage = 'verify' then '{Mark.VERIFY}' when p.stage in ('close', 'closed') then '{Mark.VERIFIED}'"
    f" when {late(now='$1', today='$2')} then '{Mark.LATE}'"
    f" when p.stage in ('handle', 'deferred') then '{Mark.HANDLING}' else '{Mark.WAITING}' end"
)
"""The shape of a case. What waits to be looked at is not late any more."""


_SHOWN: Final = "(c.result is null or p.stage = 'closed' and p.closed >= $3)"
"""What is open, and what was put right lately."""


_SIGHTS: Final = (
    f"select p.case_id, p.number, p.matter, p.area, p.cell, p.longitude, p.latitude, {_MARK} as mark, p.stage, c.due,"
    f" c.due_at, p.reported from problems p join cases c on c.id = p.case_id where {_SHOWN}"
)


class Within(msgspec.Struct, frozen=True):
    """A box, and the cells whose middles lie in it. Units: degrees, WGS-84; west, south, east, north."""

    box: tuple[float, float, float, float]
    cells: Sequence[str]


class Seeing(msgspec.Struct, frozen=True):
    """What is to be seen: as of an instant and a day, what was put right since another, of some marks (all if none),
    where; what has no cell is everywhere.
    """

    now: datetime
    today: date
    since: datetime
    marks: Sequence[Mark] = ()
    within: Within | None = None


def _within_scope(first: int) -> str:
    """What somebody may open in their area: at the centre, at the unit that has it, or because a lot fell on them."""
    return (
        f" and ({covered('c.agency', 'p.area', first=first)} or {covered('p.lead', 'p.area', first=first)}"
        f" or exists (select from work_items w where w.case_id = p.case_id and w.drawn and w.holder = ${first + 2}))"
    )


def _in_box(first: int, *, by_point: bool) -> str:
    """What is drawn in a box: by its point where somebody may see it, else by its cell, and what is drawn nowhere."""
    in_cells = f"p.cell = any(${first}::text[])"
    if not by_point:
        return f" and ({in_cells} or p.cell is null)"
    points = f"p.longitude between ${first + 1} and ${first + 3} and p.latitude between ${first + 2} and ${first + 4}"
    return f" and ({points} or p.longitude is null and ({in_cells} or p.cell is null))"


def _sight(*row: Any) -> Sight:
    sight = Sight(*row)
    return msgspec.structs.replace(sight, mark=Mark(sight.mark))


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
    if seeing.within is not None:
        query += _in_box(len(params) + 1, by_point=of is not None)
        params += [seeing.within.cells, *(seeing.within.box if of is not None else ())]
    rows = await connection.fetch(
        f"select * from ({query}) s where cardinality($4::text[]) = 0 or s.mark = any($4)"
        f" order by s.mark = '{Mark.LATE}' desc, s.reported desc, s.case_id limit $5 offset $6",
        *params,
    )
    return [_sight(*tuple(row)[:-1]) for row in rows]


async def counted(
    connection: "Connection", seeing: Seeing, *, of: tuple[UUID, Sequence[Held]] | None
) -> list[tuple[str, Mark, int]]:
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
    return [(county, Mark(mark), many) for county, mark, many in rows]


async def happened(connection: "Connection", *, since: datetime, until: datetime, limit: int) -> list[Happened]:
    """Cases that were reported in a time, without those that were nothing or belong to another."""
    rows = await connection.fetch(
        "select p.case_id, p.matter, p.cell, p.longitude, p.latitude, p.reported from problems p"
        " where p.reported >= $1 and p.reported < $2 and p.stage not in ('joined', 'void', 'declined')"
        " and (p.cell is not null or p.longitude is not null) order by p.reported desc limit $3",
        since, until, limit,
    )  # fmt: skip
    return [Happened(*row) for row in rows]
