"""`onecity doctor`: whether a city could start here, and what to do if not."""

import sys

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.doctor import examined
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine


@click.command()
@machine_readable
@configured("data", "database", "standbys", "port", "host", "pack")
def doctor(*, as_json: bool, settings: Settings) -> None:
    """Look at this machine: what a city needs is there, or how to get it. Changes nothing.

    A city that runs here tells what waits for its seal, which jobs break off, and whether rows differ from their facts.

    Example: onecity doctor --data /var/lib/onecity
    """
    found = examined(settings, settings.pack or shipped_pack())
    if as_json:
        tell_machine(found)
    else:
        for one in found:
            said = f"{one.found}. {one.mend}" if one.mend else one.found
            click.echo(f"{'ok  ' if one.ok else 'mend'}  {one.what:<10}  {said}")
    sys.exit(Exit.DONE if all(one.ok for one in found) else Exit.OUTSIDE)
