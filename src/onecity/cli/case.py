"""`onecity case`: what a person sees of their cases and does with them; as whoever signs in."""

from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.casework import Address, Delivery, Moved, Why, ask_another_time, choose_anew, rate
from onecity.cli.acting import Credentials, as_somebody, signed_in, signing_in
from onecity.cli.places import in_json, machine_readable
from onecity.cli.service import by_post, read_answers, using, written_part
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import CaseId
from onecity.kernel.instants import day_in
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.services.usecases import own_affair
from onecity.services.usecases.adding import Again, Bring, Reopened, again, bring, give_up
from onecity.services.usecases.bringing import Put, put
from onecity.services.usecases.finding import Finder
from onecity.services.web.finding import FoundList, told
from onecity.services.web.states import AffairList, AffairState, affair_state, own_affairs


@click.group()
def case() -> None:
    """Cases: see how one's own stand, find them as an officer, bring what is missing, try again, withdraw, rate."""


def _by(visitor: Visitor) -> Acting:
    return Acting(visitor.person, Channel.CLI)


@case.command("list")
@machine_readable
@signing_in
def list_own(*, as_json: bool, login: str, password: str, code: str, settings: Settings) -> None:
    """One's own applications, the newest first.

    Example: onecity case list --login 410199198806120029
    """

    async def listed(city: City, visitor: Visitor) -> AffairList:
        return AffairList(tuple(await own_affairs(city.counter, by=_by(visitor))))

    def told(_city: City, found: AffairList) -> str:
        return in_json(found) if as_json else "\n".join(str(affair) for affair in found.affairs)

    as_somebody(Credentials(login, password, code), settings, listed, told)


@case.command()
@click.argument("affair", type=click.UUID)
@machine_readable
@signing_in
def show(affair: UUID, *, as_json: bool, login: str, password: str, code: str, settings: Settings) -> None:
    """AFFAIR with its cases: how each stands, its latest day, what is missing.

    Example: onecity case show 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def shown(city: City, visitor: Visitor) -> AffairState | Refused:
        today = day_in(city.counter.office.zone, now())
        return await affair_state(city.counter, affair, by=_by(visitor), today=today)

    def told(city: City, found: AffairState) -> str:
        return in_json(found) if as_json else _in_lines(city, found)

    as_somebody(Credentials(login, password, code), settings, shown, told)


def _in_lines(city: City, found: AffairState) -> str:
    """An application for a reader: its number, then a line for each case."""
    lines = [found.number]
    for one in found.cases:
        name = city.counter.scribe.matter("zh", one.item)
        lacking = listed((city.counter.thing(thing, "zh") for thing in one.lacking), "zh")
        lines.append(f"{one.case}  {one.state:<10} {one.due}  {name}{f'  还差：{lacking}' if lacking else ''}")
    if any(one.provisional for one in found.cases):
        lines.append(city.words.say("zh", "clock.provisional"))
    return "\n".join(lines)


@case.command("find")
@click.argument("text")
@signing_in
def find_cases(text: str, *, login: str, password: str, code: str, settings: Settings) -> None:
    """Find the newest cases within an officer's scopes: by item, agency, whole name, identity or receipt number.

    Example: onecity case find 食品 --login shouli
    """

    async def done(city: City, visitor: Visitor) -> FoundList | Refused:
        counter, at = city.counter, now()
        finder, today = Finder(counter.catalogue, counter.roll, counter.reads), day_in(counter.office.zone, at)
        async with city.memory.pool.acquire() as connection:
            found = await finder.find(connection, text, visitor, channel=Channel.CLI, now=at)
        return found if isinstance(found, Refused) else FoundList(tuple(told(one, today=today) for one in found))

    as_somebody(Credentials(login, password, code), settings, done)


@case.command()
@click.argument("material")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--purpose",
    default="",
    metavar="PATH",
    help="What it is for: /items/ITEM, /life-events/EVENT, /projects/PROJECT/stages/STAGE or /affairs/AFFAIR.",
)
@signed_in
def upload(
    material: str, file: Path, *, purpose: str, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Bring FILE as MATERIAL. Only what is about its purpose takes it; without one an application does with --use.

    Example: onecity case upload floor_plan plan.pdf --purpose /items/food_business --login 410199198806120029
    """
    del key  # a second upload of the same file replaces the first

    async def done(city: City, visitor: Visitor) -> Put | Refused:
        counter = city.counter
        return await put(
            material, file.read_bytes(), purpose=purpose, intake=counter.intake, projects=counter.projects,
            by=_by(visitor), now=now(),
        )  # fmt: skip

    as_somebody(Credentials(login, password, code), settings, done)


