"""`onecity governance hooks`: which programs hear of the street, and what one of them did not take."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn, TypeVar

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.governance.events import HOOKS, Kind
from onecity.governance.usecases import hooks as cases
from onecity.kernel.refusal import Refused
from onecity.places import CITY

T = TypeVar("T")

_HEAD: Final = (
    "名字  地址  送到第几条  +还在等  !没人收  -丢了  为什么停、从什么时候 / "
    "name  url  last taken  +waiting  !given up  -lost  why and since when it is paused"
)
_KINDS: Final = [kind.value for kind in Kind]


@click.group()
def hooks() -> None:
    """The programs that hear what happens on the street, by signed webhooks."""


@hooks.command()
@click.argument("name")
@click.argument("url")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="May be repeated; else all kinds.",
)
@machine_readable
@on_a_city
def new(name: str, url: str, kinds: tuple[str, ...], *, as_json: bool, settings: Settings) -> None:
    """Send events to URL under NAME, from now on. The secret that signs them is shown once.

    Example: onecity governance hooks new dashboard https://dashboard.example/hooks --kind city.onecity.street.moved
    """

    async def made(city: City) -> cases.NewHook:
        memory = city.memory
        found = await cases.new_hook(
            name, url, kinds, pool=memory.pool, key=memory.keys.service_key(HOOKS),
            loopback=city.pack.one(CITY).simulated, now=now(),
        )  # fmt: skip
        return _refuse(city, found) if isinstance(found, Refused) else found

    found = _on(settings, made)
    if as_json:
        tell_machine(found)
    else:
        click.echo(found.secret)


@hooks.command("list")
@machine_readable
@on_a_city
def list_hooks(*, as_json: bool, settings: Settings) -> None:
    """The hooks: where, how far each came, how many events wait, how many nobody took, how many were lost, and whether
    and why one is paused.

    Example: onecity governance hooks list --json
    """

    async def known(city: City) -> tuple[object, ...]:
        return tuple(await cases.known_hooks(pool=city.memory.pool))

    found = _on(settings, known)
    if as_json:
        tell_machine(found)
        return
    click.echo(_HEAD if found else "还没有推送 / There are no hooks.", err=True)
    for one in found:
        assert isinstance(one, cases.Hook), "the list holds hooks"
        last = "–" if one.delivered is None else str(one.delivered)
        paused = f"  {one.paused.why} {one.paused.at.isoformat(timespec='seconds')}" if one.paused else ""
        click.echo(f"{one.name}  {one.url}  {last}  +{one.waits}  !{one.dead}  -{one.lost}{paused}")


@hooks.command()
@click.argument("name")
@machine_readable
@on_a_city
def end(name: str, *, as_json: bool, settings: Settings) -> None:
    """Send nothing more to the hook NAME, not even what is on its way.

    Example: onecity governance hooks end dashboard
    """

    async def ended(city: City) -> None:
        if not await cases.end_hook(name, pool=city.memory.pool):
            _refuse(city, Refused(cases.Why.HOOK_UNKNOWN, {"name": name}))

    _on(settings, ended)
    if as_json:
        tell_machine({"name": name})
    else:
        click.echo(f"{name} 不再推送了 / nothing more is sent to {name}", err=True)


@hooks.command()
@click.argument("name")
@machine_readable
@on_a_city
def test(name: str, *, as_json: bool, settings: Settings) -> None:
    """Send an event that says nothing to the hook NAME, and say what came back.

    Example: onecity governance hooks test dashboard
    """

    async def tried(city: City) -> tuple[str, bool]:
        memory, declared = city.memory, city.pack.one(CITY)
        found = await cases.tried(
            name, pool=memory.pool, key=memory.keys.service_key(HOOKS), loopback=declared.simulated,
            origin=declared.ledger_origin, now=now(),
        )  # fmt: skip
        return _refuse(city, found) if isinstance(found, Refused) else (str(found), found.taken)

    answer, taken = _on(settings, tried)
    if as_json:
        tell_machine({"name": name, "answer": answer, "taken": taken})
    else:
        click.echo(answer)
    if not taken:
        sys.exit(Exit.OUTSIDE)


@hooks.command()
@machine_readable
@on_a_city
def dead(*, as_json: bool, settings: Settings) -> None:
    """The events that nobody took however often they were tried, the latest first.

    Example: onecity governance hooks dead --json
    """

    async def known(city: City) -> tuple[cases.DeadEvent, ...]:
        return tuple(await cases.dead_events(pool=city.memory.pool))

    found = _on(settings, known)
    if as_json:
        tell_machine(found)
        return
    for one in found:
        click.echo(f"{one.name}  {one.position}  {one.kind}  {one.failure}  {one.dead.isoformat(timespec='seconds')}")


@hooks.command()
@click.argument("name")
@click.option("--position", type=click.IntRange(0), help="Only the event at this position; else all of the hook.")
@machine_readable
@on_a_city
def again(name: str, position: int | None, *, as_json: bool, settings: Settings) -> None:
    """Try once more what the hook NAME did not take, before anything that came later.

    A hook that is paused must be resumed first.


    Example: onecity governance hooks again dashboard --position 4711
    """

    async def retried(city: City) -> int:
        found = await cases.again(name, position, pool=city.memory.pool, now=now())
        return _refuse(city, found) if isinstance(found, Refused) else found

    found = _on(settings, retried)
    if as_json:
        tell_machine({"name": name, "again": found})
    else:
        click.echo(f"再送 {found} 条给 {name} / {_events(found)} will be sent to {name} again")


@hooks.command()
@click.argument("name")
@machine_readable
@on_a_city
def resume(name: str, *, as_json: bool, settings: Settings) -> None:
    """Send to the hook NAME again after it was paused, what waited first, and say how many events wait.

    Example: onecity governance hooks resume dashboard
    """

    async def resumed(city: City) -> int:
        found = await cases.resume(name, pool=city.memory.pool, now=now())
        return _refuse(city, found) if isinstance(found, Refused) else found

    found = _on(settings, resumed)
    if as_json:
        tell_machine({"name": name, "waits": found})
    else:
        click.echo(f"{name} 又在送了，等着的 {found} 条 / {name} is sent to again, {_events(found)} waiting")


def _events(number: int) -> str:
    return f"{number} event{'' if number == 1 else 's'}"


def _on(settings: Settings, do: Callable[[City], Awaitable[T]]) -> T:
    async def done() -> T:
        async with city_at_hand(settings) as city:
            return await do(city)

    return asyncio.run(done())


def _refuse(city: City, refused: Refused) -> NoReturn:
    said = (city.words.say(lang, refused.reason, **refused.details) for lang in ("zh", "en"))
    click.echo(" / ".join(said), err=True)
    sys.exit(Exit.REFUSED)
