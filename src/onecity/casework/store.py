"""All the SQL of casework."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import area_prefix
from onecity.machinery.web import Held

if TYPE_CHECKING:
    from asyncpg import Connection

_COLUMNS = (
    "c.id, c.matter, c.process, c.affair, c.subject, c.agency, c.area, c.received, c.accepted, c.due, c.stopped,"
    " c.overrun, c.result, c.ended, c.delivered, c.rated"
)
_WORK: Final = "w.step, w.duty, w.since, w.due as by_day, w.silent, w.holder"
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
    stopped: bool
    overrun: date | None
    result: str | None
    ended: datetime | None
    delivered: datetime | None
    rated: int | None


class WorkRow(msgspec.Struct, frozen=True):
    """A step that waits, with its case. `due` is the latest day: of the decision, or to hand over what was decided;
    `silent` is the last day to move the step before silence does.
    """

    case: CaseRow
    step: str
    duty: str
    since: date
    due: date | None
    silent: date | None
    holder: UUID | None


class DueWork(msgspec.Struct, frozen=True):
    """Something that the city may have to do by itself since a day; their order is that of the days."""

    day: date
    case: UUID
    step: str = ""


async def cases_of_affair(connection: "Connection", affair: UUID) -> list[CaseRow]:
    """The cases that belong to an affair, in the order in which they were opened."""
    rows = await connection.fetch(f"select {_COLUMNS} from cases c where c.affair = $1 order by c.id", affair)
    return [CaseRow(*row) for row in rows]


async def joint_affairs(connection: "Connection", areas: Sequence[str], *, limit: int = 50) -> list[tuple[UUID, date]]:
    """Affairs of several matters that still run within some areas, by the day of their first acceptance."""
    rows = await connection.fetch(
        "select c.affair, min(c.accepted) as since from cases c where c.affair in (select o.affair from cases o"
        " where o.result is null and exists (select from unnest($1::text[]) h(area) where starts_with(o.area, h.area)))"
        " group by c.affair having count(distinct c.matter) > 1 and min(c.accepted) is not null order by 2, 1 limit $2",
        [area_prefix(area) for area in areas], limit,
    )  # fmt: skip
    return [(row["affair"], row["since"]) for row in rows]


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


# A scope is resolved to queues first, and each queue is read from its own stretch of the index: a walk along the latest
# days through other people's cases would cost a hundred times as much for a narrow scope.
_WORK_LIST: Final = f"""
with h as (select * from {_HELD}), q as (
    select distinct q.agency, q.area, h.duty from h join queues q
        on q.agency = h.agency and starts_with(q.area, h.area)
), w as (
    select found.* from q cross join lateral (
        select * from work_items w where w.agency = q.agency and w.area = q.area and w.duty = q.duty
        order by w.due nulls first, w.since limit $1
    ) found order by found.due nulls first, found.since, found.case_id limit $1
)
select {_COLUMNS}, {_WORK} from w join cases c on c.id = w.case_id order by w.due nulls first, w.since, w.case_id
"""


async def work_list(connection: "Connection", held: Sequence[Held], *, limit: int = 50) -> list[WorkRow]:
    """What waits for the duties in their scopes: first what has no day yet, then by the latest day."""
    return _work_rows(await connection.fetch(_WORK_LIST, limit, *_columns(held)))


async def silent_since(connection: "Connection", before: date, *, after: DueWork | None, limit: int) -> list[DueWork]:
    """Steps whose time to be moved by a person ended before a day, those that come after another."""
    query = (
        "select silent, case_id, step from work_items where silent < $1"
        " and ($2::date is null or (silent, case_id, step) > ($2, $3, $4)) order by silent, case_id, step limit $5"
    )
    return [DueWork(*row) for row in await connection.fetch(query, before, *_place(after), limit)]


async def near_due(
    connection: "Connection", until: date, *, today: date, after: DueWork | None, limit: int
) -> list[DueWork]:
    """Cases whose latest day lies at or before a day, or before today, and of which nobody was told that it does."""
    query = (
        "select due, id from cases where result is null and due <= $1 and not stopped and overrun is null"
        " and (warned is distinct from due or due < $2) and ($3::date is null or (due, id) > ($3, $4))"
        " order by due, id limit $5"
    )
    return [DueWork(*row) for row in await connection.fetch(query, until, today, *_place(after)[:2], limit)]


async def movable_cases(connection: "Connection", today: date, *, after: DueWork | None, limit: int) -> list[DueWork]:
    """Open cases of which a notice may still move a day: the latest one, or that on which silence would speak."""
    query = (
        "select received, id from cases c where result is null and (provisional or exists"
        " (select from work_items w where w.case_id = c.id and w.silent >= $1))"
        " and ($2::date is null or (received, id) > ($2, $3)) order by received, id limit $4"
    )
    return [DueWork(*row) for row in await connection.fetch(query, today, *_place(after)[:2], limit)]


def _place(after: DueWork | None) -> tuple[date | None, UUID | None, str | None]:
    return (after.day, after.case, after.step) if after else (None, None, None)


def _work_rows(rows: Sequence[Any]) -> list[WorkRow]:
    width = len(CaseRow.__struct_fields__)
    return [WorkRow(CaseRow(*list(row)[:width]), *list(row)[width:]) for row in rows]


def _columns(held: Sequence[Held]) -> tuple[list[str], list[str], list[str]]:
    return (
        [one.duty for one in held],
        [one.scope.department for one in held],
        [area_prefix(one.scope.area) for one in held],
    )
