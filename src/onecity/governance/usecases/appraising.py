"""How the street is doing: the shares of an appraisal, from the moments that the facts marked."""

from asyncio import to_thread
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from onecity.governance.appraisal import Appraisal, Course, appraise
from onecity.governance.recurrence import Ended, recurrence_rate
from onecity.governance.store import ProblemRow, last_change, latest_problems
from onecity.governance.usecases import Street
from onecity.governance.usecases.remembering import Remembered
from onecity.kernel.instants import bounds_of

DAYS: Final = 90
"""How far back an appraisal looks: what was reported in a quarter of a year."""
_MOST: Final = 20_000
_NO_PROBLEM: Final = ("declined", "answered", "void", "joined")
"""Stages in which a report ended without being filed."""


Shares: TypeAlias = tuple[Appraisal, int]
"""The shares, and of how many cases they are."""


class Appraiser:
    """The shares of the last days, computed once for everybody until a case of the street changes or a minute is over.

    Whoever asks while they are computed waits for the same ones.
    """

    def __init__(self, street: Street) -> None:
        self._street = street
        self._shares = Remembered(self._state, self._appraised)

    async def shares(self, *, at: datetime) -> Shares:
        """The shares at an instant, at most a minute old."""
        return await self._shares.told(at=at)

    async def _state(self, at: datetime) -> tuple[datetime | None, datetime]:
        async with self._street.office.ledger.readers.acquire() as connection:
            return await last_change(connection), at.replace(second=0, microsecond=0)

    async def _appraised(self, at: datetime) -> Shares:
        return await appraised(self._street, at=at)


async def appraised(street: Street, *, at: datetime, days: int = DAYS) -> Shares:
    """The shares of what was reported in so many days before an instant, and of how many cases they are.

    Of more than twenty thousand cases the newest count; how many it is stands beside the shares.
    """
    async with street.office.ledger.readers.acquire() as connection:
        rows = await latest_problems(connection, since=at - timedelta(days=days), until=at, limit=_MOST)
    # So many cases are a second of work; others are served meanwhile.
    return await to_thread(_shares, rows, street, at)


def _shares(rows: Sequence[ProblemRow], street: Street, at: datetime) -> Shares:
    told = [row for row in rows if row.stage != "joined"]
    cases = [ended(row, street) for row in told if row.filed is not None]
    zone = street.office.zone
    rate = recurrence_rate(cases, on=at.astimezone(zone).date(), again=street.rules.again, zone=zone)
    return appraise([course_of(row, street) for row in told], at=at, recurrence=rate), len(told)


def ended(row: ProblemRow, street: Street) -> Ended:
    """A case as recurrence sees it."""
    now = street.catalogue.becomes(row.matter)
    point = None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)
    return Ended(str(row.case), now[0] if now else row.matter, point, row.reported, row.closed, row.part)


def course_of(row: ProblemRow, street: Street) -> Course:
    """What became of one case, as the appraisal asks for it."""
    due = row.due_at
    if due is None and row.due is not None:
        _, due = bounds_of(street.office.zone, row.due)
    _, answer = bounds_of(street.office.zone, row.answer_by)
    undecided = row.stage in ("intake", "look") and row.filed is None
    return Course(
        id=str(row.case),
        channel=row.source,
        reported_at=row.reported,
        reports=row.reports,
        valid=None if undecided else row.stage != "void",
        filed=None if undecided else row.filed is not None,
        filed_at=row.filed,
        dispatched_at=row.dispatched,
        dispatched_rightly=None if row.dispatched is None else row.returned == 0,
        handled_at=row.handled,
        handle_due=due,
        verified_at=row.verified,
        closed=row.result == "closed",
        closed_at=row.closed if row.stage not in _NO_PROBLEM else None,
        close_due=answer,
        suspended_at=row.dispatched if row.stage == "deferred" else None,
        extended=row.extended > 0,
        reworked=row.reworked > 0,
        reopened=row.reopened is not None,
    )
