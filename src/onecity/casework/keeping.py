"""What casework holds on a person: cases, kept by law while they are open and as long as archives after that."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from onecity.casework import store
from onecity.casework.cited import ARCHIVES, RUNNING
from onecity.kernel.clock import last_day_of_years
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.ledger import Ledger
from onecity.people.holdings import Bond, Holding

ARCHIVED: Final = 10
"""Years for which an ended case is kept: the shorter of the two terms; an agency's own table may say thirty.

Source: 机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第 8 号, 2006-12-18) §6, §8 (1).
"""


def kept_until(ended: date) -> date:
    """The day from which an ended case need not be kept any more.

    >>> kept_until(date(2020, 2, 29)), kept_until(date(2020, 10, 26))
    (datetime.date(2030, 3, 1), datetime.date(2030, 10, 26))
    """
    return last_day_of_years(ended, ARCHIVED) + timedelta(days=1)


class CaseKeeper:
    """Answers for the cases of a person, and for how long each keeps what belongs to it."""

    name = "casework"

    def __init__(self, ledger: Ledger, zone: ZoneInfo) -> None:
        self._ledger = ledger
        self._zone = zone

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        async with self._ledger.readers.acquire() as connection:
            cases = await store.cases_of(connection, person)
        ends = [day_in(self._zone, case.ended) for case in cases if case.ended is not None]
        running = len(cases) - len(ends)
        archived = [end for end in map(kept_until, ends) if end > day]
        return (
            Holding("casework.held.running", running, Bond.AFFAIRS, law=RUNNING.citation if running else None),
            Holding("casework.held.ended", len(archived), Bond.AFFAIRS, max(archived, default=None), ARCHIVES.citation)
            if archived
            else Holding("casework.held.ended", 0, Bond.AFFAIRS),
            Holding("casework.held.old", len(ends) - len(archived), Bond.AFFAIRS),
        )

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._ledger.readers.acquire() as connection:
            cases = await store.cases_of(connection, person)
        return {"cases": await self._ledger.told([case.id for case in cases])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Nothing but facts: what they said of the person goes with the key."""
        del person, wholly
        return 0
