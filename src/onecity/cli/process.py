"""`onecity process`: what the logs of processes tell, ours or foreign ones, and the log of a city's own cases."""

import asyncio
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NoReturn

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.own_log import write_own_log
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.casework import PROCESS
from onecity.casework.mining import (
    ENDINGS,
    Columns,
    Comparing,
    Conformance,
    Findings,
    OwnLog,
    Remarks,
    Variant,
    Wait,
    WaitBy,
    ending_of,
    means,
    mined,
)
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option, tell_machine
from onecity.kernel.refusal import Refused
from onecity.packs import Words, load_words

_SHOWN: Final = 10
"""Rows of each list that people are shown; --json tells all."""
_LONGEST: Final = 12
"""Steps of an order that people are shown."""
_WIDEST: Final = 60
"""Signs of a name that people are shown."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@click.group()
def process() -> None:
    """Processes as they really went."""


@process.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--case", "case_column", metavar="COLUMN", help="Which column of a CSV names the case.")
@click.option("--step", "step_column", metavar="COLUMN", help="Which column of a CSV names the step.")
@click.option("--time", "time_column", metavar="COLUMN", help="Which column of a CSV says when.")
@click.option("--organ", "organ_column", metavar="COLUMN", help="Which column of a CSV says who.")
@click.option("--process", "name", metavar="NAME", help="Compare the cases with this process of the pack.")
@click.option("--as", "pairs", metavar="NAME=STEP", multiple=True, help="What the log calls a step of the process.")
@pack_option("processes")
@click.option("--limit", type=click.IntRange(1), help=f"Rows of each list (default: {_SHOWN}, with --json all).")
@machine_readable
def mine(
    path: Path, *, case_column: str | None, step_column: str | None, time_column: str | None, organ_column: str | None,
    name: str | None, pairs: tuple[str, ...], folder: Path | None, limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    """How long the cases of a log took, where they waited and for whom, and in which order they went.

    FILE is a log in XES or a CSV with an event in each row, packed with gzip or not, told apart by its ending. The
    duration of a case is its last time minus its first, in days of 24 h; times without a zone are taken as UTC. Cases
    waited for a step from the moment in which all that had begun before was ended, until the step began.

    With --process the answer also says which cases went as that process of the pack is declared. Its steps are found
    by id, as step/outcome or by their names; --as names others, and may be given several times.

    Example: onecity process mine permits.xes.gz --json
    """
    ending = ending_of(path.name)
    if ending is None:
        raise click.BadParameter(_said("ending", endings=", ".join(ENDINGS)), param_hint="FILE")
    columns = Columns(case_column, step_column, time_column, organ_column)
    if columns != Columns() and not ending.startswith(".csv"):
        raise click.UsageError(_said("only_tables"))
    beside = _comparing(name, pairs, folder)
    found = mined(lambda: path.open("rb"), ending, columns=columns, beside=beside)
    if isinstance(found, Refused):
        _end(found, path)
    fits = beside.told() if beside else None
    if as_json:
        more = {"conformance": _conformance(name, fits, limit)} if fits else {}
        tell_machine(as_data(path.name, *found, limit=limit) | more)
        return
    click.echo("\n".join(_table(path.name, *found, limit=limit or _SHOWN)))
    if fits:
        click.echo("\n".join(_fitting(name, fits, limit or _SHOWN)))


@process.command()
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--item", metavar="ITEM", help="Only the cases of this item.")
@machine_readable
@on_a_city
def log(path: Path, *, item: str | None, as_json: bool, settings: Settings) -> None:
    """Write the log of the city's own cases into FILE.csv, for `process mine` and for `catalogue audit --log`.

    A row for each thing that happened: of which case and item, what, when and by whose office. The row with which a
    case ended says how many days it took by its clock, without those that stood still. Nobody is named in it. A file
    of this name is written anew.

    Example: onecity process log cases.csv
    """

    async def written() -> OwnLog | Refused:
        async with at_hand(settings) as memory:
            return await write_own_log(memory, path, item=item)

    try:
        told = asyncio.run(written())
    except OSError as failure:
        raise click.FileError(str(path), hint=failure.strerror) from None
    if isinstance(told, Refused):
        _end(told, path)
    if as_json:
        tell_machine({"file": str(path), "cases": told.cases, "rows": told.told})
    else:
        click.echo(f"{told.cases:,} cases in {path}")


def _comparing(name: str | None, pairs: tuple[str, ...], folder: Path | None) -> Comparing | None:
    """The process beside which cases are to be seen, and what the log calls its steps."""
    if name is None:
        if pairs or folder:
            raise click.UsageError(_said("only_with_process"))
        return None
    known = loaded(folder or shipped_pack()).all(PROCESS)
    if name not in known:
        raise click.BadParameter(_said("no_process", name=name, known=", ".join(sorted(known))), param_hint="--process")
    process, names = known[name].value, dict[str, str]()
    for pair in pairs:
        called, _, step = pair.rpartition("=")
        if not called or not means(process, step):
            known_steps = ", ".join(process.steps)
            raise click.BadParameter(_said("no_step", pair=pair, known=known_steps), param_hint="--as")
        names[called] = step
    return Comparing(process, names)


def _conformance(name: str | None, fits: Conformance, limit: int | None) -> dict[str, object]:
    return {
        "process": name, "cases": fits.cases, "fits": fits.fits, "ended": fits.ended, "never": fits.never,
        "steps": fits.steps, "strange": fits.strange[:limit],
        "deviating": [
            {"case": one.case, "moves": [dict(zip(("before", "step", "why"), move, strict=True)) for move in one.moves]}
            for one in fits.deviating[:limit]
        ],
        "lists": {"strange": len(fits.strange), "deviating": len(fits.deviating)},
    }  # fmt: skip


def _fitting(name: str | None, fits: Conformance, limit: int) -> Iterator[str]:
    yield ""
    yield _said(
        "fits", process=name, fits=f"{fits.fits:,}", cases=f"{fits.cases:,}", ended=f"{fits.ended:,}",
        share=f"{fits.fits / fits.cases:.1%}" if fits.cases else "–",
    )  # fmt: skip
    if fits.never:
        yield _said("never", steps=", ".join(fits.never))
    if fits.strange:
        yield from (_said("strange", rows=len(fits.strange)), "  " + _said("strange_head"))
    for one in fits.strange[:limit]:
        before = _shown(one.before) if one.before is not None else _said("at_first")
        yield f"  {one.times:>7,}  {one.cases:>7,}  {before} → {_shown(one.step)}  ({_said(one.why)})"


def as_data(name: str, found: Findings, remarks: Remarks, *, limit: int | None) -> dict[str, object]:
    """What was found as plain data. Lists may be cut by `limit`; `lists` says how long they are."""
    lists = {
        "waiting": found.waiting, "by_step": found.by_step, "by_organ": found.by_organ, "variants": found.variants,
    }  # fmt: skip
    lies = found.durations
    return {
        # The name of a file may be no text at all.
        "file": name.encode("utf-8", "replace").decode(),
        "cases": found.cases,
        "events": found.events,
        "median_days": lies and lies.median_days,
        "mean_days": lies and lies.mean_days,
        "p90_days": lies and lies.p90_days,
        "least_days": lies and lies.least_days,
        "most_days": lies and lies.most_days,
        "span": {"first": _instant(found.first), "last": _instant(found.last)},
        "without_time": {"cases": found.cases - found.timed, "events": found.untimed_events},
        "without_case": remarks.homeless,
        "times_without_zone": remarks.naive,
        "repeated_names": found.repeated_names,
        "columns": remarks.columns,
        "lists": {key: len(rows) for key, rows in lists.items()},
    } | {key: rows[:limit] for key, rows in lists.items()}


def _table(name: str, found: Findings, remarks: Remarks, *, limit: int) -> Iterator[str]:
    first, last = ((_instant(one) or "–")[:10] for one in (found.first, found.last))
    yield _said(
        "counted", file=_shown(name), cases=f"{found.cases:,}", events=f"{found.events:,}", first=first, last=last
    )
    lies = found.durations
    if lies is None:
        yield _said("no_durations")
    else:
        told = {"median": lies.median_days, "mean": lies.mean_days, "p90": lies.p90_days, "most": lies.most_days}
        yield _said("durations", **{key: f"{days:,.2f}" for key, days in told.items()})
    yield from _remarks(found, remarks)
    if found.waiting:
        yield from ("", _said("waiting", rows=len(found.waiting)), "  " + _said("waiting_head"))
        yield from (_wait(one) for one in found.waiting[:limit])
        yield from ("", _said("by_organ", rows=len(found.by_organ)), "  " + _said("by_organ_head"))
        yield from (_figures(one) + _shown(one.name) for one in found.by_organ[:limit])
    else:
        yield _said("no_wait")
    if found.variants:
        yield from ("", _said("variants", rows=len(found.variants)), "  " + _said("variants_head"))
        yield from (_variant(one) for one in found.variants[:limit])


def _remarks(found: Findings, remarks: Remarks) -> Iterator[str]:
    if found.untimed_events or found.timed < found.cases:
        yield _said("untimed", cases=f"{found.cases - found.timed:,}", events=f"{found.untimed_events:,}")
    if remarks.homeless:
        yield _said("homeless", events=f"{remarks.homeless:,}")
    if remarks.naive:
        yield _said("naive", times=f"{remarks.naive:,}")
    if found.repeated_names:
        yield _said("repeated", cases=f"{found.repeated_names:,}")


def _wait(one: Wait) -> str:
    organ = f"  ({_shown(one.organ)}: {one.organ_days:,.1f})" if one.organ else ""
    return f"{_figures(one)}{_shown(one.before)} → {_shown(one.step)}{organ}"


def _figures(one: Wait | WaitBy) -> str:
    return f"  {one.total_days:>10,.1f}  {one.cases:>7,}  {one.median_days:>8,.2f}  {one.mean_days:>8,.2f}  "


def _variant(one: Variant) -> str:
    steps = [_shown(step) for step in one.steps[:_LONGEST]]
    more = [f"… +{len(one.steps) - _LONGEST}"] if len(one.steps) > _LONGEST else []
    return f"  {one.share:>7.1%}  {one.cases:>7,}  " + " → ".join(steps + more)


def _shown(name: str | None) -> str:
    """A name of a foreign file as a terminal may be given it."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+", " ", name or "").strip()
    return f"{plain[: _WIDEST - 1]}…" if len(plain) > _WIDEST else plain or f"({_said('unnamed')})"


def _instant(found: int | None) -> str | None:
    """An instant in UTC."""
    return None if found is None else (_EPOCH + timedelta(microseconds=found)).isoformat()


@cache
def _words() -> Words:
    return load_words([files("onecity") / "casework" / "words"])


def _said(key: str, **details: object) -> str:
    """A sentence in both languages."""
    return " / ".join(_words().say(lang, f"casework.mining.{key}", **details) for lang in ("zh", "en"))


def _end(refused: Refused, path: Path) -> NoReturn:
    said = " / ".join(_words().say(lang, refused.reason, **refused.details) for lang in ("zh", "en"))
    click.echo(f"{path}: {said}", err=True)
    sys.exit(Exit.REFUSED)
