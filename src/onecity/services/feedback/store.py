"""Ratings in lists and figures: all the SQL of feedback. Only cases of applications count here, none of the street."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

if TYPE_CHECKING:
    from asyncpg import Connection

_OURS: Final = "exists (select from affairs a where a.affair = c.affair)"
_WAITS: Final = "(r.state in ('call', 'put_right', 'recheck') or r.removal = 'proposed')"


class WaitingRating(msgspec.Struct, frozen=True):
    """A bad rating that waits for an officer: for what, and since when."""

    case: UUID
    matter: str
    agency: str
    level: int
    rated: datetime
    state: str
    since: datetime
    tries: int
    put_right_by: date | None
    removal: str | None


async def waiting(
    connection: "Connection", held: Sequence[Held], *, limit: int, offset: int = 0
) -> list[WaitingRating]:
    """The bad ratings that wait within some scopes, those that waited longest first."""
    scopes = columns_of(one.scope for one in held)
    rows = await connection.fetch(
        "select r.case_id, c.matter, c.agency, r.level, r.rated, r.state, r.since, r.tries, r.put_right_by, r.removal"
        f" from ratings r join cases c on c.id = r.case_id where {_WAITS} and {_OURS}"
        f" and {covered('c.agency', 'c.area', first=1)} order by r.since, r.case_id limit $3 offset $4",
        *scopes, limit, offset,
    )  # fmt: skip
    return [WaitingRating(*row) for row in rows]


class What(StrEnum):
    """What is counted of ended cases; each is also the list of those that it counts.

    One that was removed stands in its own count, and among the ended cases and in no other.
    """

    ENDED = "ended"
    RATED = "rated"
    LEVEL_5 = "level_5"
    LEVEL_4 = "level_4"
    LEVEL_3 = "level_3"
    LEVEL_2 = "level_2"
    LEVEL_1 = "level_1"
    BAD = "bad"
    CALLED = "called"
    UPHELD = "upheld"
    IN_TIME = "in_time"
    REMOVED = "removed"


_STANDS: Final = "r.removal is distinct from 'removed'"
_COUNTS: Final = {
    What.ENDED: "true",
    What.RATED: f"r.level is not null and {_STANDS}",
    **{What(f"level_{level}"): f"r.level = {level} and {_STANDS}" for level in range(5, 0, -1)},
    What.BAD: f"r.level <= 2 and {_STANDS}",
    What.CALLED: f"r.level <= 2 and r.called is not null and {_STANDS}",
    What.UPHELD: f"r.upheld and {_STANDS}",
    What.IN_TIME: f"r.put_right <= r.put_right_by and {_STANDS}",
    What.REMOVED: "r.removal = 'removed'",
}
"""The condition of each count: a number and its list are read by the same one."""
_FROM: Final = f"from cases c left join ratings r on r.case_id = c.id where c.result is not null and {_OURS}"


class Figures(msgspec.Struct, frozen=True):
    """How many ended cases of an item at an agency there are of each kind."""

    agency: str
    item: str
    counts: dict[What, int]


async def figures(connection: "Connection") -> list[Figures]:
    """The figures of every agency and item of which a case has ended."""
    columns = ", ".join(f"count(*) filter (where {_COUNTS[what]})" for what in What)
    rows = await connection.fetch(f"select c.agency, c.matter, {columns} {_FROM} group by 1, 2 order by 1, 2")
    return [Figures(row[0], row[1], dict(zip(What, row[2:], strict=True))) for row in rows]


class CountedCase(msgspec.Struct, frozen=True):
    """A case behind a number. It has no number of its own here, and nobody's name."""

    agency: str
    item: str
    ended: datetime
    level: int | None
    rated: datetime | None
    state: str | None
    removal: str | None


async def counted(
    connection: "Connection", what: What, *, agency: str = "", item: str = "", limit: int, offset: int = 0
) -> list[CountedCase]:
    """The cases behind a number, the newest first; of one agency, of one item."""
    rows = await connection.fetch(
        f"select c.agency, c.matter, c.ended, r.level, r.rated, r.state, r.removal {_FROM} and {_COUNTS[what]}"
        " and ($1 = '' or c.agency = $1) and ($2 = '' or c.matter = $2)"
        " order by coalesce(r.rated, c.ended) desc, c.id limit $3 offset $4",
        agency, item, limit, offset,
    )  # fmt: skip
    return [CountedCase(*row) for row in rows]


async def own_feedback(connection: "Connection", subject: UUID) -> list[UUID]:
    """The histories of a person's ratings, as far as anything came of them."""
    rows = await connection.fetch(
        "select r.feedback from cases c join ratings r on r.case_id = c.id"
        " where c.subject = $1 and r.feedback is not null order by 1",
        subject,
    )
    return [row["feedback"] for row in rows]
