"""`onecity service pledge`: what somebody declares who wants an item decided on a pledge."""

import asyncio
import sys

import click

from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.acting import refusal_text
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.refusal import Refused
from onecity.services.pledging.rules import Why
from onecity.services.web.pledges import PledgeGuide, pledge_guide


@click.command()
@click.argument("item")
@machine_readable
@on_a_city
def pledge(item: str, *, as_json: bool, settings: Settings) -> None:
    """What somebody declares who wants ITEM decided on a pledge, when it is checked, and what follows where it is not
    so. Whoever agrees names the version to `onecity service apply --pledge`.

    Example: onecity service pledge fire_safety_inspection
    """

    async def found() -> PledgeGuide | str:
        async with city_at_hand(settings) as city:
            offered = city.counter.catalogue.pledges([item]).get(item)
            if offered is None:
                return refusal_text(city, Refused(Why.NO_PLEDGE))
            return pledge_guide(item, offered, counter=city.counter, lang="zh")

    told = asyncio.run(found())
    if isinstance(told, str):
        click.echo(told, err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(told)
        return
    for line in (*told.says, told.check, *told.if_broken):
        click.echo(line)
    click.echo(f"not needed: {', '.join(told.spares) or 'nothing'}")
    click.echo(f"version: {told.version}")


def pledged_item(word: str) -> tuple[str, str]:
    """An item and the version of the pledge that somebody agrees to, as the command line gives them: ITEM=VERSION."""
    name, equals, version = word.partition("=")
    if not equals:
        raise click.UsageError(f"--pledge wants ITEM=VERSION, not {word}.")
    return name, version
