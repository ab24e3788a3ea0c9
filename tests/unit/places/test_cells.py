"""Every point of the city lies in exactly one cell, on an edge in that with the lowest code."""

from datetime import date
from itertools import pairwise

import pytest
import shapely
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs import Text, load_pack
from onecity.places import GRID, OUTLINE, Cells, Grid, Zone, cells_of
from onecity.places.grid import Lattice

BUILT, CORE, RURAL = "410105001", "410105002", "410122100"
GRID_OF_TWO = Grid(date(2020, 1, 1), Lattice(11, 9), (BUILT, CORE), (CORE,), Text("试验", "A trial"))


def box(columns: tuple[int, int], rows: tuple[int, int]) -> str:
    """A block of the lattice: from and up to which column and row."""
    west, east = (column * 11 / 10_000 for column in columns)
    south, north = (row * 9 / 10_000 for row in rows)
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return f"POLYGON (({', '.join(f'{x:.4f} {y:.4f}' for x, y in corners)}))"


@pytest.fixture(scope="module")
def small() -> Cells:
    """Three squares by two in a built-up community, one beside it in the core, and open country to the north."""
    return Cells(
        GRID_OF_TWO,
        {
            f"{BUILT}001": box((0, 3), (0, 2)),
            f"{CORE}001": box((3, 4), (0, 2)),
            f"{RURAL}200": box((0, 4), (2, 9)),
        },
    )  # fmt: skip


def middle(column: float, row: float) -> tuple[float, float]:
    return (column + 0.5) * 11 / 10_000, (row + 0.5) * 9 / 10_000


def code_at(cells: Cells, point: tuple[float, float]) -> str | None:
    found = cells.at(*point)
    return found.code if found else None


def test_cells_are_numbered_from_west_to_east_and_from_north_to_south(small: Cells) -> None:
    numbers = {point: code_at(small, middle(*point)) for point in ((0, 1), (1, 1), (2, 1), (0, 0), (1, 0), (2, 0))}
    assert list(numbers.values()) == [f"{BUILT}001{number:03}" for number in range(1, 7)]


def test_open_country_is_one_cell_and_each_place_has_its_zone(small: Cells) -> None:
    assert {code_at(small, middle(column, row)) for column in range(4) for row in range(2, 9)} == {f"{RURAL}200001"}
    zones = [small.at(*middle(*point)) for point in ((3, 0), (0, 0), (0, 5))]
    assert [one.zone for one in zones if one] == [Zone.A, Zone.B, Zone.C]


def test_on_an_edge_and_on_a_corner_the_lowest_code_wins(small: Cells) -> None:
    step_x, step_y = 11 / 10_000, 9 / 10_000
    assert code_at(small, (step_x, 1.5 * step_y)) == f"{BUILT}001001"
    assert code_at(small, (step_x, step_y)) == f"{BUILT}001001"
    assert code_at(small, (2 * step_x, 0)) == f"{BUILT}001005"
    assert code_at(small, (3 * step_x, 0.5 * step_y)) == f"{BUILT}001006"
    assert code_at(small, (3.5 * step_x, 2 * step_y)) == f"{CORE}001001"


def test_outside_the_city_there_is_no_cell(small: Cells) -> None:
    assert [code_at(small, point) for point in ((-0.1, 0.0), (0.1, 0.0), (113.7, 34.7), (-180.0, 90.0))] == [None] * 4


def test_a_cell_and_a_community_have_their_ground_and_nothing_else_has(small: Cells) -> None:
    first = small.outline(f"{BUILT}001001")
    assert first is not None
    assert first.bounds == (0.0, 9 / 10_000, 11 / 10_000, 18 / 10_000)
    whole = small.outline(f"{BUILT}001")
    assert whole is not None
    assert shapely.union_all([small.outline(code) for code in small.inside(f"{BUILT}001")]).equals(whole)
    assert small.outline("410105") is None
    assert small.cell(f"{BUILT}001007") is None


def test_a_community_in_two_parts_and_with_a_hole_keeps_its_order() -> None:
    ring = shapely.from_wkt(box((0, 3), (0, 3))).difference(shapely.from_wkt(box((1, 2), (1, 2))))
    two = shapely.union_all([ring, shapely.from_wkt(box((5, 6), (0, 1)))])
    cells = Cells(GRID_OF_TWO, {f"{BUILT}001": two.wkt, f"{BUILT}002": box((1, 2), (1, 2))})
    assert [code_at(cells, middle(column, 0)) for column in (0, 1, 2, 5)] == [f"{BUILT}00100{n}" for n in (6, 7, 8, 9)]
    assert code_at(cells, middle(1, 1)) == f"{BUILT}002001"
    assert len(cells) == 10


def test_the_ground_of_zhengzhou_is_whole_and_no_cell_is_out_of_proportion() -> None:
    pack = shipped()
    cells = cells_of(pack)
    assert cells is not None
    codes = list(cells)
    assert all(first < second for first, second in pairwise(codes))
    assert len(codes) <= 120_000
    shapes = [cells.outline(code) for code in codes]
    grounds = [cells.outline(row.village) for row in pack.one(OUTLINE).rows]
    city = shapely.union_all(grounds)
    assert isinstance(city, shapely.Polygon)
    assert not list(city.interiors)
    assert shapely.area(shapes).sum() == pytest.approx(city.area, rel=1e-12)
    built_up = [shape for code, shape in zip(codes, shapes, strict=True) if code[:9] in pack.one(GRID).built_up]
    # A degree of latitude has 110.94 km here, one of longitude 91.5.
    hectares = shapely.area(built_up) * 110.94 * 91.5 * 100
    assert (hectares.min(), hectares.max()) == (pytest.approx(1.005, rel=0.01), pytest.approx(1.005, rel=0.01))


def test_a_pack_without_ground_has_no_cells() -> None:
    pack, _ = load_pack(shipped_pack(), [kind for kind in KINDS if kind not in (GRID, OUTLINE)])
    assert cells_of(pack) is None
