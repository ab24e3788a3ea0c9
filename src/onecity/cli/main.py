"""The command line, assembled from its nouns; one place turns answers and failures into exit codes."""

import sys
from io import TextIOWrapper
from typing import NoReturn

import click

from onecity import __version__
from onecity.cli.analytics import analytics
from onecity.cli.approvals import approvals
from onecity.cli.backup import backup, restore
from onecity.cli.case import case
from onecity.cli.catalogue import catalogue
from onecity.cli.clock import clock
from onecity.cli.code import code
from onecity.cli.config import config
from onecity.cli.doctor import doctor
from onecity.cli.exits import Exit
from onecity.cli.governance import governance
from onecity.cli.grid import grid
from onecity.cli.hall import hall
from onecity.cli.keys import keys
from onecity.cli.keystore import keystore
from onecity.cli.ledger import ledger
from onecity.cli.licence import licence
from onecity.cli.outbox import outbox
from onecity.cli.pack import pack
from onecity.cli.parcel import parcel
from onecity.cli.payment import payment
from onecity.cli.person import person
from onecity.cli.process import process
from onecity.cli.project import project
from onecity.cli.prove import prove
from onecity.cli.retention import retention
from onecity.cli.run import run
from onecity.cli.service import service
from onecity.cli.upgrade import upgrade
from onecity.kernel.errors import CityError
from onecity.machinery.disk import FULL, is_about_space
from onecity.machinery.postgres import sentence_of
from onecity.machinery.web.entrance import described


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="onecity")
def onecity() -> None:
    """OneCity 一城: a city's public services and daily governance."""


for command in (
    run, config, doctor, backup, restore, retention, prove, analytics, approvals, keys, keystore, upgrade, case,
    catalogue, clock, code, governance, grid, hall, ledger, licence, outbox, pack, parcel, payment, person, process,
    project,
    service,
):  # fmt: skip
    onecity.add_command(command)


def main() -> None:
    """Run one command; a failure of the outside world becomes one sentence and exit code 4, a bug of ours 70."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # On a terminal without Chinese a sign that cannot be shown is no reason to stop.
            stream.reconfigure(errors="replace")
    try:
        onecity(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(Exit.USAGE)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(Exit.USAGE)
    except Exception as failure:  # noqa: BLE001 - the edge of the process
        _end(failure)


def _end(failure: Exception) -> NoReturn:
    sentence = _sentence(failure)
    if sentence is not None:
        click.echo(sentence, err=True)
        sys.exit(Exit.OUTSIDE)
    # What the bug says may quote a person; the places may not.
    click.echo(f"This is a bug of ours. Please report it with these places: {described(failure)}", err=True)
    sys.exit(Exit.BUG)


def _sentence(failure: Exception) -> str | None:
    """What the person reads if the world outside failed; None if we did."""
    match failure:
        case CityError():
            return failure.sentence
        case OSError() if is_about_space(failure):
            return FULL
        case OSError(filename=str(name)):
            return f"{name}: {failure.strerror}."
        case _:
            return sentence_of(failure)
