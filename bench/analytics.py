"""Questions to the ledger in columns, on DuckDB and on a Spark cluster of this machine: equal rows, and what they cost.

ANALYTICS_FACTS names the sizes, like `10000,20000000`; BENCH_TOWN keeps the exports for the next run.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench.columns import KEY, synthesised
from onecity.analytics import QUESTIONS, Answer, Asked, DuckDB, Engine, answered
from onecity.analytics.spark import Spark, spark_cluster
from onecity.drills.figures import Figure, plain
from onecity.drills.load.towns import KEPT
from onecity.kernel.instants import day_in
from onecity.ledger.columnar import MANIFEST, Manifest, manifest_of
from onecity.machinery.postgres import Cluster

_SIZES: Final = "10000,100000,1000000,10000000"
_ALL_DAYS: Final = 3_650
"""Every case of the export is appraised, not only those of a quarter of a year."""
_PARTITIONS: Final = 16
_MEMORY_MB: Final = 3_072
"""Of each of the two workers; the same cluster and settings for every size."""


async def measure_analytics(_cluster: Cluster) -> list[Figure]:
    """Every question at every size on both engines; a figure for each engine and size, and one for each tenfold."""
    sizes = [int(float(one)) for one in os.environ.get("ANALYTICS_FACTS", _SIZES).split(",")]
    figures: list[Figure] = []
    seconds: dict[tuple[str, int], float] = {}
    with spark_cluster(memory_mb=_MEMORY_MB) as url:
        for size in sizes:
            with _export(size) as (folder, manifest):
                answers = {"DuckDB": _by_duckdb(folder, manifest), "Spark": _by_spark(folder, manifest, url)}
            equal = [one.rows for one in answers["DuckDB"]] == [one.rows for one in answers["Spark"]]
            assert equal, f"the engines say different things of {manifest.rows} facts"
            rows = sum(len(one.rows) for one in answers["DuckDB"])
            for engine, told in answers.items():
                took = seconds[engine, size] = sum(one.seconds for one in told)
                each = ", ".join(f"{one.question} {one.seconds:.1f} s" for one in told)
                note = f"{manifest.rows:,} facts, {rows:,} rows, equal on both; {each}"
                figures.append(plain(f"four questions to {_said(size)} facts, {engine}", took, "s", note=note))
    return figures + _growth(sizes, seconds)


def _growth(sizes: list[int], seconds: dict[tuple[str, int], float]) -> list[Figure]:
    """How many times longer ten times as many facts take."""
    return [
        plain(f"from {_said(few)} to {_said(many)} facts, {engine}", seconds[engine, many] / seconds[engine, few], "×")
        for few, many in pairwise(sizes)
        for engine in ("DuckDB", "Spark")
    ]


def _said(size: int) -> str:
    return f"{size:,}"


def _asked(manifest: Manifest) -> Asked:
    zone = ZoneInfo(manifest.zone)
    return Asked(manifest.made, day_in(zone, manifest.made), _ALL_DAYS, 30, 30)


def _by_duckdb(folder: Path, manifest: Manifest) -> list[Answer]:
    with tempfile.TemporaryDirectory() as scratch, closing(DuckDB(folder, manifest, Path(scratch))) as engine:
        return _all(engine, manifest)


def _by_spark(folder: Path, manifest: Manifest, url: str) -> list[Answer]:
    with closing(Spark(folder, manifest, url, partitions=_PARTITIONS)) as engine:
        return _all(engine, manifest)


def _all(engine: Engine, manifest: Manifest) -> list[Answer]:
    return [answered(engine, manifest, question, _asked(manifest)) for question in QUESTIONS.values()]


@contextmanager
def _export(size: int) -> Iterator[tuple[Path, Manifest]]:
    """An export of about so many facts, gone afterwards unless BENCH_TOWN keeps it."""
    kept = os.environ.get(KEPT)
    scratch = Path(kept or tempfile.mkdtemp(prefix="bench"))
    folder = scratch / f"columns-{size}"
    try:
        whole = (folder / MANIFEST).is_file()
        yield folder, manifest_of(folder, KEY.verifier()) if whole else synthesised(folder, size)
    finally:
        if not kept:
            shutil.rmtree(scratch, ignore_errors=True)
