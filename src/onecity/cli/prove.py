"""`onecity prove`: put cities through all drills on this machine, and tell on one page what held."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.moment import now
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.errors import CannotStart

_NAMES: Final = (
    "crash",
    "restore",
    "failover",
    "tamper",
    "forgetting",
    "doors",
    "burst",
    "week",
    "growth",
    "soak",
    "analytics",
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(_NAMES), metavar="[DRILL]...")
@click.option("--quick", is_flag=True, help="Small and short: some ten minutes on a machine that does nothing else.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), default=Path("proof.html"), show_default=True,
              help="The page to write.")  # fmt: skip
@click.option("--language", "lang", type=click.Choice(("zh", "en")), default="zh", show_default=True,
              help="The language of the page.")  # fmt: skip
@machine_readable
def prove(names: tuple[str, ...], *, quick: bool, into: Path, lang: str, as_json: bool) -> None:
    """Put cities of their own through all drills, or those that are named, and write one page with what held.

    Nothing of a running city is touched. The failover drill needs root and Debian's PostgreSQL 15, Patroni, etcd and
    haproxy; the whole of all drills takes hours and many gigabytes.

    Ends with 1 if something did not hold, with 4 if something could not be tried on this machine.

    Example: onecity prove --quick --into proof.html
    """
    if find_spec("httpx") is None:
        raise CannotStart("The drills need more: pip install 'onecity[prove]'.")
    from onecity.drills import DRILLS, a_pattern, all_done
    from onecity.drills.figures import machine
    from onecity.drills.report import Round, words, write

    began, measured_on, outcomes, said = now(), machine(), [], words()
    wanted = list(names) or [name for name in _NAMES if not (quick and DRILLS[name].long)]
    with a_pattern() as pattern:
        for outcome in all_done([DRILLS[name] for name in wanted], pattern, quick=quick):
            outcomes.append(outcome)
            verdict = "holds" if outcome.holds else "not_done" if outcome.lacks else "fails"
            told = f"{said.say(lang, f'drills.{outcome.name}')}: {said.say(lang, f'drills.report.{verdict}')}"
            click.echo(f"{told} ({outcome.seconds:.0f} s)", err=True)
    outcomes.sort(key=lambda one: wanted.index(one.name))
    found = Round(tuple(outcomes), quick, began, measured_on)
    write(found, into, lang=lang)
    if as_json:
        tell_machine(found)
    else:
        click.echo(str(into))
    if any(not one.holds and not one.lacks for one in outcomes):
        raise click.exceptions.Exit(Exit.REFUSED)
    if found.bad:
        raise click.exceptions.Exit(Exit.OUTSIDE)
