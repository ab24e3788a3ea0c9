"""The SQL of accounts and of the duties that people hold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.acting import Scope
from onecity.kernel.ids import PersonId
from onecity.machinery.web import Held
from onecity.people.facts import AccountKind
from onecity.people.model import Person

if TYPE_CHECKING:
    from asyncpg import Connection


async def person(connection: "Connection", who: UUID) -> Person | None:
    """One account."""
    row = await connection.fetchrow("select person, kind, name from accounts where person = $1", who)
    return Person(PersonId(row["person"]), AccountKind(row["kind"]), row["name"]) if row else None


async def names_of(connection: "Connection", people: Sequence[UUID]) -> dict[UUID, str]:
    """The names of several people; who was forgotten is missing."""
    rows = await connection.fetch(
        "select person, name from accounts where person = any($1) and name is not null", list(people)
    )
    return {row["person"]: row["name"] for row in rows}


async def duties_of(connection: "Connection", who: UUID) -> tuple[Held, ...]:
    """The duties that a person holds now."""
    rows = await connection.fetch("select duty, department, area from duties where person = $1 order by 1, 2, 3", who)
    return tuple(Held(row["duty"], Scope(row["department"], row["area"])) for row in rows)


async def holders(connection: "Connection", duty: str, department: str, area: str) -> list[PersonId]:
    """Who holds a duty that reaches a department and an area."""
    rows = await connection.fetch(
        "select distinct person, department, area from duties where duty = $1 and department = $2 order by person",
        duty, department,
    )  # fmt: skip
    reaching = [row for row in rows if Scope(row["department"], row["area"]).covers(department, area)]
    return list(dict.fromkeys(PersonId(row["person"]) for row in reaching))