@case.command("bring")
@click.argument("affair", type=click.UUID)
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.option("--answers", type=click.File("rb"), help="YAML: the answers that change.")
@click.option("--choice", default="", help="Where the case asks what you want: the outcome, as in `ask` or `waive`.")
@click.option("--write", "words", multiple=True, metavar="PART=TEXT", help="What you write with your choice.")
@using
@signed_in
def bring_to(
    affair: UUID, case_id: UUID, *, answers: IO[bytes] | None, choice: str, words: tuple[str, ...],
    uses: tuple[str, ...], login: str, password: str, code: str, key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Bring to CASE of AFFAIR what it lacks; files are uploaded before.

    Example: onecity case bring 0199c6a2-… 0199c6a3-… --login 410199198806120029
    """
    typed = read_answers(answers.read()) if answers else {}
    said = dict(written_part(word) for word in words)

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        counter = city.counter
        command = Bring(case_id, typed, uses, choice, said)
        return await bring(
            affair, command, intake=counter.intake, key=key or uuid4(), by=_by(visitor), now=now(),
        )  # fmt: skip

    as_somebody(Credentials(login, password, code), settings, done)


@case.command("again")
@click.argument("affair", type=click.UUID)
@click.argument("item")
@click.option("--answers", type=click.File("rb"), help="YAML: the answers that change.")
@using
@signed_in
def apply_again(
    affair: UUID, item: str, *, answers: IO[bytes] | None, uses: tuple[str, ...], login: str, password: str,
    code: str, key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Apply once more for ITEM of AFFAIR.

    Example: onecity case again 0199c6a2-… food_business --login 410199198806120029
    """
    typed = read_answers(answers.read()) if answers else {}

    async def done(city: City, visitor: Visitor) -> Reopened | Refused:
        counter = city.counter
        return await again(
            affair, Again(item, typed, uses), intake=counter.intake,
            key=key or uuid4(), by=_by(visitor), now=now(),
        )  # fmt: skip

    as_somebody(Credentials(login, password, code), settings, done)


@case.command()
@click.argument("affair", type=click.UUID)
@click.argument("case_id", metavar="CASE", type=click.UUID)
@signed_in
def withdraw(
    affair: UUID, case_id: UUID, *, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """Withdraw CASE of AFFAIR.

    Example: onecity case withdraw 0199c6a2-… 0199c6a3-… --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        office = city.counter.office
        return await give_up(affair, case_id, office=office, key=key or uuid4(), by=_by(visitor), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@case.command("post")
@click.argument("affair", type=click.UUID)
@click.argument("case_id", metavar="CASE", type=click.UUID)
@by_post
@signed_in
def post_to(
    affair: UUID, case_id: UUID, *, to: tuple[str, str, str] | None, login: str, password: str, code: str,
    key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Send the result of CASE of AFFAIR to another address; without one you fetch it at the window.

    Example: onecity case post 0199c6a2-… 0199c6a3-… --to 林晓梅 13800000001 示例路1号2单元 --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        counter, by, at = city.counter, _by(visitor), now()
        own = await own_affair(affair, ledger=counter.ledger, by=by)
        if isinstance(own, Refused) or own.branch(case_id) is None:
            return Refused(Why.NOT_FOUND)
        how, address = (Delivery.POST, Address(*to)) if to else (Delivery.COUNTER, None)
        return await choose_anew(
            CaseId(case_id), how, address, office=counter.office, key=key or uuid4(), by=by, now=at
        )

    as_somebody(Credentials(login, password, code), settings, done)


@case.command("time")
@click.argument("affair", type=click.UUID)
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.argument("words")
@signed_in
def ask_time(
    affair: UUID, case_id: UUID, words: str, *, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Ask once for another time of the visit of CASE of AFFAIR; WORDS say when it suits you.

    Example: onecity case time 0199c6a2-… 0199c6a3-… 周三上午 --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        counter, by, at = city.counter, _by(visitor), now()
        own = await own_affair(affair, ledger=counter.ledger, by=by)
        if isinstance(own, Refused) or own.branch(case_id) is None:
            return Refused(Why.NOT_FOUND)
        return await ask_another_time(CaseId(case_id), words, office=counter.office, key=key or uuid4(), by=by, now=at)

    as_somebody(Credentials(login, password, code), settings, done)


@case.command("rate")
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.argument("level", type=click.IntRange(1, 5))
@click.option("--words", default="", help="A sentence, if one likes.")
@signed_in
def rate_it(
    case_id: UUID, level: int, *, words: str, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Say how CASE went, from 1 (very dissatisfied) to 5 (very satisfied).

    Example: onecity case rate 0199c6a3-… 5 --words 快 --login 410199198806120029
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        office = city.counter.office
        return await rate(CaseId(case_id), level, words, office=office, key=key or uuid4(), by=_by(visitor), now=now())

    as_somebody(Credentials(login, password, code), settings, done)
