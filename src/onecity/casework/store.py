"""All the SQL of casework."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from onecity.casework.facts import HAND_OVER
from onecity.casework.model import DueFor
from onecity.casework.posting import SEND_OUT
from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered, covers, reaches

if TYPE_CHECKING:
    from asyncpg import Connection

_COLUMNS = (
    "c.id, c.matter, c.process, c.affair, c.subject, c.agency, c.area, c.received, c.accepted, c.due, c.stopped,"
    " c.overrun, c.result, c.ended, c.delivered, c.rated"
)
_WORK: Final = "w.step, w.duty, w.since, w.due as by_day, w.silent, w.holder, w.due_at"


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
    """A step that waits, with its case. `promised` is the day for the decision, or to hand over what was decided;
    `silent` is the last day to move the step before silence does; `due_at` is the instant of a limit in hours.
    """

    case: CaseRow
    step: str
    duty: str
    since: date
    promised: date | None
    silent: date | None
    holder: UUID | None
    due_at: datetime | None = None

    @property
    def due(self) -> date | None:
        """The latest day of the step, on whatever list it stands: before acceptance the one before silence speaks."""
        return self.promised or self.silent

    @property
    def due_for(self) -> DueFor | None:
        """What the latest day is for; None if there is none."""
        if self.due is None:
            return None
        if self.step in (HAND_OVER, SEND_OUT):
            return DueFor.DELIVERY
        return DueFor.RESULT if self.promised else DueFor.ACCEPTANCE


class DueWork(msgspec.Struct, frozen=True):
    """Something that the city may have to do by itself since a day; their order is that of the days."""

    day: date
    case: UUID
    step: str = ""


async def cases_of_affair(connection: "Connection", affair: UUID) -> list[CaseRow]:
    """The cases that belong to an affair, in the order in which they were opened."""
    rows = await connection.fetch(f"select {_COLUMNS} from cases c where c.affair = $1 order by c.id", affair)
    return [CaseRow(*row) for row in rows]


async def joint_affairs(connection: "Connection", areas: Sequence[str], *, limit: int, offset: int = 0) -> list[UUID]:
    """Affairs of several matters that still run and lie as a whole within one of some areas.

    They are sorted by the day of their first acceptance.
    """
    rows = await connection.fetch(
        "select distinct c.affair, min(c.accepted) as since from cases c cross join unnest($1::text[]) h(area)"
        " where c.affair in (select o.affair from cases o where o.result is null and exists"
        f" (select from unnest($1::text[]) n(area) where {reaches('n.area', 'o.area')}))"
        " group by c.affair, h.area having count(distinct c.matter) > 1 and min(c.accepted) is not null"
        f" and bool_and({reaches('h.area', 'c.area')}) order by 2, 1 limit $2 offset $3",
        list(areas), limit, offset,
    )  # fmt: skip
    return [row["affair"] for row in rows]


async def cases_of(connection: "Connection", subject: UUID) -> list[CaseRow]:
    """All cases of a person, the newest first."""
    query = f"select {_COLUMNS} from cases c where c.subject = $1 order by c.received desc, c.id desc"
    return [CaseRow(*row) for row in await connection.fetch(query, subject)]


async def followers(connection: "Connection", cases: Sequence[UUID]) -> list[list[UUID]]:
    """The cases that wait for the result of each of some cases."""
    rows = await connection.fetch("select before, case_id from case_order where before = any($1) order by 2", cases)
    return [[row["case_id"] for row in rows if row["before"] == case] for case in cases]


# A scope is resolved to queues first, and each queue is read from its own stretch of the index: a walk along the latest
# days through other people's cases would cost a hundred times as much for a narrow scope. A scope of a whole city has
# thousands of queues, and nearly all that waits for its duty lies within it: there the walk is short.
_WORK_LIST: Final = f"""
with h as (
    select distinct * from unnest($2::text[], $3::text[], $4::text[]) h(agency, area, duty)
), q as (
    select distinct q.agency, q.area, h.duty from h join queues q on {covers("q.agency", "q.area")}
    where h.area not like '____00'
), w as (
    select found.* from (
        select near.* from q cross join lateral (
            select * from work_items w where w.agency = q.agency and w.area = q.area and w.duty = q.duty
            order by w.due nulls first, w.due_at, w.since, w.case_id, w.step limit $1
        ) near
        union
        select wide.* from h cross join lateral (
            select * from work_items w where w.agency = h.agency and w.duty = h.duty
                and {reaches("h.area", "w.area")}
            order by w.due nulls first, w.due_at, w.since, w.case_id, w.step limit $1
        ) wide where h.area like '____00'
    ) found order by found.due nulls first, found.due_at, found.since, found.case_id, found.step limit $1
)
select {_COLUMNS}, {_WORK} from w join cases c on c.id = w.case_id
order by w.due nulls first, w.due_at, w.since, w.case_id, w.step offset $5
"""


async def work_list(connection: "Connection", held: Sequence[Held], *, limit: int, offset: int = 0) -> list[WorkRow]:
    """What waits for the duties in their scopes: first what has no day yet, then by the latest day, and within a day
    by the hour, before what only has to be done by its end.
    """
    scopes = columns_of(one.scope for one in held)
    return _work_rows(await connection.fetch(_WORK_LIST, offset + limit, *scopes, [one.duty for one in held], offset))


async def waiting_for_post(
    connection: "Connection", held: Sequence[Held], *, limit: int, offset: int = 0
) -> list[WorkRow]:
    """What the post rooms within the scopes of duties have to send out, the earliest day first."""
    rows = await connection.fetch(
        f"select {_COLUMNS}, {_WORK} from work_items w join cases c on c.id = w.case_id"
        f" where w.step = '{SEND_OUT}' and {covered('w.agency', 'w.area', first=1)}"
        " order by w.due, w.case_id limit $3 offset $4",
        *columns_of(one.scope for one in held), limit, offset,
    )  # fmt: skip
    return _work_rows(rows)


async def under_way(
    connection: "Connection", held: Sequence[Held], *, limit: int, offset: int = 0
) -> list[tuple[CaseRow, datetime]]:
    """What those post rooms gave to a carrier and did not get back, with the moment, the newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS}, p.at from posted p join cases c on c.id = p.case_id"
        f" where {covered('p.agency', 'p.area', first=1)} order by p.at desc, c.id limit $3 offset $4",
        *columns_of(one.scope for one in held), limit, offset,
    )  # fmt: skip
    return [(CaseRow(*list(row)[:-1]), row[-1]) for row in rows]


