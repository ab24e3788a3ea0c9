"""All the SQL of pledges."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from asyncpg import Connection


async def barred(connection: "Connection", subject: UUID, items: Sequence[str], day: date) -> dict[str, date]:
    """The items in which a person can give no pledge on a day, each with the last day of it."""
    rows = await connection.fetch(
        "select matter, max(barred_until) as until from pledges where subject = $1 and matter = any($2)"
        " and barred_until >= $3 group by matter",
        subject, list(items), day,
    )  # fmt: skip
    return {row["matter"]: row["until"] for row in rows}
