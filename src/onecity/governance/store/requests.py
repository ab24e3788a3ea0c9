"""Reports as everybody may see them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from asyncpg import Connection


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
