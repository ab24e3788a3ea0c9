"""Questions to the ledger in columns, on DuckDB and on a Spark cluster of this machine: equal rows, and what they cost.

ANALYTICS_FACTS names the sizes, like `10000,20000000`; the plot is that of `onecity prove analytics`.
"""

import os
from itertools import pairwise
from typing import Final

from onecity.drills.analytics import ENGINES, asked
from onecity.drills.figures import Figure, plain
from onecity.drills.proving import room
from onecity.machinery.postgres import Cluster

_SIZES: Final = "10000,100000,1000000,10000000"


async def measure_analytics(_cluster: Cluster) -> list[Figure]:
    """Every question at every size on both engines; a figure for each engine and size, and one for each tenfold."""
    sizes = [int(float(one)) for one in os.environ.get("ANALYTICS_FACTS", _SIZES).split(",")]
    with room() as folder:
        found = list(asked(sizes, folder))
    assert all(one.equal for one in found), "the engines say different things"
    named = list(zip(sizes, found, strict=True))
    return [
        plain(f"four questions to {size:,} facts, {engine}", one.seconds[engine], "s",
              note=f"{one.facts:,} facts, {one.rows:,} rows, equal on both; {one.note}")
        for size, one in named for engine in ENGINES
    ] + [
        plain(f"from {few:,} to {many:,} facts, {engine}", after.seconds[engine] / before.seconds[engine], "×")
        for (few, before), (many, after) in pairwise(named) for engine in ENGINES
    ]  # fmt: skip
