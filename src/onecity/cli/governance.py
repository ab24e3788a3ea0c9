"""`onecity governance`: what can be wrong on the street, what stands there, and which programs report it."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.hooks import hooks
from onecity.cli.pack import loaded
from onecity.cli.parts import parts
from onecity.cli.places import DAY, machine_readable, pack_option, tell_machine
from onecity.cli.replay import replay
from onecity.cli.routing import route
from onecity.governance import Catalogue, Matter, catalogue_of
from onecity.governance.usecases import keys
from onecity.governance.usecases.keys import ProgramKey
from onecity.kernel.instants import day_in
from onecity.places import CITY


@click.group()
def governance() -> None:
    """The street: what can be wrong there, and the programs that report it."""


governance.add_command(replay)
governance.add_command(route)
governance.add_command(hooks)
governance.add_command(parts)


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


@governance.group()
def key() -> None:
    """The keys with which programs report: by Open311, and sensors by CloudEvents."""


@key.command()
@click.argument("name")
@machine_readable
@on_a_city
def new(name: str, *, as_json: bool, settings: Settings) -> None:
    """Make a key for the program NAME. It is shown once; the city keeps only its hash.

    Example: onecity governance key new walkers-app
    """

    async def made() -> str | None:
        async with at_hand(settings) as memory:
            return await keys.new_key(name, pool=memory.pool, now=now())

    found = asyncio.run(made())
    if found is None:
        click.echo(f"{name} 已经有密钥了 / {name} has a key already", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine({"name": name, "key": found})
    else:
        click.echo(found)


@key.command("list")
@machine_readable
@on_a_city
def list_keys(*, as_json: bool, settings: Settings) -> None:
    """The programs that have a key, and since when.

    Example: onecity governance key list --json
    """

    async def known() -> Sequence[ProgramKey]:
        async with at_hand(settings) as memory:
            return await keys.known_keys(pool=memory.pool)

    found = asyncio.run(known())
    if as_json:
        tell_machine(found)
    else:
        for one in found:
            click.echo(f"{one.name}  {one.made.isoformat(timespec='seconds')}")


@key.command()
@click.argument("name")
@machine_readable
@on_a_city
def end(name: str, *, as_json: bool, settings: Settings) -> None:
    """Let the key of the program NAME open nothing more.

    Example: onecity governance key end walkers-app
    """

    async def ended() -> bool:
        async with at_hand(settings) as memory:
            return await keys.end_key(name, pool=memory.pool)

    if not asyncio.run(ended()):
        click.echo(f"{name} 没有密钥 / {name} has no key", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine({"name": name})
    else:
        click.echo(f"{name} 的密钥作废了 / the key of {name} has ended", err=True)
