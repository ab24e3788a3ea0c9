"""A city's four levels: what a code means, what lies in it, and on which days."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.places import Area, Level, Places, in_force

DAY: Final = date(2021, 1, 1)
A_DAY: Final = timedelta(days=1)

PLACES: Final = Places(
    [
        Area("419900", "小城", Level.CITY),
        Area("419901", "东区", Level.COUNTY, "419900"),
        Area("419902", "开发区", Level.COUNTY, "419900", since=DAY),
        Area("419901001", "东门街道", Level.STREET, "419901"),
        Area("419901100", "柳镇", Level.STREET, "419901", until=DAY),
        Area("419902001", "开发区河湾街道", Level.STREET, "419902", until=DAY + A_DAY),
        Area("419902002", "开发区", Level.STREET, "419902"),
        Area("419901001001", "东门社区", Level.VILLAGE, "419901001"),
        Area("419901100200", "柳镇柳村", Level.VILLAGE, "419901100"),
    ]
)
CODES: Final = [
    "419900", "419901", "419902", "419901001", "419901100", "419902001", "419902002", "419901001001", "419901100200",
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("419900", "小城"),
        ("419901", "东区"),
        ("419901001", "东区 东门街道"),
        ("419901001001", "东区 东门街道 东门社区"),
        # A zone's name before that of its street would stand twice; a street that is called like its zone keeps it.
        ("419902001", "开发区 河湾街道"),
        ("419902002", "开发区 开发区"),
        # A village that is called after its township keeps the whole name.
        ("419901100200", "东区 柳镇 柳镇柳村"),
    ],
)
def test_a_code_has_a_chain_of_names_from_the_county_downwards(code: str, name: str) -> None:
    assert PLACES.full_name(code) == name
    assert " ".join(PLACES.chain(code)) == name


@pytest.mark.parametrize("code", ["", "4199", "419903", "41990100", "419901001999", "东区"])
def test_a_code_that_nobody_gave_is_nothing(code: str) -> None:
    assert PLACES.area(code) is None
    assert PLACES.full_name(code) is None
    assert PLACES.chain(code) == ()
    assert PLACES.inside(code) == ()
    assert not PLACES.holds(code, DAY)


def test_the_streets_of_a_city_stand_county_by_county() -> None:
    found = [(county.name, [street.code for street in streets]) for county, streets in PLACES.streets()]
    assert found == [("东区", ["419901001", "419901100"]), ("开发区", ["419902001", "419902002"])]


@pytest.mark.parametrize("code", CODES)
def test_what_lies_in_an_area_is_of_the_next_level_and_names_it(code: str) -> None:
    area = PLACES.area(code)
    assert area is not None
    assert all(one.within == code for one in PLACES.inside(code))
    levels = list(Level)
    assert all(levels.index(one.level) == levels.index(area.level) + 1 for one in PLACES.inside(code))


@pytest.mark.parametrize(
    ("code", "before", "on", "after"),
    [
        ("419901001", True, True, True),
        ("419901100", True, False, False),
        ("419902", False, True, True),
        # Neither older than the county in which it lies,
        ("419902001", False, True, False),
        ("419902002", False, True, True),
        # nor there when that is gone.
        ("419901100200", True, False, False),
    ],
)
def test_a_code_holds_from_its_first_day_to_the_eve_of_its_end(code: str, before: bool, on: bool, after: bool) -> None:
    found = [PLACES.holds(code, day) for day in (DAY - A_DAY, DAY, DAY + A_DAY)]
    assert found == [before, on, after]


@given(st.sampled_from(CODES), st.dates())
def test_nothing_holds_without_what_it_lies_in(code: str, day: date) -> None:
    assert PLACES.holds(code, day) == all(
        in_force(day, since=area.since, until=area.until) for area in PLACES.around(code)
    )
    for area in PLACES.around(code):
        assert not PLACES.holds(code, day) or PLACES.holds(area.code, day)
