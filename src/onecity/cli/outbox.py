"""`onecity outbox`: how far the sealed facts have left to the sink."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from onecity.bootstrap.settings import Settings
from onecity.bootstrap.sinks import end_outbox, outbox_state
from onecity.bootstrap.tools import at_hand
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine
from onecity.ledger import Ledger

T = TypeVar("T")


@click.group()
def outbox() -> None:
    """Sealed facts on their way to a sink that others read from."""


@outbox.command()
@machine_readable
@on_a_city
def status(*, as_json: bool, settings: Settings) -> None:
    """Say how many facts are sealed, how many the sink took, and what it says itself. Exit code 4: it does not answer.

    Example: onecity outbox status --config /etc/onecity/onecity.toml
    """
    found = _on(settings, lambda ledger: outbox_state(ledger, settings))
    if as_json:
        tell_machine(found)
    elif found.sink is None:
        click.echo(f"没有出口，{found.sealed} 条都在城里 / no sink is named: {found.sealed} facts stay in the house")
    else:
        last = "–" if found.holds is None else found.holds
        waits = max(0, found.sealed - found.sent)
        click.echo(f"{found.sink}: {found.sent} of {found.sealed} facts left, {waits} wait, last position there {last}")
    if found.trouble:
        click.echo(found.trouble, err=True)
        sys.exit(Exit.OUTSIDE)


@outbox.command()
@machine_readable
@on_a_city
def end(*, as_json: bool, settings: Settings) -> None:
    """Forget how far facts have left, after the sink was taken out of the configuration for good.

    Example: onecity outbox end --config /etc/onecity/onecity.toml
    """
    if settings.nats is not None:
        raise click.UsageError("The configuration still names a sink. Take `[nats]` out first, and restart the city.")
    there = _on(settings, end_outbox)
    if as_json:
        tell_machine({"ended": there})
    else:
        click.echo(
            "不再往外送了 / nothing leaves any more" if there else "本来就没有往外送 / nothing ever left", err=True
        )


def _on(settings: Settings, do: Callable[[Ledger], Awaitable[T]]) -> T:
    async def done() -> T:
        async with at_hand(settings) as memory:
            return await do(memory.ledger)

    return asyncio.run(done())
