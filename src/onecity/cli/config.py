"""`onecity config`: the configuration read, what holds in the end, and the files by which a machine runs the city."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.configuration import keys, read_configuration, secrets_faults, written
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.units import PROGRAM, Deployment, compose_files, deployment_of, systemd_files
from onecity.cli.configured import configured, settled_here
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.machinery.disk import usable
from onecity.machinery.files import put_whole
from onecity.packs import in_reading_order

_WRITERS: Final[Mapping[str, Callable[[Deployment], Mapping[str, str]]]] = {
    "systemd": systemd_files,
    "compose": compose_files,
}
_PROGRAM: Final = click.Path(path_type=Path)


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


@config.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--for", "supervisor", type=click.Choice(list(_WRITERS)), required=True, help="Who runs the city.")
@click.option("--program", type=_PROGRAM, default=PROGRAM, help=f"Where the command is installed. Default: {PROGRAM}.")
@configured()
def units(folder: Path, *, supervisor: str, program: Path, settings: Settings) -> None:
    """Write into DIR the files by which a machine runs the city of a configuration.

    They are units of systemd with timers for backup and drill, or a compose file. Those that are there are replaced.

    Example: onecity config units /tmp/units --for systemd --config /etc/onecity/onecity.toml
    """
    file = settled_here().file
    if file is None:
        raise click.UsageError("Name the configuration with --config: the files name it too.")
    for name, text in _WRITERS[supervisor](deployment_of(settings, file, program=program.absolute())).items():
        path = folder / name
        with usable(path.parent):
            put_whole(path, text.encode(), durable=False)
        click.echo(str(path))
