"""What the exit code of a command means, and the end of one that met faults."""

import sys
from collections.abc import Sequence
from enum import IntEnum

import click

from onecity.packs import Fault


class Exit(IntEnum):
    """0 done, 1 refused, 2 wrong usage, 3 a fault in the pack, 4 the world outside failed, 70 our own bug."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    PACK_FAULT = 3
    OUTSIDE = 4
    BUG = 70


def end_on(faults: Sequence[Fault]) -> None:
    """Tell each fault and end the command; without any it goes on."""
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        sys.exit(Exit.PACK_FAULT)
