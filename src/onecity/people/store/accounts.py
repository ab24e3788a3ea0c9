"""The SQL of accounts and of the duties that people hold."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.acting import Scope
from onecity.kernel.identity import masked_name
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import columns_of, covered, reaches
from onecity.machinery.web import Held
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
    if masked_name(name) == name and len(name) > 1:
        surname = name[0].replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        query, asked = "select person from accounts where name like $1 limit $2", surname + "_" * (len(name) - 1)
    else:
        query, asked = "select person from accounts where name = $1 limit $2", name
    return [PersonId(row["person"]) for row in await connection.fetch(query, asked, limit)]


async def charges_of(connection: "Connection", who: UUID) -> list[Charge]:
    """The duties of an officer with their days, also those to come and those over."""
    rows = await connection.fetch(
        "select duty, department, area, since, until from duties where person = $1 order by 1, 2, 3, 4", who
    )
    return [Charge(row["duty"], Scope(row["department"], row["area"]), row["since"], row["until"]) for row in rows]


async def officers_with(
    connection: "Connection", duty: str, agency: str, area: str, day: date, *, limit: int = 20
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


# The same for the guard of each request: with the names of those for whom the person stands in, duties or not.
_OFFICE = f"""
with held as ({_DUTIES}), absent as (
    select a.person, a.since, c.name from absences a join accounts c on c.person = a.person
    where a.deputy = $1 and a.confirmed and a.since <= $2 and a.until >= $2 and c.name is not null
)
select duty, department, area, instead_of, null::text as name, null::date as since from held
union all select null, null, null, person, name, since from absent
order by name nulls first, duty, department, area, instead_of nulls first
"""


async def office_of(connection: "Connection", who: UUID, day: date) -> tuple[tuple[Held, ...], tuple[str, ...]]:
    """The duties that an officer holds on a day, and the names of those for whom they stand in."""
    rows = await connection.fetch(_OFFICE, who, day)
    held = [row for row in rows if row["name"] is None]
    absent = sorted((row for row in rows if row["name"] is not None), key=lambda row: row["since"])
    duties = tuple(Held(row["duty"], Scope(row["department"], row["area"]), row["instead_of"]) for row in held)
    return duties, tuple(dict.fromkeys(row["name"] for row in absent))


async def duties_of(connection: "Connection", who: UUID, day: date) -> tuple[Held, ...]:
    """The duties that a person holds on a day, those of absent colleagues included."""
    rows = await connection.fetch(_DUTIES, who, day)
    return tuple(Held(row["duty"], Scope(row["department"], row["area"]), row["instead_of"]) for row in rows)
