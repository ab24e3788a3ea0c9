"""The street as a collection of things on the map: each case once, with what Open311 shows of it, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import shapely

from onecity.governance import store
from onecity.governance.open311 import Extended, Request
from onecity.governance.store import RequestRow
from onecity.governance.web.centre import Centre
from onecity.governance.web.showing import Shown
from onecity.machinery.features import About, Asked, Box, Extent, Feature, Page, Reader, point

_A_MINUTE_S: Final = 60
_COUNTED: Final = 10_000
"""So many cases are counted; of more nobody is told how many there are, and every page takes as long as the first."""
_TERMS: Final = (
    "number", "status_notes", "reported", "changed", "expected", "answer_by", "agency", "address", "cell",
    "reports",
)  # fmt: skip
"""What a page for people shows; the others are codes for programs."""


class Problems:
    """The public cases of the street, the newest first. Each lies in the middle of its grid cell."""

    id = "problems"
    most = 1_000
    fresh_s = _A_MINUTE_S

    def __init__(self, centre: Centre) -> None:
        self._street, self._scribe = centre.street, centre.scribe

    def about(self, lang: str) -> About:
        """What is in it, and what is not."""
        say = self._scribe.words.say
        terms = {name: say(lang, f"governance.mapped.{name}") for name in _TERMS}
        return About(say(lang, "governance.mapped"), say(lang, "governance.mapped.description"), terms)

    async def extent(self) -> Extent:
        """The ground of the city, from the first report on."""
        edges = shapely.total_bounds(self._street.ground.cells.shapes)
        async with self._street.office.ledger.readers.acquire() as connection:
            first = await store.first_reported(connection)
        return Extent(Box(*(float(edge) for edge in edges)), (first, None))

    async def page(self, asked: Asked, reader: Reader) -> Page:
        """Cases by the instant of their report; those without a cell are in every box."""
        cells = self._cells(asked.box)
        async with self._street.office.ledger.readers.acquire() as connection:
            rows = await store.requests(
                connection, leading=True, cells=cells, reported=asked.span, after=asked.after or None,
                limit=asked.limit + 1,
            )  # fmt: skip
            many = await store.how_many_problems(
                connection, cells=cells, reported=asked.span, most=_COUNTED + 1
            )  # fmt: skip
        shown = self._shown(reader)
        found = tuple(_feature(row, shown) for row in rows[: asked.limit])
        return Page(found, len(rows) > asked.limit, many if many <= _COUNTED else None)

    async def one(self, id: str, reader: Reader) -> Feature | None:  # noqa: A002 - the word of the standard
        """The case whose number is the id."""
        async with self._street.office.ledger.readers.acquire() as connection:
            rows = await store.requests(connection, leading=True, numbers=[id], limit=1)
        return _feature(rows[0], self._shown(reader)) if rows else None

    def _cells(self, box: Box | None) -> Sequence[str] | None:
        """The cells of a box; None if it holds all."""
        if box is None:
            return None
        cells = self._street.ground.cells
        found = cells.with_middles_in(box.west, box.south, box.east, box.north)
        return None if len(found) == len(cells) else found

    def _shown(self, reader: Reader) -> Shown:
        return Shown(self._street, self._scribe, reader.lang, self._street.office.zone, reader.today)


def _feature(row: RequestRow, shown: Shown) -> Feature:
    told = shown.request(row, extended=True, media=None)
    place = None if told.long is None or told.lat is None else (told.long, told.lat)
    return Feature(told.service_request_id, point(place), _properties(told))


def _properties(told: Request) -> Mapping[str, object]:
    """What Open311 tells of a case, under the words of this house; who reported and what they wrote is in neither."""
    more = told.extended_attributes
    assert isinstance(more, Extended), "it was asked for"
    return {
        "name": told.service_name,
        "number": told.service_request_id,
        "status": told.status,
        "stage": more.stage,
        "status_notes": told.status_notes,
        "matter": told.service_code,
        "reported": datetime.fromisoformat(told.requested_datetime),
        "changed": datetime.fromisoformat(told.updated_datetime),
        "expected": datetime.fromisoformat(told.expected_datetime) if told.expected_datetime else None,
        "answer_by": date.fromisoformat(more.answer_by),
        "result": more.result,
        "agency": told.agency_responsible,
        "address": told.address,
        "cell": told.address_id,
        "reports": more.reports,
    }
