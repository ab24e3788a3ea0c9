"""What the city keeps no longer than it must, and what it keeps for ever: purges at once, and archives of old months.

The database keeps every fact: proofs, figures and the nightly fold read them all. An archive is a copy that verifies
alone. See `docs/adr/0053-count-over-columns-that-still-verify.md`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.jobs import jobs_of, outside_jobs_of
from onecity.bootstrap.sheets import sheet_in
from onecity.kernel.errors import CannotStart
from onecity.kernel.ids import began_ms
from onecity.kernel.instants import day_in
from onecity.ledger import Told, columnar
from onecity.ledger.store.archiving import count_of_streams, first_stream
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.postgres import connect
from onecity.places import CITY

if TYPE_CHECKING:
    from asyncpg import Connection

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
PURGES: Final = (
    "governance.purge_callers",
    "governance.purge_hooks",
    "licences.purge_papers",
    "payments.collect",
    "people.purge",
    "people.purge_reads",
    "services.purge_drafts",
    "services.purge_riddles",
    "services.purge_uploads",
)
"""The jobs that end what `WORKING_STATE.md` names."""


class Kept(msgspec.Struct, frozen=True):
    """The histories that began in a month: how many facts they have, how many of these are archived."""

    month: str
    facts: int
    archived: int | None


class Retained(msgspec.Struct, frozen=True):
    """What was purged, by job, and what was archived."""

    purged: dict[str, int]
    archived: list[columnar.Archived]


def purges_of(city: City) -> Sequence[Job]:
    """The purges of a city; one without a street has fewer."""
    return [job for job in (*jobs_of(city), *outside_jobs_of(city)) if job.name in PURGES]


def zone_of(city: City) -> ZoneInfo:
    """The zone of the city's days."""
    return city.pack.one(CITY).clock_zone()


async def months_kept(city: City, folder: Path | None, *, now: datetime) -> list[Kept]:
    """Every month in which a history began, and what lies of it in a folder of archives."""
    connection, zone, found = await connect(city.memory.database.app), zone_of(city), list[Kept]()
    try:
        for month in await _months(connection, zone, now=now):
            facts = await count_of_streams(connection, *columnar.span_of(month, zone))
            there = columnar.archived_in(folder, month, city.memory.signer) if folder else None
            if facts or there:
                found.append(Kept(month, facts, there.rows if there else None))
    finally:
        await connection.close()
    return found


async def retain(city: City, folder: Path | None, before: str | None, *, now: datetime, told: Told) -> Retained:
    """Run every purge once, then archive every month that is over and before another one. Raises CannotStart.

    A month that is archived already is written again only if something was recorded about its histories since.
    """
    purged = await run_once(purges_of(city), now)
    archived = await _archive(city, folder, before, now=now, told=told) if folder else []
    return Retained(purged, archived)


async def _archive(
    city: City, folder: Path, before: str | None, *, now: datetime, told: Told
) -> list[columnar.Archived]:
    memory, zone = city.memory, zone_of(city)
    published = memory.signer.published(memory.folder)
    if published is None:
        raise CannotStart("Nothing is sealed and signed yet. Start the city once with `onecity run`.")
    until, sheet, found = min(before or _month(now, zone), _month(now, zone)), sheet_in(zone), list[columnar.Archived]()
    connection = await connect(memory.database.app)
    try:
        for month in await _months(connection, zone, now=now):
            if month < until and await count_of_streams(connection, *columnar.span_of(month, zone)):
                work = columnar.archive_month(
                    connection, memory.signer, sheet, folder, month, now=now, published=published, told=told
                )
                found.append(await work)
    finally:
        await connection.close()
    return found


async def _months(connection: "Connection", zone: ZoneInfo, *, now: datetime) -> list[str]:
    """All months from that of the first history on."""
    stream = await first_stream(connection)
    if stream is None:
        return []
    began = datetime.fromtimestamp(began_ms(stream) / 1_000, zone)
    return list(_from_to(began.date(), day_in(zone, now)))


def _from_to(first: date, last: date) -> Iterator[str]:
    """The months from that of one day to that of another.

    >>> list(_from_to(date(2020, 11, 30), date(2021, 1, 1)))
    ['2020-11', '2020-12', '2021-01']
    """
    day = first.replace(day=1)
    while day <= last:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=31)).replace(day=1)


def _month(now: datetime, zone: ZoneInfo) -> str:
    return f"{day_in(zone, now):%Y-%m}"
