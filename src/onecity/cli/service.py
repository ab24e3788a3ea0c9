"""`onecity service`: look at what the city does for people, apply for it, decide it; as whoever signs in."""

import asyncio
import json
import sys
from collections.abc import Set
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import click
import msgspec
import yaml

from onecity.bootstrap.city import City
from onecity.bootstrap.content import sayings_of, shipped_pack, words_of
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.casework import Address, Delivery, Move, Moved, move, simulated_laws
from onecity.cli.acting import Credentials, as_somebody, refusal_text, signed_in
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.heard import ratings, riddles
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option, tell_machine
from onecity.cli.pledge import pledge, pledged_item
from onecity.cli.rehearse import rehearse
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.clock import JOINT_EXTENSION
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.kernel.search import bare, plain
from onecity.machinery.web import Visitor
from onecity.packs import Pack
from onecity.places import CITY
from onecity.services import ITEM, Item
from onecity.services.elsewhere import Elsewhere, elsewhere_of
from onecity.services.everyday import hit_of, index_of
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.listing import ListedEvent, ListedItem, every_event, every_item, listing_of
from onecity.services.rules import Why
from onecity.services.rules.joint import ExtendJointly
from onecity.services.usecases.applying import Apply, Receipt, apply
from onecity.services.usecases.extending import Lengthened, extend_jointly
from onecity.services.web.filling import Form, form_of

using = click.option(
    "--use",
    "uses",
    multiple=True,
    metavar="MATERIAL",
    help="Let a file count that another application used, or that is for nothing in particular.",
)

by_post = click.option(
    "--to", nargs=3, metavar="NAME PHONE ADDRESS", help="Have the result sent by post to this address."
)


@click.group()
def service() -> None:
    """What the city does for people: items, applications, decisions."""


service.add_command(pledge)
service.add_command(rehearse)
service.add_command(ratings)
service.add_command(riddles)


@service.command("list")
@pack_option("items")
@click.option("--events", is_flag=True, help="The life events instead, each with the items that it bundles.")
@machine_readable
def list_items(folder: Path | None, *, events: bool, as_json: bool) -> None:
    """The items of a pack, or its life events. Needs no running city.

    Example: onecity service list
    """
    pack = loaded(folder or shipped_pack())
    of_items = {name: declared.value.name for name, declared in sorted(pack.all(ITEM).items())}
    of_events = {name: declared.value.name for name, declared in sorted(pack.all(LIFE_EVENT).items())}
    named = of_events if events else of_items
    if as_json:
        kind = "event" if events else "item"
        rows = [{kind: name, "name": msgspec.to_builtins(said)} for name, said in named.items()]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, said in named.items():
        click.echo(f"{name:<28} {said.zh} / {said.en}")


@service.command()
@click.argument("phrase")
@pack_option("items")
@machine_readable
def search(phrase: str, folder: Path | None, *, as_json: bool) -> None:
    """What the city does for people who say PHRASE, the best first, and why each is found: by the same words, by a word
    of the same meaning, by pinyin, or by what sounds or is spelt like it. What the city does not decide says who does.
    Needs no city.

    Example: onecity service search 开火锅店
    """
    pack = loaded(folder or shipped_pack())
    words = words_of(pack)
    if not bare(plain(phrase)):
        if as_json:
            click.echo("[]")
        raise click.UsageError(
            f"{words.say('zh', 'services.search.blank')} / {words.say('en', 'services.search.blank')}"
        )
    say = partial(words.say, "zh")
    hits = [hit_of(one, pack, say, "zh") for one in index_of(pack, sayings_of(pack)).find(phrase)]
    if as_json:
        tell_machine(hits)
        return
    for one in hits:
        click.echo(f"{one.id:<32} {one.name}  {one.told or one.reason}")
    if not hits:
        click.echo(f"{words.say('zh', 'services.search.none')} / {words.say('en', 'services.search.none')}", err=True)


