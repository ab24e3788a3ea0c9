"""The SQL of the roll."""

from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.ids import PersonId

if TYPE_CHECKING:
    from asyncpg import Connection


async def person_of(connection: "Connection", number: bytes) -> PersonId | None:
    """Whose number it is: of somebody on the roll, or of somebody who had a login before there was one."""
    found: UUID | None = await connection.fetchval(
        "select coalesce((select person from numbers where number = $1),"
        " (select person from credentials where login = $1))",
        number,
    )
    return PersonId(found) if found else None


async def enter(connection: "Connection", number: bytes, fresh: UUID) -> PersonId:
    """Enter a number; the account that it has, whoever entered it first."""
    await connection.execute(
        "insert into numbers (number, person) values"
        " ($1, coalesce((select person from credentials where login = $1), $2)) on conflict do nothing",
        number, fresh,
    )  # fmt: skip
    found: UUID = await connection.fetchval("select person from numbers where number = $1", number)
    return PersonId(found)
