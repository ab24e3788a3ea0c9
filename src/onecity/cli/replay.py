"""`onecity governance replay`: real requests of a file through our own use cases, beside what the file says of them."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
import msgspec
import uvloop

from onecity.bootstrap.replay_pack import crosswalk, shipped_replay_pack
from onecity.bootstrap.replaying import (
    Replay,
    Stuck,
    founded,
    opened_file,
    pack_for,
    scratch_city,
    scratch_folder,
    zone_of,
)
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress
from onecity.governance import STREET_RULES, Recurrence, recurrence_rate
from onecity.governance.replay import (
    Comparison,
    Fault,
    Missing,
    OnTime,
    Reading,
    Reason,
    Request,
    Unread,
    compared,
    read_requests,
)
from onecity.kernel.instants import day_in
from onecity.packs import Pack
from onecity.places import CITY

_SHOWN: Final = 10
"""Rows of each reason that are listed; --json lists all."""
_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.FIELDS: "it has {text} fields, not as many as the first line",
    Fault.NOT_TEXT: "{column} is not UTF-8",
    Fault.NO_NUMBER: "{column} is empty",
    Fault.AGAIN: "{column} {text} stood in an earlier row already",
    Fault.NO_TYPE: "{column} is empty",
    Fault.TIME: "{column} is no time: {text!r}; write it like 2011-07-01 01:32:33",
    Fault.NOT_OPENED: "{column} is empty",
    Fault.FLAG: "{column} is {text!r}, not ONTIME, OVERDUE or empty",
    Fault.STATUS: "{column} is {text!r}, not Open or Closed",
    Fault.NOT_CLOSED: "it is closed, and {column} is empty",
    Fault.POINT: "its place is none: {text!r}",
}
_REASONS: Final[Mapping[Reason, str]] = {
    Reason.NO_TARGET: "the file gives no target, so nobody is in time or late",
    Reason.NO_FLAG: "the file gives no flag",
    Reason.STILL_RUNNING: "it is open, and its target was still to come when the file was written",
    Reason.CLOSED_BEFORE_OPENED: "it was closed before it was opened; we close it as it is opened",
    Reason.TARGET_BEFORE_OPENED: "its target lies before its opening",
    Reason.AT_TARGET: "it was closed in the very second of its target; we count that as in time",
    Reason.LOCAL_TIME_TWICE: "one of its local times was there twice, as clocks were set back; we take the first",
    Reason.LOCAL_TIME_NEVER: "one of its local times never was, as clocks were set forward",
    Reason.LIMIT_UNDER_AN_HOUR: "less than an hour lies between opening and target, and a limit has whole hours",
    Reason.LIMIT_TOO_LONG: "its target lies further off than a limit can be written",
    Reason.NOT_REPLAYED: "our use cases refused it; see above",
    Reason.UNKNOWN: "we do not know why",
}


class Report(msgspec.Struct, frozen=True):
    """Everything that a replay has to say. `on` is the last instant of the file, `lacks` what the pack lacked."""

    file: str
    rows: int
    replayed: int
    left_out: int
    unread: tuple[Unread, ...]
    lacks: Mapping[str, int]
    stuck: tuple[Stuck, ...]
    on: datetime
    comparison: Comparison
    reasons: Mapping[Reason, int]
    recurrence: Recurrence
    mapped: int
    unmapped: Mapping[str, int]
    commands: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether every row was read and replayed, and every count is the file's."""
        unknown = self.reasons.get(Reason.UNKNOWN, 0)
        return not (self.unread or self.stuck or self.comparison.apart or unknown)


