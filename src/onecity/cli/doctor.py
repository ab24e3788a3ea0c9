"""`onecity doctor`: whether a city could start here, and what to do if not."""

import sys
from pathlib import Path

import click
import msgspec

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.doctor import examined
from onecity.bootstrap.settings import Settings
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, on_a_city, tell_machine


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to look at.")
@click.option("--pack", type=click.Path(path_type=Path, file_okay=False), help="Another city than the shipped one.")
@machine_readable
@on_a_city
def doctor(*, port: int, pack: Path | None, as_json: bool, settings: Settings) -> None:
    """Look at this machine: what a city needs is there, or how to get it. Changes nothing.

    A city that runs here tells what waits for its seal, which jobs break off, and whether rows differ from their facts.

    Example: onecity doctor --data /var/lib/onecity
    """
    found = examined(msgspec.structs.replace(settings, port=port), pack or shipped_pack())
    if as_json:
        tell_machine(found)
    else:
        for one in found:
            said = f"{one.found}. {one.mend}" if one.mend else one.found
            click.echo(f"{'ok  ' if one.ok else 'mend'}  {one.what:<10}  {said}")
    sys.exit(Exit.DONE if all(one.ok for one in found) else Exit.OUTSIDE)
