"""`onecity governance`: what can be wrong on the street."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import DAY, machine_readable, pack_option
from onecity.cli.replay import replay
from onecity.cli.routing import route
from onecity.governance import Catalogue, Matter, catalogue_of
from onecity.kernel.instants import day_in
from onecity.places import CITY


@click.group()
def governance() -> None:
    """The street: what can be wrong there."""


governance.add_command(replay)
governance.add_command(route)


@governance.command()
@click.option("--on", "day", type=DAY, help="As of which day (default: today).")
@pack_option("catalogue")
@machine_readable
def matters(day: date | None, folder: Path | None, *, as_json: bool) -> None:
    """The matters under which something can be filed on a day, and what a former one has become.

    Example: onecity governance matters --on 2020-09-01 --json
    """
    pack = loaded(folder or shipped_pack())
    catalogue = catalogue_of(pack)
    if catalogue is None:
        click.echo("这份规则包没有部件和事项目录 / This pack declares no catalogue of the street", err=True)
        sys.exit(Exit.REFUSED)
    found = catalogue.holding(day or day_in(pack.one(CITY).clock_zone(), now()))
    if as_json:
        click.echo(json.dumps([_as_data(matter, catalogue) for matter in found], ensure_ascii=False))
        return
    for matter in found:
        told = (matter.code, matter.name, matter.en, " ".join(_later(matter, catalogue)))
        click.echo("  ".join(part for part in told if part))


def _later(matter: Matter, catalogue: Catalogue) -> tuple[str, ...]:
    """What takes its place by now, where that is not itself."""
    return tuple(code for code in catalogue.becomes(matter.code) if code != matter.code)


def _as_data(matter: Matter, catalogue: Catalogue) -> dict[str, object]:
    group = catalogue.group(matter)
    return {
        "code": matter.code,
        "name": {"zh": matter.called.zh, "en": matter.called.en},
        "class": {"zh": group.zh, "en": group.en} if group else None,
        "part": matter.part or None,
        "since": matter.since.isoformat() if matter.since else None,
        "until": matter.until.isoformat() if matter.until else None,
        "becomes": _later(matter, catalogue),
    }
