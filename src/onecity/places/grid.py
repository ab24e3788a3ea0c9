"""What a pack says about the ground of its city: outlines of communities, and the cells inside them."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.places.areas import STREET, VILLAGE, StreetCode, VillageCode

MOST_CELLS: Final = 999
"""A community has no more cells: three digits number them. Source: GB/T 30428.1-2013."""

TEN_THOUSAND: Final = 10_000


class Zone(StrEnum):
    """How soon a place has to be put in order: the core, the built-up city, the rest. Limits differ by zone."""

    A = "A"
    B = "B"
    C = "C"


class Lattice(msgspec.Struct, frozen=True):
    """Lines at whole multiples of a step: `east` of longitude, `north` of latitude, in ten-thousandths of a degree.

    They are whole numbers, so that no rounding ever moves a line.
    """

    east: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    north: Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class Grid(msgspec.Struct, frozen=True):
    """How the ground is cut into cells.

    It holds from `since` on. In the streets that are `built_up`, cells are squares of the `lattice`, and outlines run
    along its lines; any other community is one cell. `core` are the streets of zone A; what is built up beside them is
    B, the rest C. `simulated` says that nobody surveyed the outlines; `source` says where they come from.
    """

    since: date
    lattice: Lattice
    built_up: tuple[StreetCode, ...]
    core: tuple[StreetCode, ...]
    source: Text
    simulated: bool = False

    def zone(self, street: str) -> Zone:
        """The zone of a street, by its code of nine digits."""
        if street in self.core:
            return Zone.A
        return Zone.B if street in self.built_up else Zone.C


class Outline(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ground of a `village` or community: its `outline` in WKT, longitude before latitude, in degrees (WGS-84)."""

    village: VillageCode
    outline: Annotated[str, msgspec.Meta(max_length=200_000)]


class Outlines(Table[Outline], frozen=True):
    """The outlines of all communities: together they cover the city, without gap or overlap."""


def shape_of(outline: str) -> BaseGeometry | None:
    """The shape of a text in WKT; None if it is no polygon or crosses itself."""
    shape: BaseGeometry | None = shapely.from_wkt(outline, on_invalid="ignore")
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty or not shape.is_valid:
        return None
    return shape


def _check_grid(pack: Pack, declared: Declared[Grid]) -> Iterator[Fault]:
    known = {row.code for row in pack.one(STREET).rows}
    for field in ("built_up", "core"):
        for number, code in enumerate(getattr(declared.value, field)):
            yield from pack.unknown(declared, f"{field}.{number}", STREET, code, among=known)
    for number, code in enumerate(declared.value.core):
        if code not in declared.value.built_up:
            yield declared.fault(f"core.{number}", f"`{code}` is not built up.", "Add it to `built_up` as well.")


def _check_outlines(pack: Pack, declared: Declared[Outlines]) -> Iterator[Fault]:
    known = {row.code for row in pack.one(VILLAGE).rows}
    shapes: list[BaseGeometry] = []
    before = 0
    for number, row in enumerate(declared.value.rows):
        shape = shape_of(row.outline)
        if row.village not in known:
            what = f"There is no village `{row.village}`."
            yield declared.fault(f"rows.{number}.village", what, f"Mend the code, or add it to {VILLAGE.folder}.")
            before += 1
        if shape is None:
            mend = "Write it like POLYGON ((113.6 34.7, 113.7 34.7, 113.7 34.8, 113.6 34.7))."
            yield declared.fault(f"rows.{number}.outline", "This is no outline in WKT.", mend)
            before += 1
        else:
            shapes.append(shape)
    if not before:
        yield from _cover_faults(declared, shapes)
        yield from _lattice_faults(pack, declared, shapes)


def _cover_faults(declared: Declared[Outlines], shapes: list[BaseGeometry]) -> Iterator[Fault]:
    """Where two outlines overlap, or do not meet where they nearly do."""
    for number, edges in enumerate(shapely.coverage_invalid_edges(shapes)):
        if edges is not None and not edges.is_empty:
            near = edges.representative_point()
            what = f"This outline and its neighbour do not meet near {near.x:.4f} {near.y:.4f}."
            mend = "Neighbours share the points of their common border, and no ground lies in two outlines."
            yield declared.fault(f"rows.{number}.outline", what, mend)


def _lattice_faults(pack: Pack, declared: Declared[Outlines], shapes: list[BaseGeometry]) -> Iterator[Fault]:
    """Outlines of built-up communities that leave the lattice, or hold more squares than three digits can number."""
    for grid in (one.value for one in pack.all(GRID).values()):
        step = (grid.lattice.east, grid.lattice.north)
        for number, (row, shape) in enumerate(zip(declared.value.rows, shapes, strict=True)):
            if row.village[:9] not in grid.built_up:
                continue
            path = f"rows.{number}.outline"
            points = shapely.get_coordinates(shape)
            off = points[~_on(points, step)]
            if off.size:
                what = f"The point {off[0][0]:.4f} {off[0][1]:.4f} does not lie on the lattice."
                yield declared.fault(path, what, "In built-up streets outlines run along its lines; see grid.yaml.")
            elif shape.area * TEN_THOUSAND**2 / (step[0] * step[1]) > MOST_CELLS:
                yield declared.fault(path, f"It holds more than {MOST_CELLS} cells.", "Divide the community.")


def _on(points: npt.NDArray[np.float64], step: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Which points have both parts at whole multiples of the steps, written with four decimals."""
    whole = np.rint(points * TEN_THOUSAND)
    found: npt.NDArray[np.bool_] = ((whole % step == 0) & (whole / TEN_THOUSAND == points)).all(axis=1)
    return found


GRID: Final[Kind[Grid]] = Kind("grid", "places/grid.yaml", Grid, _check_grid, single=True, optional=True)
OUTLINE: Final[Kind[Outlines]] = Kind(
    "outline", "places/outlines.csv", Outlines, _check_outlines, single=True, optional=True
)
