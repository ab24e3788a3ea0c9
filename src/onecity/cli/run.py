"""`onecity run`: a whole city with one command."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

import click
import uvloop

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.serve import STEPS, Started, serve
from onecity.bootstrap.settings import Settings, default_data, smtp_of
from onecity.cli.pack import loaded
from onecity.cli.places import database_url
from onecity.cli.progress import Progress
from onecity.machinery.postgres import Address

_SHORT: Final = 12
"""Letters of a version that are enough to tell it from another."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--name", "names", multiple=True, help="A host name under which people reach the city; may be repeated.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The folder for everything it keeps.")
@click.option("--database", callback=database_url, help="The URL of a PostgreSQL 15 or newer, if not the city's own.")
@click.option("--pack", type=click.Path(path_type=Path, file_okay=False), help="Another city than the shipped one.")
@click.option("--address", help="Where people reach the city, for messages, like https://city.example.")
@click.option("--proxy", "proxies", multiple=True, help="The IP address of a proxy in front; may be repeated.")
@click.option("--secure", is_flag=True, help="Behind TLS: cookies travel over https only.")
@click.option("--log", type=click.Path(path_type=Path, allow_dash=True), help="The log's file, - for stderr.")
def run(
    *, port: int, host: str, names: tuple[str, ...], data: Path | None, database: Address | None, pack: Path | None,
    address: str | None, proxies: tuple[str, ...], secure: bool, log: Path | None,
) -> None:  # fmt: skip
    """Start the city and keep it running until Ctrl-C.

    A simulated city writes its messages into files. A real one hands e-mail to the mail house of ONECITY_SMTP_HOST,
    from ONECITY_SMTP_SENDER; beside them count _PORT, _SECURITY (starttls or tls), _USER, _PASSWORD and _AUTHORITY.

    Example: onecity run --port 8080 --data /var/lib/onecity
    """
    began = time.monotonic()
    folder = (data or default_data()).absolute()
    settings = Settings(
        data=folder,
        port=port,
        host=host,
        names=("127.0.0.1", "localhost", *names),
        database=database,
        secure=secure,
        log=None if str(log) == "-" else log or folder / "onecity.log",
        address=_outside(address),
        smtp=smtp_of(os.environ),
        proxies=proxies,
    )
    content = loaded(pack or shipped_pack())
    with Progress(STEPS) as progress:

        def welcome(started: Started) -> None:
            progress.end()
            _welcome(started, settings, time.monotonic() - began)

        uvloop.run(serve(settings, content, tell=progress.step, welcome=welcome))


def _outside(address: str | None) -> str | None:
    if address is not None and not address.startswith(("http://", "https://")):
        raise click.UsageError(f"--address wants the whole address, like https://{address}.")
    return address.rstrip("/") if address else None


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
