"""The scan: the likeliest circles and days of the week, and how likely they would be by chance."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement
from statistics import median
from typing import Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.governance.hotspots.layers import Lattice, Layer
from onecity.governance.hotspots.model import SCAN, Event, HotSpot, Scan
from onecity.governance.hotspots.ratios import Counts, Ratios, log_ratio, needed

_Run: TypeAlias = tuple[int, int]
"""The first and the last of some scanned days, counted from 0."""

_Layers: TypeAlias = Mapping[str, Layer]
_Bars: TypeAlias = Mapping[_Run, Counts]

_AT_ONCE: Final = 3_000_000
"""Additions at a time: what is counted stays small enough for the memory near the processor."""

_DEALS: Final = 20
"""Deals at a time: after each handful, spots that can no longer be told are let go."""


class _Found(msgspec.Struct, frozen=True):
    """A cylinder: its class, radius and circle by their numbers, its days, and its ratio."""

    group: str
    radius: int
    circle: int
    run: _Run
    ratio: float


def hot_spots(events: Iterable[Event], *, last: date, seed: int, scan: Scan = SCAN) -> tuple[HotSpot, ...]:
    """The hot spots of the days up to `last`, the likeliest first; the same events and seed have the same spots.

    The space-time permutation scan statistic: every circle around every occupied square, over every run of scanned
    days, is compared with what lies there if days are dealt anew to the events. Whole cities, growing weeks and busy
    weekends are no spots, and nobody needs to know how many people live where. Classes are dealt each for itself, and
    the likeliest cylinder of any class counts, so that many classes do not make many alarms. Spots of one class share
    no square. Source: Kulldorff et al. 2005, PLoS Medicine 2(3), e59.
    """
    inside = _studied(events, last, scan)
    if not inside:
        return ()
    first = last - timedelta(days=scan.baseline_days + scan.scanned_days - 1)
    lattice = _lattice([event for of_class in inside.values() for event in of_class], scan)
    scanned = range(scan.baseline_days, scan.baseline_days + scan.scanned_days)
    layers = {
        group: Layer(
            lattice, [one.point for one in found], np.array([(one.day - first).days for one in found]), scanned=scanned
        )
        for group, found in inside.items()
    }
    likely = list(_apart(layers, lattice, scan))
    chances = _chances(layers, [one.ratio for one in likely], seed, scan)
    return tuple(
        _told(one, layers[one.group], inside[one.group], lattice, p=p, last=last, scan=scan)
        for one, p in zip(likely, chances, strict=False)
    )


def _studied(events: Iterable[Event], last: date, scan: Scan) -> Mapping[str, Sequence[Event]]:
    """The events of the baseline and the scan by their classes, in an order that does not depend on theirs."""
    first = last - timedelta(days=scan.baseline_days + scan.scanned_days - 1)
    groups: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if first <= event.day <= last:
            groups[event.group].append(event)
    return {group: sorted(groups[group], key=lambda event: event.id) for group in sorted(groups)}


def _lattice(events: Sequence[Event], scan: Scan) -> Lattice:
    # A whole degree keeps the squares where they are from week to week, and their width true to half a percent or so.
    latitude = round(median(event.point[1] for event in events))
    return Lattice(scan.step_m, tuple(sorted(scan.radii_m)), latitude)


def _runs(scan: Scan) -> Sequence[_Run]:
    """All runs of scanned days, the short ones first: of two that are equally likely the shorter one is told."""
    return sorted(combinations_with_replacement(range(scan.scanned_days), 2), key=lambda run: run[1] - run[0])


def _in(run: _Run, up_to: Counts) -> Counts:
    """From counts up to each day those in a run of days."""
    first, last = run
    counts: Counts = up_to[last] - up_to[first - 1] if first else up_to[last]
    return counts


def _apart(layers: _Layers, lattice: Lattice, scan: Scan) -> Iterator[_Found]:
    """The likeliest cylinders, each of which shares no square with a likelier one of its class."""
    best = {group: _best(layer, scan) for group, layer in layers.items()}
    radii = np.array(lattice.radii_m)
    for _ in range(scan.most):
        group = max(best, key=lambda one: best[one][0].max())
        ratios, runs = best[group]
        radius, circle = (int(at) for at in np.unravel_index(ratios.argmax(), ratios.shape))
        if ratios[radius, circle] <= 0:
            return
        yield _Found(group, radius, circle, _runs(scan)[runs[radius, circle]], float(ratios[radius, circle]))
        layer = layers[group]
        away = np.hypot(layer.columns - layer.columns[circle], layer.rows - layer.rows[circle]) * lattice.step_m
        ratios[away <= radii[:, None] + radii[radius]] = 0


def _best(layer: Layer, scan: Scan) -> tuple[Ratios, Counts]:
    """The ratio of each circle in its likeliest run of days, and the number of that run."""
    up_to = layer.observed()[:, 0]
    ratios, runs = np.zeros(layer.here.shape), np.zeros(layer.here.shape, dtype=np.int64)
    for number, run in enumerate(_runs(scan)):
        counts = _in(run, up_to)
        found = log_ratio(counts, layer.here, int(_in(run, layer.then)), layer.of)
        better = (found > ratios) & (counts >= scan.least)
        ratios[better], runs[better] = found[better], number
    return ratios, runs


def _chances(layers: _Layers, ratios: Sequence[float], seed: int, scan: Scan) -> Sequence[float]:
    """The p-values of those of the ratios, which descend, that are significant.

    A ratio that too many deals have reached is let go, and those below it with it: no further deal could change that.
    """
    dice = np.random.PCG64(seed)
    at_once = max(1, min(_DEALS, _AT_ONCE // sum(layer.work for layer in layers.values())))
    left, beyond = np.array(ratios), np.zeros(len(ratios), dtype=np.int64)
    floor, bars, done = np.inf, {}, 0
    while left.size and done < scan.replications:
        if floor != left[-1]:
            floor = left[-1]
            bars = {group: _bars(layer, floor, scan) for group, layer in layers.items()}
        deals = min(at_once, scan.replications - done)
        beyond += (_highest(layers, dice, deals, bars)[:, None] >= left).sum(axis=0)
        done += deals
        kept = beyond <= scan.beyond
        left, beyond = left[kept], beyond[kept]
    return [(int(one) + 1) / (scan.replications + 1) for one in beyond]


def _bars(layer: Layer, floor: float, scan: Scan) -> _Bars:
    """For each run of days the counts with which the circles reach a ratio."""
    # Many circles hold as many events as others, and then they need as many of them in these days.
    values, which = np.unique(layer.here, return_inverse=True)
    least = {run: needed(floor, values, int(_in(run, layer.then)), layer.of) for run in _runs(scan)}
    return {
        run: np.maximum(found, scan.least).astype(np.int32)[which].reshape(layer.here.shape)
        for run, found in least.items()
    }


def _highest(layers: _Layers, dice: np.random.PCG64, deals: int, bars: Mapping[str, _Bars]) -> Ratios:
    """The highest ratio of any cylinder in each deal; 0 where none reaches its bar."""
    highest = np.zeros(deals)
    # Bits and not numbers of a distribution: of these numpy promises that they stay the same in all its versions.
    lots = dice.random_raw(deals * sum(layer.of for layer in layers.values())).reshape(deals, -1)
    for group, layer in layers.items():
        mine, lots = lots[:, : layer.of], lots[:, layer.of :]
        up_to = layer.counted(_lowest(mine, len(layer.dealt_out)))
        for run, bar in bars[group].items():
            counts = _in(run, up_to)
            reached = counts >= bar
            if reached.any():
                deal, *cylinder = np.nonzero(reached)
                found = log_ratio(counts[reached], layer.here[tuple(cylinder)], int(_in(run, layer.then)), layer.of)
                np.maximum.at(highest, deal, found)
    return highest


def _lowest(lots: npt.NDArray[np.uint64], number: int) -> Counts:
    """In each row the places of the lowest lots in their order, without putting the others in order."""
    if number in (0, lots.shape[1]):
        return lots.argsort(axis=1)[:, :number]
    lowest = lots.argpartition(number - 1, axis=1)[:, :number]
    return np.take_along_axis(lowest, np.take_along_axis(lots, lowest, axis=1).argsort(axis=1), axis=1)


def _told(
    found: _Found, layer: Layer, events: Sequence[Event], lattice: Lattice, *, p: float, last: date, scan: Scan
) -> HotSpot:
    radius_m = lattice.radii_m[found.radius]
    inside = layer.inside(found.circle, radius_m, lattice.step_m)
    first, until = (last - timedelta(days=scan.scanned_days - 1 - day) for day in found.run)
    here, before = int(inside.sum()), int((inside & (layer.days < scan.baseline_days)).sum())
    mine = [event.id for event, within in zip(events, inside, strict=True) if within and first <= event.day <= until]
    return HotSpot(
        group=found.group,
        centre=lattice.middle(int(layer.columns[found.circle]), int(layer.rows[found.circle])),
        radius_m=radius_m,
        first=first,
        last=until,
        observed=len(mine),
        expected=here * int(_in(found.run, layer.then)) / layer.of,
        usual=before * ((until - first).days + 1) / scan.baseline_days,
        log_ratio=found.ratio,
        p=p,
        events=tuple(mine),
    )
