"""Social grids are sets of whole cells: every point lies in exactly one, on an edge in that with the lowest code."""

from datetime import date

import pytest
import shapely
from tests.shipped import shipped
from tests.unit.places.test_cells import BUILT, CORE, GRID_OF_TWO, RURAL, box, middle

from onecity.places import Cells, SocialGrid, SocialGrids, cells_of, levels, places_of, social_grids_of

DAY, LATER = date(2026, 1, 1), date(2026, 7, 1)
EAST, WEST = f"{BUILT}001S02", f"{BUILT}001S01"
CELLS = Cells(
    GRID_OF_TWO,
    {f"{BUILT}001": box((0, 3), (0, 2)), f"{CORE}001": box((3, 4), (0, 2)), f"{RURAL}200": box((0, 4), (2, 9))},
)


@pytest.fixture(scope="module")
def small() -> SocialGrids:
    """Six cells in two grids, of which the second is divided in the middle of the year; another community beside it."""
    return SocialGrids(
        CELLS,
        [
            SocialGrid(WEST, "001-002 004", "400"),
            SocialGrid(EAST, "003 005-006", "420", until=LATER),
            SocialGrid(f"{BUILT}001S03", "003", "200", since=LATER),
            SocialGrid(f"{BUILT}001S04", "005-006", "220", since=LATER),
            SocialGrid(f"{CORE}001S01", "001-002", "300"),
        ],
    )


def code_at(grids: SocialGrids, point: tuple[float, float], day: date = DAY) -> str | None:
    found = grids.at(*point, on=day)
    return found.code if found else None


def test_a_point_lies_in_the_grid_of_its_cell_on_that_day(small: SocialGrids) -> None:
    assert code_at(small, middle(0, 1)) == code_at(small, middle(0, 0)) == WEST
    assert code_at(small, middle(2, 1)) == EAST
    assert code_at(small, middle(2, 1), LATER) == f"{BUILT}001S03"
    assert code_at(small, middle(1, 0), LATER) == f"{BUILT}001S04"
    assert code_at(small, (-0.1, 0.0)) is None


def test_a_community_of_one_cell_that_is_not_told_of_is_one_grid(small: SocialGrids) -> None:
    found = small.at(*middle(2, 5), on=DAY)
    assert found == SocialGrid(f"{RURAL}200S01", "001")


def test_on_an_edge_the_lowest_code_wins_though_a_higher_grid_has_the_lower_cell() -> None:
    grids = SocialGrids(CELLS, [SocialGrid(WEST, "002-006"), SocialGrid(EAST, "001")])
    step_x, step_y = 11 / 10_000, 9 / 10_000
    assert code_at(grids, middle(0, 1)) == EAST
    assert code_at(grids, (step_x, 1.5 * step_y)) == WEST
    assert code_at(grids, (0.5 * step_x, step_y)) == WEST


def test_an_area_has_its_grids_and_a_grid_its_ground(small: SocialGrids) -> None:
    assert [one.code for one in small.inside(f"{BUILT}001", on=DAY)] == [WEST, EAST]
    assert [one.code[-3:] for one in small.inside(BUILT, on=LATER)] == ["S01", "S03", "S04"]
    assert len(small.inside("410100", on=DAY)) == 4
    ground = [small.outline(one.code) for one in small.inside(f"{BUILT}001", on=DAY)]
    assert shapely.union_all(ground).equals(CELLS.outline(f"{BUILT}001"))
    assert small.cells(WEST) == [f"{BUILT}001001", f"{BUILT}001002", f"{BUILT}001004"]
    assert (small.outline("x"), small.grid("x")) == (None, None)
    assert small.grid(EAST) is not None


def test_the_shipped_pack_leads_from_a_point_through_four_levels_and_back() -> None:
    pack = shipped()
    cells = cells_of(pack)
    assert cells is not None
    social = social_grids_of(pack, cells)
    assert social is not None
    grid = social.at(113.6651, 34.7466, on=DAY)
    assert grid is not None
    around = levels(grid, places_of(pack))
    assert [area.level for area in around] == ["village", "street", "county", "city"]
    assert all(grid in social.inside(area.code, on=DAY) for area in around)
    assert {social.of_cell(cell, on=DAY) for cell in social.cells(grid.code)} == {grid}
    counted = [one.homes for one in social if one.homes is not None]
    assert sum(300 <= one <= 500 for one in counted) / len(counted) > 0.98
