"""All the SQL of services."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from onecity.services.forms import FileType

if TYPE_CHECKING:
    from asyncpg import Connection, Record


class Upload(msgspec.Struct, frozen=True):
    """A material that is there: what it was brought for, the name of its sealed bytes, its type and its size in bytes.

    `purpose` is empty where nobody said it. `used` are the applications that quote it, the newest first.
    """

    material: str
    purpose: str
    blob: str
    type: FileType
    size: int
    at: datetime
    used: tuple[UUID, ...] = ()


class AffairRow(msgspec.Struct, frozen=True):
    """An application as lists show it."""

    affair: UUID
    subject: UUID
    number: str
    items: list[str]
    applied: datetime


_COLUMNS = "affair, subject, number, items, applied"


async def affairs_of(
    connection: "Connection", subject: UUID, *, within: Sequence[str] = (), limit: int | None = None, offset: int = 0
) -> list[AffairRow]:
    """A person's applications, the newest first; with `within` only those about nothing but these items.

    Without a `limit` all of them: what is held on a person is told and counted whole.
    """
    query = (
        f"select {_COLUMNS} from affairs where subject = $1 and (cardinality($3::text[]) = 0 or items <@ $3)"
        " order by applied desc, affair limit $2 offset $4"
    )
    return [AffairRow(*row) for row in await connection.fetch(query, subject, limit, list(within), offset)]


async def own_affair(
    connection: "Connection", affair: UUID, subject: UUID, *, within: Sequence[str] = ()
) -> AffairRow | None:
    """One application, if it is this person's; with `within` only if it is about nothing but these items."""
    query = (
        f"select {_COLUMNS} from affairs where affair = $1 and subject = $2"
        " and (cardinality($3::text[]) = 0 or items <@ $3)"
    )
    row = await connection.fetchrow(query, affair, subject, list(within))
    return AffairRow(*row) if row else None


async def affair(connection: "Connection", affair: UUID) -> AffairRow | None:
    """One application, for an officer whose right to its case was asked before."""
    row = await connection.fetchrow(f"select {_COLUMNS} from affairs where affair = $1", affair)
    return AffairRow(*row) if row else None


async def affairs_among(connection: "Connection", affairs: Sequence[UUID]) -> list[AffairRow]:
    """The applications among some ids, for whoever may know what they are called."""
    rows = await connection.fetch(f"select {_COLUMNS} from affairs where affair = any($1)", list(affairs))
    return [AffairRow(*row) for row in rows]


async def numbered(connection: "Connection", number: str) -> list[UUID]:
    """The application of a receipt number."""
    rows = await connection.fetch("select affair from affairs where number = $1", number)
    return [row["affair"] for row in rows]


async def put_draft(connection: "Connection", person: UUID, what: str, sealed: bytes, now: datetime) -> None:
    """Keep what somebody has filled in so far."""
    await connection.execute(
        "insert into drafts values ($1, $2, $3, $4) on conflict (person, what) do update set sealed = excluded.sealed,"
        " changed = excluded.changed",
        person, what, sealed, now,
    )  # fmt: skip


async def draft(connection: "Connection", person: UUID, what: str) -> bytes | None:
    """What somebody has filled in so far."""
    found: bytes | None = await connection.fetchval(
        "select sealed from drafts where person = $1 and what = $2", person, what
    )
    return found


async def drafts_of(connection: "Connection", person: UUID) -> list[str]:
    """What somebody has begun to fill in, the latest first."""
    rows = await connection.fetch("select what from drafts where person = $1 order by changed desc", person)
    return [row["what"] for row in rows]


async def drop_draft(connection: "Connection", person: UUID, what: str) -> None:
    """The application was handed in, or given up."""
    await connection.execute("delete from drafts where person = $1 and what = $2", person, what)


async def purge_drafts(connection: "Connection", before: datetime) -> int:
    """Remove drafts that were not changed since a day of the past; how many."""
    gone: int = await connection.fetchval(
        "with gone as (delete from drafts where changed < $1 returning 1) select count(*) from gone", before
    )
    return gone


async def put_upload(connection: "Connection", person: UUID, upload: Upload) -> None:
    """A material is there now, in the place of an older one of the same purpose that no application quotes."""
    await connection.execute(
        "with gone as (delete from uploads_by_purpose u where person = $2 and material = $3 and purpose = $4"
        " and not exists (select from brought b where b.blob = u.blob))"
        " insert into uploads_by_purpose values ($1, $2, $3, $4, $5, $6, $7)",
        upload.blob, person, upload.material, upload.purpose, upload.type, upload.size, upload.at,
    )  # fmt: skip


