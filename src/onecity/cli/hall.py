"""`onecity hall`: how the halls of a city stand, times booked and numbers taken there, numbers called to windows."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

import click
import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.acting import Credentials, as_somebody, refusal_text, signed_in
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import DAY, INSTANT, in_json, machine_readable
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.services.queueing.rules import Why
from onecity.services.queueing.usecases import Booked, Called, Cancelled, GivenBack, Taken
from onecity.services.web.calling import clerk_at
from onecity.services.web.queueing_interface import (
    FreeTimes,
    HallList,
    HallState,
    free_times,
    hall_list,
    hall_state,
)

T = TypeVar("T", bound=msgspec.Struct)


class HallDetail(msgspec.Struct, frozen=True):
    """A hall with the times of a day that can be booked."""

    hall: HallState
    free: FreeTimes


@click.group()
def hall() -> None:
    """Halls: see how many wait, book a time, take a number; clerks call numbers."""


def _by(visitor: Visitor) -> Acting:
    return Acting(visitor.person, Channel.CLI)


def _asked(settings: Settings, ask: Callable[[City], Awaitable[T | Refused]], tell: Callable[[City, T], str]) -> None:
    """Print what anybody may ask of a city, or the refusal as a sentence."""

    async def done() -> str | None:
        async with city_at_hand(settings) as city:
            found = await ask(city)
            if isinstance(found, Refused):
                return refusal_text(city, found)
            click.echo(tell(city, found))
            return None

    if refusal := asyncio.run(done()):
        click.echo(refusal, err=True)
        sys.exit(Exit.REFUSED)


@hall.command("list")
@machine_readable
@on_a_city
def list_halls(*, as_json: bool, settings: Settings) -> None:
    """The halls: how many wait, and for how many minutes half of those called in the last hour had waited at most.

    Example: onecity hall list
    """

    async def listed(city: City) -> HallList:
        return await hall_list(city.counter.halls, "zh", now=now())

    def told(_city: City, found: HallList) -> str:
        return in_json(found) if as_json else "\n".join(_line(one) for one in found.halls)

    _asked(settings, listed, told)


def _line(one: HallState) -> str:
    waited = "–" if one.waited is None else f"{one.waited} min"
    return f"{one.hall:<20} {one.waiting:>4} {waited:>8}  {one.name}"


@hall.command()
@click.argument("name", metavar="HALL")
@click.option("--day", type=DAY, help="Whose free times; without it the first day of which times can be booked.")
@machine_readable
@on_a_city
def show(name: str, *, day: date | None, as_json: bool, settings: Settings) -> None:
    """HALL with its last calls, and what can be booked there on a day.

    Example: onecity hall show city_hall --day 2026-11-30
    """

    async def shown(city: City) -> HallDetail | Refused:
        halls, at = city.counter.halls, now()
        found = await hall_state(halls, name, "zh", now=at)
        free = await free_times(halls, name, day, today=day_in(halls.zone, at), now=at)
        if isinstance(found, Refused) or isinstance(free, Refused):
            return Refused(Why.NOT_FOUND)
        return HallDetail(found, free)

    def told(city: City, found: HallDetail) -> str:
        if as_json:
            return in_json(found)
        zone = city.counter.halls.zone
        calls = [f"{one.number:>5} -> {one.window}  {one.at.astimezone(zone):%H:%M}" for one in found.hall.calls]
        times = [f"{one.at.astimezone(zone).isoformat()}  {one.free}" for one in found.free.times]
        return "\n".join((_line(found.hall), found.hall.address, *calls, *times))

    _asked(settings, shown, told)


@hall.command()
@click.argument("name", metavar="HALL")
@click.argument("at", type=INSTANT)
@signed_in
def book(
    name: str, at: datetime, *, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """Book the time of HALL that begins AT an instant.

    Example: onecity hall book city_hall 2026-11-30T09:30:00+08:00 --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Booked | Refused:
        return await city.counter.halls.book(name, at, by=_by(visitor), key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@hall.command()
@click.argument("booking", type=click.UUID)
@signed_in
def cancel(booking: UUID, *, login: str, password: str, code: str, key: UUID | None, settings: Settings) -> None:
    """Cancel one's own BOOKING before it begins.

    Example: onecity hall cancel 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Cancelled | Refused:
        return await city.counter.halls.cancel(booking, by=_by(visitor), key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@hall.command()
@click.argument("name", metavar="HALL")
@click.option("--give", is_flag=True, help="As a clerk: for whoever stands there without a telephone.")
@click.option("--back", is_flag=True, help="Give one's own number back instead.")
@signed_in
def number(
    name: str, *, give: bool, back: bool, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """Take a number in HALL for today, with one's booking if its time has come near.

    Example: onecity hall number city_hall --login 410199198806120029
    """
    if give and back:
        raise click.UsageError("Write --give or --back, not both.")

    async def done(city: City, visitor: Visitor) -> Taken | GivenBack | Refused:
        halls, asked = city.counter.halls, key or uuid4()
        if back:
            return await halls.leave(name, by=_by(visitor), key=asked, now=now())
        if give:
            return await halls.give(name, by=_clerk(city, visitor, name), key=asked, now=now())
        return await halls.take(name, by=_by(visitor), key=asked, now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@hall.command()
@click.argument("name", metavar="HALL")
@click.argument("window", type=int)
@click.option("--again", is_flag=True, help="Call the number of the window once more.")
@signed_in
def call(
    name: str, window: int, *, again: bool, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """As a clerk: call the next number of HALL to WINDOW; whoever was there was served.

    Example: onecity hall call city_hall 3 --login chuangkou
    """

    async def done(city: City, visitor: Visitor) -> Called | Refused:
        halls, by = city.counter.halls, _clerk(city, visitor, name)
        act = halls.call_again if again else halls.call
        return await act(name, window, by=by, key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@hall.command()
@click.argument("name", metavar="HALL")
@click.argument("window", type=int)
@signed_in
def absent(
    name: str, window: int, *, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """As a clerk: nobody came with the number that was called to WINDOW of HALL.

    Example: onecity hall absent city_hall 3 --login chuangkou
    """

    async def done(city: City, visitor: Visitor) -> Called | Refused:
        by = _clerk(city, visitor, name)
        return await city.counter.halls.absent(name, window, by=by, key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


def _clerk(city: City, visitor: Visitor, name: str) -> Acting:
    """The visitor in a duty of windows that reaches a hall; without one, the visitor alone."""
    halls = city.counter.halls
    found = halls.halls.get(name)
    return clerk_at(halls, visitor, Channel.CLI, found.area) if found else _by(visitor)
