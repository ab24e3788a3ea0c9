"""How people rate what the city did for them, open to everybody: every number with the cases that it counts.

There is no score and no order by one: of a few ratings anybody can make either.
"""

import csv
from collections import Counter as Sum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit
from onecity.services.feedback import store
from onecity.services.feedback.model import BAD
from onecity.services.feedback.store import CountedCase, Figures, What
from onecity.services.rules import Why
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_HOME: Final = "/open/ratings"
_A_PAGE: Final = 50
_OF: Final[Mapping[What, What]] = {
    What.RATED: What.ENDED, What.BAD: What.RATED, What.CALLED: What.BAD, What.UPHELD: What.CALLED,
    What.IN_TIME: What.UPHELD, What.REMOVED: What.ENDED,
} | {What(f"level_{level}"): What.RATED for level in range(1, 6)}  # fmt: skip
"""What each number is a part of: the denominator that stands beside it."""


class RatingFigures(msgspec.Struct, frozen=True):
    """The figures of an item at an agency. `rated` and all that is of it are without those that were removed."""

    agency: str
    item: str
    ended: int
    rated: int
    level_5: int
    level_4: int
    level_3: int
    level_2: int
    level_1: int
    bad: int
    called: int
    upheld: int
    in_time: int
    removed: int


class RatingsPage(msgspec.Struct, frozen=True):
    """A page of the figures; `goes_on` says whether there is a next one."""

    figures: tuple[RatingFigures, ...]
    page: int
    goes_on: bool


