"""The SQL of forgetting: who waits for it, and what the door knew of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.ids import PersonId

if TYPE_CHECKING:
    from asyncpg import Connection


async def waiting(connection: "Connection") -> list[PersonId]:
    """Who asked to be forgotten and is not yet, the oldest wish first."""
    rows = await connection.fetch("select person from forgettings where done is null order by asked, person")
    return [PersonId(row["person"]) for row in rows]


async def forgotten(connection: "Connection") -> list[PersonId]:
    """Everybody of whom the ledger says that they were forgotten wholly."""
    rows = await connection.fetch("select person from forgettings where done is not null order by person")
    return [PersonId(row["person"]) for row in rows]


async def still_known(connection: "Connection", people: Sequence[UUID]) -> list[PersonId]:
    """Of people whose key is gone, those of whom the door or a list still knows something."""
    rows = await connection.fetch(
        "select person from accounts where person = any($1) and name is not null"
        " union select person from credentials where person = any($1)"
        " union select person from numbers where person = any($1) order by 1",
        list(people),
    )
    return [PersonId(row["person"]) for row in rows]


async def count_secrets(connection: "Connection", who: UUID) -> tuple[int, int]:
    """How many logins and how many sessions a person has."""
    row = await connection.fetchrow(
        "select (select count(*) from credentials where person = $1) as logins,"
        " (select count(*) from sessions where person = $1) as sessions",
        who,
    )
    return row["logins"], row["sessions"]


async def drop_door(connection: "Connection", who: UUID) -> int:
    """Remove everything by which a person comes in, and that says that a number is theirs; how many rows."""
    gone: int = await connection.fetchval(
        "with f as (delete from failed_tries where login in (select login from credentials where person = $1)"
        " or login in (select number from numbers where person = $1) returning 1),"
        " c as (delete from credentials where person = $1 returning 1),"
        " n as (delete from numbers where person = $1 returning 1),"
        " s as (delete from sessions where person = $1 returning 1),"
        " i as (delete from invitations where person = $1 returning 1),"
        " r as (delete from recoveries where person = $1 returning 1)"
        " select (select count(*) from f) + (select count(*) from c) + (select count(*) from n)"
        " + (select count(*) from s) + (select count(*) from i) + (select count(*) from r)",
        who,
    )
    return gone
