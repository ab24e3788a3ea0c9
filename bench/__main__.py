"""`python -m bench [NAME …]`: measure, print the table, keep the figures in `bench/results.json`.

A goal that is missed is reported and ends nothing; the exit code is 0.
"""

import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import uvloop

from bench.analytics import measure_analytics
from bench.appends import measure_appends
from bench.bulks import measure_bulks, measure_sealing
from bench.cities import measure_city, measure_events
from bench.failovers import measure_failover, measure_partitions
from bench.figures import HEAD, keep, row
from bench.finding import measure_search
from bench.grids import measure_grid
from bench.hotspots import measure_hotspots
from bench.kills import measure_kills
from bench.ledgers import own_cluster
from bench.maps import measure_map
from bench.masks import measure_masks
from bench.millions import measure_millions
from bench.rounds import measure_burst, measure_streets
from bench.routing import measure_routing
from bench.starts import measure_starts
from bench.wholepack import measure_pack
from onecity.drills.figures import Figure, machine
from onecity.kernel.errors import CityError
from onecity.machinery.postgres import Cluster

MEASURES: Final[dict[str, Callable[[Cluster], Coroutine[Any, Any, list[Figure]]]]] = {
    "appends": measure_appends,
    "bulks": measure_bulks,
    "sealing": measure_sealing,
    "millions": measure_millions,
    "starts": measure_starts,
    "events": measure_events,
    "city": measure_city,
    "kills": measure_kills,
    "failover": measure_failover,
    "partitions": measure_partitions,
    "grid": measure_grid,
    "hotspots": measure_hotspots,
    "routing": measure_routing,
    "search": measure_search,
    "pack": measure_pack,
    "streets": measure_streets,
    "burst": measure_burst,
    "map": measure_map,
    "masks": measure_masks,
    "analytics": measure_analytics,
}


def main(names: list[str]) -> int:
    """Run the named measurements, or all; 2 if a name is not known, 4 if something is missing."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    print(HEAD)
    for name in names or MEASURES:
        found_on = machine()
        try:
            with own_cluster() as cluster:
                figures = uvloop.run(MEASURES[name](cluster))
        except CityError as failure:
            print(failure.sentence, file=sys.stderr)
            return 4
        keep(figures, found_on)
        for figure in figures:
            print(row(figure), flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
