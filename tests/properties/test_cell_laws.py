"""The index over all cells answers as a scan of all of them does: inside, on vertices and on edges."""

from tests.scanning import found, points_of, scanned
from tests.shipped import shipped

from onecity.places import cells_of


def test_a_point_lies_in_the_cell_that_a_scan_of_all_cells_finds() -> None:
    pack = shipped()
    cells = cells_of(pack)
    assert cells is not None
    points = points_of(cells, seed=8, random=4_000, most=4_000)
    expected = scanned(cells, points)
    assert found(cells, points) == expected
    assert 0.5 < sum(code is not None for code in expected) / len(points) < 0.95
