"""The second layer of the ground: social grids (综治网格) of some hundred households, each a set of whole cells."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Final

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from onecity.kernel.acting import area_prefix
from onecity.packs import Declared, Fault, Kind, Pack, Table
from onecity.places.areas import VILLAGE, period_faults
from onecity.places.cells import Cells
from onecity.places.grid import GRID, OUTLINE, TEN_THOUSAND, shape_of
from onecity.places.model import Area, Places, in_force

_VILLAGE: Final = 12
_STREET: Final = 9
_WHOLE: Final = "001"
_RANGES: Final = re.compile(r"[0-9]{3}(-[0-9]{3})?( [0-9]{3}(-[0-9]{3})?)*")

SocialCode = Annotated[
    str,
    msgspec.Meta(
        pattern=r"[0-9]{9}(?!000)[0-9]{3}S[0-9]{2}",
        description="Write the twelve digits of the community, S and two digits.",
    ),
]
Ranges = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^{_RANGES.pattern}$",
        description="Write the last three digits of cells, with spaces between, and a run of them like 001-004.",
    ),
]


Count = Annotated[str, msgspec.Meta(pattern=r"0|[1-9][0-9]{0,5}", description="Write a whole number.")]
"""A table's cell is a text; `SocialGrid.homes` is the number."""


class SocialGrid(msgspec.Struct, frozen=True, omit_defaults=True):
    """A social grid by its `code`: the digits of its community, S, and two digits that number it from the north.

    `cells` are the cells that it is made of, by their last three digits. `households` is how many live there, about, if
    anybody knows. It is there from `since`, and no longer on `until`; one that is gone keeps its row.
    """

    code: SocialCode
    cells: Ranges
    households: Count | None = None
    since: date | None = None
    until: date | None = None

    @property
    def village(self) -> str:
        """The community in which it lies."""
        return self.code[:_VILLAGE]

    @property
    def homes(self) -> int | None:
        """How many households live there, about; None if nobody knows."""
        return None if self.households is None else int(self.households)

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """Its cells as runs of numbers, both ends belonging to them.

        >>> SocialGrid("410105001001S01", "001-003 007", "400").runs
        ((1, 3), (7, 7))
        """
        ends = (one.partition("-") for one in self.cells.split())
        return tuple((int(first), int(last or first)) for first, _, last in ends)

    def holds(self, day: date) -> bool:
        """Whether it is there on a day."""
        return in_force(day, since=self.since, until=self.until)


class SocialRows(Table[SocialGrid], frozen=True):
    """The social grids of the communities: on each day every cell lies in exactly one.

    A community of a single cell of which nothing stands here is one social grid, S01.
    """


class SocialGrids:
    """All social grids of a city, over its cells. Made once for a pack, never changed."""

    def __init__(self, cells: Cells, grids: Sequence[SocialGrid]) -> None:
        self._cells = cells
        known = {one.village for one in grids}
        counts = Counter(code[:_VILLAGE] for code in cells)
        whole = [SocialGrid(f"{one}S01", _WHOLE) for one, count in counts.items() if count == 1 and one not in known]
        found = sorted((*grids, *whole), key=lambda one: one.code)
        self._grids: Mapping[str, SocialGrid] = {one.code: one for one in found}
        of_village: dict[str, list[tuple[SocialGrid, tuple[tuple[int, int], ...]]]] = {}
        for one in self._grids.values():
            of_village.setdefault(one.village, []).append((one, one.runs))
        self._of_village: Mapping[str, Sequence[tuple[SocialGrid, tuple[tuple[int, int], ...]]]] = of_village

    def __len__(self) -> int:
        return len(self._grids)

    def __iter__(self) -> Iterator[SocialGrid]:
        return iter(self._grids.values())

    def at(self, longitude: float, latitude: float, *, on: date) -> SocialGrid | None:
        """The social grid of a point in degrees (WGS-84) on a day, on an edge the one with the lowest code."""
        found = (self.of_cell(cell, on=on) for cell in self._cells.touching(longitude, latitude))
        return min((one for one in found if one is not None), key=lambda one: one.code, default=None)

    def of_cell(self, cell: str, *, on: date) -> SocialGrid | None:
        """The social grid of a cell on a day."""
        number = int(cell[_VILLAGE:])
        for one, runs in self._of_village.get(cell[:_VILLAGE], ()):
            if one.holds(on) and any(first <= number <= last for first, last in runs):
                return one
        return None

    def grid(self, code: str) -> SocialGrid | None:
        """A social grid by its code, also one that is gone."""
        return self._grids.get(code)

    def inside(self, area: str, *, on: date) -> Sequence[SocialGrid]:
        """The social grids of a community, a street, a county or the city on a day, by code."""
        prefix = area_prefix(area)
        return [one for one in self._grids.values() if one.code.startswith(prefix) and one.holds(on)]

    def cells(self, code: str) -> Sequence[str]:
        """The cells of a social grid."""
        grid = self._grids.get(code)
        numbers = [number for first, last in grid.runs for number in range(first, last + 1)] if grid else []
        return [f"{code[:_VILLAGE]}{number:03}" for number in numbers]

    def outline(self, code: str) -> BaseGeometry | None:
        """The ground of a social grid."""
        shapes = [self._cells.outline(cell) for cell in self.cells(code)]
        return shapely.union_all(shapes) if shapes else None


