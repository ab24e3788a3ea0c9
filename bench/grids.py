"""The cell of a point: the same as a scan of all cells finds, and how long it takes to be told."""

import time
from statistics import quantiles
from typing import Final

from tests.scanning import Points, found, points_of, scanned

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.figures import Figure, at_most
from onecity.machinery.postgres import Cluster
from onecity.packs import load_pack
from onecity.places import Cells, cells_of

_RANDOM: Final = 100_000
_MOST_MS: Final = 1.0


async def measure_grid(_cluster: Cluster) -> list[Figure]:
    """Points by lot, every corner of a cell and the middle of every edge, against a scan without an index."""
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    cells = cells_of(pack)
    assert cells is not None, "the shipped pack has ground"
    points = points_of(cells, seed=2020, random=_RANDOM)
    expected = scanned(cells, points)
    told = found(cells, points)
    other = sum(one != two for one, two in zip(expected, told, strict=True))
    note = f"{len(points):,} points, {len(cells):,} cells"
    return [
        at_most("cell of a point: other than a scan finds", float(other), "points", 0, note=note),
        at_most("cell of a point, p99", _slowest(cells, points[:_RANDOM]), "ms", _MOST_MS, note=note),
    ]


def _slowest(cells: Cells, points: Points) -> float:
    """Milliseconds that 99 of 100 look-ups do not exceed."""
    times = []
    for x, y in points:
        began = time.perf_counter()
        cells.at(float(x), float(y))
        times.append(time.perf_counter() - began)
    return 1_000 * quantiles(times, n=100)[98]
