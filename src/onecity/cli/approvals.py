"""`onecity approvals`: how long the approvals of a construction project take, and what waits for what."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from unicodedata import east_asian_width

import click

from onecity.bootstrap.content import shipped_pack
from onecity.cli.exits import Exit, end_on
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, tell_machine
from onecity.packs import Pack, Words, load_words, read_file
from onecity.places import calendar_of
from onecity.services.approvals import (
    TYPES,
    Approval,
    Comparison,
    Course,
    Logged,
    Plan,
    Planned,
    ProjectLog,
    Source,
    Switches,
    What,
    broken_promises,
    compared,
    disordered,
    half_stopped,
    lived,
    missing,
    promised,
    promises_of,
    read_approvals,
    refusals,
)
from onecity.services.approvals.telling import REPORTED_DAYS, as_data, because, course_data, stages, type_key

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Type(click.Choice[str]):
    """A type of project, typed in either case."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value.upper(), param, ctx)


@click.group()
def approvals() -> None:
    """The approvals (工程审批) of a construction project."""


@approvals.command()
@click.argument("path", metavar="FILE.csv", type=_FILE)
@click.option(
    "--type",
    "of_type",
    required=True,
    type=_Type(TYPES),
    help="G government building, L linear, S private, I industry, D land with a design, M small of low risk.",
)
@click.option("--with", "added", metavar="ID", multiple=True, help="Count this item too: its condition holds.")
@click.option("--without", "taken", metavar="ID", multiple=True, help="Do not count this item.")
@click.option(
    "--language",
    "lang",
    type=click.Choice(("zh", "en")),
    default="zh",
    show_default=True,
    help="The language of what is told to people.",
)
@click.option("--pack", metavar="DIR", type=_FOLDER, help="Add the plan with the days that this city promises.")
@machine_readable
def path(
    path: Path, of_type: str, added: tuple[str, ...], taken: tuple[str, ...], lang: str, pack: Path | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """The longest way through the approvals of a project, before and after the reform, and why each item waits.

    FILE.csv has a row for each item; docs/approvals.md tells its columns. --with and --without may stand several times.

    Example: onecity approvals path construction_items.csv --type S --with C07 --json
    """
    if both := sorted({*added} & {*taken}):
        raise click.UsageError(f"{', '.join(both)}: name an item for --with or for --without, not for both.")
    rows = _rows(path)
    switches = Switches(frozenset(added), frozenset(taken))
    if refused := refusals(rows, of_type, switches):
        for one in refused:
            _talk(one.reason, **one.details)
        sys.exit(Exit.REFUSED)
    found = compared(rows, of_type, switches)
    _say_what_changes_nothing(found, compared(rows, of_type), switches)
    plan = None if pack is None else _promised(found, loaded(pack))
    if as_json:
        tell_machine(as_data(found, switches, _words().say, plan))
        return
    click.echo("\n".join(_People(found, path.name, _words(), lang).lines()))
    if plan is not None:
        click.echo(_words().say(lang, "services.approvals.promised", days=plan.critical_days))


@approvals.command()
@click.argument("path", metavar="FILE.csv", type=_FILE)
@click.option("--type", "of_type", required=True, type=_Type(TYPES), help="The type of the project.")
@click.option("--log", required=True, metavar="LOG.csv", type=_FILE, help="What happened with each item.")
@click.option("--start", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day on which the project began.")
@click.option("--pack", metavar="DIR", type=_FOLDER, help="The pack with the promises and the calendar.")
@click.option(
    "--language", "lang", type=click.Choice(("zh", "en")), default="zh", show_default=True,
    help="The language of what is told to people.",
)  # fmt: skip
@machine_readable
def run(path: Path, of_type: str, log: Path, start: datetime, pack: Path | None, lang: str, *, as_json: bool) -> None:
    """What became of a project: the dates promised before it began, those that came, and each day between explained.

    LOG.csv has a row for each item of the plan: item, accepted, decided, and where there was one the stop
    (stopped_from, stopped_until, why), the day of the entry (entered) and that of the inspection (visit).

    Example: onecity approvals run construction_items.csv --type S --log project.csv --start 2026-03-02 --json
    """
    city = loaded(pack or shipped_pack())
    rows = _rows(path)
    plan = _promised(compared(rows, of_type), city)
    steps = _steps(log)
    if lost := missing(plan, steps):
        _talk("services.approvals.run.missing", items=" ".join(lost))
        sys.exit(Exit.REFUSED)
    if half := half_stopped(steps):
        _talk("services.approvals.run.half_stopped", items=" ".join(half))
        sys.exit(Exit.REFUSED)
    if wrong := disordered(plan, steps):
        _talk("services.approvals.run.disordered", items=" ".join(wrong))
        sys.exit(Exit.REFUSED)
    course = lived(plan, steps, calendar_of(city), start.date())
    if as_json:
        tell_machine(course_data(course, rows))
    else:
        click.echo("\n".join(_told(course, rows, partial(_words().say, lang))))


def _rows(path: Path) -> Mapping[str, Approval]:
    """The rows of a file of items; its faults end the command."""
    rows, faults = read_approvals(str(path), path.read_bytes())
    end_on(faults)
    return rows


def _steps(log: Path) -> Sequence[Logged]:
    """The rows of a log; its faults end the command."""
    found, _, faults = read_file(str(log), log.read_bytes(), ProjectLog)
    end_on(faults)
    assert isinstance(found, ProjectLog), "what has no fault is a log"
    return found.rows


def _promised(found: Comparison, pack: Pack) -> Plan:
    """The plan with the promises of a pack; one that no law allows ends the command."""
    days = promises_of(pack, found.of_type)
    if refused := broken_promises(found.after, found.approvals, days):
        for one in refused:
            _talk(one.reason, **one.details)
        sys.exit(Exit.REFUSED)
    return promised(found, days)


def _told(course: Course, rows: Mapping[str, Approval], say: Callable[..., str]) -> Iterator[str]:
    """A course for people: the sum, then each day that was not simply counted, then what else is to be seen."""
    of = {str(what): course.of[what] for what in What}
    key = "services.approvals.run"
    yield say(f"{key}.sum", began=course.began, ended=course.ended, promised=course.promised, took=course.took)
    yield say(f"{key}.explained", saved=course.saved, **of)
    for one in course.days:
        if one.what is not What.COUNTED:
            what = say(f"{key}.day.{one.what}")
            yield f"{one.day}  {what}  {one.item} {rows[one.item].name}  {one.why}".rstrip()
    for name in course.late_items:
        yield say(f"{key}.late", item=f"{name} {rows[name].name}", organ=rows[name].organ)
    for name in course.late_entries:
        yield say(f"{key}.entered", item=f"{name} {rows[name].name}")
    for day, items in course.visits.items():
        yield say(f"{key}.visit", day=day, number=len(items), items=" ".join(items))


@cache
def _words() -> Words:
    return load_words([files("onecity") / "services" / "words"])


def _talk(key: str, **details: object) -> None:
    """A sentence in both languages, to whoever sits before the terminal."""
    click.echo(" / ".join(_words().say(lang, key, **details) for lang in ("zh", "en")), err=True)


def _say_what_changes_nothing(found: Comparison, as_it_is: Comparison, switches: Switches) -> None:
    counted = {item.id for item in as_it_is.before.items}
    for id_ in sorted(switches.added & counted):
        _talk("services.approvals.counted_already", id=id_)
    for id_ in sorted(switches.taken - counted):
        _talk("services.approvals.not_counted_anyway", id=id_)
    if not found.before.items:
        _talk("services.approvals.none_counts", type=found.of_type)


class _People:
    """Tells both plans to people, in one language."""

    def __init__(self, found: Comparison, file: str, words: Words, lang: str) -> None:
        self._found = found
        self._rows = found.approvals
        self._file = file
        self._words = words
        self._lang = lang
        self._say = partial(words.say, lang)

    def lines(self) -> Iterator[str]:
        """All of it."""
        fates = {str(fate): number for fate, number in self._found.fates().items()}
        name = self._say(type_key(self._found.of_type))
        yield self._say(
            "services.approvals.title",
            type=self._found.of_type,
            name=name,
            file=self._file,
            all=len(self._rows),
            **fates,
        )
        yield ""
        yield from _table([*self._figures(), *self._stages()])
        for key, plan in (("before", self._found.before), ("after", self._found.after)):
            yield ""
            yield self._say(f"services.approvals.path_{key}", days=plan.critical_days)
            yield from self._path(plan)
        yield ""
        yield self._say("services.approvals.apart")
        yield from self._promise()

    def _figures(self) -> Iterator[Sequence[str]]:
        plans = (self._found.before, self._found.after)
        yield ["", *(self._say(f"services.approvals.{key}") for key in ("before", "after"))]
        yield [self._say("services.approvals.items"), *(str(len(plan.items)) for plan in plans)]
        yield [self._say("services.approvals.serial"), *(self._days(plan.serial_days) for plan in plans)]
        yield [self._say("services.approvals.critical"), *(self._days(plan.critical_days) for plan in plans)]
        for source in Source:
            days = [plan.days_from(source) for plan in plans]
            if any(days):
                label = self._say("services.approvals.of_these", source=self._source(source))
                yield [f"  {label}", *(self._days(number) for number in days)]
        longest = [plan.longest_waiting(self._rows) for plan in plans]
        told = ["–" if one is None else f"{one[0]} {self._days(one[1])}" for one in longest]
        yield [self._say("services.approvals.longest"), *told]

    def _stages(self) -> Iterator[Sequence[str]]:
        before, after = (
            {number: (name, items) for number, name, items in stages(self._found, plan)}
            for plan in (self._found.before, self._found.after)
        )
        for number, (name, items) in before.items():
            later = after[number][1] if number in after else ()
            yield [name, self._stage(items), self._stage(later) if later else "–"]

    def _stage(self, items: Sequence[Planned]) -> str:
        starts, ends = min(item.starts for item in items), max(item.ends for item in items)
        return self._say("services.approvals.stage", number=len(items), starts=starts, ends=ends)

    def _path(self, plan: Plan) -> Iterator[str]:
        for number, (item, beside) in enumerate(zip(plan.path, plan.beside(), strict=True)):
            one = self._rows[item.id]
            yield f"{item.starts:>4}–{item.ends:<4} {self._named(one)} · {one.organ} · {self._with_source(item)}"
            yield f"{'':10}{because(self._found, plan, plan.edge_before(number), self._words.say, self._lang)}"
            if beside:
                items = self._say("services.approvals.and").join(
                    f"{self._named(self._rows[other.id])} {other.starts}–{other.ends}" for other in beside
                )
                yield f"{'':10}{self._say('services.approvals.beside', items=items)}"

    def _promise(self) -> Iterator[str]:
        """By how much the days would have to shrink to what was published."""
        reported, days = REPORTED_DAYS.get(self._found.of_type), self._found.after.critical_days
        if reported is not None and reported < days:
            share = f"{reported / days:.0%}"
            yield self._say("services.approvals.promise", reported=reported, whole=days, share=share)

    def _named(self, one: Approval) -> str:
        return f"{one.id} {one.name}"

    def _with_source(self, item: Planned) -> str:
        days = self._days(item.days)
        if item.days == 0 or item.source is Source.UNTOLD:
            return days
        return self._say("services.approvals.days_from", days=days, source=self._source(item.source))

    def _source(self, source: Source) -> str:
        return self._say(f"services.approvals.source.{source}")

    def _days(self, days: int) -> str:
        return self._say("services.approvals.days", days=days)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns that stand below each other, also where a sign is two columns wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
