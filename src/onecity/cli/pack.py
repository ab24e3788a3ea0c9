"""`onecity pack`: a city's content, checked."""

import json
import sys
from pathlib import Path

import click
import msgspec

from onecity.bootstrap.content import KINDS
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable
from onecity.packs import Pack, load_pack


def loaded(folder: Path) -> Pack:
    """A pack without faults; else its faults go to stderr and the command ends with exit code 3."""
    pack, faults = load_pack(folder, KINDS)
    if faults:
        for fault in faults:
            click.echo(str(fault), err=True)
        sys.exit(Exit.PACK_FAULT)
    return pack


@click.group()
def pack() -> None:
    """The content of a city: items, calendars, agencies."""


@pack.command()
@click.argument("path", type=click.Path(path_type=Path))
@machine_readable
def check(path: Path, *, as_json: bool) -> None:
    """Read every file of a pack, follow every reference, run every example.

    Example: onecity pack check packs/zhengzhou --json
    """
    found, faults = load_pack(path, KINDS)
    if as_json:
        rows = [msgspec.to_builtins(fault) | {"text": str(fault)} for fault in faults]
        click.echo(json.dumps({"counts": found.counts(), "faults": rows}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(str(fault))
        counts = ", ".join(f"{number} {kind}" for kind, number in found.counts().items())
        click.echo(f"{len(faults)} faults; {counts}", err=True)
    sys.exit(Exit.PACK_FAULT if faults else Exit.DONE)
