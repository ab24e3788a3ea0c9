"""All the SQL of the registers."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from asyncpg import Connection


async def put(
    connection: "Connection", register: str, batch: UUID, since: date, rows: Sequence[tuple[bytes, bytes]]
) -> None:
    """Write the rows of a batch; an older row of the same number ends on the day on which the new one begins."""
    numbers = [number for number, _ in rows]
    async with connection.transaction():
        await connection.execute(
            "update register_rows set until = $3 where register = $1 and number = any($2) and since < $3"
            " and until is null",
            register, numbers, since,
        )  # fmt: skip
        await connection.execute(
            "insert into register_rows (register, number, since, row, batch)"
            " select $1, t.number, $2, t.row, $3 from unnest($4::bytea[], $5::bytea[]) t(number, row)"
            " on conflict (register, number, since) do update set row = excluded.row, batch = excluded.batch",
            register, since, batch, numbers, [row for _, row in rows],
        )  # fmt: skip


async def row(connection: "Connection", register: str, number: bytes, day: date) -> bytes | None:
    """The sealed row of a number as it holds on a day."""
    found: bytes | None = await connection.fetchval(
        "select row from register_rows where register = $1 and number = $2 and since <= $3"
        " and (until is null or until > $3)",
        register, number, day,
    )  # fmt: skip
    return found
