"""`onecity config`: the configuration read, and what holds in the end."""

import sys
from pathlib import Path

import click

from onecity.bootstrap.configuration import keys, read_configuration, secrets_faults, written
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured, settled_here
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.packs import in_reading_order


@click.group()
def config() -> None:
    """The city's configuration: one file, read and shown."""


@config.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@machine_readable
def check(file: Path, *, as_json: bool) -> None:
    """Read a configuration and tell every fault with its place and the way to mend it; look at its secrets too.

    Exit code 1: it has faults.

    Example: onecity config check /etc/onecity/onecity.toml
    """
    found, faults = read_configuration(file)
    faults = in_reading_order([*faults, *secrets_faults(found.given, found.places)])
    if as_json:
        tell_machine(faults)
    else:
        for fault in faults:
            click.echo(str(fault))
        click.echo(f"{len(faults)} faults; {len(found.given)} of {len(keys())} keys are given.")
    sys.exit(Exit.REFUSED if faults else Exit.DONE)


@config.command()
@machine_readable
@configured("port", "host", "names", "data", "pack", "address", "secure", "log")
def show(*, as_json: bool, settings: Settings) -> None:
    """Print the settings that hold, and whence each: an option, a line of the file, or the default.

    Secrets appear as the names of their files.

    Example: onecity config show --config /etc/onecity/onecity.toml
    """
    told = settled_here().told()
    if as_json:
        tell_machine(told)
        return
    for one in told:
        said = written(one.key, one.value) if one.value not in (None, ()) else f"{one.key} is not set"
        click.echo(f"{said}  # {one.origin}")
