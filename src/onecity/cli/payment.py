"""`onecity payment`: one's own fees and the way to pay them; the comparison of the books of a day."""

import asyncio
import sys
from datetime import date
from uuid import UUID

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.acting import Credentials, as_somebody, signing_in
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import DAY, machine_readable, tell_machine
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.money import yuan
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.packs import Words
from onecity.payments.facts import DayBalanced
from onecity.payments.usecases import load, own_payment, own_payments
from onecity.payments.usecases.balancing import history_of
from onecity.payments.usecases.paying import SentTo, send_to_port, settle
from onecity.payments.web.interface import Fee, Fees, fee_of


@click.group()
def payment() -> None:
    """Fees: what is to be paid, where, what came of it; the books of a day."""


def _by(visitor: Visitor) -> Acting:
    return Acting(visitor.person, Channel.CLI)


@payment.command("list")
@signing_in
def list_fees(*, login: str, password: str, code: str, settings: Settings) -> None:
    """One's own fees, the newest first, as JSON.

    Example: onecity payment list --login 410199198806120029
    """

    async def listed(city: City, visitor: Visitor) -> Fees:
        found = await own_payments(till=city.counter.till, by=_by(visitor))
        return Fees(tuple(fee_of(one, "zh", city.pages.cited) for one in found))

    as_somebody(Credentials(login, password, code), settings, listed)


@payment.command()
@click.argument("payment_id", metavar="PAYMENT", type=click.UUID)
@signing_in
def show(payment_id: UUID, *, login: str, password: str, code: str, settings: Settings) -> None:
    """PAYMENT as JSON, after the port was asked what came for it.

    Example: onecity payment show 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def shown(city: City, visitor: Visitor) -> Fee | Refused:
        till = city.counter.till
        found = await own_payment(payment_id, till=till, by=_by(visitor))
        if isinstance(found, Refused):
            return found
        await settle(found.id, till=till, now=now())
        return fee_of(await load(found.id, till=till) or found, "zh", city.pages.cited)

    as_somebody(Credentials(login, password, code), settings, shown)


@payment.command()
@click.argument("payment_id", metavar="PAYMENT", type=click.UUID)
@signing_in
def pay(payment_id: UUID, *, login: str, password: str, code: str, settings: Settings) -> None:
    """Where to pay PAYMENT: an address at the port, as JSON.

    Example: onecity payment pay 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def sent(city: City, visitor: Visitor) -> SentTo | Refused:
        till = city.counter.till
        found = await own_payment(payment_id, till=till, by=_by(visitor))
        if isinstance(found, Refused):
            return found
        return await send_to_port(found, payee=city.counter.cash_desk.payee(found), till=till, now=now())

    as_somebody(Credentials(login, password, code), settings, sent)


@payment.command()
@click.option("--day", type=DAY, required=True, help="A day that is over.")
@machine_readable
@on_a_city
def balance(day: date, *, as_json: bool, settings: Settings) -> None:
    """How the books of a day were compared last. Exit code 0 only if they agree.

    Example: onecity payment balance --day 2026-01-05
    """

    async def found() -> tuple[Words, DayBalanced | Refused]:
        async with city_at_hand(settings) as city:
            history = await history_of(day, till=city.counter.till)
            return city.words, history if isinstance(history, Refused) else history[0]

    words, balanced = asyncio.run(found())
    if isinstance(balanced, Refused):
        click.echo(f"{words.say('zh', balanced.reason)} / {words.say('en', balanced.reason)}", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(balanced)
    else:
        _told(balanced)
    sys.exit(Exit.REFUSED if balanced.differences else Exit.DONE)


def _told(balanced: DayBalanced) -> None:
    for one in balanced.taken:
        sums = f"{one.payments} came, {yuan(one.paid_fen)}; {one.refunds} went back, {yuan(one.refunded_fen)}"
        click.echo(f"{one.agency:<28} {one.port:<16} {sums}")
    if balanced.stated is not None:
        stated = balanced.stated
        click.echo(f"{stated.port} says {yuan(stated.paid_fen)} came, {yuan(stated.refunded_fen)} went back")
    for other in balanced.differences:
        ours, theirs = ("nothing" if fen is None else yuan(fen) for fen in (other.ours_fen, other.theirs_fen))
        click.echo(f"! {other.movement} {other.reference}: we have {ours}, the port has {theirs}")
    click.echo("the books agree" if not balanced.differences else f"{len(balanced.differences)} differences")
