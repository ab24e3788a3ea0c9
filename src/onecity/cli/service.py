"""`onecity service`: look at what the city does for people, apply for it, decide it; as whoever signs in."""

import json
import sys
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import click
import msgspec
import yaml

from onecity.bootstrap.city import City
from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.casework import Move, Moved, move
from onecity.cli.acting import Credentials, as_somebody, signed_in
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.clock import JOINT_EXTENSION
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.services import ITEM
from onecity.services.rules import Why
from onecity.services.rules.joint import ExtendJointly
from onecity.services.usecases.applying import Apply, Receipt, apply
from onecity.services.usecases.extending import Lengthened, extend_jointly


@click.group()
def service() -> None:
    """What the city does for people: items, applications, decisions."""


@service.command("list")
@click.option("--pack", "folder", type=click.Path(path_type=Path), help="Whose items (default: the shipped pack).")
@machine_readable
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
@machine_readable
def show(item: str, folder: Path | None, *, as_json: bool) -> None:
    """One ITEM in short; --json gives everything that is declared of it. Needs no running city.

    Example: onecity service show food_business
    """
    found = loaded(folder or shipped_pack()).all(ITEM).get(item)
    if found is None:
        click.echo(f"There is no item {item}. `onecity service list` names them.", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(found.value)
        return
    one = found.value
    click.echo(f"{one.name.zh} / {one.name.en}\n{one.plain.zh} / {one.plain.en}")
    click.echo(f"{one.agency}, {one.process}, {one.limit.limit.number} {one.limit.limit.unit}, {one.basis.said('zh')}")
    click.echo(f"asks: {', '.join(asked.field for asked in one.asks)}")
    click.echo(f"needs: {', '.join(needed.material for needed in one.needs) or 'nothing'}")


@service.command("apply")
@click.argument("items", nargs=-1)
@click.option("--event", help="A life event; its items follow from the answers.")
@click.option("--answers", type=click.File("rb"), required=True, help="YAML: a mapping of field to answer.")
@click.option("--known", multiple=True, metavar="FIELD", help="Take this answer from a register; that is the consent.")
@signed_in
def apply_for(
    items: tuple[str, ...], *, event: str | None, answers: IO[bytes], known: tuple[str, ...],
    login: str, password: str, code: str, key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Apply for ITEMS and print the receipt.

    Example: onecity service apply food_business --answers answers.yaml --login 410199198806120029
    """
    typed = read_answers(answers.read())

    async def applied(city: City, visitor: Visitor) -> Receipt | Refused:
        by = Acting(visitor.person, Channel.CLI)
        counter = city.counter
        return await apply(
            Apply(typed, items, event, known=known), intake=counter.intake,
            key=key or uuid4(), by=by, now=now(),
        )  # fmt: skip

    as_somebody(Credentials(login, password, code), settings, applied)


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
    said = dict(written_part(word) for word in words)

    async def decided(city: City, visitor: Visitor) -> Moved | Refused:
        command = Move(step, outcome, said, days, lacking)
        by = await city.counter.author(CaseId(case), command, visitor, Channel.CLI)
        if isinstance(by, Refused):
            return by
        return await move(CaseId(case), command, office=city.counter.office, key=key or uuid4(), by=by, now=now())

    as_somebody(Credentials(login, password, code), settings, decided)


@service.command("extend")
@click.argument("affair", type=click.UUID)
@click.option("--days", type=click.IntRange(1, JOINT_EXTENSION), required=True, help="Working days.")
@click.option("--reason", required=True, help="Why; the applicant reads it.")
@signed_in
def extend_it(
    affair: UUID, *, days: int, reason: str, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Lengthen, once, the joint limit of AFFAIR, which several departments decide together.

    Example: onecity service extend 0199c6a2-… --days 5 --reason 消防现场要复查 --login fenguanshizhang
    """

    async def extended(city: City, visitor: Visitor) -> Lengthened | Refused:
        by = await city.counter.joint_head(affair, visitor, Channel.CLI)
        if by is None:
            return Refused(Why.NOT_FOUND)
        command, intake = ExtendJointly(days, reason), city.counter.intake
        return await extend_jointly(affair, command, intake=intake, key=key or uuid4(), by=by, now=now())

    as_somebody(Credentials(login, password, code), settings, extended)


def read_answers(text: bytes) -> dict[str, str]:
    """The answers as text: YAML's numbers and yes/no are taken as they were written."""
    try:
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except yaml.YAMLError as wrong:
        raise click.UsageError(f"The answers cannot be read as YAML: {wrong}") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise click.UsageError("The answers must be a mapping of field to one answer.")
    return {str(name): value for name, value in found.items()}


def written_part(word: str) -> tuple[str, str]:
    """A part of what somebody writes to a person, as the command line gives it: PART=TEXT."""
    name, equals, text = word.partition("=")
    if not equals:
        raise click.UsageError(f"--write wants PART=TEXT, not {word}.")
    return name, text