async def uploads_of(
    connection: "Connection", person: UUID, materials: Sequence[str], *, within: Sequence[str] = ()
) -> list[Upload]:
    """What a person has brought of some materials, whatever it is for.

    With `within` applications about anything but these items are not named, and a file that only those used is not
    there: whoever acts under a mandate for one matter does not come upon another.
    """
    rows = await connection.fetch(
        "select * from (select u.material, u.purpose, u.blob, u.type, u.size, u.at,"
        " exists (select from brought b where b.blob = u.blob) as quoted,"
        " array(select a.affair from brought b join affairs a using (affair) where b.blob = u.blob"
        " and (cardinality($3::text[]) = 0 or a.items <@ $3) order by a.applied desc, a.affair) as used"
        " from uploads_by_purpose u where u.person = $1 and u.material = any($2)) one"
        " where cardinality($3::text[]) = 0 or not quoted or used <> '{}' order by material, at, blob",
        person, list(materials), list(within),
    )  # fmt: skip
    return [_upload(row, used=tuple(row["used"])) for row in rows]


async def all_uploads(connection: "Connection", person: UUID) -> list[Upload]:
    """Everything that a person has brought and that is there."""
    rows = await connection.fetch(
        "select material, purpose, blob, type, size, at, array(select b.affair from brought b where b.blob = u.blob"
        " order by b.affair) as used from uploads_by_purpose u where person = $1 order by material, at, blob",
        person,
    )
    return [_upload(row, used=tuple(row["used"])) for row in rows]


def _upload(row: "Record", *, used: tuple[UUID, ...]) -> Upload:
    kind = FileType(row["type"])
    return Upload(row["material"], row["purpose"], row["blob"], kind, row["size"], row["at"], used)


async def quoted_by(connection: "Connection", person: UUID) -> list[str]:
    """The sealed files that a person's applications quote."""
    rows = await connection.fetch(
        "select distinct b.blob from brought b join affairs a using (affair) where a.subject = $1 order by 1", person
    )
    return [row["blob"] for row in rows]


async def loose_uploads(connection: "Connection", person: UUID) -> list[str]:
    """The sealed files of a person that no application quotes."""
    rows = await connection.fetch(
        "select u.blob from uploads_by_purpose u where u.person = $1"
        " and not exists (select from brought b where b.blob = u.blob) order by 1",
        person,
    )
    return [row["blob"] for row in rows]


async def drop_uploads(connection: "Connection", person: UUID, blobs: Sequence[str]) -> int:
    """A person has not brought some files any more; how many."""
    gone: int = await connection.fetchval(
        "with gone as (delete from uploads_by_purpose where person = $1 and blob = any($2) returning 1)"
        " select count(*) from gone",
        person, list(blobs),
    )  # fmt: skip
    return gone


async def drop_drafts(connection: "Connection", person: UUID) -> int:
    """A person has begun nothing any more; how many drafts there were."""
    gone: int = await connection.fetchval(
        "with gone as (delete from drafts where person = $1 returning 1) select count(*) from gone", person
    )
    return gone


async def purge_uploads(connection: "Connection", before: datetime) -> int:
    """Remove materials that are older than a day of the past, that no application quotes, and for which nothing is
    begun; how many. Where nobody said what one is for, anything that its person has begun keeps it.
    """
    gone: int = await connection.fetchval(
        "with gone as (delete from uploads_by_purpose u where u.at < $1"
        " and not exists (select from brought b where b.blob = u.blob)"
        " and not exists (select from drafts d where d.person = u.person and u.purpose in (d.what, '')) returning 1)"
        " select count(*) from gone",
        before,
    )
    return gone


async def nobodys(connection: "Connection", blobs: Sequence[str]) -> list[str]:
    """Those of some sealed files that neither a person's materials nor an application names."""
    rows = await connection.fetch(
        "select t.blob from unnest($1::text[]) t(blob)"
        " where not exists (select from uploads_by_purpose u where u.blob = t.blob)"
        " and not exists (select from brought b where b.blob = t.blob) order by 1",
        list(blobs),
    )
    return [row["blob"] for row in rows]
