"""From cells to simulated social grids: the cells of a community, shared into compact groups of some 400 households.

Nobody counted the households. A built-up hectare of the core is taken to hold 60, another one 40. A community of the
open country is one cell and so one grid, which needs no row.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

import shapely

from onecity.places import Cells, Grid, Zone

_PER_HECTARE: Final = {Zone.A: 60, Zone.B: 40}
_A_GRID: Final = 400
_MOST: Final = 99
"""Grids of a community: two digits number them."""

Square = tuple[float, float, int]
"""The middle of a cell and its number."""


def social_rows(cells: Cells, grid: Grid) -> Iterator[tuple[str, str, int]]:
    """For each social grid its code, its cells as runs, and its households; communities by code."""
    of_village: dict[str, list[str]] = {}
    for code in cells:
        of_village.setdefault(code[:12], []).append(code)
    for village, codes in sorted(of_village.items()):
        # A few more or fewer, the same each time.
        drawn = int.from_bytes(sha256(f"households {village}".encode()).digest()[:4], "big") / 2**32
        if village[:9] not in grid.built_up:
            continue
        households = round(len(codes) * _PER_HECTARE[grid.zone(village[:9])] * (0.9 + 0.2 * drawn))
        squares = [(*_middle(cells, code), int(code[12:])) for code in codes]
        parts = min(_MOST, len(codes), max(1, round(households / _A_GRID)))
        groups = sorted(sorted(group) for group in _shared(squares, parts))
        for number, group in enumerate(groups, 1):
            yield f"{village}S{number:02}", _runs(group), round(households * len(group) / len(codes))


def _middle(cells: Cells, code: str) -> tuple[float, float]:
    ground = cells.outline(code)
    assert ground is not None, "a cell has its ground"
    west, south, east, north = shapely.bounds(ground)
    return round((west + east) / 2, 6), round((south + north) / 2, 6)


def _shared(squares: Sequence[Square], parts: int) -> Iterator[list[int]]:
    """Cells in so many groups of nearly the same size, cut along the longer side again and again."""
    if parts == 1:
        yield [number for _, _, number in squares]
        return
    wide, high = (max(one[axis] for one in squares) - min(one[axis] for one in squares) for axis in (0, 1))
    axis = int(high > wide)
    ordered = sorted(squares, key=lambda one: (one[axis], one[1 - axis]))
    half = parts // 2
    cut = len(ordered) * half // parts
    yield from _shared(ordered[:cut], half)
    yield from _shared(ordered[cut:], parts - half)


def _runs(numbers: Sequence[int]) -> str:
    """Ascending numbers as runs.

    >>> _runs([1, 2, 3, 7])
    '001-003 007'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"{first:03}" if first == last else f"{first:03}-{last:03}" for first, last in runs)
