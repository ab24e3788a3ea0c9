"""The SQL of accounts and of the duties that people hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held, Scope
from onecity.kernel.identity import is_masked
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import columns_of, covered, reaches
from onecity.people.facts import AccountKind
from onecity.people.model import Charge, Person

if TYPE_CHECKING:
    from asyncpg import Connection, Record


_PERSON = "person, kind, name, department, area"


def _person(row: "Record") -> Person:
    home = Scope(row["department"], row["area"]) if row["department"] else None
    return Person(PersonId(row["person"]), AccountKind(row["kind"]), row["name"], home)


async def person(connection: "Connection", who: UUID) -> Person | None:
    """One account."""
    row = await connection.fetchrow(f"select {_PERSON} from accounts where person = $1", who)
    return _person(row) if row else None


async def officers_within(connection: "Connection", held: Sequence[Held]) -> list[Person]:
    """The officers who work within the scopes of duties, by agency and name."""
    rows = await connection.fetch(
        f"select {_PERSON} from accounts a where kind = 'officer' and {covered('a.department', 'a.area', first=1)}"
        " order by department, name, person",
        *columns_of(one.scope for one in held),
    )
    return [_person(row) for row in rows]


async def colleagues(connection: "Connection", agency: str) -> list[Person]:
    """The officers of an agency."""
    rows = await connection.fetch(
        f"select {_PERSON} from accounts where kind = 'officer' and department = $1 order by name, person", agency
    )
    return [_person(row) for row in rows]


async def names_of(connection: "Connection", people: Sequence[UUID]) -> dict[UUID, str]:
    """The names of several people; who was forgotten is missing."""
    rows = await connection.fetch(
        "select person, name from accounts where person = any($1) and name is not null", list(people)
    )
    return {row["person"]: row["name"] for row in rows}


async def people_called(connection: "Connection", name: str, *, limit: int) -> list[PersonId]:
    """The accounts of a name, or of a masked one: a surname and a star for each further sign."""
    if is_masked(name):
        surname = name[0].replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        query, asked = "select person from accounts where name like $1 limit $2", surname + "_" * (len(name) - 1)
    else:
        query, asked = "select person from accounts where name = $1 limit $2", name
    return [PersonId(row["person"]) for row in await connection.fetch(query, asked, limit)]


async def anybody_called(connection: "Connection", names: Sequence[str]) -> bool:
    """Whether there is an account of one of several names."""
    found: bool = await connection.fetchval("select exists (select from accounts where name = any($1))", list(names))
    return found


async def charges_of(connection: "Connection", who: UUID) -> list[Charge]:
    """The duties of an officer with their days, also those to come and those over."""
    rows = await connection.fetch(
        "select duty, department, area, since, until from duties where person = $1 order by 1, 2, 3, 4", who
    )
    return [Charge(row["duty"], Scope(row["department"], row["area"]), row["since"], row["until"]) for row in rows]


async def duties_among(connection: "Connection", people: Sequence[UUID], day: date) -> dict[UUID, list[str]]:
    """The duties that each of several officers holds on a day, without those that nobody gave them."""
    rows = await connection.fetch(
        "select person, array_agg(distinct duty order by duty) as held from duties where person = any($1)"
        " and since <= $2 and (until is null or until >= $2) group by person",
        list(people), day,
    )  # fmt: skip
    return {row["person"]: row["held"] for row in rows}


async def officers_with(
    connection: "Connection", duty: str, agency: str, area: str, day: date, *, limit: int
) -> list[PersonId]:
    """Who holds a duty for an agency at a place on a day, the nearest scope first; deputies of absent ones too."""
    # A scope of a city or a province is written with trailing zeros, which stand for everything below.
    rows = await connection.fetch(
        "select coalesce(a.deputy, d.person) as person, min(length(rtrim(d.area, '0'))) as near from duties d"
        " left join absences a on a.person = d.person and a.confirmed and a.since <= $4 and a.until >= $4"
        " where d.duty = $1 and d.department = $2 and d.since <= $4 and (d.until is null or d.until >= $4)"
        f" and {reaches('d.area', '$3')}"
        " group by 1 order by 2 desc, 1 limit $5",
        duty, agency, area, day, limit,
    )  # fmt: skip
    return [PersonId(row["person"]) for row in rows]


async def on_duty(connection: "Connection", duty: str, area: str, day: date, *, limit: int) -> list[tuple[UUID, str]]:
    """Who holds a duty at a place on a day, whatever their agency, with the agency; deputies instead of absent ones."""
    rows = await connection.fetch(
        "select distinct coalesce(a.deputy, d.person) as person, d.department from duties d"
        " left join absences a on a.person = d.person and a.confirmed and a.since <= $3 and a.until >= $3"
        f" where d.duty = $1 and d.since <= $3 and (d.until is null or d.until >= $3) and {reaches('d.area', '$2')}"
        " order by 1, 2 limit $4",
        duty, area, day, limit,
    )  # fmt: skip
    return [(row["person"], row["department"]) for row in rows]


# The own duties of a day, and those of absent colleagues for whom the person stands in on that day.
_DUTIES = """
select duty, department, area, null::uuid as instead_of from duties
where person = $1 and since <= $2 and (until is null or until >= $2)
union
select d.duty, d.department, d.area, a.person from absences a join duties d on d.person = a.person
where a.deputy = $1 and a.confirmed and a.since <= $2 and a.until >= $2
    and d.since <= $2 and (d.until is null or d.until >= $2)
order by duty, department, area, instead_of nulls first
"""


# The same for the guard, of all who come at one moment, with the names of those for whom they stand in.
_OFFICES = """
with t as (select * from unnest($1::uuid[], $2::date[]) t(who, day)), absent as (
    select t.who, t.day, a.person, a.since, c.name from t join absences a on a.deputy = t.who
        and a.confirmed and a.since <= t.day and a.until >= t.day join accounts c on c.person = a.person
)
select t.who, d.duty, d.department, d.area, null::uuid as instead_of, null::text as name, null::date as away
from t join duties d on d.person = t.who where d.since <= t.day and (d.until is null or d.until >= t.day)
union select a.who, d.duty, d.department, d.area, a.person, null, null from absent a join duties d using (person)
where d.since <= a.day and (d.until is null or d.until >= a.day)
union all select who, null, null, null, person, name, since from absent where name is not null
order by duty, department, area, away, instead_of nulls first
"""


class Standing(msgspec.Struct):
    """The duties that an officer holds on a day, and the names of those for whom they stand in."""

    held: list[Held]
    stands_in_for: list[str]


async def standings(connection: "Connection", people: Mapping[UUID, date]) -> dict[UUID, Standing]:
    """What each of several officers may do on the day of their question."""
    found = {who: Standing([], []) for who in people}
    for row in await connection.fetch(_OFFICES, list(people), list(people.values())):
        mine = found[row["who"]]
        if row["name"] is None:
            mine.held.append(Held(row["duty"], Scope(row["department"], row["area"]), row["instead_of"]))
        elif row["name"] not in mine.stands_in_for:
            mine.stands_in_for.append(row["name"])
    return found


async def duties_of(connection: "Connection", who: UUID, day: date) -> tuple[Held, ...]:
    """The duties that a person holds on a day, those of absent colleagues included."""
    rows = await connection.fetch(_DUTIES, who, day)
    return tuple(Held(row["duty"], Scope(row["department"], row["area"]), row["instead_of"]) for row in rows)