def levels(grid: SocialGrid, places: Places) -> tuple[Area, ...]:
    """The four levels above a social grid, the nearest first: community, street, county, city (村、乡、县、市)."""
    return tuple(places.around(grid.village))


def social_grids_of(pack: Pack, cells: Cells) -> SocialGrids | None:
    """The social grids of a pack over its cells; None if it declares none."""
    return SocialGrids(cells, pack.one(SOCIAL_GRID).rows) if pack.all(SOCIAL_GRID) else None


def _check(pack: Pack, declared: Declared[SocialRows]) -> Iterator[Fault]:
    rows, known = declared.value.rows, {row.code for row in pack.one(VILLAGE).rows}
    before = 0
    for number, row in enumerate(rows):
        if row.village not in known:
            what = f"There is no village `{row.village}`."
            yield declared.fault(f"rows.{number}.code", what, f"Mend the code, or add it to {VILLAGE.folder}.")
            before += 1
        yield from period_faults(declared, number, row)
    if not before:
        yield from _cover_faults(declared, _counts(pack))


def _counts(pack: Pack) -> Mapping[str, int]:
    """How many cells each community has; they are numbered from 1 without a gap. What has no outline is left out."""
    found: dict[str, int] = {}
    for grid in (one.value for one in pack.all(GRID).values()):
        square = grid.lattice.east * grid.lattice.north / TEN_THOUSAND**2
        built_up = set(grid.built_up)
        for row in (row for table in pack.all(OUTLINE).values() for row in table.value.rows):
            if row.village[:_STREET] not in built_up:
                found[row.village] = 1
            elif (shape := shape_of(row.outline)) is not None:
                # Outlines run along the lattice, so that the ground is a whole number of squares.
                found[row.village] = round(shape.area / square)
    return found


def _cover_faults(declared: Declared[SocialRows], counts: Mapping[str, int]) -> Iterator[Fault]:
    """Where a cell lies in no social grid on some day, in two, or is none of the community's."""
    of_village: dict[str, list[tuple[int, SocialGrid]]] = {}
    for number, row in enumerate(declared.value.rows):
        of_village.setdefault(row.village, []).append((number, row))
    for village, count in counts.items():
        rows = of_village.get(village, [])
        if not rows and count == 1:
            continue
        if not rows:
            mend = "Add a row for it: each cell lies in one social grid."
            yield declared.fault("", f"The community `{village}` has no social grid.", mend)
            continue
        for number, row in rows:
            if any(not 1 <= first <= last <= count for first, last in row.runs):
                what = f"`{row.cells}` names cells that the community does not have: it has 001 to {count:03}."
                yield declared.fault(f"rows.{number}.cells", what, "Mend the numbers; a run goes upwards.")
                break
        else:
            yield from _day_faults(declared, rows, count)


def _day_faults(declared: Declared[SocialRows], rows: Sequence[tuple[int, SocialGrid]], count: int) -> Iterator[Fault]:
    """The first fault of a community on each day on which something begins or ends, and on the first of all."""
    changes = sorted({day for _, row in rows for day in (row.since, row.until) if day is not None})
    begun = [min((row.since or date.min for _, row in rows), default=date.min), *changes]
    for day in dict.fromkeys(begun):
        owner: dict[int, int] = {}
        for number, row in (one for one in rows if one[1].holds(day)):
            for cell in (cell for first, last in row.runs for cell in range(first, last + 1)):
                if cell in owner:
                    other = declared.value.rows[owner[cell]].code
                    what = f"The cell {row.village}{cell:03} lies in `{other}` as well."
                    yield declared.fault(f"rows.{number}.cells", what, "Each cell lies in one social grid; keep one.")
                    return
                owner[cell] = number
        if len(owner) < count:
            missing = next(cell for cell in range(1, count + 1) if cell not in owner)
            number, row = rows[0]
            since = "" if day == date.min else f" on {day}"
            what = f"The cell {row.village}{missing:03} lies in no social grid{since}."
            yield declared.fault(f"rows.{number}.cells", what, "Add the cell to one of the community's rows.")
            return


SOCIAL_GRID: Final[Kind[SocialRows]] = Kind(
    "social_grid", "places/social_grids.csv", SocialRows, _check, single=True, optional=True
)
