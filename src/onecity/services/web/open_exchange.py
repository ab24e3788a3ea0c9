"""The items as rows of the national exchange, open to everybody: what is ready, and what is refused and why."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from starlette.responses import Response

from onecity.machinery.web import Paging, Visit
from onecity.packs import Pack
from onecity.places import CITY
from onecity.services.everyday import ITEMS
from onecity.services.exchange import (
    COLUMNS,
    Exchange,
    ExchangeRow,
    RefusedRow,
    code_lists,
    counts_of,
    exchange_of,
    left_open,
    sentences,
    source_of,
    table_of,
)
from onecity.services.listing import every_item
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_HOME: Final = "/open/catalogue/exchange"
_A_PAGE: Final = 50


class _Made(NamedTuple):
    """The rows of a version of the pack as they are on a day, and what is left open in them."""

    version: str
    day: date
    found: Exchange
    left_open: Mapping[str, int]


class OpenExchange:
    """The page and the table. The rows of a version of the pack are made once a day."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._made: _Made | None = None
        self._making = asyncio.Lock()

    async def page(self, visit: Visit) -> Response:
        """How many rows are ready, and each refused one with all that is wrong; each leads to its item."""
        made, query = await self._now(visit), visit.request.query_params
        found, ready, reason = made.found, query.get("list") == "ready", query.get("fault", "")
        wanted: Sequence[ExchangeRow | RefusedRow] = found.ready if ready else _refused(found, reason)
        paging = Paging.of(visit, len(wanted), _A_PAGE)
        shown = wanted[paging.offset : paging.offset + paging.a_page]
        return visit.page(
            AT + "open_exchange.html",
            title=visit.say("services.exchange"),
            version=made.version[:12],
            simulated=self._counter.catalogue.pack.one(CITY).simulated,
            figures=_figures(visit, made),
            tabs=[] if ready else _tabs(visit, found, reason),
            rows=[self._row(visit, one) for one in shown],
            paging=paging,
            left_open=[
                {
                    "term": COLUMNS[name].name.said(visit.lang),
                    "value": visit.say("services.exchange.left_open.rows", number=number),
                }
                for name, number in made.left_open.items()
            ],
            lists=[
                {"term": one.name.said(visit.lang), "value": source_of(one, visit.say, visit.lang)}
                for one in code_lists().values()
            ],
            back_url="/open/catalogue",
        )

    async def table(self, visit: Visit) -> Response:
        """Every row that is ready, as a table under the national names."""
        headers = {"content-disposition": 'attachment; filename="exchange.csv"'}
        return Response(
            table_of((await self._now(visit)).found.ready), media_type="text/csv; charset=utf-8", headers=headers
        )

    async def _now(self, visit: Visit) -> _Made:
        """The rows of today; made once a day and version, in a thread, as it takes a second."""
        pack, day = self._counter.catalogue.pack, visit.today
        async with self._making:
            if self._made is None or (self._made.version, self._made.day) != (pack.version, day):
                self._made = await asyncio.to_thread(_made_of, pack, day)
            return self._made

    def _row(self, visit: Visit, one: ExchangeRow | RefusedRow) -> dict[str, Any]:
        """A row, with the whole of what is wrong with it."""
        faults = one.faults if isinstance(one, RefusedRow) else ()
        row = one.row if isinstance(one, RefusedRow) else one
        item = every_item(self._counter.catalogue.pack)[row.id]
        return {
            "href": f"{ITEMS}{row.id}",
            "title": item.name.said(visit.lang),
            "subtitle": self._counter.agency(item.agency).name.said(visit.lang),
            "meta": f"{COLUMNS['grade'].name.said(visit.lang)} {row.grade}",
            "faults": sentences(faults, visit.say, visit.lang),
            "count": visit.say("services.exchange.faults", number=len(faults)),
        }


def _made_of(pack: Pack, day: date) -> _Made:
    found = exchange_of(pack, day)
    return _Made(pack.version, day, found, left_open(found.ready))


def _figures(visit: Visit, made: _Made) -> list[dict[str, Any]]:
    """All items, those that are ready and those that are refused, and the columns that somebody must fill in."""
    ready, refused = len(made.found.ready), len(made.found.refused)
    figures = {
        "total": ("/open/catalogue?list=items", ready + refused),
        "ready": (f"{_HOME}?list=ready", ready),
        "refused": (_HOME, refused),
        "open": ("#left-open", len(made.left_open)),
    }
    return [
        {
            "href": href,
            "label": visit.say(f"services.exchange.{name}"),
            "figure": number,
            "unit": visit.say("services.exchange.open.unit" if name == "open" else "services.catalogue.unit"),
            "note": visit.say(f"services.exchange.{name}.means"),
        }
        for name, (href, number) in figures.items()
    ]


def _refused(found: Exchange, reason: str) -> Sequence[RefusedRow]:
    """The refused rows that have a fault; all of them if none is named."""
    return [
        one
        for one in found.refused
        if not reason or any(f"{fault.rule}.{fault.field}" == reason for fault in one.faults)
    ]


def _tabs(visit: Visit, found: Exchange, reason: str) -> list[dict[str, Any]]:
    """A list for each thing that is wrong, with how many rows are on it."""
    every = {"href": _HOME, "label": visit.say("services.catalogue.all"), "count": len(found.refused)}
    return [every | {"current": not reason}] + [
        {"href": f"{_HOME}?fault={name}", "label": label, "count": number, "current": name == reason}
        for name, label, number in counts_of(found, visit.say, visit.lang)
    ]
