"""The SQL of receptions."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from onecity.kernel.acting import Scope
from onecity.kernel.ids import PersonId
from onecity.people.facts import Document
from onecity.people.model import Reception

if TYPE_CHECKING:
    from asyncpg import Connection, Record

_RECEPTION = (
    "reception, officer, person, subject, mandate, document, duty, department, area, day, ended is not null as ended"
)


def _reception(row: "Record") -> Reception:
    return Reception(
        row["reception"], PersonId(row["officer"]), PersonId(row["person"]), PersonId(row["subject"]), row["mandate"],
        Document(row["document"]), row["duty"], Scope(row["department"], row["area"]), row["day"], row["ended"],
    )  # fmt: skip


async def reception(connection: "Connection", which: UUID) -> Reception | None:
    """One reception."""
    row = await connection.fetchrow(f"select {_RECEPTION} from receptions where reception = $1", which)
    return _reception(row) if row else None


async def open_of(connection: "Connection", officer: UUID) -> list[Reception]:
    """The receptions that an officer has not ended, whatever their day, the newest first."""
    rows = await connection.fetch(
        f"select {_RECEPTION} from receptions where officer = $1 and ended is null order by opened desc", officer
    )
    return [_reception(row) for row in rows]


async def begun_on(connection: "Connection", officer: UUID, day: date) -> int:
    """How many receptions an officer began on a day."""
    found: int = await connection.fetchval(
        "select count(*) from receptions where officer = $1 and day = $2", officer, day
    )
    return found


async def receptions_of(connection: "Connection", person: UUID) -> list[UUID]:
    """The receptions at which a person, or somebody for them, stood at a window, the newest first."""
    rows = await connection.fetch(
        "select reception from receptions where person = $1 or subject = $1 order by opened desc, reception", person
    )
    return [row["reception"] for row in rows]
