"""`onecity service`: look at what the city does for people, apply for it, decide it; as whoever signs in."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, TypeVar
from uuid import UUID, uuid4

import click
import msgspec
import yaml

from onecity.bootstrap.city import City, assemble
from onecity.bootstrap.content import shipped_pack, words_of
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.casework import Move, Moved, move
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import on_a_city
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.people import SignedIn
from onecity.services import ITEM
from onecity.services.usecases.applying import Apply, Receipt, apply

T = TypeVar("T", bound=msgspec.Struct)


class Credentials(msgspec.Struct, frozen=True):
    """Who signs in, and with what."""

    login: str
    password: str
    code: str


def signed_in(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of somebody who signs in; password and code may come from the environment."""
    for option in (
        click.option("--login", required=True, help="Identity number, or an officer's login."),
        click.option("--password", prompt=True, hide_input=True, envvar="ONECITY_PASSWORD", show_envvar=True),
        click.option("--code", default="", envvar="ONECITY_CODE", help="An officer's second factor.", show_envvar=True),
        click.option("--key", type=click.UUID, help="Repeat with the same key to get the first answer again."),
    ):
        command = option(command)
    return on_a_city(command)


@click.group()
def service() -> None:
    """What the city does for people: items, applications, decisions."""


@service.command("list")
@click.option("--pack", "folder", type=click.Path(path_type=Path), help="Whose items (default: the shipped pack).")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def list_items(folder: Path | None, *, as_json: bool) -> None:
    """The items of a pack. Needs no running city.

    Example: onecity service list
    """
    items = loaded(folder or shipped_pack()).all(ITEM)
    rows = [{"item": name, "name": msgspec.to_builtins(found.value.name)} for name, found in sorted(items.items())]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, found in sorted(items.items()):
        click.echo(f"{name:<28} {found.value.name.zh} / {found.value.name.en}")


@service.command()
@click.argument("item")
@click.option("--pack", "folder", type=click.Path(path_type=Path), help="Whose item (default: the shipped pack).")
def show(item: str, folder: Path | None) -> None:
    """One ITEM with everything that is declared of it, as JSON. Needs no running city.

    Example: onecity service show food_business
    """
    found = loaded(folder or shipped_pack()).all(ITEM).get(item)
    if found is None:
        click.echo(f"There is no item {item}. `onecity service list` names them.", err=True)
        sys.exit(Exit.REFUSED)
    click.echo(msgspec.json.format(msgspec.json.encode(found.value)).decode())


@service.command("apply")
@click.argument("items", nargs=-1)
@click.option("--event", help="A life event; its items follow from the answers.")
@click.option("--answers", type=click.File("rb"), required=True, help="YAML: a mapping of field to answer.")
@signed_in
def apply_for(
    items: tuple[str, ...], *, event: str | None, answers: IO[bytes], login: str, password: str, code: str,
    key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Apply for ITEMS and print the receipt.

    Example: onecity service apply food_business --answers answers.yaml --login 410199198806120029
    """
    typed = _answers(answers.read())

    async def applied(city: City, visitor: Visitor) -> Receipt | Refused:
        by = Acting(visitor.person, Channel.CLI)
        counter = city.counter
        return await apply(
            Apply(typed, items, event), catalogue=counter.catalogue, office=counter.office, uploads=counter.uploads,
            area=counter.area,
            key=key or uuid4(), by=by, now=now(),
        )  # fmt: skip

    _as(Credentials(login, password, code), settings, applied)


@service.command()
@click.argument("case", type=click.UUID)
@click.argument("step")
@click.argument("outcome")
@click.option("--write", "words", multiple=True, metavar="PART=TEXT", help="What the person concerned is told.")
@click.option("--days", type=click.IntRange(1), help="Working days for which the clock stops, or of an extension.")
@click.option("--lacking", multiple=True, metavar="NAME", help="A material or question that is missing.")
@signed_in
def decide(
    case: UUID, step: str, outcome: str, *, words: tuple[str, ...], days: int | None, lacking: tuple[str, ...],
    login: str, password: str, code: str, key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """End STEP of CASE with OUTCOME, in the duty that the step needs.

    Example: onecity service decide 0199c6a2-0000-7000-8000-000000000000 decision grant --login jueding
    """
    said = dict(_part(word) for word in words)

    async def decided(city: City, visitor: Visitor) -> Moved | Refused:
        command = Move(step, outcome, said, days, lacking)
        by = await city.counter.author(CaseId(case), command, visitor, Channel.CLI)
        if isinstance(by, Refused):
            return by
        return await move(CaseId(case), command, office=city.counter.office, key=key or uuid4(), by=by, now=now())

    _as(Credentials(login, password, code), settings, decided)


def _answers(text: bytes) -> dict[str, str]:
    """The answers as text: YAML's numbers and yes/no are taken as they were written."""
    try:
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except yaml.YAMLError as wrong:
        raise click.UsageError(f"The answers cannot be read as YAML: {wrong}") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise click.UsageError("The answers must be a mapping of field to one answer.")
    return {str(name): value for name, value in found.items()}


def _part(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals:
        raise click.UsageError(f"--write wants PART=TEXT, not {word}.")
    return name, text


def _as(who: Credentials, settings: Settings, command: Callable[[City, Visitor], Awaitable[T | Refused]]) -> None:
    """Sign in, do one command, sign out; print the answer as JSON or the refusal as a sentence."""
    pack = loaded(shipped_pack())

    async def done() -> T | Refused:
        async with at_hand(settings, pack) as memory:
            city = await assemble(memory, pack, at=now())
            session = await city.door.sign_in(who.login, who.password, who.code, now=now())
            if isinstance(session, Refused):
                return session
            try:
                visitor = await _visitor(city, session)
                return await command(city, visitor)
            finally:
                await city.door.sign_out(session.token)

    answer = asyncio.run(done())
    if isinstance(answer, Refused):
        click.echo(words_of(pack).say("zh", answer.reason, **answer.details), err=True)
        sys.exit(Exit.REFUSED)
    click.echo(msgspec.json.encode(answer).decode())


async def _visitor(city: City, session: SignedIn) -> Visitor:
    visitor = await city.door.visitor(session.token, now=now())
    assert visitor is not None, "the session began just now"
    return visitor