async def drawn_for(connection: "Connection", officer: UUID) -> list[WorkRow]:
    """What a lot fell on somebody for, wherever it waits: the step is of an agency that is not theirs."""
    rows = await connection.fetch(
        f"select {_COLUMNS}, {_WORK} from work_items w join cases c on c.id = w.case_id"
        " where w.drawn and w.holder = $1 order by w.due nulls first, w.due_at, w.case_id",
        officer,
    )
    return _work_rows(rows)


async def silent_since(connection: "Connection", before: date, *, after: DueWork | None, limit: int) -> list[DueWork]:
    """Steps whose time to be moved by a person ended before a day, those that come after another."""
    query = (
        "select silent, case_id, step from work_items where silent < $1"
        " and ($2::date is null or (silent, case_id, step) > ($2, $3, $4)) order by silent, case_id, step limit $5"
    )
    return [DueWork(*row) for row in await connection.fetch(query, before, *_place(after), limit)]


async def near_due(
    connection: "Connection", until: date, *, now: datetime, today: date, after: DueWork | None, limit: int
) -> list[DueWork]:
    """Cases whose latest day lies at or before a day, or before today, and of which nobody was told that it does; of
    limits in hours those whose latest instant lies before now. A day that is near is not told on the day on which the
    work came.
    """
    query = (
        "select due, id from cases c where result is null and due <= $1 and not stopped and overrun is null"
        " and case when due_at is not null then due_at < $6 when due < $2 then true"
        " else warned is distinct from due"
        " and not exists (select from work_items w where w.case_id = c.id and w.since >= $2) end"
        " and ($3::date is null or (due, id) > ($3, $4)) order by due, id limit $5"
    )
    return [DueWork(*row) for row in await connection.fetch(query, until, today, *_place(after)[:2], limit, now)]


