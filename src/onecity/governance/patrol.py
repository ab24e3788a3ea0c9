"""Which task on the street is nearest to where somebody stands, and in which direction it lies."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from math import atan2, cos, degrees, radians, sin
from typing import Final
from uuid import UUID

import msgspec

from onecity.governance.ground import Point, metres


class Direction(StrEnum):
    """The eight directions of a compass, from north over east."""

    NORTH = "n"
    NORTH_EAST = "ne"
    EAST = "e"
    SOUTH_EAST = "se"
    SOUTH = "s"
    SOUTH_WEST = "sw"
    WEST = "w"
    NORTH_WEST = "nw"


_COMPASS: Final[Sequence[Direction]] = tuple(Direction)
_DRAWN: Final = 8
"""Tasks on a sketch: more would lie on each other."""
_REACHES: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
"""How far the rim of a sketch may be away. Units: metres."""
_SECTOR: Final = 45.0
"""Degrees of one of eight directions."""


class Task(msgspec.Struct, frozen=True):
    """A step that waits for somebody on the street: what, in which street, where if that is known, and until when.

    `exact` says whether `place` is that of the thing itself; else it is the middle of the grid cell in which it lies.
    Units: degrees, WGS-84. `latest` is the latest instant.
    """

    case: UUID
    step: str
    number: str
    matter: str
    area: str
    cell: str | None
    place: Point | None
    exact: bool
    latest: datetime


class Way(msgspec.Struct, frozen=True):
    """A task as it lies from a place; both are None where nobody knows the one or the other. Units: metres."""

    task: Task
    metres: int | None
    direction: Direction | None


def direction(here: Point, there: Point) -> Direction:
    """In which of eight directions a point lies, on the shortest way over a round earth.

    >>> direction((113.6, 34.7), (113.6, 34.8)), direction((113.6, 34.7), (113.5, 34.6))
    (<Direction.NORTH: 'n'>, <Direction.SOUTH_WEST: 'sw'>)
    """
    return _COMPASS[int((bearing(here, there) + _SECTOR / 2) // _SECTOR) % len(_COMPASS)]


def bearing(here: Point, there: Point) -> float:
    """How far from north over east the shortest way to a point begins. Units: degrees."""
    east, south, north = radians(there[0] - here[0]), radians(here[1]), radians(there[1])
    across = sin(east) * cos(north)
    up = cos(south) * sin(north) - sin(south) * cos(north) * cos(east)
    return degrees(atan2(across, up)) % 360


def nearest(tasks: Iterable[Task], here: Point | None) -> Sequence[Way]:
    """Tasks from a place, the nearest first, then those whose place nobody knows; without a place by the latest time.

    What is equally near goes by its latest time.
    """
    ways = [_way(task, here) for task in tasks]
    return sorted(ways, key=lambda way: (way.metres is None, way.metres or 0, way.task.latest, way.task.case))


def _way(task: Task, here: Point | None) -> Way:
    if here is None or task.place is None:
        return Way(task, None, None)
    return Way(task, round(metres(here, task.place)), direction(here, task.place))


class Mark(msgspec.Struct, frozen=True):
    """A task on a sketch around somebody: its number on the list, and where, in parts of the reach: x east, y south."""

    number: int
    x: float
    y: float


class Sketch(msgspec.Struct, frozen=True):
    """The nearest tasks around somebody, north above, and how far the rim of the sketch is away. Units: metres."""

    reach_m: int
    marks: tuple[Mark, ...]


def sketch(ways: Sequence[Way], here: Point) -> Sketch | None:
    """A sketch of the nearest tasks whose place is known; None if there is none."""
    placed = [(number, way) for number, way in enumerate(ways[:_DRAWN], start=1) if way.metres is not None]
    if not placed:
        return None
    farthest = max(way.metres or 0 for _, way in placed)
    reach = next((one for one in _REACHES if one >= farthest), farthest)
    marks: list[Mark] = []
    for number, way in placed:
        assert way.task.place is not None, "a way that has a length leads somewhere"
        at, part = radians(bearing(here, way.task.place)), (way.metres or 0) / reach
        marks.append(Mark(number, part * sin(at), -part * cos(at)))
    return Sketch(reach, tuple(marks))
