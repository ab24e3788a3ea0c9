"""`onecity person`: everything that the city holds on a person, and the end of it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.keepers import forgetting_of
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.packs import Words
from onecity.people.forgetting import Exported, Forgotten
from onecity.people.holdings import Fate, Holding
from onecity.places import CITY

T = TypeVar("T")


@click.group()
def person() -> None:
    """A person: everything that the city holds on them, and forgetting it."""


@person.command()
@click.argument("person_id", metavar="PERSON", type=click.UUID)
@machine_readable
@on_a_city
def export(person_id: UUID, *, as_json: bool, settings: Settings) -> None:
    """Everything that the city holds on PERSON; --json gives all of it. The person sees that somebody looked.

    Example: onecity person export 0199c6a2-0000-7000-8000-000000000000 --json
    """

    async def exported(city: City) -> tuple[Words, Exported | None]:
        forgetting, today = forgetting_of(city), day_in(city.pack.one(CITY).clock_zone(), now())
        if not await forgetting.known(person_id):
            return city.words, None
        await city.counter.reads.note_engineer(person_id, "export", now=now())
        return city.words, await forgetting.export(PersonId(person_id), now=now(), today=today)

    words, found = _on(settings, exported)
    if found is None:
        _nobody(words)
    elif as_json:
        tell_machine(found)
    else:
        for one in found.holdings:
            if one.count:
                click.echo(f"{words.say('zh', one.what)} / {words.say('en', one.what)}: {one.count}{_kept(one)}")


@person.command()
@click.argument("person_id", metavar="PERSON", type=click.UUID)
@machine_readable
@on_a_city
def forget(person_id: UUID, *, as_json: bool, settings: Settings) -> None:
    """Forget PERSON: erase what no law keeps, and say of the rest until when it stays and by which law.

    Example: onecity person forget 0199c6a2-0000-7000-8000-000000000000
    """

    async def forgotten(city: City) -> tuple[Words, Forgotten | Refused]:
        today = day_in(city.pack.one(CITY).clock_zone(), now())
        by = Acting(None, Channel.CLI)
        return city.words, await forgetting_of(city).forget(PersonId(person_id), by=by, now=now(), today=today)

    words, found = _on(settings, forgotten)
    if isinstance(found, Refused):
        _nobody(words)
    elif as_json:
        tell_machine(found)
    else:
        for one in found.fates:
            end = "已删除 / erased" if one.erased else f"保留 / kept{_kept(one)}"
            click.echo(f"{words.say('zh', one.what)} / {words.say('en', one.what)}: {one.count}, {end}")
        click.echo("forgotten wholly" if found.wholly else "the rest goes by itself when nothing keeps it", err=True)


def _kept(one: Holding | Fate) -> str:
    if one.law is None:
        return ""
    return f"，{one.law}，{one.until.isoformat() if one.until else '办完为止 / until it ends'}"


def _nobody(words: Words) -> None:
    click.echo(words.say("zh", "people.not_found"), err=True)
    sys.exit(Exit.REFUSED)


def _on(settings: Settings, work: Callable[[City], Awaitable[T]]) -> T:
    async def done() -> T:
        async with city_at_hand(settings) as city:
            return await work(city)

    return asyncio.run(done())
