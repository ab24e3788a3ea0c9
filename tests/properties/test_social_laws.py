"""Every point lies in exactly one social grid: the one that a scan of all their polygons finds first."""

from datetime import date

import numpy as np
import shapely
from tests.scanning import points_of
from tests.shipped import shipped

from onecity.places import GRID, OUTLINE, SOCIAL_GRID, Cells, SocialGrids

DAY = date(2026, 1, 1)
COUNTY = "410103"
"""A county with a core, other built-up streets and open country: the scan of all polygons of all counties takes too long."""


def scanned(grids: SocialGrids, points: np.ndarray) -> tuple[list[str | None], np.ndarray]:
    """The lowest code of the grids that touch each point, and in how many it lies wholly; without any index of ours."""
    codes = sorted(one.code for one in grids if one.holds(DAY))
    lowest, inside = np.full(len(points), len(codes)), np.zeros(len(points), dtype=int)
    x, y = points[:, 0].copy(), points[:, 1].copy()
    for number, code in enumerate(codes):
        shape = grids.outline(code)
        assert shape is not None
        west, south, east, north = shape.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        shapely.prepare(shape)
        touching = near[shapely.intersects_xy(shape, x[near], y[near])]
        lowest[touching] = np.minimum(lowest[touching], number)
        inside[near[shapely.contains_xy(shape, x[near], y[near])]] += 1
    return [codes[number] if number < len(codes) else None for number in lowest], inside


def test_a_point_lies_in_the_social_grid_that_a_scan_of_all_polygons_finds() -> None:
    pack = shipped()
    outlines = {row.village: row.outline for row in pack.one(OUTLINE).rows if row.village.startswith(COUNTY)}
    cells = Cells(pack.one(GRID), outlines)
    grids = SocialGrids(cells, [row for row in pack.one(SOCIAL_GRID).rows if row.village in outlines])
    points = points_of(cells, seed=41, random=2_000, most=2_000)
    expected, inside = scanned(grids, points)
    found = [grids.at(float(x), float(y), on=DAY) for x, y in points]
    assert [one.code if one else None for one in found] == expected
    # No two grids share ground, and what lies inside a cell lies inside one of them or on an edge between them.
    assert set(inside) <= {0, 1}
    assert [one is not None for one in expected] == [bool(cells.touching(float(x), float(y))) for x, y in points]
