"""`onecity run`: a whole city with one command."""

import shutil
import sys
import time
from pathlib import Path
from typing import Final

import click
import uvloop

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.serve import STEPS, Started, serve
from onecity.bootstrap.settings import Settings, default_data
from onecity.cli.configured import configured
from onecity.cli.pack import loaded
from onecity.cli.progress import Progress
from onecity.machinery.secret_files import secret_of

_SHORT: Final = 12
"""Letters of a version that are enough to tell it from another."""


@click.command()
@configured(
    "port",
    "host",
    "names",
    "data",
    "database",
    "standbys",
    "standby_lag_s",
    "pack",
    "address",
    "proxies",
    "watchers",
    "secure",
    "traces",
    "log",
)
def run(*, settings: Settings) -> None:
    """Start the city and keep it running until Ctrl-C.

    A simulated city writes its messages into files; a real one hands e-mail to the mail house of the configuration.

    Example: onecity run --port 8080 --data /var/lib/onecity
    """
    began = time.monotonic()
    for secret in settings.secrets():
        # What is missing is told now, and not with the first message of a night.
        secret_of(secret)
    content = loaded(settings.pack or shipped_pack())
    with Progress(STEPS) as progress:

        def welcome(started: Started) -> None:
            progress.end()
            _welcome(started, settings, time.monotonic() - began)

        uvloop.run(serve(settings, content, tell=progress.step, welcome=welcome))


def typed_command() -> str:
    """The city's command as it can be typed here: by its path where it is not on PATH."""
    if shutil.which("onecity"):
        return "onecity"
    beside = Path(sys.prefix) / "bin" / "onecity"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)


def _welcome(started: Started, settings: Settings, seconds: float) -> None:
    click.echo(f"\nOneCity 一城: {started.address}  ({seconds:.1f} s)")
    if started.other is not None:
        click.echo(
            f"The city keeps version {started.version[:_SHORT]} of its pack. The folder holds another, "
            f"{started.other[:_SHORT]}; it begins with `{typed_command()} pack apply`."
        )
    for note in started.notes:
        click.echo(note)
    click.echo(f"data: {settings.data}")
    if started.accounts is not None:
        click.echo("\nSimulated city 模拟城市: nobody here is real. Sign in as:")
        where = "" if settings.data == default_data().absolute() else f" --data {settings.data}"
        for one in started.accounts.accounts:
            code = f"   code: {typed_command()} code {one.login}{where}" if one.second_factor else ""
            click.echo(f"  {one.login:<20} {one.password:<14} {one.name} {one.does}{code}")
        name, number = started.accounts.without
        click.echo(f"  or open an account as {name}, {number}")
        click.echo("\nFirst: sign in as the citizen, apply for 食品经营许可, decide it as `shouli` and `jueding`.")
        click.echo("On the street: report something at /report, file it as `shoulitai`, put it right as `chuzhi`.")
    click.echo("Ctrl-C stops the city.")
    sys.stdout.flush()
