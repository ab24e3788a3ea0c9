"""`onecity analytics`: questions to the ledger in columns, on this machine or on a cluster, with the same answers."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from onecity.bootstrap.analysing import asked_of
from onecity.bootstrap.content import shipped_pack
from onecity.cli.pack import loaded
from onecity.cli.places import INSTANT, machine_readable, pack_option, tell_machine
from onecity.kernel.errors import CannotStart
from onecity.ledger import columnar

if TYPE_CHECKING:
    from onecity.analytics import Answer, Engine

_DAYS: Final = 90
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)
_PARTITIONS_A_WORKER: Final = 8


@click.group()
def analytics() -> None:
    """Questions to the ledger in columns (`onecity ledger export --form parquet`)."""


@analytics.command("list")
@machine_readable
def list_(*, as_json: bool) -> None:
    """The questions, and what each one asks.

    Example: onecity analytics list
    """
    _needed()
    from onecity.analytics import QUESTIONS

    told = [{"question": one.name, "asks": one.asks} for one in QUESTIONS.values()]
    if as_json:
        tell_machine(told)
        return
    for one in told:
        click.echo(f"{one['question']:<12} {one['asks']}")


@analytics.command()
@click.argument("questions", nargs=-1, required=True)
@click.option("--on", "export", type=_FOLDER, required=True, help="The folder of the export.")
@click.option(
    "--engine", type=click.Choice(("duckdb", "spark")), default="duckdb", show_default=True, help="What answers."
)
@click.option("--master", help="A Spark cluster, like spark://host:7077; without it one of this machine is started.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Of the cluster that is started."
)
@click.option("--at", type=INSTANT, help="As it was known then (default: when the export was made).")
@click.option("--days", type=click.IntRange(1), default=_DAYS, show_default=True, help="How far back appraisals look.")
@click.option("--key", type=_FILE, help="The city's verifier key, from elsewhere.")
@pack_option("rules of the street are asked with")
@machine_readable
def run(
    questions: Sequence[str], *, export: Path, engine: str, master: str | None, workers: int, at: datetime | None,
    days: int, key: Path | None, folder: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer QUESTIONS from the export in a folder, with DuckDB or on a Spark cluster.

    Example: onecity analytics run appraisal recurrence --on /tmp/ledger --engine spark
    """
    _needed()
    from onecity.analytics import QUESTIONS, answered

    if unknown := [name for name in questions if name not in QUESTIONS]:
        raise click.BadParameter(f"There is no question {unknown[0]!r}. There are: {', '.join(QUESTIONS)}.")
    manifest = columnar.manifest_of(export, columnar.key_of(export, key))
    asked = asked_of(loaded(folder or shipped_pack()), at=at or manifest.made, zone=ZoneInfo(manifest.zone), days=days)
    with _engine(engine, export, manifest, master, workers) as found:
        answers = [answered(found, manifest, QUESTIONS[name], asked) for name in questions]
    if as_json:
        tell_machine(answers)
        return
    for answer in answers:
        _show(answer)


def _show(answer: "Answer") -> None:
    click.echo(f"{answer.question}: {len(answer.rows)} rows in {answer.seconds:.1f} s", err=True)
    for number, row in enumerate(answer.rows):
        if not number:
            click.echo("\t".join(row))
        click.echo("\t".join("" if value is None else str(value) for value in row.values()))


@contextmanager
def _engine(
    name: str, folder: Path, manifest: columnar.Manifest, master: str | None, workers: int
) -> "Iterator[Engine]":
    """DuckDB, or a session on a cluster, while questions are asked."""
    with ExitStack() as stack:
        if name == "duckdb":
            from onecity.analytics import DuckDB

            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onecity-duckdb")))
            yield stack.enter_context(closing(DuckDB(folder, manifest, scratch)))
            return
        from onecity.analytics.spark import Spark, is_small, spark_cluster

        small = is_small(manifest)
        url = master or stack.enter_context(spark_cluster(workers=workers, small=small))
        partitions = workers * (1 if small else _PARTITIONS_A_WORKER)
        yield stack.enter_context(closing(Spark(folder, manifest, url, partitions=partitions, small=small)))


def _needed() -> None:
    """Raises CannotStart where the extra is not installed."""
    try:
        import duckdb
        import ibis
        import pyspark
    except ImportError as failure:
        raise CannotStart("Analytics needs libraries that are not here. Install onecity[analytics].") from failure
    assert duckdb and ibis and pyspark, "they are there"
