"""The command line, assembled from its nouns; one place turns answers and failures into exit codes."""

import sys

import click

from onecity import __version__
from onecity.cli.case import case
from onecity.cli.clock import clock
from onecity.cli.code import code
from onecity.cli.exits import Exit
from onecity.cli.ledger import ledger
from onecity.cli.pack import pack
from onecity.cli.person import person
from onecity.cli.run import run
from onecity.cli.service import service
from onecity.kernel.errors import CityError
from onecity.machinery.web.entrance import described


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="onecity")
def onecity() -> None:
    """OneCity 一城: a city's public services and daily governance."""


for command in (run, case, clock, code, ledger, pack, person, service):
    onecity.add_command(command)


def main() -> None:
    """Run one command; a failure of the outside world becomes one sentence and exit code 4, a bug of ours 70."""
    try:
        onecity(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(Exit.USAGE)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(Exit.USAGE)
    except CityError as failure:
        click.echo(failure.sentence, err=True)
        sys.exit(Exit.OUTSIDE)
    except Exception as bug:  # noqa: BLE001 - the edge of the process; what the bug says may quote a person
        click.echo(f"This is a bug of ours. Please report it with these places: {described(bug)}", err=True)
        sys.exit(Exit.BUG)
