"""All the SQL of licences."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from onecity.kernel.acting import Held
from onecity.machinery.postgres import columns_of, covered

if TYPE_CHECKING:
    from asyncpg import Connection

_COLUMNS: Final = "l.licence, l.holder, l.type, l.agency, l.area, l.issued"
_COVERED: Final = covered("l.agency", "l.area", first=2)


class LicenceRow(msgspec.Struct, frozen=True):
    """Where a licence is found."""

    licence: UUID
    holder: UUID
    type: str
    agency: str
    area: str
    issued: date


class Renewal(msgspec.Struct, frozen=True):
    """A licence whose holder asked for the next edition, and the last day of the one they have."""

    until: date
    licence: UUID


class Paper(msgspec.Struct, frozen=True):
    """A paper that was made: the address to which its code leads, and the name of its sealed bytes."""

    site: str
    blob: str


async def held_by(
    connection: "Connection", holder: UUID, *, limit: int | None = None, offset: int = 0
) -> list[LicenceRow]:
    """A person's licences, the newest first. Without a `limit` all of them: whoever erases or exports cuts nothing."""
    query = (
        f"select {_COLUMNS} from licences l where l.holder = $1"
        " order by l.issued desc, l.licence desc limit $2 offset $3"
    )
    return [LicenceRow(*row) for row in await connection.fetch(query, holder, limit, offset)]


async def held_of_type(connection: "Connection", holder: UUID, kind: str) -> list[LicenceRow]:
    """A person's licences of one type, the newest first."""
    query = (
        f"select {_COLUMNS} from licences l where l.holder = $1 and l.type = $2 order by l.issued desc, l.licence desc"
    )
    return [LicenceRow(*row) for row in await connection.fetch(query, holder, kind)]


async def own_licence(connection: "Connection", licence: UUID, holder: UUID) -> LicenceRow | None:
    """One licence, if it is this person's."""
    query = f"select {_COLUMNS} from licences l where l.licence = $1 and l.holder = $2"
    row = await connection.fetchrow(query, licence, holder)
    return LicenceRow(*row) if row else None


async def licence_at(connection: "Connection", stem: str) -> UUID | None:
    """The history to which the index leads for an identifier; whether it is the right one, its facts tell."""
    found: UUID | None = await connection.fetchval("select licence from licences where stem = $1", stem)
    return found


async def visible_licence(connection: "Connection", licence: UUID, held: Sequence[Held]) -> LicenceRow | None:
    """One licence, if it lies in the scope of one of the given duties; None does not say whether it exists."""
    query = f"select {_COLUMNS} from licences l where l.licence = $1 and {_COVERED}"
    row = await connection.fetchrow(query, licence, *columns_of(one.scope for one in held))
    return LicenceRow(*row) if row else None


async def visible_at(connection: "Connection", stem: str, held: Sequence[Held]) -> LicenceRow | None:
    """The licence of an identifier, if it lies in the scope of one of the given duties."""
    query = f"select {_COLUMNS} from licences l where l.stem = $1 and {_COVERED}"
    row = await connection.fetchrow(query, stem, *columns_of(one.scope for one in held))
    return LicenceRow(*row) if row else None


async def proposals(connection: "Connection", held: Sequence[Held], *, limit: int, offset: int) -> list[LicenceRow]:
    """The licences whose end waits for a second officer, the longest waiting first."""
    query = (
        f"select {_COLUMNS} from licence_proposals p join licences l using (licence) where {_COVERED}"
        " order by p.proposed, l.licence limit $1 offset $4"
    )
    scopes = columns_of(one.scope for one in held)
    return [LicenceRow(*row) for row in await connection.fetch(query, limit, *scopes, offset)]


async def renewals(connection: "Connection", held: Sequence[Held], *, limit: int, offset: int) -> list[Renewal]:
    """The licences whose holders wait for an answer, those that end first first."""
    query = (
        f"select r.until, r.licence from licence_renewals r join licences l using (licence) where {_COVERED}"
        " order by r.until, r.licence limit $1 offset $4"
    )
    scopes = columns_of(one.scope for one in held)
    return [Renewal(*row) for row in await connection.fetch(query, limit, *scopes, offset)]


async def renewals_over(connection: "Connection", today: date, *, after: Renewal | None, limit: int) -> list[Renewal]:
    """The licences whose last day passed without an answer, those that come after another."""
    query = (
        "select until, licence from licence_renewals where until < $1"
        " and ($2::date is null or (until, licence) > ($2, $3)) order by until, licence limit $4"
    )
    place = (after.until, after.licence) if after else (None, None)
    return [Renewal(*row) for row in await connection.fetch(query, today, *place, limit)]


async def ends_between(
    connection: "Connection", first: date, last: date, *, after: Renewal | None, limit: int
) -> list[Renewal]:
    """The licences that end in a stretch of days and of whose end nobody was reminded, those that come after another;
    without those for whose next edition somebody has asked.
    """
    query = (
        "select e.until, e.licence from licence_ends e where not e.told and e.until between $1 and $2"
        " and not exists (select from licence_renewals r where r.licence = e.licence)"
        " and ($3::date is null or (e.until, e.licence) > ($3, $4)) order by e.until, e.licence limit $5"
    )
    place = (after.until, after.licence) if after else (None, None)
    return [Renewal(*row) for row in await connection.fetch(query, first, last, *place, limit)]


async def next_licences(connection: "Connection", after: UUID, *, limit: int) -> list[UUID]:
    """The licences that follow one in the order of their ids: how a patient reader comes to every one of them."""
    query = "select licence from licences where licence > $1 order by licence limit $2"
    return [row["licence"] for row in await connection.fetch(query, after, limit)]


async def paper(connection: "Connection", licence: UUID, edition: int) -> Paper | None:
    """The paper of an edition, if one was made."""
    row = await connection.fetchrow(
        "select site, blob from licence_papers where licence = $1 and edition = $2", licence, edition
    )
    return Paper(*row) if row else None


async def put_paper(connection: "Connection", licence: UUID, edition: int, made: Paper, now: datetime) -> None:
    """A paper was made; an older one of this edition is not given out any more."""
    await connection.execute(
        "insert into licence_papers (licence, edition, site, blob, made) values ($1, $2, $3, $4, $5)"
        " on conflict (licence, edition) do update"
        " set site = excluded.site, blob = excluded.blob, made = excluded.made",
        licence, edition, made.site, made.blob, now,
    )  # fmt: skip


async def old_papers(connection: "Connection", before: datetime, *, limit: int) -> list[str]:
    """The sealed bytes of papers that were made before an instant."""
    rows = await connection.fetch(
        "select blob from licence_papers where made < $1 order by made limit $2", before, limit
    )
    return [row["blob"] for row in rows]


async def papers_of(connection: "Connection", holder: UUID) -> list[str]:
    """The sealed bytes of all papers of a person's licences."""
    query = "select p.blob from licence_papers p join licences l using (licence) where l.holder = $1"
    return [row["blob"] for row in await connection.fetch(query, holder)]


async def drop_papers(connection: "Connection", blobs: Sequence[str]) -> int:
    """Papers are gone; how many."""
    query = "with gone as (delete from licence_papers where blob = any($1) returning 1) select count(*) from gone"
    return int(await connection.fetchval(query, list(blobs)))
