"""From real townships to simulated communities whose borders run along the lines of the lattice.

The ground is a sheet of squares. Each square belongs to the township in which its middle lies, and within that to the
nearest of the seeds that are spread evenly over it, one for each community. Where the city is built up, borders follow
single squares; elsewhere blocks of them, because nobody looks for a cell there.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from onecity.places import Grid

_SMOOTH: Final = 0.0075
"""In degrees. The townships were rasterised in steps of a kilometre; this is just more than such a step."""

_BLOCK: Final = 4
"""How many squares, each way, a border outside the built-up streets follows together."""

_ROUNDS: Final = 12
_NOBODY: Final = -1

Labels = npt.NDArray[np.int64]
Points = npt.NDArray[np.float64]


class Region(msgspec.Struct, frozen=True):
    """Townships that are drawn together, and the streets of today that share their ground, each with its villages."""

    townships: tuple[str, ...]
    streets: Mapping[str, tuple[str, ...]]


class _Sheet(msgspec.Struct, frozen=True):
    """The squares over a city: the township of each, and the column and row of the first."""

    townships: Labels
    column: int
    row: int


def draw(townships: Mapping[str, BaseGeometry], regions: Sequence[Region], grid: Grid) -> dict[str, str]:
    """The outline of each village, in WKT (longitude before latitude, four decimals)."""
    codes = sorted(townships)
    smooth = shapely.coverage_simplify(np.array([townships[code] for code in codes]), _SMOOTH)
    sheet = _sheet(smooth, grid)
    labels = np.full(sheet.townships.shape, _NOBODY)
    names: list[str] = []
    for region in regions:
        rows, columns = np.nonzero(np.isin(sheet.townships, [codes.index(one) for one in region.townships]))
        drawn, found = _villages(np.stack([columns.astype(float), rows.astype(float)], axis=1), region.streets)
        labels[rows, columns] = len(names) + drawn
        names += found
    built_up = np.array([name[:9] in grid.built_up for name in names])
    labels = _in_blocks(labels, built_up)
    assert len(np.unique(labels[labels != _NOBODY])) == len(names), "a village got no ground"
    return dict(_traced(labels, names, sheet, grid))


def _sheet(townships: npt.NDArray[np.object_], grid: Grid) -> _Sheet:
    west, south, east, north = shapely.total_bounds(townships)
    wide, high = grid.lattice.east / 10_000, grid.lattice.north / 10_000
    columns = np.arange(int(west // wide) - 1, int(east // wide) + 2)
    rows = np.arange(int(south // high) - 1, int(north // high) + 2)
    x, y = np.meshgrid((columns + 0.5) * wide, (rows + 0.5) * high)
    inside, which = shapely.STRtree(townships).query(shapely.points(x.ravel(), y.ravel()), predicate="within")
    found = np.full(x.size, _NOBODY)
    found[inside] = which
    return _Sheet(found.reshape(x.shape), int(columns[0]), int(rows[0]))


def _villages(squares: Points, streets: Mapping[str, Sequence[str]]) -> tuple[Labels, list[str]]:
    """Which village each square belongs to, and the villages in that order."""
    counts = {street: len(villages) for street, villages in streets.items()}
    seeds = _seeds(squares, sum(counts.values()))
    names = [""] * len(seeds)
    for street, held in _shared(seeds, list(range(len(seeds))), list(counts), counts):
        from_north = sorted(held, key=lambda one: (-seeds[one][1], seeds[one][0]))
        for village, seed in zip(streets[street], from_north, strict=True):
            names[seed] = village
    return _nearest(squares, seeds), names


def _seeds(squares: Points, number: int) -> Points:
    """So many points, spread evenly over squares: far apart at first, then each in the middle of its own (Lloyd)."""
    first, away = [0], ((squares - squares[0]) ** 2).sum(axis=1)
    for _ in range(number - 1):
        first.append(int(away.argmax()))
        away = np.minimum(away, ((squares - squares[first[-1]]) ** 2).sum(axis=1))
    seeds = squares[first]
    for _ in range(_ROUNDS):
        nearest = _nearest(squares, seeds)
        sizes = np.bincount(nearest, minlength=number)
        sums = np.stack([np.bincount(nearest, squares[:, axis], number) for axis in (0, 1)], axis=1)
        seeds = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], seeds)
    return seeds


def _nearest(squares: Points, seeds: Points) -> Labels:
    parts = np.array_split(squares, len(squares) // 20_000 + 1)
    return np.concatenate([((part[:, None] - seeds[None]) ** 2).sum(axis=2).argmin(axis=1) for part in parts])


def _shared(
    seeds: Points, held: list[int], streets: list[str], counts: Mapping[str, int]
) -> Iterator[tuple[str, list[int]]]:
    """The seeds among streets, each with as many as it has villages, cut along the longer side again and again."""
    if len(streets) == 1:
        yield streets[0], held
        return
    half = streets[: len(streets) // 2]
    longer = int(np.ptp(seeds[held][:, 1]) > np.ptp(seeds[held][:, 0]))
    ordered = sorted(held, key=lambda one: (seeds[one][longer], seeds[one][1 - longer]))
    cut = sum(counts[street] for street in half)
    yield from _shared(seeds, ordered[:cut], half, counts)
    yield from _shared(seeds, ordered[cut:], streets[len(half) :], counts)


def _in_blocks(labels: Labels, built_up: npt.NDArray[np.bool_]) -> Labels:
    """The same with coarser borders where neither side is built up; a village that would vanish keeps its squares."""
    high, wide = labels.shape
    rows, columns = np.indices(labels.shape)
    middle_row, middle = rows // _BLOCK * _BLOCK + _BLOCK // 2, columns // _BLOCK * _BLOCK + _BLOCK // 2
    coarse = labels[np.minimum(middle_row, high - 1), np.minimum(middle, wide - 1)]
    open_country = ~np.append(built_up, True)
    both = open_country[labels] & open_country[coarse] & (labels != _NOBODY) & (coarse != _NOBODY)
    moved = np.where(both, coarse, labels)
    lost = np.setdiff1d(labels, moved)
    return np.where(np.isin(labels, lost), labels, moved)


def _traced(labels: Labels, names: Sequence[str], sheet: _Sheet, grid: Grid) -> Iterator[tuple[str, str]]:
    """The border of each village, with a point wherever it turns and wherever three villages meet."""
    nodes = _nodes(labels)
    step = (grid.lattice.east, grid.lattice.north)
    for label, name in enumerate(names):
        rows, columns = np.nonzero(labels == label)
        whole = shapely.union_all(shapely.box(columns, rows, columns + 1, rows + 1))
        parts = [
            [_ring(ring, nodes, sheet, step) for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(whole)
        ]
        bodies = [f"({', '.join(f'({ring})' for ring in part)})" for part in parts]
        yield name, f"POLYGON {bodies[0]}" if len(bodies) == 1 else f"MULTIPOLYGON ({', '.join(bodies)})"


def _nodes(labels: Labels) -> npt.NDArray[np.bool_]:
    """For each crossing of lines whether three villages or more meet there."""
    padded = np.pad(labels, 1, constant_values=_NOBODY)
    around = np.stack([padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]])
    different = np.diff(np.sort(around, axis=0), axis=0) != 0
    found: npt.NDArray[np.bool_] = different.sum(axis=0) >= 2
    return found


def _ring(ring: BaseGeometry, nodes: npt.NDArray[np.bool_], sheet: _Sheet, step: tuple[int, int]) -> str:
    corners = [(round(x), round(y)) for x, y in ring.coords]
    steps: list[tuple[int, int]] = []
    for (x, y), (to_x, to_y) in pairwise(corners):
        far = max(abs(to_x - x), abs(to_y - y))
        steps += [(x + (to_x - x) * way // far, y + (to_y - y) * way // far) for way in range(far)]
    turns = [
        here
        for before, here, after in zip([steps[-1], *steps[:-1]], steps, [*steps[1:], steps[0]], strict=True)
        if nodes[here[1], here[0]] or (before[0] != after[0] and before[1] != after[1])
    ]
    return ", ".join(
        f"{(x + sheet.column) * step[0] / 10_000:.4f} {(y + sheet.row) * step[1] / 10_000:.4f}"
        for x, y in [*turns, turns[0]]
    )
