"""Outlines for maps: all streets and counties, smoothed so that neighbours still meet, and small enough for a phone."""

import gzip
from itertools import chain

import msgspec
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from tests.shipped import shipped

from onecity.packs import Pack
from onecity.places import OUTLINE, Cells, Level, Outlined, cells_of, outlined, places_of
from onecity.places.outlines import Feature

KB = 1000


@pytest.fixture(scope="module")
def pack() -> Pack:
    return shipped()


@pytest.fixture(scope="module")
def drawn(pack: Pack) -> Outlined:
    return outlined(pack, places_of(pack))


@pytest.fixture(scope="module")
def cells(pack: Pack) -> Cells:
    found = cells_of(pack)
    assert found is not None
    return found


def shape(feature: Feature) -> BaseGeometry:
    pieces = feature.geometry.coordinates
    return shapely.MultiPolygon([(rings[0], list(rings[1:])) for rings in pieces])


def of(drawn: Outlined, level: Level) -> dict[str, BaseGeometry]:
    return {one.properties.code: shape(one) for one in drawn.features if one.properties.level is level}


def test_every_street_with_a_ground_is_drawn_under_its_name(pack: Pack, drawn: Outlined) -> None:
    codes = sorted({row.village[:9] for row in pack.one(OUTLINE).rows})
    assert list(of(drawn, Level.STREET)) == codes
    named = {one.properties.code: one.properties for one in drawn.features}
    assert named["410105001"].full == "金水区 经八路街道"
    assert named["410105"].name == "金水区"


def test_neighbours_meet_without_gap_or_overlap_and_counties_are_their_streets(drawn: Outlined) -> None:
    streets, counties = of(drawn, Level.STREET), of(drawn, Level.COUNTY)
    assert shapely.coverage_is_valid(list(streets.values()))
    for code, ground in counties.items():
        inside = shapely.union_all([one for street, one in streets.items() if street.startswith(code)])
        assert shapely.area(shapely.symmetric_difference(ground, inside)) < 1e-9
    assert all(one.covers(shapely.Point(x.properties.at)) for x, one in zip(drawn.features, chain(streets.values(), counties.values()), strict=True))  # fmt: skip


def test_a_smoothed_border_is_near_the_true_one(drawn: Outlined, cells: Cells) -> None:
    """Of the middles of cells, nearly all lie in the street as it is drawn; the server knows the others exactly."""
    streets = of(drawn, Level.STREET)
    codes = list(cells)[::50]
    right = sum(streets[code[:9]].covers(shapely.Point(cells.middle(code) or (0, 0))) for code in codes)
    assert right / len(codes) > 0.97


def test_a_phone_can_load_it(drawn: Outlined) -> None:
    assert len(gzip.compress(msgspec.json.encode(drawn))) < 60 * KB


def test_it_is_geojson(drawn: Outlined) -> None:
    told = msgspec.to_builtins(drawn)
    assert told["type"] == "FeatureCollection" and told["features"][0]["type"] == "Feature"
    assert told["features"][0]["geometry"]["type"] == "MultiPolygon"
    first = told["features"][0]["geometry"]["coordinates"][0][0]
    assert first[0] == first[-1], "a ring ends where it begins"


def test_the_cells_of_a_box_are_those_that_touch_it(cells: Cells) -> None:
    box = (113.660, 34.745, 113.665, 34.749)
    found = cells.within(*box, most=1_000)
    area = shapely.box(*box)
    slowly = [code for code in cells if code.startswith("4101") and area.intersects(cells.outline(code))]
    assert set(found) == set(slowly) and found
    assert len(cells.within(*box, most=3)) == 4, "one more says that there are others"


def test_the_middle_of_a_square_lies_in_it(cells: Cells) -> None:
    for code in list(cells)[::997]:
        outline = cells.outline(code)
        if shapely.area(shapely.envelope(outline)) - shapely.area(outline) < 1e-12:
            assert cells.at(*cells.middle(code) or (0, 0)) == cells.cell(code)
    assert cells.middle("1") is None
