"""`onecity upgrade`: one version of the program after another, while the city runs."""

import asyncio

import click

from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.upgrading import finish as finished
from onecity.bootstrap.upgrading import moved, upgrade_of
from onecity.cli.configured import on_a_city
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress


@click.group()
def upgrade() -> None:
    """A newer version beside the older one: see what waits, and finish."""


@upgrade.command()
@machine_readable
@on_a_city
def status(*, as_json: bool, settings: Settings) -> None:
    """Say which steps wait for the end of the upgrade, and whether an older program still runs.

    Example: onecity upgrade status
    """
    found = asyncio.run(upgrade_of(settings))
    if as_json:
        tell_machine(found)
        return
    for step in found.waits:
        click.echo(f"waits  {step}")
    click.echo(f"{len(found.waits)} steps wait, {found.older} connections of an older program")


@upgrade.command()
@machine_readable
@on_a_city
def finish(*, as_json: bool, settings: Settings) -> None:
    """Take away what only the older program needed, and fold anew what it wrote; the newer one may run.

    Example: onecity upgrade finish
    """
    with Progress() as progress:
        done = asyncio.run(finished(settings, now=now(), told=progress.count))
    if as_json:
        tell_machine(done)
    else:
        click.echo(f"{done.steps} steps done, {done.rows} rows folded anew. Nothing of the older version is left.")


@upgrade.command()
@machine_readable
@on_a_city
def postgresql(*, as_json: bool, settings: Settings) -> None:
    """Move the city's own database to the PostgreSQL that is installed. The city is stopped meanwhile; what was stays.

    Example: onecity upgrade postgresql
    """
    with Progress() as progress:
        aside = asyncio.run(moved(settings, tell=progress.step))
    if as_json:
        tell_machine({"aside": str(aside)})
    else:
        click.echo(f"Moved. Start the city and look at it, make a backup, then remove {aside}.")
