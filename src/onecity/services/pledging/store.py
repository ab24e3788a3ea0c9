"""All the SQL of pledges."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from asyncpg import Connection


async def unchecked(connection: "Connection", subject: UUID, item: str) -> list[UUID]:
    """The cases of a person on a pledge in a matter that no check looks at: undecided ones, and such as ended badly."""
    rows = await connection.fetch(
        "select case_id from pledges where subject = $1 and matter = $2 and check_id is null order by given, case_id",
        subject, item,
    )  # fmt: skip
    return [row["case_id"] for row in rows]


async def barred(connection: "Connection", subject: UUID, items: Sequence[str], day: date) -> dict[str, date]:
    """The items in which a person can give no pledge on a day, each with the last day of it."""
    rows = await connection.fetch(
        "select matter, max(barred_until) as until from pledges where subject = $1 and matter = any($2)"
        " and barred_until >= $3 group by matter",
        subject, list(items), day,
    )  # fmt: skip
    return {row["matter"]: row["until"] for row in rows}