@service.command()
@click.argument("item")
@pack_option("item")
@machine_readable
def show(item: str, folder: Path | None, *, as_json: bool) -> None:
    """One ITEM or life event, by its id or its Chinese name, in short; --json gives everything that is declared of it.
    Of what the city does not decide it says who does. Needs no running city.

    Example: onecity service show food_business
    """
    pack = loaded(folder or shipped_pack())
    listing = listing_of(pack)
    item = _id_of(item, pack)
    if (away := elsewhere_of(pack).get(item)) is not None:
        _tell_elsewhere(away, as_json=as_json)
        return
    found = pack.all(ITEM).get(item) or pack.all(LIFE_EVENT).get(item)
    listed = listing.items.get(item) or listing.events.get(item)
    if found is None and listed is not None:
        _tell_listed(listed, on=day_in(pack.one(CITY).clock_zone(), now()), as_json=as_json)
        return
    if found is None:
        click.echo(f"There is no item {item}. `onecity service list` names them.", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(found.value)
    elif isinstance(found.value, LifeEvent):
        _tell_event(found.value)
    else:
        _tell_item(found.value, simulated_laws(pack))


def _id_of(said: str, pack: Pack) -> str:
    """The id of what somebody names: as they wrote it, or that of the item or event with this name."""
    known = (every_item(pack), every_event(pack), elsewhere_of(pack))
    names = {name: one.name.zh for things in known for name, one in things.items()}
    return said if said in names else next((name for name, zh in names.items() if zh == said), said)


def _tell_listed(one: ListedItem | ListedEvent, *, on: date, as_json: bool) -> None:
    """A line of the list: what nobody can apply for online yet."""
    if as_json:
        tell_machine(one)
        return
    click.echo(f"{one.name.zh} / {one.name.en}\nnot online yet")
    if isinstance(one, ListedEvent):
        told = [f"{one.plain.zh} / {one.plain.en}", *(f"  {name}" for name in one.named)]
        click.echo("\n".join(told))
        return
    limit = one.resolved(on).holds
    days = f"{limit.limit.number} {limit.limit.unit}, {limit.limit.because.citation}" if limit else "no limit by law"
    click.echo(f"{one.agency}, {days}, {one.basis.citation if one.basis else 'no article proven'}")


def _tell_elsewhere(one: Elsewhere, *, as_json: bool) -> None:
    """What no agency of this city decides."""
    if as_json:
        tell_machine(one)
        return
    click.echo(
        f"{one.name.zh} / {one.name.en}\nnot decided here: {one.who.zh} / {one.who.en}\n{one.how.zh} / {one.how.en}"
    )


def _tell_event(one: LifeEvent) -> None:
    click.echo(f"{one.name.zh} / {one.name.en}\n{one.plain.zh} / {one.plain.en}")
    click.echo(f"decides: {', '.join(one.questions) or 'nothing'}")
    for part in one.parts:
        click.echo(f"  {part.item:<32} {part.when or 'always'}")


def _tell_item(one: Item, laws: Set[str]) -> None:
    click.echo(f"{one.name.zh} / {one.name.en}\n{one.plain.zh} / {one.plain.en}")
    limit, of = one.limit.limit, one.limit.because
    made_up = " (simulated: no law names one)" if of.law in laws else ""
    click.echo(f"{one.agency}, {one.process}, {one.basis.citation}")
    click.echo(f"limit: {limit.number} {limit.unit}, {of.citation}{made_up}")
    click.echo(f"asks: {', '.join(asked.field for asked in one.asks)}")
    click.echo(f"needs: {', '.join(needed.material for needed in one.needs) or 'nothing'}")


@service.command()
@click.argument("items", nargs=-1)
@click.option("--event", help="A life event; its items follow from the answers.")
@click.option("--answers", type=click.File("rb"), help="YAML: a mapping of field to answer.")
@machine_readable
@on_a_city
def check(
    items: tuple[str, ...], *, event: str | None, answers: IO[bytes] | None, as_json: bool, settings: Settings
) -> None:
    """The one form of ITEMS or of a life event as the answers stand: which items they switch on, what is asked, which
    documents, and what is still wrong. Nothing is kept. Exit code 0 only if nothing is wrong.

    Example: onecity service check --event open_restaurant --answers answers.yaml
    """
    command = Apply(read_answers(answers.read()) if answers else {}, items, event)

    async def found() -> Form | str:
        async with city_at_hand(settings) as city:
            catalogue, today = city.counter.catalogue, day_in(city.counter.office.zone, now())
            form = form_of(command, catalogue, on=today, lang="zh", say=partial(city.words.say, "zh"))
            return refusal_text(city, form) if isinstance(form, Refused) else form

    form = asyncio.run(found())
    if isinstance(form, str):
        click.echo(form, err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(form)
    else:
        _tell_form(form)
    sys.exit(Exit.REFUSED if form.wrong else Exit.DONE)


def _tell_form(form: Form) -> None:
    wrong = {one.field: one.says for one in form.wrong}
    asked = {one.field for one in form.asks}
    click.echo(f"items: {', '.join(form.items)}")
    for one in form.asks:
        click.echo(f"  {one.field:<20} {wrong.get(one.field, one.ask)}{f' ({one.unit})' if one.unit else ''}")
    for field, says in wrong.items():
        if field not in asked:
            click.echo(f"  {field:<20} {says}")
    click.echo(f"documents: {', '.join(one.material for one in form.materials) or 'none'}")


@service.command("apply")
@click.argument("items", nargs=-1)
@click.option("--event", help="A life event; its items follow from the answers.")
@click.option("--answers", type=click.File("rb"), required=True, help="YAML: a mapping of field to answer.")
@click.option("--known", multiple=True, metavar="FIELD", help="Take this answer from a register; that is the consent.")
@click.option(
    "--pledge",
    "pledges",
    multiple=True,
    metavar="ITEM=VERSION",
    help="Have this item decided on the pledge of this version; `onecity service pledge ITEM` tells it.",
)
@using
@by_post
@signed_in
def apply_for(
    items: tuple[str, ...], *, event: str | None, answers: IO[bytes], known: tuple[str, ...], uses: tuple[str, ...],
    pledges: tuple[str, ...], to: tuple[str, str, str] | None, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Apply for ITEMS and print the receipt. Documents are uploaded before, for this purpose; one that an application
    used already counts for this one only with --use.

    Example: onecity service apply food_business --answers answers.yaml --login 410199198806120029
    """
    typed, agreed = read_answers(answers.read()), dict(pledged_item(one) for one in pledges)

    async def applied(city: City, visitor: Visitor) -> Receipt | Refused:
        by = Acting(visitor.person, Channel.CLI)
        counter = city.counter
        return await apply(
            Apply(
                typed, items, event, Delivery.POST if to else Delivery.ONLINE, known, uses,
                Address(*to) if to else None, agreed,
            ),
            intake=counter.intake, key=key or uuid4(), by=by, now=now(),
        )  # fmt: skip

    as_somebody(Credentials(login, password, code), settings, applied)


@service.command()
@click.argument("case", type=click.UUID)
@click.argument("step")
@click.argument("outcome")
@click.option("--write", "words", multiple=True, metavar="PART=TEXT", help="What the person concerned is told.")
@click.option("--days", type=click.IntRange(1), help="Working days for which the clock stops, or of an extension.")
@click.option("--lacking", multiple=True, metavar="NAME", help="A material or question that is missing.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="When people meet, in the city's time.")
@click.option("--hall", metavar="NAME", help="The hall in which they meet.")
@signed_in
def decide(
    case: UUID, step: str, outcome: str, *, words: tuple[str, ...], days: int | None, lacking: tuple[str, ...],
    at: datetime | None, hall: str | None, login: str, password: str, code: str, key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """End STEP of CASE with OUTCOME, in the duty that the step needs.

    Example: onecity service decide 0199c6a2-0000-7000-8000-000000000000 decision grant --login jueding
    """
    said = dict(written_part(word) for word in words)

    async def decided(city: City, visitor: Visitor) -> Moved | Refused:
        meets = at.replace(tzinfo=city.counter.office.zone) if at else None
        command = Move(step, outcome, said, days, lacking, at=meets, hall=hall)
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
        headed = await city.counter.joint_head(affair, visitor, Channel.CLI)
        if headed is None:
            return Refused(Why.NOT_FOUND)
        by = headed[1]
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
