"""The slow reference for the cell of a point: a scan of all cells, without an index."""

from collections.abc import Sequence
from random import Random

import numpy as np
import numpy.typing as npt
import shapely

from onecity.places import Cells

Points = npt.NDArray[np.float64]


def points_of(cells: Cells, *, seed: int, random: int, most: int | None = None) -> Points:
    """Points by lot around the city, all corners of its cells and the middles of all edges, or at `most` so many of each."""
    dice = Random(seed)
    shapes = [cells.outline(code) for code in cells]
    west, south, east, north = shapely.total_bounds(shapes)
    anywhere = [(dice.uniform(west, east), dice.uniform(south, north)) for _ in range(random)]
    rings = [ring for shape in shapes for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    ends = [shapely.get_coordinates(ring) for ring in rings]
    corners = np.unique(np.concatenate(ends), axis=0)
    middles = np.unique(np.concatenate([(ring[:-1] + ring[1:]) / 2 for ring in ends]), axis=0)
    if most is not None:
        corners, middles = (part[dice.sample(range(len(part)), most)] for part in (corners, middles))
    return np.concatenate([np.array(anywhere), corners, middles])


def scanned(cells: Cells, points: Points) -> list[str | None]:
    """The lowest code of the cells that touch each point: every cell is held against every point."""
    codes = sorted(cells)
    first = np.full(len(points), len(codes))
    x, y = points[:, 0].copy(), points[:, 1].copy()
    for number, code in enumerate(codes):
        shape = cells.outline(code)
        assert shape is not None
        west, south, east, north = shape.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        if near.size and not shape.equals(shapely.box(west, south, east, north)):
            near = near[shapely.intersects_xy(shape, x[near], y[near])]
        first[near] = np.minimum(first[near], number)
    return [codes[number] if number < len(codes) else None for number in first]


def found(cells: Cells, points: Sequence[Sequence[float]] | Points) -> list[str | None]:
    """The code that the city's own look-up gives for each point."""
    answers = [cells.at(float(x), float(y)) for x, y in points]
    return [answer.code if answer else None for answer in answers]
