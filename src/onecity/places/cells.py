"""From a point to the cell in which it lies, and back: every point of the city lies in exactly one cell."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from onecity.packs import Pack
from onecity.places.grid import GRID, OUTLINE, TEN_THOUSAND, Grid, Zone

_VILLAGE: Final = 12
_STREET: Final = 9
_DIGITS: Final = 6
"""Of a coordinate in degrees: a tenth of a metre."""


class Cell(msgspec.Struct, frozen=True):
    """A cell by its code: six digits for the county, three each for street and community, three that number it.

    Cells are numbered from west to east, in rows from north to south. Source: GB/T 30428.1-2013.
    """

    code: str
    zone: Zone

    @property
    def village(self) -> str:
        return self.code[:_VILLAGE]

    @property
    def street(self) -> str:
        return self.code[:_STREET]


class Cells:
    """All cells of a city. Building it takes half a second for a hundred thousand; it never changes."""

    def __init__(self, grid: Grid, outlines: Mapping[str, str]) -> None:
        """`outlines` are the communities, in WKT by their codes of twelve digits."""
        self._grid = grid
        self._communities = {code: shapely.from_wkt(outline) for code, outline in sorted(outlines.items())}
        parts = [_cells(code, shape, grid) for code, shape in self._communities.items()]
        # The codes ascend, so of several cells that touch a point the first found is the one with the lowest code.
        self._codes = [code for codes, _ in parts for code in codes]
        self._shapes: npt.NDArray[np.object_] = (
            np.concatenate([shapes for _, shapes in parts]) if parts else np.array([], dtype=object)
        )
        self._places = {code: place for place, code in enumerate(self._codes)}
        self._tree = shapely.STRtree(self._shapes)

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def at(self, longitude: float, latitude: float) -> Cell | None:
        """The cell of a point in degrees (WGS-84), on an edge the one with the lowest code; None outside the city."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return self.cell(self._codes[found.min()]) if found.size else None

    def touching(self, longitude: float, latitude: float) -> Sequence[str]:
        """All cells that a point lies in or on the edge of, by code."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return [self._codes[place] for place in sorted(found)]

    def cell(self, code: str) -> Cell | None:
        """A cell by its code."""
        return Cell(code, self._grid.zone(code[:_STREET])) if code in self._places else None

    def outline(self, code: str) -> BaseGeometry | None:
        """The ground of a cell, or of a community."""
        place = self._places.get(code)
        return self._communities.get(code) if place is None else self._shapes[place]

    def middle(self, code: str) -> tuple[float, float] | None:
        """Longitude and latitude of the middle of a cell: all that everybody may see of where something lies in it."""
        place = self._places.get(code)
        if place is None:
            return None
        longitude, latitude = self._middles[place]
        return float(longitude), float(latitude)

    def with_middles_in(self, west: float, south: float, east: float, north: float) -> Sequence[str]:
        """The cells whose middles lie between two lines of longitude and two of latitude."""
        x, y = self._middles.T
        inside = (west <= x) & (x <= east) & (south <= y) & (y <= north)
        return [self._codes[place] for place in np.flatnonzero(inside)]

    def within(self, west: float, south: float, east: float, north: float, *, most: int) -> Sequence[str]:
        """The cells that a box touches by their codes, up to one more than `most`: it says that there are others."""
        found = self._tree.query(shapely.box(west, south, east, north))
        found.sort()
        return [self._codes[place] for place in found[: most + 1]]

    @property
    def shapes(self) -> npt.NDArray[np.object_]:
        """The ground of every cell, in the order of their codes."""
        return self._shapes

    @property
    def communities(self) -> Mapping[str, BaseGeometry]:
        """The ground of every community, in the order of their codes."""
        return self._communities

    @cached_property
    def _middles(self) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(self._shapes)).round(_DIGITS)
        return found

    def inside(self, village: str) -> Sequence[str]:
        """The cells of a community."""
        return [code for code in self._codes if code[:_VILLAGE] == village]


def _cells(village: str, ground: BaseGeometry, grid: Grid) -> tuple[list[str], npt.NDArray[np.object_]]:
    """The codes of a community's cells and their shapes: squares of the lattice, or all of it."""
    if village[:_STREET] not in grid.built_up:
        return [village + "001"], np.array([ground], dtype=object)
    columns, rows = _squares(ground, grid)
    # North is up: the highest row comes first, and in a row the lowest column.
    order = np.lexsort((columns, -rows))
    columns, rows = columns[order], rows[order]
    east, north = grid.lattice.east, grid.lattice.north
    shapes = shapely.box(
        columns * east / TEN_THOUSAND, rows * north / TEN_THOUSAND,
        (columns + 1) * east / TEN_THOUSAND, (rows + 1) * north / TEN_THOUSAND,
    )  # fmt: skip
    return [f"{village}{number:03}" for number in range(1, len(columns) + 1)], shapes


def _squares(ground: BaseGeometry, grid: Grid) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns and rows of the lattice's squares whose middles lie within some ground."""
    wide, high = grid.lattice.east / TEN_THOUSAND, grid.lattice.north / TEN_THOUSAND
    west, south, east, north = ground.bounds
    columns = np.arange(round(west / wide), round(east / wide))
    rows = np.arange(round(south / high), round(north / high))
    all_columns, all_rows = (found.ravel() for found in np.meshgrid(columns, rows))
    shapely.prepare(ground)
    inside = shapely.contains_xy(ground, (all_columns + 0.5) * wide, (all_rows + 0.5) * high)
    return all_columns[inside], all_rows[inside]


def cells_of(pack: Pack) -> Cells | None:
    """The cells of a pack; None if it declares no ground. Make it once for a pack."""
    grid, outlines = pack.all(GRID), pack.all(OUTLINE)
    if not grid or not outlines:
        return None
    return Cells(pack.one(GRID), {row.village: row.outline for row in pack.one(OUTLINE).rows})
