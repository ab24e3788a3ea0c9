"""What governance holds on a person: what they reported on the street, and the photographs that came with it."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from datetime import date

from onecity.governance import store
from onecity.governance.model import problem_of, report_of
from onecity.governance.photos import Photos
from onecity.governance.usecases.callers import Callers
from onecity.kernel.ids import PersonId
from onecity.ledger import Ledger
from onecity.people.holdings import Bond, Holding


class ReportKeeper:
    """Answers for reports and photographs. A report stays as long as its case, and goes with the key of its person."""

    name = "governance"

    def __init__(self, ledger: Ledger, photos: Photos, callers: Callers) -> None:
        self._ledger = ledger
        self._photos = photos
        self._callers = callers

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        del day
        async with self._ledger.readers.acquire() as connection:
            rows = await store.reports_of(connection, person)
        return (Holding("governance.held.reports", len(rows), Bond.AFFAIRS),)

    async def export(self, person: PersonId) -> Mapping[str, object]:
        async with self._ledger.readers.acquire() as connection:
            rows = await store.reports_of(connection, person)
        return {"reports": await self._ledger.told([row.report for row in rows])}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        """Copies that everybody may see go at once, the photographs once nothing keeps the cases.

        Under the person's key lie also the photographs of the steps and of the looks of every case that their report
        began: the first, and those that began when it was parted from another.
        """
        async with self._ledger.readers.acquire() as connection:
            rows = await store.reports_of(connection, person)
            names = [one.copy for one in await store.released_under(connection, person)]
        await self._callers.forget([row.report for row in rows])
        for row in rows if wholly else ():
            report = report_of(await self._ledger.history(row.report))
            assert report is not None, "the row of a report follows from its history"
            problems = [problem_of(await self._ledger.history(case)) for case in report.cases]
            names += [*report.told.photos, *(name for one in problems for name in one.brought)]
        for name in names:
            await to_thread(self._photos.remove, name)
        return len(names)
