"""`onecity clock`: why a date is the date it is."""

import json
from datetime import date
from pathlib import Path

import click

from onecity.bootstrap.content import shipped_pack, words_of
from onecity.cli.pack import loaded
from onecity.cli.places import DAY, machine_readable, pack_option
from onecity.kernel.clock import Day, Due, Limit, Mark, Run, Unit, due
from onecity.packs import Words
from onecity.places import calendar_of

MOST_DAYS = 5_000


@click.group()
def clock() -> None:
    """The clock that counts working days."""


@clock.command()
@click.option("--from", "since", required=True, type=DAY, help="The day of acceptance.")
@click.option("--working-days", type=click.IntRange(0, MOST_DAYS), help="The limit in working days.")
@click.option("--natural-days", type=click.IntRange(0, MOST_DAYS), help="The limit in calendar days.")
@pack_option("calendar")
@machine_readable
def explain(
    since: date, working_days: int | None, natural_days: int | None, folder: Path | None, *, as_json: bool
) -> None:
    """The latest day of a limit, with every day on the way to it.

    Example: onecity clock explain --from 2020-01-06 --working-days 61 --json
    """
    if (working_days is None) == (natural_days is None):
        raise click.UsageError("Give either --working-days or --natural-days.")
    unit = Unit.WORKING_DAYS if working_days is not None else Unit.NATURAL_DAYS
    limit = Limit(working_days if working_days is not None else natural_days or 0, unit)
    pack = loaded(folder or shipped_pack())
    words = words_of(pack)
    try:
        calendar = calendar_of(pack)
        found = due(calendar, Run(since, limit))
    except OverflowError:
        raise click.UsageError("That day lies beyond the year 9999.") from None
    data = as_data(found, since, limit, words)
    click.echo(
        json.dumps(data, ensure_ascii=False) if as_json else _said(found, unit, words, min(calendar.years, default=0))
    )


def reason(day: Day, lang: str, words: Words, unit: Unit) -> str:
    """Why a day counts or not, in words."""
    natural = unit is Unit.NATURAL_DAYS and day.mark is Mark.COUNTED
    return words.say(lang, "clock.natural" if natural else f"clock.{day.mark}", name=day.name or "")


def as_data(found: Due, since: date, limit: Limit, words: Words) -> dict[str, object]:
    """The explanation as plain data: the answer, then the counted and the skipped days with their reasons."""

    def row(day: Day) -> dict[str, object]:
        shown: dict[str, object] = {"date": day.day.isoformat(), "reason": str(day.mark)}
        if day.number is not None:
            shown["number"] = day.number
        if day.name is not None:
            shown["holiday"] = day.name
        return shown | {lang: reason(day, lang, words, limit.unit) for lang in ("zh", "en")}

    return {
        "from": since.isoformat(),
        "limit": {"number": limit.number, "unit": str(limit.unit)},
        "due": found.day.isoformat(),
        "provisional": found.provisional,
        "before_tables": found.before_tables,
        "counted": [row(day) for day in found.days if day.mark.counts],
        "skipped": [row(day) for day in found.days if not day.mark.counts],
    }


def _said(found: Due, unit: Unit, words: Words, first_year: int) -> str:
    lines: list[str] = []
    for day in found.days:
        zh, en = (reason(day, lang, words, unit) for lang in ("zh", "en"))
        lines.append(f"{day.day}  {day.number or '':>4}  {zh} / {en}")
    for key, holds in (("provisional", found.provisional), ("before_tables", found.before_tables)):
        if holds:
            said = (words.say(lang, f"clock.{key}", year=first_year) for lang in ("zh", "en"))
            lines.append(" / ".join(said))
    return "\n".join([*lines, f"{found.day}"])
