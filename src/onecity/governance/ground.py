"""How far apart two points of the city are, and which points can be near one at all, without trying every pair."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import asin, cos, degrees, floor, radians, sin, sqrt
from typing import Final, Generic, TypeAlias, TypeVar

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude in degrees, WGS-84."""

RADIUS_M: Final = 6_371_008.8
"""The mean radius of the earth. Source: Moritz, Geodetic Reference System 1980, R1 = (2a + b) / 3."""

_Corner: TypeAlias = tuple[float, float, float]
_Cube: TypeAlias = tuple[int, int, int]
_AROUND: Final[Sequence[_Cube]] = tuple(product((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)))

Thing = TypeVar("Thing")


def metres(one: Point, other: Point) -> float:
    """How far it is between two points, over the ground of a round earth.

    The earth is flatter than that, so the answer is wrong by at most 0.6 %: less than any telephone knows its place.

    >>> round(metres((113.6, 34.7), (113.6, 34.8))), metres((113.6, 34.7), (113.6, 34.7))
    (11120, 0.0)
    """
    (x, y, z), (u, v, w) = _on_the_ball(one), _on_the_ball(other)
    chord = sqrt((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2)
    return 2 * RADIUS_M * asin(min(1.0, chord / (2 * RADIUS_M)))


def box_around(point: Point, reach_m: float) -> tuple[float, float, float, float]:
    """A box in which everything lies that is within some metres of a point: west, south, east, north. Units: degrees.

    >>> [round(edge, 4) for edge in box_around((113.6, 34.7), 1000)]
    [113.589, 34.691, 113.611, 34.709]
    """
    up = degrees(reach_m / RADIUS_M) * 1.001
    # Where the parallel nearest to the pole is shortest; at a pole it is a point and every longitude is near.
    wide = min(180.0, up / max(cos(radians(min(abs(point[1]) + up, 90.0))), 1e-9))
    return point[0] - wide, point[1] - up, point[0] + wide, point[1] + up


def _on_the_ball(point: Point) -> _Corner:
    longitude, latitude = radians(point[0]), radians(point[1])
    flat = RADIUS_M * cos(latitude)
    return flat * cos(longitude), flat * sin(longitude), RADIUS_M * sin(latitude)


class Nearby(Generic[Thing]):
    """Things by where they are: `around` gives all that can lie within `reach_m` of a point, and some farther ones.

    Space is cut into cubes as long as the reach; whatever is within reach of a point lies in its cube or beside it, as
    no straight line is longer than the way over the ground. Cubes know no poles and no line of date.
    """

    def __init__(self, things: Iterable[tuple[Point, Thing]], *, reach_m: float) -> None:
        # A millimetre more, so that no rounding puts what lies just within reach two cubes away.
        self._side = reach_m + 0.001
        cubes: defaultdict[_Cube, list[Thing]] = defaultdict(list)
        for point, thing in things:
            cubes[self._cube(point)].append(thing)
        self._cubes: Mapping[_Cube, Sequence[Thing]] = dict(cubes)

    def around(self, point: Point) -> Iterator[Thing]:
        """All that can be within reach of a point, cube by cube."""
        for cube in self.cubes(point):
            yield from cube

    def cubes(self, point: Point) -> Iterator[Sequence[Thing]]:
        """The same, each cube by itself and in the order in which its things came."""
        x, y, z = self._cube(point)
        for east, north, up in _AROUND:
            found = self._cubes.get((x + east, y + north, z + up))
            if found is not None:
                yield found

    def _cube(self, point: Point) -> _Cube:
        x, y, z = _on_the_ball(point)
        return floor(x / self._side), floor(y / self._side), floor(z / self._side)