class OpenRatings:
    """The page, the lists, the table and the operation."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def page(self, visit: Visit) -> Response:
        """The figures of the city, of an agency, or of an item there, and what they are made of."""
        agency, item = _asked(visit)
        found = [one for one in await self.figures() if agency in ("", one.agency) and item in ("", one.item)]
        parts = _parts(found, by_item=bool(agency))
        names = sorted(parts)
        paging = Paging.of(visit, len(names), _A_PAGE)
        shown = names[paging.offset : paging.offset + paging.a_page]
        return visit.page(
            AT + "open_ratings.html", title=visit.say("services.ratings"), where=self._where(visit, agency, item),
            figures=self._tiles(visit, summed(found), agency, item), single=bool(item),
            rows=[] if item else [self._row(visit, agency, name, parts[name]) for name in shown], paging=paging,
            back_url=_HOME + (f"?{urlencode({'agency': agency})}" if item else "") if agency else "/open/catalogue",
        )  # fmt: skip

    async def cases(self, visit: Visit) -> Response:
        """The cases behind a number: which item, where, when, what was said in one word, and what became of it."""
        agency, item = _asked(visit)
        asked = visit.request.query_params.get("what", What.ENDED.value)
        if asked not in set(What):
            return visit.refuse(Refused(Why.NOT_FOUND))
        what, paging = What(asked), Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            read = await store.counted(
                connection, what, agency=agency, item=item, limit=paging.one_more, offset=paging.offset
            )
        rows, paging = paging.cut(read)
        back = urlencode({key: value for key, value in (("agency", agency), ("item", item)) if value})
        return visit.page(
            AT + "open_rated.html", title=visit.say(f"services.ratings.{what}"),
            means=visit.say(f"services.ratings.{what}.means"), where=self._where(visit, agency, item),
            rows=[self._counted(visit, one) for one in rows], paging=paging,
            back_url=_HOME + (f"?{back}" if back else ""),
        )  # fmt: skip

    async def table(self, _visit: Visit) -> Response:
        """All figures, as a table that spreadsheets read."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(RatingFigures.__struct_fields__)
        writer.writerows(msgspec.structs.astuple(one) for one in await self.figures())
        headers = {"content-disposition": 'attachment; filename="ratings.csv"'}
        # The mark in front tells spreadsheets that this is UTF-8.
        return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    async def machine(self, visit: Visit, _: None) -> RatingsPage:
        """The same for programs, page by page."""
        paging, found = Paging.uncounted(visit, _A_PAGE), await self.figures()
        shown, page = paging.cut(found[paging.offset : paging.offset + paging.one_more])
        return RatingsPage(tuple(shown), page.page, page.goes_on)

    async def figures(self) -> Sequence[RatingFigures]:
        """The figures of each agency and item, by their names."""
        async with self._counter.ledger.readers.acquire() as connection:
            return [figures_of(one) for one in await store.figures(connection)]

    def _where(self, visit: Visit, agency: str, item: str) -> str:
        """Which part of the city the figures are of."""
        if not agency:
            return visit.say("services.ratings.all")
        named = self._counter.agency(agency).name.said(visit.lang)
        return f"{named} · {self._counter.scribe.matter(visit.lang, item)}" if item else named

    def _tiles(self, visit: Visit, sums: Mapping[What, int], agency: str, item: str) -> list[dict[str, Any]]:
        """Each number with what it is a part of, and the way to its list."""
        tiles = []
        for what in What:
            whole = _OF.get(what)
            query = {"what": what.value, "agency": agency, "item": item}
            of = visit.say(f"services.ratings.{whole}") if whole else ""
            tiles.append(
                {
                    "href": f"{_HOME}/list?{urlencode({key: value for key, value in query.items() if value})}",
                    "label": visit.say(f"services.ratings.{what}"),
                    "figure": sums[what],
                    "unit": visit.say("services.ratings.unit"),
                    "note": visit.say("services.ratings.of", of=of, number=sums[whole]) if whole else "",
                }
            )
        return tiles

    def _row(self, visit: Visit, agency: str, name: str, sums: Mapping[What, int]) -> dict[str, str]:
        """An agency, or an item of one, with the way to its figures."""
        query = {"agency": agency, "item": name} if agency else {"agency": name}
        numbers = {what.value: sums[what] for what in (What.ENDED, What.RATED, What.BAD, What.CALLED)}
        return {
            "href": f"{_HOME}?{urlencode(query)}",
            "title": self._counter.scribe.matter(visit.lang, name)
            if agency
            else self._counter.agency(name).name.said(visit.lang),
            "subtitle": visit.say("services.ratings.line", **numbers),
        }

    def _counted(self, visit: Visit, one: CountedCase) -> dict[str, str]:
        formats = visit.site.pages.formats[visit.lang]

        def day(at: date) -> str:
            return formats.day(at, today=visit.today, weekday=False)

        zone = self._counter.office.zone
        said = [visit.say("services.ratings.ended_on", day=day(day_in(zone, one.ended)))]
        if one.level is not None and one.rated is not None:
            level = visit.say(f"ui.rating.{one.level}")
            said.append(visit.say("services.ratings.rated_on", day=day(day_in(zone, one.rated)), level=level))
        return {
            "title": self._counter.scribe.matter(visit.lang, one.item),
            "subtitle": f"{self._counter.agency(one.agency).name.said(visit.lang)} · {' · '.join(said)}",
            "meta": self._became(visit, one),
        }

    def _became(self, visit: Visit, one: CountedCase) -> str:
        """What became of a rating, where anything had to."""
        if one.removal == "removed":
            return visit.say("services.ratings.removed")
        return visit.say(f"services.feedback.state.{one.state}") if one.level is not None and one.level <= BAD else ""


def figures_of(one: Figures) -> RatingFigures:
    """The figures of an item, as they are told."""
    return RatingFigures(one.agency, one.item, **{what.value: number for what, number in one.counts.items()})


def summed(found: Iterable[RatingFigures]) -> Mapping[What, int]:
    """The figures of several items together."""
    sums = Sum[What](dict.fromkeys(What, 0))
    for one in found:
        sums.update({what: getattr(one, what.value) for what in What})
    return sums


def _parts(found: Sequence[RatingFigures], *, by_item: bool) -> dict[str, Mapping[What, int]]:
    """The same figures by agency, or by item."""
    names = dict.fromkeys(one.item if by_item else one.agency for one in found)
    return {name: summed(one for one in found if name == (one.item if by_item else one.agency)) for name in names}


def _asked(visit: Visit) -> tuple[str, str]:
    """The agency and the item that the address names; an item only with its agency."""
    query = visit.request.query_params
    agency = query.get("agency", "")
    return agency, query.get("item", "") if agency else ""
