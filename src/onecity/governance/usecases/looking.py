"""What helps whoever accepts a report: what the words are about, and what is open already that looks the same."""

from asyncio import to_thread
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.governance.duplicates import MEASURES, Likeness, Seen, likeness
from onecity.governance.model import Report
from onecity.governance.phrases import default_model
from onecity.governance.routing import Decided, decided
from onecity.governance.store import ProblemRow, open_in
from onecity.governance.usecases import Street
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.refusal import Refused

NEAR: Final = 30
"""Open cases around a place that are compared."""
UNTOLD_M: Final = 50.0
"""Error of a point whose device told none. Units: metres."""


class Similar(msgspec.Struct, frozen=True):
    """An open case that may be the same, and why."""

    row: ProblemRow
    likeness: Likeness


async def understood(words: str, *, street: Street) -> Decided | None:
    """What some words may be about; None if there are none, or the pack taught nothing."""
    if not words.strip():
        return None
    # The model is learnt at its first use; nobody else waits for it.
    model = await to_thread(default_model, street.pack)
    return None if isinstance(model, Refused) else decided(model, words)


async def similar(report: Report, case: UUID, *, reported: datetime, street: Street) -> Sequence[Similar]:
    """Open cases in the same cell that may be the same, the likeliest first. A person decides; nothing joins itself."""
    told, mine = report.told, seen(report, reported)
    if told.cell is None or mine is None:
        return ()
    async with street.office.ledger.readers.acquire() as connection:
        rows = await open_in(connection, [told.cell], limit=NEAR)
    found: list[Similar] = []
    for row in rows:
        other = await first_report(row, street) if row.case != case else None
        one = seen(other, row.reported) if other else None
        if one is not None:
            alike = likeness(mine, one, catalogue=street.catalogue)
            if alike.score >= MEASURES.threshold:
                found.append(Similar(row, alike))
    return sorted(found, key=lambda one: -one.likeness.score)


async def first_report(row: ProblemRow, street: Street) -> Report | None:
    """The report that opened a case."""
    history = await street.office.ledger.history(row.case)
    affair = getattr(history[0].fact, "affair", None) if history else None
    return await load_report(affair, street=street) if affair is not None else None


def seen(report: Report, at: datetime) -> Seen | None:
    """A report as it is compared with others; None if it came without a point."""
    told = report.told
    if told.point is None:
        return None
    point = (told.point.longitude, told.point.latitude)
    within = UNTOLD_M if told.point.within is None else told.point.within
    return Seen(str(report.id), point, within, at, told.matter, told.words or "")
