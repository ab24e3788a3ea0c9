"""For whoever compares the books: every day with its sums, what does not agree, and each line behind it."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.acting import Acting
from onecity.kernel.instants import bounds_of
from onecity.kernel.money import yuan
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.payments import store
from onecity.payments.facts import CASH, DayBalanced, Difference, Movement, Taken
from onecity.payments.rules import BALANCE, Why, may_balance
from onecity.payments.rules.balance import taken
from onecity.payments.usecases.balancing import balance, history_of
from onecity.payments.web.cashdesk import AT, CashDesk

_A_PAGE: Final = 62
_HOME: Final = "/finance"


class Finance:
    """Pages for the duty `payments.balance`, held for the whole city. They name nobody: a fee is a number here."""

    def __init__(self, desk: CashDesk) -> None:
        self._desk = desk

    async def days(self, visit: Visit) -> Response:
        """The days, the newest first; today so far stands above them."""
        if not self._may(visit):
            return visit.refuse(Refused(Why.NOT_ALL_YOURS))
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._desk.ledger.readers.acquire() as connection:
            rows, paging = paging.cut(await store.days(connection, limit=paging.one_more, offset=paging.offset))
            unclear, waiting = await store.unclear(connection), await store.how_many_due(connection)
        book = await self._book(visit.today)
        sums = taken(row.entry for row in book)
        return visit.page(
            AT + "finance.html",
            title=visit.say("payments.finance"),
            tiles=[
                {"label": visit.say("payments.today.paid"), "figure": yuan(sum(one.paid_fen for one in sums)),
                 "unit": visit.say("payments.unit")},
                {"label": visit.say("payments.today.refunded"), "figure": yuan(sum(one.refunded_fen for one in sums)),
                 "unit": visit.say("payments.unit")},
                {"label": visit.say("payments.waiting"), "figure": waiting, "unit": visit.say("payments.fees")},
                {"label": visit.say("payments.unclear"), "figure": unclear, "unit": visit.say("payments.lines")},
            ],
            unclear=unclear,
            days=[self._day(row) for row in rows],
            paging=paging,
            today_href=f"{_HOME}/{visit.today}",
        )  # fmt: skip

    def _day(self, row: store.DayRow) -> dict[str, Any]:
        return {
            "href": f"{_HOME}/{row.day}", "day": row.day, "payments": row.payments, "paid": yuan(row.paid_fen),
            "refunds": row.refunds, "refunded": yuan(row.refunded_fen), "differences": row.differences,
        }  # fmt: skip

    async def day(self, visit: Visit) -> Response:
        """One day: sums by agency, the other book, where they differ, and every line."""
        day = self._asked(visit)
        if isinstance(day, Refused):
            return visit.refuse(day)
        found = await history_of(day, till=self._desk.till)
        history: Sequence[DayBalanced] = () if isinstance(found, Refused) else found
        newest = history[0] if history else None
        book = await self._book(day)
        return visit.page(
            AT + "finance_day.html",
            title=visit.say("payments.finance.day", day=visit.site.pages.formats[visit.lang].full_day(day)),
            day=day,
            runs=day >= visit.today,
            balanced=newest,
            compared=len(history),
            sums=[self._sum(visit, one) for one in (newest.taken if newest else taken(row.entry for row in book))],
            stated=self._stated(newest),
            differences=[self._difference(visit, one, book) for one in (newest.differences if newest else ())],
            lines=[self._line(visit, row) for row in book],
            key=uuid4(),
            back_url=_HOME,
        )

    async def again(self, visit: Visit) -> Response:
        """Compare the books of a day once more, after somebody cleared what did not agree."""
        day = self._asked(visit)
        if isinstance(day, Refused):
            return visit.refuse(day)
        done = await balance(day, till=self._desk.till, key=visit.form.key(), by=self._acting(visit), now=visit.now)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"{_HOME}/{day}")

    async def table(self, visit: Visit) -> Response:
        """The lines of a day as a table that spreadsheets read."""
        day = self._asked(visit)
        if isinstance(day, Refused):
            return visit.refuse(day)
        text = StringIO()
        writer = csv.writer(text)
        columns = ("at", "movement", "way", "agency", "matter", "number", "receipt", "reference", "sum")
        writer.writerow([visit.say(f"payments.column.{column}") for column in columns])
        for row in await self._book(day):
            line = self._line(visit, row)
            writer.writerow([row.at.astimezone(visit.site.zone).isoformat(), *(line[name] for name in columns[1:])])
        headers = {"content-disposition": f'attachment; filename="payments-{day}.csv"'}
        # The mark in front tells spreadsheets that this is UTF-8.
        return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    def _acting(self, visit: Visit) -> Acting:
        return visit.someone.acting_in(visit.channel, BALANCE, {self._desk.till.area})

    def _may(self, visit: Visit) -> bool:
        return may_balance(self._desk.till.area, self._acting(visit))

    def _asked(self, visit: Visit) -> date | Refused:
        """The day of the path, for whoever may see its books."""
        if not self._may(visit):
            return Refused(Why.NOT_ALL_YOURS)
        try:
            return date.fromisoformat(visit.path("day"))
        except ValueError:
            return Refused(Why.NO_SUCH_DAY)

    async def _book(self, day: date) -> list[store.EntryRow]:
        async with self._desk.ledger.readers.acquire() as connection:
            return await store.book(connection, *bounds_of(self._desk.till.zone, day))

    def _line(self, visit: Visit, row: store.EntryRow) -> dict[str, Any]:
        entry = row.entry
        sign = "-" if entry.movement is Movement.REFUNDED else ""
        return {
            "at": row.at, "movement": visit.say(f"payments.movement.{entry.movement}"),
            "way": self._way(visit, entry.port),
            "agency": self._desk.scribe.agency(visit.lang, entry.agency),
            "matter": self._desk.scribe.matter(visit.lang, row.matter), "number": row.number, "receipt": row.receipt,
            "reference": entry.reference, "sum": sign + yuan(entry.fen),
        }  # fmt: skip

    def _way(self, visit: Visit, port: str) -> str:
        if port == CASH:
            return visit.say("payments.way.cash")
        return visit.say("payments.way.simulated" if self._desk.till.simulated else "payments.way.online")

    def _sum(self, visit: Visit, one: Taken) -> dict[str, Any]:
        return {
            "agency": self._desk.scribe.agency(visit.lang, one.agency), "way": self._way(visit, one.port),
            "payments": one.payments, "paid": yuan(one.paid_fen), "refunds": one.refunds,
            "refunded": yuan(one.refunded_fen),
        }  # fmt: skip

    def _stated(self, newest: DayBalanced | None) -> dict[str, Any] | None:
        stated = newest.stated if newest else None
        if newest is None or stated is None:
            return None
        ours = [one for one in newest.taken if one.port == stated.port]
        return {
            "ours": yuan(sum(one.paid_fen for one in ours)), "theirs": yuan(stated.paid_fen),
            "ours_back": yuan(sum(one.refunded_fen for one in ours)), "theirs_back": yuan(stated.refunded_fen),
            "root": stated.root, "simulated": stated.simulated,
        }  # fmt: skip

    def _difference(self, visit: Visit, one: Difference, book: Sequence[store.EntryRow]) -> dict[str, Any]:
        number = next((row.number for row in book if row.entry.payment == one.payment), "")
        nothing = visit.say("payments.nothing")
        return {
            "movement": visit.say(f"payments.movement.{one.movement}"),
            "number": number or visit.say("payments.unknown_number"),
            "reference": one.reference,
            "ours": nothing if one.ours_fen is None else yuan(one.ours_fen),
            "theirs": nothing if one.theirs_fen is None else yuan(one.theirs_fen),
        }