async def meetings_near(
    connection: "Connection", until: datetime, *, now: datetime, after: DueWork | None, limit: int
) -> list[DueWork]:
    """Cases that people will meet about before an instant, and of which nobody was reminded; the step still waits."""
    query = (
        "select m.at::date, m.case_id, m.step from meetings m join work_items w using (case_id, step)"
        " where not m.told and m.at > $1 and m.at < $2"
        " and ($3::date is null or (m.at::date, m.case_id, m.step) > ($3, $4, $5)) order by 1, 2, 3 limit $6"
    )
    return [DueWork(*row) for row in await connection.fetch(query, now, until, *_place(after), limit)]


async def undrawn(connection: "Connection", *, after: DueWork | None, limit: int) -> list[DueWork]:
    """Steps that wait for a lot: those for which none is open yet, and those whose lot can fall as soon as it is
    sealed.
    """
    query = (
        "select w.since, w.case_id, w.step from work_items w where w.drawn and w.holder is null"
        " and ($1::date is null or (w.since, w.case_id, w.step) > ($1, $2, $3)) order by 1, 2, 3 limit $4"
    )
    return [DueWork(*row) for row in await connection.fetch(query, *_place(after), limit)]


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


class Words(msgspec.Struct, frozen=True):
    """What a word of a search may mean: some matters, or whatever some agencies handle."""

    matters: tuple[str, ...]
    agencies: tuple[str, ...]


class Wanted(msgspec.Struct, frozen=True):
    """What a search asks of a case, everything at once. None: any person, any affair."""

    words: tuple[Words, ...] = ()
    subjects: tuple[UUID, ...] | None = None
    affairs: tuple[UUID, ...] | None = None


# The newest case of each place tells which places can hold the newest cases of all: only those few are read further,
# however wide the scope and however common the matter.
_NEWEST: Final = """
with q as (
    select q.agency, q.area, q.matter, newest.id from matter_queues q cross join lateral (
        select c.id from cases c where (c.agency, c.area, c.matter) = (q.agency, q.area, q.matter)
        order by c.id desc limit 1
    ) newest where {within} and {words} order by newest.id desc limit $1
), f as (
    select found.id from q cross join lateral (
        select c.id from cases c where (c.agency, c.area, c.matter) = (q.agency, q.area, q.matter)
        order by c.id desc limit $1
    ) found order by found.id desc limit $1
)
select {columns} from f join cases c using (id) order by c.id desc
"""
# A person has few cases: they are taken first, because a walk along all cases from the newest could be long.
_OF_PERSONS: Final = """
with c as materialized (select * from cases c where {those})
select {columns} from c where {within} and {words} order by c.id desc limit $1
"""


async def find_cases(connection: "Connection", wanted: Wanted, held: Sequence[Held], *, limit: int) -> list[CaseRow]:
    """The cases of a search within the scopes of duties, the newest first."""
    params: list[object] = [limit, *columns_of(one.scope for one in held)]

    def given(value: Sequence[object]) -> str:
        params.append(list(value))
        return f"any(${len(params)})"

    named = wanted.subjects is not None or wanted.affairs is not None
    place = "c" if named else "q"
    those = [] if wanted.subjects is None else [f"c.subject = {given(wanted.subjects)}"]
    those += [] if wanted.affairs is None else [f"c.affair = {given(wanted.affairs)}"]
    words = [
        f"({place}.matter = {given(one.matters)} or {place}.agency = {given(one.agencies)})" for one in wanted.words
    ]
    query = (_OF_PERSONS if named else _NEWEST).format(
        columns=_COLUMNS,
        within=covered(f"{place}.agency", f"{place}.area", first=2),
        words=" and ".join(words) or "true",
        those=" and ".join(those),
    )
    return [CaseRow(*row) for row in await connection.fetch(query, *params)]
