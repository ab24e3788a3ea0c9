"""`onecity licence`: check a licence, see one's own, look at one as an officer, end one together with a colleague."""

import asyncio
import sys
from datetime import date
from uuid import UUID, uuid4

import click
import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.acting import Credentials, as_somebody, signed_in, signing_in
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.places import in_json, machine_readable, tell_machine
from onecity.cli.service import written_part
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.licences import (
    Changed,
    Deed,
    Do,
    State,
    Verdict,
    ask_renewal,
    held_by,
    oversee,
    refuse_renewal,
    renew,
    state_on,
)
from onecity.licences.rules.renewal import RENEW
from onecity.licences.web import Checked
from onecity.licences.web.interface import WalletList, wallet_entries
from onecity.licences.web.opening import open_licence
from onecity.machinery.web import Visitor


class Sheet(msgspec.Struct, frozen=True):
    """A licence as an officer sees it; `happened` are the kinds of its facts with their instants."""

    licence: UUID
    identifier: str
    name: str
    code: State
    holder: str | None
    issued: date
    valid_until: date | None
    values: dict[str, str]
    happened: tuple[tuple[str, str], ...]


@click.group()
def licence() -> None:
    """What decisions give: licences, checked, looked at, ended."""


@licence.command()
@click.argument("identifier")
@machine_readable
@on_a_city
def verify(identifier: str, *, as_json: bool, settings: Settings) -> None:
    """What the city says of IDENTIFIER now. Exit code 0 only if it is valid.

    Example: onecity licence verify 1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q
    """

    async def checked() -> Checked:
        async with city_at_hand(settings) as city:
            return await city.cabinet.checked(identifier, lang="zh", now=now())

    found = asyncio.run(checked())
    if as_json:
        tell_machine(found)
    else:
        click.echo(f"{found.verdict}  {found.sentence}")
        for value in (found.name, found.issuer, found.holder, found.issued, found.valid_until):
            if value is not None:
                click.echo(f"  {value}")
    sys.exit(Exit.DONE if found.verdict is Verdict.VALID else Exit.REFUSED)


@licence.command("list")
@machine_readable
@signing_in
def list_own(*, as_json: bool, login: str, password: str, code: str, settings: Settings) -> None:
    """One's own licences, the newest first, each with what somebody is told who checks it now.

    Example: onecity licence list --login 410199198806120029
    """

    async def listed(city: City, visitor: Visitor) -> WalletList:
        found = await held_by(visitor.person, licences=city.cabinet.licences)
        return WalletList(tuple(await wallet_entries(found, cabinet=city.cabinet, lang="zh", now=now())))

    def told(_city: City, found: WalletList) -> str:
        if as_json:
            return in_json(found)
        return "\n".join(f"{one.identifier}  {one.name}  {one.verdict}  {one.issued}" for one in found.licences)

    as_somebody(Credentials(login, password, code), settings, listed, told)


@licence.command()
@click.argument("identifier")
@signing_in
def show(identifier: str, *, login: str, password: str, code: str, settings: Settings) -> None:
    """The licence of IDENTIFIER as JSON, for an officer who oversees it; the holder sees that they looked.

    Example: onecity licence show 1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q --login fuhe
    """

    async def shown(city: City, visitor: Visitor) -> Sheet | Refused:
        opened = await open_licence(identifier, cabinet=city.cabinet, visitor=visitor, channel=Channel.CLI, now=now())
        if isinstance(opened, Refused):
            return opened
        found = opened.licence
        kind = await city.cabinet.licences.type_of(found.issued)
        return Sheet(
            licence=found.id,
            identifier=str(found.identifier),
            name=kind.name.zh,
            code=state_on(found, day_in(city.cabinet.licences.zone, now())),
            holder=found.issued.holder_name,
            issued=found.issued.issued,
            valid_until=found.valid_until,
            values=city.cabinet.values_of(found, kind, "zh", public=False),
            happened=tuple((one.at.isoformat(), type(one.fact).__name__) for one in opened.history),
        )

    as_somebody(Credentials(login, password, code), settings, shown)


@licence.command("ask-renewal")
@click.argument("licence_id", metavar="LICENCE", type=click.UUID)
@signed_in
def ask_for_renewal(
    licence_id: UUID, *, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """Ask for the next edition of LICENCE of one's wallet, not later than thirty days before it ends.

    Example: onecity licence ask-renewal 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def asked(city: City, visitor: Visitor) -> Changed | Refused:
        by, licences = Acting(visitor.person, Channel.CLI), city.cabinet.licences
        return await ask_renewal(licence_id, licences=licences, key=key or uuid4(), by=by, now=now())

    as_somebody(Credentials(login, password, code), settings, asked)


@licence.command("renew")
@click.argument("identifier")
@click.option("--refuse", is_flag=True, help="It ends on its day; --write facts, rule and remedy.")
@click.option("--write", "words", multiple=True, metavar="PART=TEXT", help="What the holder is told.")
@signed_in
def renew_it(
    identifier: str, *, refuse: bool, words: tuple[str, ...], login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Give the licence of IDENTIFIER the next edition that its holder asked for, or refuse it.

    Example: onecity licence renew 1.2.156.3005.2.… --login zhengzhao
    """

    async def done(city: City, visitor: Visitor) -> Changed | Refused:
        cabinet, at = city.cabinet, now()
        opened = await open_licence(
            identifier, cabinet=cabinet, visitor=visitor, channel=Channel.CLI, now=at, duty=RENEW
        )
        if isinstance(opened, Refused):
            return opened
        found, once = opened.licence.id, key or uuid4()
        if not refuse:
            return await renew(found, licences=cabinet.licences, key=once, by=opened.by, now=at)
        said = dict(written_part(word) for word in words)
        return await refuse_renewal(found, said, licences=cabinet.licences, key=once, by=opened.by, now=at)

    as_somebody(Credentials(login, password, code), settings, done)


@licence.command()
@click.argument("identifier")
@click.option("--annul", "deed", flag_value=Deed.ANNUL.value, help="It should never have been given.")
@click.option("--confirm", "deed", flag_value=Deed.CONFIRM.value, help="What a colleague proposed.")
@click.option("--drop", "deed", flag_value=Deed.DROP.value, help="The proposal is off.")
@click.option("--write", "words", multiple=True, metavar="PART=TEXT", help="What the holder is told.")
@signed_in
def revoke(
    identifier: str, *, deed: str | None, words: tuple[str, ...], login: str, password: str, code: str,
    key: UUID | None, settings: Settings,
) -> None:  # fmt: skip
    """Propose to revoke the licence of IDENTIFIER, or confirm what a colleague proposed: one alone ends none.

    Example: onecity licence revoke 1.2.156.3005.2.… --write facts=… --write rule=… --login zhengzhao
    """
    command = Do(Deed(deed or Deed.REVOKE), dict(written_part(word) for word in words))

    async def done(city: City, visitor: Visitor) -> Changed | Refused:
        opened = await open_licence(identifier, cabinet=city.cabinet, visitor=visitor, channel=Channel.CLI, now=now())
        if isinstance(opened, Refused):
            return opened
        return await oversee(
            opened.licence.id, command, licences=city.cabinet.licences, key=key or uuid4(), by=opened.by, now=now()
        )

    as_somebody(Credentials(login, password, code), settings, done)