@click.command()
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Work beside this folder, not in /tmp.")
@click.option("--limit", type=click.IntRange(1), help="Only so many requests, the first of the file.")
@click.option("--pack", "folder", type=click.Path(path_type=Path), help="Its pack (default: boston-2011).")
@click.option("--keep", is_flag=True, help="Keep the city of the replay and say where it is.")
@machine_readable
def replay(path: Path, *, data: Path | None, limit: int | None, folder: Path | None, keep: bool, as_json: bool) -> None:
    """Replay a city's real requests through our use cases, and compare what comes out with what the file says.

    FILE.csv, packed with gzip or not, has the columns of Boston's requests. A city is founded for the replay and
    removed afterwards; its officers are simulated. Exit code 1: a row could not be read or
    replayed, or a count differs.

    Example: onecity governance replay requests.csv --limit 1000 --json
    """
    if data is not None and not data.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {data.absolute().parent}.", param_hint="--data")
    reading = _read(path, folder or shipped_replay_pack())
    requests = reading.requests[:limit]
    if not requests:
        _say_unread(reading.unread, err=True)
        click.echo(f"{path}: no row can be replayed.", err=True)
        sys.exit(Exit.REFUSED)
    with scratch_folder(data, keep=keep) as scratch:
        chosen, lacks = pack_for(requests, folder, scratch)
        pack = loaded(chosen)
        report = uvloop.run(_replayed(path, reading, requests, pack, crosswalk(chosen), lacks, scratch))
    if keep:
        click.echo(f"The city is kept: onecity run --data {scratch / 'data'} --pack {chosen}", err=True)
    if as_json:
        tell_machine(report)
    else:
        _tell(report)
    sys.exit(Exit.DONE if report.good else Exit.REFUSED)


def _read(path: Path, pack: Path) -> Reading:
    with opened_file(path) as lines:
        reading = read_requests(lines, zone_of(pack))
    if isinstance(reading, Missing):
        found = ", ".join(reading.found[:40]) or "none"
        click.echo(f"{path} has not all columns. Missing: {', '.join(reading.columns)}. It has: {found}.", err=True)
        sys.exit(Exit.REFUSED)
    return reading


async def _replayed(
    path: Path, reading: Reading, requests: Sequence[Request], pack: Pack, counterparts: Mapping[str, str],
    lacks: Mapping[str, int], scratch: Path,
) -> Report:  # fmt: skip
    zone = pack.one(CITY).clock_zone()
    on = max(at for one in reading.requests for at in (one.opened, one.closed) if at is not None)
    with Progress(5) as progress:
        began = min(one.opened for one in requests) - timedelta(days=1)
        async with scratch_city(scratch, pack, began, progress.step) as city:
            progress.step("people: simulated officers")
            crew = await founded(city, began)
            progress.step(f"replaying {len(requests):,} requests")
            started, replay = time.monotonic(), Replay(city, crew, progress.count)
            await replay.run(requests)
            seconds = time.monotonic() - started
            shown, ended = await replay.shown()
    kinds = Counter(one.kind for one in requests)
    unmapped = {kind: number for kind, number in kinds.most_common() if not counterparts.get(kind)}
    comparison = compared(requests, shown, zone=zone, on=on)
    return Report(
        file=path.name, rows=len(reading.requests) + len(reading.unread), replayed=len(shown),
        left_out=len(reading.requests) - len(requests), unread=reading.unread, lacks=lacks, stuck=tuple(replay.stuck),
        on=on, comparison=comparison, reasons=comparison.reasons,
        recurrence=recurrence_rate(ended, on=day_in(zone, on), again=pack.one(STREET_RULES).again, zone=zone),
        mapped=len(requests) - sum(unmapped.values()), unmapped=unmapped, commands=replay.commands, seconds=seconds,
    )  # fmt: skip


