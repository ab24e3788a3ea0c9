"""`onecity retention`: what ends, ends now; what is kept for ever is archived by months, and still verifies."""

import asyncio
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.moment import now
from onecity.bootstrap.retaining import MONTH, Kept, Retained, months_kept, retain
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress
from onecity.ledger import columnar

_FOLDER: Final = click.Path(path_type=Path, file_okay=False)


class _Month(click.ParamType[str]):
    """A month as YYYY-MM."""

    name = "month"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not MONTH.fullmatch(value):
            self.fail(f"{value!r} is no month as YYYY-MM.", param, ctx)
        return value


@click.group()
def retention() -> None:
    """What the city keeps: purges, and archives of old months."""


@retention.command()
@click.option("--archive", type=_FOLDER, help="Archive every month that is over into this folder.")
@click.option("--before", type=_Month(), help="Archive only months before this one.")
@machine_readable
@on_a_city
def run(*, archive: Path | None, before: str | None, as_json: bool, settings: Settings) -> None:
    """Purge at once whatever has to end, and archive months of histories; the database keeps every fact.

    Example: onecity retention run --archive /mnt/archive --before 2026-10
    """
    if archive is not None:
        columnar.arrow()
    elif before is not None:
        raise click.UsageError("--before says what to archive. Name the folder with --archive.")

    async def retained(progress: Progress) -> Retained:
        async with city_at_hand(settings) as city:
            return await retain(city, archive, before, now=now(), told=progress.count)

    with Progress() as progress:
        found = asyncio.run(retained(progress))
    if as_json:
        tell_machine(found)
        return
    for name, number in found.purged.items():
        click.echo(f"{name}: {number}")
    for one in found.archived:
        click.echo(f"{one.month}: {one.facts} facts, {'archived and verified' if one.written else 'archived before'}")


@retention.command("list")
@click.option("--archive", type=_FOLDER, help="Say also what is archived in this folder.")
@machine_readable
@on_a_city
def list_(*, archive: Path | None, as_json: bool, settings: Settings) -> None:
    """The months in which histories began, how many facts these have, and how many are archived.

    Example: onecity retention list --archive /mnt/archive
    """

    async def kept() -> list[Kept]:
        async with city_at_hand(settings) as city:
            return await months_kept(city, archive, now=now())

    found = asyncio.run(kept())
    if as_json:
        tell_machine(found)
        return
    for one in found:
        archived = "not archived" if one.archived is None else f"{one.archived} archived"
        click.echo(f"{one.month}: {one.facts} facts, {archived}" if archive else f"{one.month}: {one.facts} facts")
