"""The events of one class on a lattice, and how many of them lie in each cylinder: a circle, over some days."""

from collections.abc import Sequence
from math import cos, pi, radians
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.governance.ground import RADIUS_M, Point
from onecity.governance.hotspots.ratios import Counts

_METRES_A_DEGREE: Final = RADIUS_M * pi / 180
_COLUMN: Final = 1 << 32
"""Column and row of a square make one number."""


class Lattice(msgspec.Struct, frozen=True):
    """Squares of `step_m` metres, drawn as if the whole city lay on one `latitude`, and circles of whole squares.

    A square belongs to a circle if the middles of the two are no farther apart than one of the radii, which ascend.
    """

    step_m: float
    radii_m: tuple[float, ...]
    latitude: float

    def squares(self, points: Sequence[Point]) -> tuple[Counts, Counts]:
        """Columns and rows of the squares in which points lie."""
        found = np.floor(np.array(points, dtype=np.float64).reshape(-1, 2) / self._degrees()).astype(np.int64)
        return found[:, 0], found[:, 1]

    def middle(self, column: int, row: int) -> Point:
        """The point in the middle of a square."""
        east, north = self._degrees()
        return (column + 0.5) * east, (row + 0.5) * north

    def around(self) -> tuple[Counts, npt.NDArray[np.intp]]:
        """The ways from a square to those around it, and for each the number of the first radius that reaches it."""
        reach = int(self.radii_m[-1] // self.step_m)
        columns, rows = (found.ravel() for found in np.meshgrid(*[np.arange(-reach, reach + 1)] * 2))
        radius = np.searchsorted(np.array(self.radii_m), np.hypot(columns, rows) * self.step_m)
        within = radius < len(self.radii_m)
        return columns[within] * _COLUMN + rows[within], radius[within]

    def _degrees(self) -> tuple[float, float]:
        north = self.step_m / _METRES_A_DEGREE
        return north / cos(radians(self.latitude)), north


class Layer:
    """The events of one class: their squares and days, and the circles around every square that holds an event.

    Counts of cylinders have the shape (days, deals, radii, circles); a deal is one way to give the days to the events.
    """

    def __init__(self, lattice: Lattice, points: Sequence[Point], days: Counts, *, scanned: range) -> None:
        """`days` are numbered from the first one of the baseline; `scanned` are the last of them."""
        columns, rows = lattice.squares(points)
        keys, self.square_of = np.unique(columns * _COLUMN + rows, return_inverse=True)
        self.columns, self.rows = keys // _COLUMN, keys % _COLUMN
        self.days, self.of = days, len(days)
        self._shape = (len(lattice.radii_m), len(keys))
        self._starts, self._lengths, self._targets = _circles_of_squares(keys, lattice)
        # Of all days only those of the scan matter: who is dealt one of the others lies in no cylinder.
        self.dealt_out = np.flatnonzero(days >= scanned.start)
        self._dealt_days = days[self.dealt_out] - scanned.start
        self._length = len(scanned)
        self.then = np.bincount(self._dealt_days, minlength=self._length).cumsum()
        self.here = self._count(np.arange(self.of)[None], np.zeros_like(days), 1)[0, 0]

    @property
    def work(self) -> int:
        """About how many additions one deal takes."""
        into = self._lengths[self.square_of].mean() * len(self.dealt_out)
        return int(into) + self._length * self._shape[0] * self._shape[1]

    def observed(self) -> Counts:
        """How many events lie in each circle up to each of the scanned days."""
        return self.counted(self.dealt_out[None])

    def counted(self, events: Counts) -> Counts:
        """The same for deals of the scanned days to other events: one row of numbers of events for each deal."""
        counts = self._count(events, self._dealt_days, self._length)
        for day in range(1, self._length):
            counts[day] += counts[day - 1]
        return counts

    def inside(self, circle: int, radius_m: float, step_m: float) -> npt.NDArray[np.bool_]:
        """Which events lie in a circle."""
        columns, rows = self.columns - self.columns[circle], self.rows - self.rows[circle]
        within: npt.NDArray[np.bool_] = (np.hypot(columns, rows) * step_m <= radius_m)[self.square_of]
        return within

    def _count(self, events: Counts, days: Counts, length: int) -> Counts:
        deals, size = len(events), self._shape[0] * self._shape[1]
        squares = self.square_of[events]
        lengths = self._lengths[squares].ravel()
        ends = lengths.cumsum()
        # An event is written into every circle that holds its square; their numbers stand in a row, from its start.
        places = np.arange(lengths.sum()) + np.repeat(self._starts[squares].ravel() - ends + lengths, lengths)
        begin = (days * deals + np.arange(deals)[:, None]) * size
        written = np.repeat(begin.ravel(), lengths) + self._targets[places]
        counted = np.bincount(written, minlength=length * deals * size)
        counts = counted.astype(np.int32).reshape(length, deals, *self._shape)
        for radius in range(1, self._shape[0]):
            counts[:, :, radius] += counts[:, :, radius - 1]
        return counts


def _circles_of_squares(keys: Counts, lattice: Lattice) -> tuple[Counts, Counts, Counts]:
    """For each square where its circles begin in the last list, how many they are, and that list: radius and circle."""
    squares, targets = [], []
    for way, radius in zip(*lattice.around(), strict=True):
        centres = np.minimum(np.searchsorted(keys, keys + way), len(keys) - 1)
        there = keys[centres] == keys + way
        squares.append(np.flatnonzero(there))
        targets.append(radius * len(keys) + centres[there])
    square, target = np.concatenate(squares), np.concatenate(targets)
    lengths = np.bincount(square, minlength=len(keys))
    return lengths.cumsum() - lengths, lengths, target[np.argsort(square, kind="stable")]
