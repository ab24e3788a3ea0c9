"""Projects in lists: all the SQL of projects."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.acting import Held
from onecity.machinery.postgres import reaches

if TYPE_CHECKING:
    from asyncpg import Connection


async def projects_of(
    connection: "Connection", subject: UUID, *, limit: int | None = None, offset: int = 0
) -> list[UUID]:
    """A person's projects, the newest first, without those that they gave up; all of them without a `limit`."""
    rows = await connection.fetch(
        "select project from projects where subject = $1 and not dropped order by opened desc, project"
        " limit $2 offset $3",
        subject, limit, offset,
    )  # fmt: skip
    return [row["project"] for row in rows]


async def every_project_of(connection: "Connection", subject: UUID) -> list[UUID]:
    """All that a person ever began, what they gave up as well."""
    rows = await connection.fetch("select project from projects where subject = $1 order by project", subject)
    return [row["project"] for row in rows]


async def projects_in(connection: "Connection", held: Sequence[Held], *, limit: int, offset: int = 0) -> list[UUID]:
    """The projects within the areas of some duties, the oldest first."""
    areas = [one.scope.area for one in held]
    rows = await connection.fetch(
        "select project from projects p where not dropped and exists (select from unnest($1::text[]) h(area)"
        f" where {reaches('h.area', 'p.area')}) order by opened, project limit $2 offset $3",
        areas, limit, offset,
    )  # fmt: skip
    return [row["project"] for row in rows]
