"""The analytics drill: the same questions to ever more facts, on one machine and on a cluster, and what they cost."""

import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.drills.figures import plain
from onecity.drills.load.columns import synthesised
from onecity.drills.proving import Drill, Ground, Line, Plot, Proof, none_of
from onecity.kernel.errors import CannotStart
from onecity.kernel.instants import day_in
from onecity.ledger import CheckpointKey
from onecity.ledger.columnar import Manifest
from onecity.machinery.keystore import KeyStore

if TYPE_CHECKING:
    from onecity.analytics import Answer, Engine

_QUICK: Final = (10_000, 100_000)
_SIZES: Final = (10_000, 100_000, 1_000_000, 20_000_000)
_LARGEST: Final = int(os.environ.get("ONECITY_FACTS", str(_SIZES[-1])))
"""Fewer for a machine with little room: twenty million facts need 10 GB and an hour. Two sizes are always asked."""
_ALL_DAYS: Final = 3_650
"""Every case is appraised, not only those of a quarter of a year."""
_PARTITIONS: Final = 16
_MEMORY_MB: Final = 3_072
"""Of each of the two workers; the same cluster and settings for every size."""
ENGINES: Final = ("DuckDB", "Spark")


class Told(msgspec.Struct, frozen=True):
    """What both engines said of an export of so many facts. Units: seconds for all questions, by engine."""

    facts: int
    rows: int
    seconds: dict[str, float]
    equal: bool
    note: str


def _lacks() -> str:
    if find_spec("pyspark") is None or find_spec("duckdb") is None:
        return "onecity[analytics]"
    from onecity.analytics.spark import java

    try:
        java()
    except CannotStart as lacking:
        return lacking.sentence
    return ""


def _do(ground: Ground) -> Proof:
    sizes = _QUICK if ground.quick else tuple(size for size in _SIZES if size <= max(_LARGEST, _SIZES[1]))
    found = list(asked(sizes, ground.folder))
    lines = [Line(f"drills.analytics.{engine.lower()}", _points(found, engine)) for engine in ENGINES]
    return Proof(
        claims=(none_of("drills.analytics.equal", [one.facts for one in found if not one.equal]),),
        figures=(
            plain("drills.analytics.facts", float(found[-1].facts), ""),
            plain("drills.analytics.rows", float(found[-1].rows), ""),
            *(plain(line.key, line.points[-1][1], "s") for line in lines),
            *(plain(f"{line.key}_tenfold", _tenfold(line.points), "×") for line in lines),
        ),
        plots=(
            Plot(
                key="drills.analytics.plot", across="drills.analytics.facts", up="drills.unit.seconds",
                lines=tuple(lines), by_tens=True,
            ),
        ),
    )  # fmt: skip


def _points(found: Sequence[Told], engine: str) -> tuple[tuple[float, float], ...]:
    return tuple((float(one.facts), one.seconds[engine]) for one in found)


def _tenfold(points: Sequence[tuple[float, float]]) -> float:
    """How many times longer ten times as many facts take, from the last size but one to the last."""
    (few, before), (many, after) = points[-2:]
    return float((after / before) ** (1 / math.log10(many / few)))


def asked(sizes: Sequence[int], folder: Path) -> Iterator[Told]:
    """All questions to exports of about so many facts each, on both engines. Raises CannotStart without Java."""
    from onecity.analytics.spark import spark_cluster  # Most machines that prove something else have no Spark.

    with closing(KeyStore(folder / "keys")) as keys, spark_cluster(memory_mb=_MEMORY_MB) as url:
        key = CheckpointKey("columns.drill.example", keys.ring("checkpoint"))
        for size in sizes:
            export = folder / f"columns-{size}"
            yield _asked(export, synthesised(export, size, key), url)
            shutil.rmtree(export)


def _asked(export: Path, manifest: Manifest, url: str) -> Told:
    answers = {"DuckDB": _by_duckdb(export, manifest), "Spark": _by_spark(export, manifest, url)}
    one, other = ([answer.rows for answer in answers[engine]] for engine in ENGINES)
    each = "; ".join(
        f"{engine}: {', '.join(f'{answer.question} {answer.seconds:.1f} s' for answer in said)}"
        for engine, said in answers.items()
    )
    seconds = {engine: sum(answer.seconds for answer in said) for engine, said in answers.items()}
    return Told(manifest.rows, sum(len(rows) for rows in one), seconds, one == other, each)


def _by_duckdb(export: Path, manifest: Manifest) -> "list[Answer]":
    from onecity.analytics import DuckDB

    with tempfile.TemporaryDirectory() as scratch, closing(DuckDB(export, manifest, Path(scratch))) as engine:
        return _all(engine, manifest)


def _by_spark(export: Path, manifest: Manifest, url: str) -> "list[Answer]":
    from onecity.analytics.spark import Spark

    with closing(Spark(export, manifest, url, partitions=_PARTITIONS)) as engine:
        return _all(engine, manifest)


def _all(engine: "Engine", manifest: Manifest) -> "list[Answer]":
    from onecity.analytics import QUESTIONS, Asked, answered

    at = Asked(manifest.made, day_in(ZoneInfo(manifest.zone), manifest.made), _ALL_DAYS, 30, 30)
    return [answered(engine, manifest, question, at) for question in QUESTIONS.values()]


ANALYTICS: Final = Drill(name="analytics", do=_do, lacks=_lacks, long=True)
