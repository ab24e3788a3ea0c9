"""`onecity service rehearse`: play items and life events in a city made for it, and record what went well."""

import os
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option, tell_machine
from onecity.kernel.errors import CannotStart
from onecity.kernel.instants import day_in
from onecity.packs import Kind, Pack
from onecity.places import CITY
from onecity.services import ITEM
from onecity.services.life_events import LIFE_EVENT
from onecity.services.runs import How

if TYPE_CHECKING:
    from onecity.drills.rehearsing.playing import Played
    from onecity.drills.rehearsing.scenes import Scene


@click.command()
@click.argument("items", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every item that can be applied for.")
@click.option("--event", "events", multiple=True, metavar="EVENT", help="A life event with all its items, in one form.")
@click.option("--record", is_flag=True, help="Write what went well into services/runs.csv of the pack.")
@pack_option("items")
@machine_readable
def rehearse(
    items: tuple[str, ...], events: tuple[str, ...], folder: Path | None, *, everything: bool, record: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Play ITEMS from the application to the result, over the interface, in a small city that is founded for it.

    A person applies with the answers of the item's first good example and a made file for each material; officers take
    the shortest way to a success; then the licence is in the wallet and holds, or the letter is there. Whatever fails
    is told with its step and the city's answer, and the others go on. Exit code 1 if something failed.

    Example: onecity service rehearse food_business --pack packs/zhengzhou --record
    """
    if find_spec("httpx") is None:
        raise CannotStart("The rehearsal needs more: pip install 'onecity[prove]'.")
    if record:
        _own(folder)
    from onecity.drills.rehearsing.scenes import scenes_of
    from onecity.drills.rehearsing.stage import founded, rehearsed

    at = folder or shipped_pack()
    pack = loaded(at)
    _known(items, ITEM, pack)
    _known(events, LIFE_EVENT, pack)
    scenes = [*_scenes(items, pack, everything=everything), *(one for name in events for one in scenes_of(name, pack))]
    if not scenes:
        raise click.UsageError("Name items, or an event with --event, or take --all.")
    began = time.monotonic()
    with founded(at) as city:
        click.echo(f"The city was founded in {time.monotonic() - began:.1f} s.", err=True)
        began = time.monotonic()
        played = rehearsed(city, scenes, pack, lambda one: None if as_json else _tell(one))
        seconds = time.monotonic() - began
    table = _recorded(at, pack, played) if record else None
    if as_json:
        tell_machine({"played": played, "seconds": seconds, "recorded": table})
    good = sum(one.failed is None for one in played)
    click.echo(f"{good} of {len(played)} came to their result, in {seconds:.1f} s.", err=True)
    sys.exit(Exit.DONE if good == len(played) else Exit.REFUSED)


def _own(folder: Path | None) -> None:
    """End the command unless the pack is a folder in which whoever calls may write."""
    if folder is None:
        raise click.UsageError("--record writes into your own pack: name its folder with --pack.")
    wheel = Path(__file__).resolve().parents[1]
    if folder.resolve().is_relative_to(wheel) or not os.access(folder, os.W_OK):
        click.echo(f"{folder} is no pack of your own. Copy it, and name the copy with --pack.", err=True)
        sys.exit(Exit.REFUSED)


def _known(names: Sequence[str], kind: Kind[Any], pack: Pack) -> None:
    """End the command if something is not declared."""
    for name in names:
        if name not in pack.all(kind):
            listed = "service list --events" if kind is LIFE_EVENT else "service list"
            click.echo(f"There is no {kind.name.replace('_', ' ')} {name}. `onecity {listed}` names them.", err=True)
            sys.exit(Exit.REFUSED)


def _scenes(items: Sequence[str], pack: Pack, *, everything: bool) -> "list[Scene]":
    from onecity.drills.rehearsing.scenes import asking, scene_of

    return [scene_of(name, pack) for name in (asking(pack) if everything else dict.fromkeys(items))]


def _tell(played: "Played") -> None:
    """One line of a scene that went well; of another one also where it broke off."""
    sign, failed = ("✓", None) if played.failed is None else ("✗", played.failed)
    click.echo(f"{sign} {played.scene.name:<32} {played.seconds:5.2f} s  {', '.join(played.steps)}")
    if failed is not None:
        answer = f"{failed.status} {failed.reason}" if failed.status else failed.reason
        click.echo(f"  broke off at {failed.step}: {answer}{f': {failed.says}' if failed.says else ''}")


def _recorded(folder: Path, pack: Pack, played: "Sequence[Played]") -> str:
    from onecity.drills.rehearsing.recording import record

    proven = dict.fromkeys(item for one in played for item in one.proven)
    day = day_in(pack.one(CITY).clock_zone(), now())
    table = record(folder, pack, list(proven), How.MACHINE, on=day)
    click.echo(f"{len(proven)} runs are recorded in {table}.", err=True)
    return str(table)
