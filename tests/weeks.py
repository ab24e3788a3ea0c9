"""A town whose weeks are simulated, quiet or with a spot planted in the last one: what a scan for hot spots is tried on."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import cos, radians
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from onecity.governance import SCAN, Event, HotSpot, Scan
from onecity.governance.ground import Point, metres

LAST: Final = date(2026, 11, 22)
CORNER: Final[Point] = (113.6, 34.7)
CLASSES: Final = {"06": 0.6, "09": 0.3, "08": 0.1}
_METRES_NORTH: Final = 111_195
_METRES_EAST: Final = _METRES_NORTH * cos(radians(CORNER[1]))

_Plane = npt.NDArray[np.float64]


class Town(NamedTuple):
    """How large a town is, how many places it has where much happens, and how many cases a day."""

    size_m: float
    places: int
    cases: float


SMALL: Final = Town(2_500, 8, 12)
LARGE: Final = Town(8_000, 40, 60)


class Planted(NamedTuple):
    """A spot: so many `more` cases of the most frequent class, within a radius, on the first of some `days`.

    A week usually brings `usual` cases there, one more or less.
    """

    more: int
    radius_m: float = 400
    days: int = 5
    usual: float = 5


class Week(NamedTuple):
    """The events of the baseline and of the week, and the spot that was planted, if any."""

    events: Sequence[Event]
    centre: Point | None
    first: date
    until: date


def week(seed: int, town: Town, *, planted: Planted | None = None, scan: Scan = SCAN, rise: float = 1.0) -> Week:
    """A week of a town after its baseline: busy places and quiet ones, week-ends, and a slow swell of the whole.

    On the scanned days everything happens `rise` times as often.
    """
    dice = np.random.default_rng(seed)
    places = dice.uniform(0, town.size_m, (town.places, 2))
    weights = dice.gamma(0.7, 1, town.places)
    days, spots = [], []
    for number in range(scan.baseline_days + scan.scanned_days):
        day = LAST - timedelta(days=scan.baseline_days + scan.scanned_days - 1 - number)
        rate = town.cases * (0.6 if day.weekday() > 4 else 1.1) * (1 + 0.2 * np.sin(number / 20))
        count = dice.poisson(rate * (rise if number >= scan.baseline_days else 1))
        around = places[dice.choice(town.places, count, p=weights / weights.sum())] + dice.normal(0, 150, (count, 2))
        anywhere = dice.uniform(0, town.size_m, (count, 2))
        spots.append(np.where(dice.random(count)[:, None] < 0.3, anywhere, around))
        days += [day] * count
    groups = dice.choice(list(CLASSES), len(days), p=list(CLASSES.values()))
    points = np.concatenate(spots)
    if planted is None:
        return Week(_events(points, days, groups), None, LAST, LAST)
    return _with_spot(dice, planted, points, days, groups, town, scan)


def _with_spot(
    dice: np.random.Generator, planted: Planted, points: _Plane, days: list[date], groups: npt.NDArray[np.str_],
    town: Town, scan: Scan,
) -> Week:  # fmt: skip
    most = next(iter(CLASSES))
    centre = _usual_place(dice, planted, points[groups == most], town, scan)
    first = LAST - timedelta(days=int(dice.integers(planted.days, scan.scanned_days + 1)) - 1)
    distance = planted.radius_m * np.sqrt(dice.random(planted.more))
    bearing = dice.uniform(0, 2 * np.pi, planted.more)
    more = centre + distance[:, None] * np.stack([np.cos(bearing), np.sin(bearing)], axis=1)
    days = days + [first + timedelta(days=int(day)) for day in dice.integers(0, planted.days, planted.more)]
    events = _events(np.concatenate([points, more]), days, np.concatenate([groups, [most] * planted.more]))
    return Week(events, _point(centre), first, first + timedelta(days=planted.days - 1))


def _usual_place(dice: np.random.Generator, planted: Planted, points: _Plane, town: Town, scan: Scan) -> _Plane:
    """A place in which about as much happens in a week as wished."""
    weeks = (scan.baseline_days + scan.scanned_days) / 7
    while True:
        centre = dice.uniform(planted.radius_m, town.size_m - planted.radius_m, 2)
        inside = np.hypot(*(points - centre).T) <= planted.radius_m
        if abs(inside.sum() / weeks - planted.usual) <= 1:
            return centre


def _point(plane: _Plane) -> Point:
    return CORNER[0] + float(plane[0]) / _METRES_EAST, CORNER[1] + float(plane[1]) / _METRES_NORTH


def _events(points: _Plane, days: Sequence[date], groups: npt.NDArray[np.str_]) -> Sequence[Event]:
    named = enumerate(zip(points, days, groups, strict=True))
    return [Event(f"{number:06}", _point(point), day, str(group)) for number, (point, day, group) in named]


def found(planted: Planted, of: Week, spots: Sequence[HotSpot], scan: Scan = SCAN) -> bool:
    """Whether one of the spots is the planted one: its centre within the radius and a step, and a day in both."""
    return any(
        of.centre is not None
        and spot.group == next(iter(CLASSES))
        and metres(spot.centre, of.centre) <= planted.radius_m + scan.step_m
        and spot.first <= of.until
        and spot.last >= of.first
        for spot in spots
    )
