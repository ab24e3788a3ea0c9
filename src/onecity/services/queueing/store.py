"""Bookings and numbers in lists."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.services.queueing.model import Call, Number, OwnBooking, Standing

if TYPE_CHECKING:
    from asyncpg import Connection

_STANDS = "not cancelled and not used"


async def taken_on(connection: "Connection", hall: str, day: date) -> dict[datetime, int]:
    """How many people come to each time of a day in a hall."""
    rows = await connection.fetch(
        "select at, count(*) from hall_bookings where hall = $1 and day = $2 and not cancelled group by at", hall, day
    )
    return dict(rows)


async def held_by(connection: "Connection", person: UUID, *, now: datetime) -> list[OwnBooking]:
    """What somebody booked and may still come to, the nearest first."""
    rows = await connection.fetch(
        f"select booking, hall, day, at, until from hall_bookings where person = $1 and until > $2 and {_STANDS}"
        " order by at, booking",
        person, now,
    )  # fmt: skip
    return [OwnBooking(*row) for row in rows]


async def day_of(connection: "Connection", booking: UUID, person: UUID) -> tuple[str, date] | None:
    """The hall and the day of somebody's own booking; None if it is not theirs."""
    row = await connection.fetchrow(
        "select hall, day from hall_bookings where booking = $1 and person = $2", booking, person
    )
    return None if row is None else (row["hall"], row["day"])


class Near(msgspec.Struct, frozen=True):
    """A booking that comes near; their order is that of their times."""

    at: datetime
    booking: UUID
    hall: str
    day: date
    person: UUID


async def near(
    connection: "Connection", now: datetime, *, today: date, since: datetime, until: datetime, after: Near | None,
    limit: int,
) -> list[Near]:  # fmt: skip
    """Bookings before an instant of which nobody was reminded; those of today only if they were made before it began,
    `since`.
    """
    rows = await connection.fetch(
        f"select at, booking, hall, day, person from hall_bookings where {_STANDS} and not reminded and at > $1"
        " and at < $2 and (day > $3 or made < $4) and ($5::timestamptz is null or (at, booking) > ($5, $6))"
        " order by at, booking limit $7",
        now, until, today, since, after.at if after else None, after.booking if after else None, limit,
    )  # fmt: skip
    return [Near(*row) for row in rows]


async def open_on(connection: "Connection", hall: str, day: date) -> list[Number]:
    """The numbers of a day that have not ended: who waits, and who is at a window."""
    rows = await connection.fetch(
        "select number, taken, booked, person, calls, at_window from hall_numbers"
        " where day = $1 and hall = $2 and ended is null",
        day, hall,
    )  # fmt: skip
    return [Number(*row) for row in rows]


class OpenNumber(msgspec.Struct, frozen=True):
    """A number with which somebody waits, or is at a window."""

    hall: str
    number: int
    window: int | None


async def numbers_of(connection: "Connection", person: UUID, day: date) -> list[OpenNumber]:
    """The numbers of somebody that have not ended on a day."""
    rows = await connection.fetch(
        "select hall, number, at_window from hall_numbers where person = $1 and day = $2 and ended is null"
        " order by hall, number",
        person, day,
    )  # fmt: skip
    return [OpenNumber(*row) for row in rows]


async def standings(
    connection: "Connection", day: date, halls: Sequence[str], *, since: datetime, calls: int
) -> dict[str, Standing]:
    """How some halls stand on a day: who waits, so many of the last calls, and the median of how long those had waited
    who were called for the first time `since` an instant. Whoever booked waits from their time on.
    """
    counted = await connection.fetch(
        "select hall, count(*) filter (where calls = 0 and ended is null) waiting,"
        " percentile_cont(0.5) within group"
        " (order by greatest(0, extract(epoch from called - greatest(taken, booked))))"
        " filter (where called >= $3) waited from hall_numbers where day = $1 and hall = any($2) group by hall",
        day, list(halls), since,
    )  # fmt: skip
    called = await connection.fetch(
        "select hall, number, at_window, called_last from (select *, row_number() over"
        " (partition by hall order by called_last desc, number desc) place from hall_numbers"
        " where day = $1 and hall = any($2) and called is not null) n where place <= $3 order by hall, place",
        day, list(halls), calls,
    )  # fmt: skip
    last: dict[str, list[Call]] = {}
    for hall, *call in called:
        last.setdefault(hall, []).append(Call(*call))
    return {
        hall: Standing(hall, waiting, tuple(last.get(hall, ())), None if waited is None else round(waited / 60))
        for hall, waiting, waited in counted
    }


class Held(msgspec.Struct, frozen=True):
    """A booking or a number as its person may take it away."""

    hall: str
    day: date
    at: datetime | None
    number: int | None


async def all_of(connection: "Connection", person: UUID) -> list[Held]:
    """All bookings and numbers of somebody, the oldest first."""
    rows = await connection.fetch(
        "select hall, day, at, null::int from hall_bookings where person = $1"
        " union all select hall, day, booked, number from hall_numbers where person = $1 order by 2, 1, 3, 4",
        person,
    )
    return [Held(*row) for row in rows]