def _tell(report: Report) -> None:
    rate = report.replayed / report.seconds if report.seconds else 0
    click.echo(
        f"{report.file}: {report.rows:,} rows, {report.replayed:,} requests replayed by {report.commands:,} commands "
        f"in {report.seconds:.0f} s ({rate:.0f} requests/s)"
    )
    if report.left_out:
        click.echo(f"{report.left_out:,} requests were left out by --limit.")
    if report.lacks:
        lacking = ", ".join(f"{number} {what}" for what, number in report.lacks.items())
        click.echo(f"The pack does not know {lacking} of this file. It was replayed with a pack made from the file.")
    _say_unread(report.unread)
    for one in report.stuck[:_SHOWN]:
        click.echo(f"  line {one.line}, {one.number}: refused at {one.step}: {one.reason}")
    if report.stuck:
        click.echo(f"{len(report.stuck):,} requests were refused by our use cases.")
    _tell_counts(report.comparison)
    for line in _on_time(report.comparison.on_time):
        click.echo(line)
    _tell_differences(report)
    _tell_recurrence(report)
    click.echo(
        f"Crosswalk: {report.mapped:,} requests are of a type with a counterpart in packs/zhengzhou; "
        f"{sum(report.unmapped.values()):,} requests of {len(report.unmapped)} types have none."
    )


def _say_unread(unread: Sequence[Unread], *, err: bool = False) -> None:
    if not unread:
        return
    click.echo(f"{len(unread):,} rows cannot be read:", err=err)
    for one in unread:
        where = f"line {one.line}" if one.last == one.line else f"lines {one.line} to {one.last}"
        click.echo(f"  {where}: {_FAULTS[one.fault].format(column=one.column, text=one.text[:60])}.", err=err)


def _tell_counts(comparison: Comparison) -> None:
    apart = comparison.apart
    by_month: dict[str, tuple[int, int]] = {}
    for one in comparison.months:
        file, ours = by_month.get(one.month, (0, 0))
        by_month[one.month] = (file + one.file, ours + one.ours)
    click.echo("\nmonth      file     ours")
    for month, (file, ours) in sorted(by_month.items()):
        click.echo(f"{month}  {file:>7,}  {ours:>7,}")
    types = len({one.kind for one in comparison.months})
    click.echo(f"{len(comparison.months):,} counts of {types} types by month, {len(apart)} of them differ.")
    for one in apart:
        click.echo(f"  {one.kind}, {one.month}: {one.file} in the file, {one.ours} in our projections")


def _on_time(of: OnTime) -> Iterator[str]:
    def share(number: int) -> str:
        return f"{number:,} ({number / of.judged:.2%})" if of.judged else "0"

    yield f"\nIn time, of {of.judged:,} requests with a flag and a target that had come:"
    yield f"  by the flag of the file       {share(of.file)}"
    yield f"  by the target of the file     {share(of.target)}"
    yield f"  by the limit of our case      {share(of.limit)}"
    yield (
        f"Of {of.targets:,} targets, {of.exact:,} are the very second at which the limit of the case ends; "
        f"among judged rows none is further off than {of.furthest_s:,} s."
    )


def _tell_differences(report: Report) -> None:
    click.echo(f"\n{len(report.comparison.differences):,} rows are not judged or differ:")
    for reason, number in sorted(report.reasons.items(), key=lambda pair: -pair[1]):
        click.echo(f"  {number:,}: {_REASONS[reason]}")
        rows = [one for one in report.comparison.differences if one.reason is reason]
        for one in rows[:_SHOWN]:
            said = f"file {_word(one.file)}, ours {_word(one.ours)}"
            click.echo(f"    line {one.line}, {one.number}: {said}")
        if len(rows) > _SHOWN:
            click.echo(f"    and {len(rows) - _SHOWN:,} more; --json lists them all")


def _word(in_time: bool | None) -> str:  # noqa: FBT001 - it is what is told
    return "nothing" if in_time is None else "in time" if in_time else "late"


def _tell_recurrence(report: Report) -> None:
    of = report.recurrence
    share = "-" if of.value is None else f"{of.value:.2%}"
    click.echo(
        f"\nCame back (same type, as near and as soon as the pack says): {of.came_back:,} of {of.counted:,} closed "
        f"({share}); {of.pending:,} may still, {of.unlocated:,} have no place."
    )
