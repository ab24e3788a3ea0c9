"""`onecity service riddles` and `ratings`: what people asked for in vain, and how they rated what ended."""

import asyncio
from collections.abc import Sequence

import click

from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.places import machine_readable, tell_machine
from onecity.services.riddles import Riddle
from onecity.services.web.open_ratings import OpenRatings, RatingFigures


@click.command()
@click.option("--newest", is_flag=True, help="What is asked since last first, not what is asked most.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="So many phrases are looked at.")
@machine_readable
@on_a_city
def riddles(*, newest: bool, most: int, as_json: bool, settings: Settings) -> None:
    """What people searched for and the city does not understand: a phrase stands here when several people asked it on
    several days, and goes when the pack in force finds it.

    Example: onecity service riddles --json
    """

    async def found() -> tuple[list[Riddle], str]:
        async with city_at_hand(settings) as city:
            told = await city.counter.riddles.told(newest=newest, limit=most)
            none = " / ".join(city.words.say(lang, "services.riddles.none_title") for lang in ("zh", "en"))
            return [one for one, _ in city.counter.riddles.unsolved(told)], none

    rows, none = asyncio.run(found())
    if as_json:
        tell_machine(rows)
        return
    for row in rows:
        click.echo(f"{row.times:>6} times on {row.days:>3} days, {row.first} to {row.last}  {row.phrase}")
    if not rows:
        click.echo(none, err=True)


@click.command()
@machine_readable
@on_a_city
def ratings(*, as_json: bool, settings: Settings) -> None:
    """How people rated what ended, by agency and item: how many ended, were rated, rated badly, called back, upheld,
    put right in time, and removed by two persons. It names nobody.

    Example: onecity service ratings --json
    """

    async def found() -> tuple[Sequence[RatingFigures], str]:
        async with city_at_hand(settings) as city:
            none = " / ".join(city.words.say(lang, "services.ratings.none_title") for lang in ("zh", "en"))
            return await OpenRatings(city.counter).figures(), none

    rows, none = asyncio.run(found())
    if as_json:
        tell_machine(rows)
        return
    for row in rows:
        click.echo(
            f"{row.agency:<24} {row.item:<36} {row.ended:>6} ended {row.rated:>6} rated {row.bad:>5} badly"
            f" {row.called:>5} called {row.upheld:>5} upheld {row.in_time:>5} in time {row.removed:>4} removed"
        )
    if not rows:
        click.echo(none, err=True)
