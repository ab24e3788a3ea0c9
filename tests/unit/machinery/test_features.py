"""What somebody asks of a collection, and shapes in memory read page by page, without a city around them."""

from datetime import UTC, date, datetime
from typing import Final

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.kernel.refusal import Refused
from onecity.machinery.features import About, Asked, Box, Drawing, Drawn, Feature, Reader, Why, point
from onecity.machinery.features.asking import no_stranger, read_box, read_form, read_items, read_span

READER: Final = Reader("zh", date(2020, 9, 22))
NINE: Final = datetime(2020, 9, 22, 1, tzinfo=UTC)
SHAPES: Final = {
    f"{column}{row}": shapely.box(column, row, column + 1, row + 1) for column in range(5) for row in range(4)
}


def drawn() -> Drawn:
    """Twenty squares, each named by its column and row."""
    drawing = Drawing(list(SHAPES), np.array(list(SHAPES.values()), dtype=object))
    return Drawn(
        "squares", about=lambda _: About("", ""), draw=lambda: drawing, properties=lambda code, _: {"name": code}
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("113.6,34.7,113.7,34.8", Box(113.6, 34.7, 113.7, 34.8)),
        (" 113.6 , 34.7 , 113.7 , 34.8 ", Box(113.6, 34.7, 113.7, 34.8)),
        ("113.6,34.7,-5,113.7,34.8,90000", Box(113.6, 34.7, 113.7, 34.8)),
        ("-180,-90,180,90", Box(-180, -90, 180, 90)),
        ("1,2,1,2", Box(1, 2, 1, 2)),
        ("+1.5,.5,2e0,1e0", Box(1.5, 0.5, 2, 1)),
        ("1,2,3", Refused(Why.NO_BOX)),
        ("1,2,3,4,5", Refused(Why.NO_BOX)),
        ("1,2,3,nan", Refused(Why.NO_BOX)),
        ("1,2,3,1e99", Refused(Why.NO_BOX)),
        ("1,2,3,٤", Refused(Why.NO_BOX)),
        ("1,5,3,4", Refused(Why.NO_BOX)),
        ("1,2,3,91", Refused(Why.NO_BOX)),
        ("1,2,181,4", Refused(Why.NO_BOX)),
        ("", Refused(Why.NO_BOX)),
        ("170,30,-170,40", Refused(Why.OVER_THE_LINE)),
    ],
)
def test_a_box(typed: str, found: Box | Refused) -> None:
    assert read_box(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (None, (None, None)),
        ("2020-09-22T09:00:00+08:00", (NINE, NINE)),
        ("2020-09-22T09:00:00 08:00", (NINE, NINE)),
        ("2020-09-22t01:00:00z", (NINE, NINE)),
        ("2020-09-22T01:00:00.000000000Z", (NINE, NINE)),
        ("2020-09-22T01:00:00Z/..", (NINE, None)),
        ("2020-09-22T01:00:00Z/", (NINE, None)),
        ("../2020-09-22T01:00:00Z", (None, NINE)),
        ("/2020-09-22T01:00:00Z", (None, NINE)),
        ("2020-09-22T01:00:00Z/2020-09-22T01:00:00Z", (NINE, NINE)),
        ("2020-09-22T01:00:01Z/2020-09-22T01:00:00Z", Refused(Why.BACKWARDS)),
        ("", Refused(Why.NO_TIME)),
        ("..", Refused(Why.NO_TIME)),
        ("../..", Refused(Why.NO_TIME)),
        ("/", Refused(Why.NO_TIME)),
        ("2020-09-22", Refused(Why.NO_TIME)),
        ("2020-09-22T01:00:00", Refused(Why.NO_TIME)),
        ("2020-02-30T01:00:00Z", Refused(Why.NO_TIME)),
        ("0001-01-01T00:00:00+14:00", Refused(Why.NO_TIME)),
        ("2020-09-22T01:00:00Z/2020-09-22T01:00:00Z/..", Refused(Why.NO_TIME)),
    ],
)
def test_a_time(typed: str | None, found: tuple[datetime | None, datetime | None] | Refused) -> None:
    assert read_span(typed) == found


def test_a_limit_beyond_the_most_is_no_fault_and_none_is_ten() -> None:
    assert read_items({}, most=1_000) == Asked(10)
    assert read_items({"limit": "1000000"}, most=1_000) == Asked(1_000)
    assert read_items({"limit": "3", "after": "x\0"}, most=1_000) == Asked(3, after="x")
    for typed in ("0", "-1", "", "1.5", "٣", "9" * 13):
        assert read_items({"limit": typed}, most=1_000) == Refused(Why.NO_LIMIT, {"most": 1_000})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/html;q=0.5, application/geo+json", "json"),
        ("application/json;q=0.5, text/html;q=0.9", "html"),
        ("application/json, text/html", "json"),
    ],
)
def test_the_form_that_is_liked(accept: str, form: str) -> None:
    assert read_form({}, accept) == form
    assert read_form({"f": "html"}, accept) == "html"
    assert read_form({"f": "json"}, accept) == "json"


def test_a_stranger_is_named() -> None:
    assert no_stranger({"f": "json", "bbbox": ""}, {"f"}) == Refused(Why.UNKNOWN, {"field": "bbbox"})
    assert no_stranger({"f": "json"}, {"f"}) is None


async def read_on(of: Drawn, limit: int, box: Box | None) -> list[Feature]:
    found: list[Feature] = []
    after = ""
    while True:
        page = await of.page(Asked(limit, box, after=after), READER)
        assert len(page.features) <= limit
        assert page.features or not after, "whoever is led on finds something"
        found += page.features
        assert page.matched is not None
        if not page.goes_on:
            assert page.matched == len(found)
            return found
        after = page.features[-1].id


@settings(max_examples=100, deadline=None)
@given(
    limit=st.integers(1, 25),
    edges=st.none() | st.tuples(*(st.floats(-1, 6, allow_nan=False) for _ in range(4))),
)
async def test_pages_together_are_all_that_touches_the_box(limit: int, edges: tuple[float, ...] | None) -> None:
    box = None
    if edges is not None:
        (west, east), (south, north) = sorted(edges[:2]), sorted(edges[2:])
        box = Box(west, south, east, north)
    ground = shapely.box(box.west, box.south, box.east, box.north) if box else shapely.box(-9, -9, 9, 9)
    wanted = [code for code, shape in SHAPES.items() if shape.intersects(ground)]
    assert [one.id for one in await read_on(drawn(), limit, box)] == wanted


async def test_one_shape_is_found_by_its_code_and_by_no_other() -> None:
    found = await drawn().one("23", READER)
    assert found is not None and found.properties == {"name": "23"}
    assert shapely.from_geojson(bytes(found.geometry)).equals(SHAPES["23"])
    for code in ("", "2", "233", "99"):
        assert await drawn().one(code, READER) is None


async def test_a_shape_that_went_away_does_not_stop_whoever_reads_on() -> None:
    page = await drawn().page(Asked(2, after="225"), READER)
    assert [one.id for one in page.features] == ["23", "30"]


def test_what_has_no_place_has_no_geometry() -> None:
    assert bytes(point(None)) == b"null"
