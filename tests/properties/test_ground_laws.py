"""Distances over the ground, and the search by cubes: it misses nothing that lies within reach, at no pole and nowhere."""

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.ground import RADIUS_M, Nearby, Point, metres

points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
city = st.tuples(st.floats(113.60, 113.63), st.floats(34.70, 34.72))


def haversine(one: Point, other: Point) -> float:
    """The same distance by another formula."""
    (west, south), (east, north) = ((radians(degrees) for degrees in point) for point in (one, other))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * RADIUS_M * asin(min(1, sqrt(half)))


@given(one=points, other=points)
def test_a_distance_is_that_of_the_great_circle_there_and_back(one: Point, other: Point) -> None:
    # Near the other side of the earth the arcsine is steep, and both formulas lose digits.
    assert metres(one, other) == pytest.approx(haversine(one, other), rel=1e-9, abs=1)
    assert metres(one, other) == metres(other, one)
    assert metres(one, one) == 0


@given(one=city, other=city)
def test_within_a_city_the_two_agree_to_a_hair(one: Point, other: Point) -> None:
    assert metres(one, other) == pytest.approx(haversine(one, other), abs=1e-5)


@given(around=st.lists(city, max_size=30), point=city, reach_m=st.floats(1, 2_000))
def test_what_lies_within_reach_is_found_once(around: list[Point], point: Point, reach_m: float) -> None:
    found = list(Nearby(((place, at) for at, place in enumerate(around)), reach_m=reach_m).around(point))
    assert len(found) == len(set(found))
    assert {at for at, place in enumerate(around) if metres(place, point) <= reach_m} <= set(found)


@given(around=st.lists(points, max_size=20), point=points, reach_m=st.floats(1, 3_000_000))
def test_poles_and_the_line_of_date_hide_nothing(around: list[Point], point: Point, reach_m: float) -> None:
    found = set(Nearby(((place, at) for at, place in enumerate(around)), reach_m=reach_m).around(point))
    assert {at for at, place in enumerate(around) if metres(place, point) <= reach_m} <= found


def test_what_lies_far_away_is_not_even_looked_at() -> None:
    near = Nearby([((113.60, 34.70), "here"), ((113.61, 34.70), "there")], reach_m=100)
    assert list(near.around((113.6001, 34.7))) == ["here"]
    assert [list(cube) for cube in near.cubes((113.61, 34.7))] == [["there"]]
    assert metres((179.9999, 0), (-179.9999, 0)) == pytest.approx(22.24, abs=0.01)
