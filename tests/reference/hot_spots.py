"""The scan for hot spots, slow and obvious: every cylinder is counted event by event, for every deal anew.

What it says: squares of a lattice, a circle for every square that holds an event and every radius, over every run of
scanned days; the ratio of what lies in it to what place and day alone explain; of cylinders of one class that share a
square only the likeliest; and for each the share of deals whose likeliest cylinder is as likely.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import cos, floor, hypot, log, pi, radians
from statistics import median
from typing import NamedTuple

import numpy as np

from onecity.governance.ground import RADIUS_M
from onecity.governance.hotspots import Event, Scan

Square = tuple[int, int]


class Cylinder(NamedTuple):
    """A circle over some days, and what lies in it."""

    group: str
    radius_m: float
    centre: Square
    first: date
    last: date
    observed: int
    expected: float
    ratio: float


class Placed(NamedTuple):
    """An event in its square."""

    id: str
    square: Square
    day: date


def placed(events: Sequence[Event], last: date, scan: Scan) -> Mapping[str, Sequence[Placed]]:
    """The events of the study by class, in the order of their ids."""
    studied = [event for event in events if first_day(last, scan) <= event.day <= last]
    latitude = round(median(event.point[1] for event in studied)) if studied else 0
    north = scan.step_m / (RADIUS_M * pi / 180)
    east = north / cos(radians(latitude))
    groups: dict[str, list[Placed]] = {group: [] for group in sorted({event.group for event in studied})}
    for event in sorted(studied, key=lambda one: one.id):
        square = floor(event.point[0] / east), floor(event.point[1] / north)
        groups[event.group].append(Placed(event.id, square, event.day))
    return groups


def first_day(last: date, scan: Scan) -> date:
    return last - timedelta(days=scan.scanned_days + scan.baseline_days - 1)


def cylinders(groups: Mapping[str, Sequence[Placed]], last: date, scan: Scan) -> Sequence[Cylinder]:
    """Every cylinder, with what lies in it."""
    days = [last - timedelta(days=back) for back in reversed(range(scan.scanned_days))]
    return [
        cylinder(group, events, radius_m, centre, first, until, scan)
        for group, events in groups.items()
        for radius_m in sorted(scan.radii_m)
        for centre in sorted({event.square for event in events})
        for first in days
        for until in days
        if first <= until
    ]


def cylinder(
    group: str, events: Sequence[Placed], radius_m: float, centre: Square, first: date, until: date, scan: Scan
) -> Cylinder:
    inside = [event for event in events if apart(event.square, centre, scan) <= radius_m]
    then = [event for event in events if first <= event.day <= until]
    observed = len([event for event in inside if first <= event.day <= until])
    expected = len(inside) * len(then) / len(events)
    return Cylinder(group, radius_m, centre, first, until, observed, expected, ratio(observed, expected, len(events)))


def ratio(observed: int, expected: float, of: int) -> float:
    """How much likelier, as a logarithm."""
    if observed <= expected:
        return 0.0
    rest = of - observed
    return observed * log(observed / expected) + (rest * log(rest / (of - expected)) if rest else 0.0)


def apart(one: Square, other: Square, scan: Scan) -> float:
    return hypot(one[0] - other[0], one[1] - other[1]) * scan.step_m


def likeliest(found: Sequence[Cylinder], scan: Scan) -> Sequence[Cylinder]:
    """The likeliest cylinders, none of which shares a square with a likelier one of its class."""
    left = [one for one in found if one.observed >= scan.least and one.ratio > 0]
    chosen: list[Cylinder] = []
    while left and len(chosen) < scan.most:
        best = min(
            left,
            key=lambda one: (
                -round(one.ratio, 9), one.group, one.radius_m, one.centre, one.last - one.first, one.first
            ),
        )  # fmt: skip
        chosen.append(best)
        left = [
            one
            for one in left
            if one.group != best.group or apart(one.centre, best.centre, scan) > one.radius_m + best.radius_m
        ]
    return chosen


def spots(events: Sequence[Event], last: date, seed: int, scan: Scan) -> Sequence[tuple[Cylinder, float]]:
    """The significant cylinders with their p-values."""
    groups = placed(events, last, scan)
    chosen = likeliest(cylinders(groups, last, scan), scan)
    if not chosen:
        return []
    dice, since = np.random.PCG64(seed), last - timedelta(days=scan.scanned_days - 1)
    highest = []
    for _ in range(scan.replications):
        dealt = {group: deal(of_group, dice, since) for group, of_group in groups.items()}
        again = likeliest(cylinders(dealt, last, scan), scan)
        highest.append(again[0].ratio if again else 0.0)
    chances = [(1 + sum(one >= best.ratio - 1e-9 for one in highest)) / (scan.replications + 1) for best in chosen]
    return [(best, p) for best, p in zip(chosen, chances, strict=True) if p <= scan.level + 1e-9]


def deal(events: Sequence[Placed], dice: np.random.PCG64, since: date) -> Sequence[Placed]:
    """The events with their days dealt anew: a lot is drawn for each, and the lowest lots get the scanned days."""
    lots = [dice.random_raw() for _ in events]
    order = sorted(range(len(events)), key=lambda at: lots[at])
    days = [event.day for event in events if event.day >= since] + [event.day for event in events if event.day < since]
    # Which of the days before the scan an event gets is all the same: it lies in no cylinder.
    return [event._replace(day=day) for event, day in zip((events[at] for at in order), days, strict=True)]
