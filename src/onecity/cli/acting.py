"""Doing one command as somebody who signs in, and printing its answer."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import click
import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.people import SignedIn
from onecity.services.web.filling import in_words

T = TypeVar("T", bound=msgspec.Struct)


class Credentials(msgspec.Struct, frozen=True):
    """Who signs in, and with what."""

    login: str
    password: str
    code: str


def signing_in(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of somebody who signs in; password and code may come from the environment."""
    for option in (
        click.option("--login", required=True, help="Identity number, or an officer's login."),
        click.option("--password", prompt=True, hide_input=True, envvar="ONECITY_PASSWORD", show_envvar=True),
        click.option("--code", default="", envvar="ONECITY_CODE", help="An officer's second factor.", show_envvar=True),
    ):
        command = option(command)
    return on_a_city(command)


def signed_in(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of somebody who signs in and does something."""
    key = click.option("--key", type=click.UUID, help="Repeat with the same key to get the first answer again.")
    return signing_in(key(command))


def as_somebody(
    who: Credentials,
    settings: Settings,
    command: Callable[[City, Visitor], Awaitable[T | Refused]],
    tell: Callable[[City, T], str] = lambda _city, answer: msgspec.json.encode(answer).decode(),
) -> None:
    """Sign in, do one command, sign out; print the answer – as JSON, unless `tell` says it otherwise – or the refusal
    as a sentence.
    """

    async def signed_in_and_done(city: City) -> T | Refused:
        session = await city.door.sign_in(who.login, who.password, who.code, now=now())
        if isinstance(session, Refused):
            return session
        try:
            visitor = await _visitor(city, session)
            return await command(city, visitor)
        finally:
            await city.door.sign_out(session.token)

    async def done() -> str | None:
        async with city_at_hand(settings) as city:
            answer = await signed_in_and_done(city)
            if isinstance(answer, Refused):
                return refusal_text(city, answer)
            click.echo(tell(city, answer))
            return None

    refusal = asyncio.run(done())
    if refusal is not None:
        click.echo(refusal, err=True)
        sys.exit(Exit.REFUSED)


def refusal_text(city: City, refused: Refused) -> str:
    """A refusal as somebody at a terminal reads it: a sentence, and a line for each thing that it names."""
    found = in_words(refused, city.counter.catalogue, "zh", partial(city.words.say, "zh"))
    said = found.details.get("says")
    lines = said if isinstance(said, tuple) else ()
    return "\n".join((city.words.say("zh", found.reason, **found.details), *(f"  {line}" for line in lines)))


async def _visitor(city: City, session: SignedIn) -> Visitor:
    visitor = await city.door.visitor(session.token, now=now())
    assert visitor is not None, "the session began just now"
    return visitor
