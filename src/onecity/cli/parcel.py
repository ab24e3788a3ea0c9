"""`onecity parcel`: results that go by post, for the post room of an agency; as whoever signs in."""

from typing import Final
from uuid import UUID, uuid4

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.casework import Case, Moved, Posting, Returned, find_case, post, take_back, waiting_for_post
from onecity.casework import Why as CaseWhy
from onecity.cli.acting import Credentials, as_somebody, signed_in, signing_in
from onecity.cli.places import in_json, machine_readable
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.services.web.post_interface import ParcelState, Waiting, WaitingList, parcel_state
from onecity.services.web.post_room import DELIVER

_MOST: Final = 1_000


@click.group()
def parcel() -> None:
    """Results by post: what waits, where one goes, that it left or came back. The carrier is simulated."""


@parcel.command("list")
@machine_readable
@signing_in
def list_waiting(*, as_json: bool, login: str, password: str, code: str, settings: Settings) -> None:
    """What waits to be sent, the earliest day first.

    Example: onecity parcel list --login songda
    """

    async def done(city: City, visitor: Visitor) -> WaitingList:
        async with city.counter.ledger.readers.acquire() as connection:
            rows = await waiting_for_post(connection, visitor.holding(DELIVER), limit=_MOST)
        return WaitingList(tuple(Waiting(row.case.id, row.case.matter, row.due) for row in rows), 1, goes_on=False)

    def told(city: City, found: WaitingList) -> str:
        lines = (f"{one.case}  {one.due}  {city.counter.scribe.matter('zh', one.item)}" for one in found.waiting)
        return in_json(found) if as_json else "\n".join(lines)

    as_somebody(Credentials(login, password, code), settings, done, told)


@parcel.command()
@click.argument("case_id", metavar="CASE", type=click.UUID)
@signing_in
def show(case_id: UUID, *, login: str, password: str, code: str, settings: Settings) -> None:
    """Where the result of CASE goes; the look is recorded, and the person sees it.

    Example: onecity parcel show 0199c6a3-0000-7000-8000-000000000000 --login songda
    """

    async def done(city: City, visitor: Visitor) -> ParcelState | Refused:
        case = await _case(city, visitor, case_id)
        if case is None or case.deliver_by is None:
            return Refused(CaseWhy.NOT_FOUND)
        by, opened = _by(visitor, case), case.opened
        await city.counter.reads.note(opened.subject, "post", about=opened.affair, by=by, now=now())
        return parcel_state(case)

    as_somebody(Credentials(login, password, code), settings, done)


@parcel.command()
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.argument("tracking")
@click.option("--choice", type=int, required=True, help="Which address of the person it bears, as `show` says.")
@signed_in
def sent(
    case_id: UUID, tracking: str, *, choice: int, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Say that the result of CASE was given to a carrier, under the number TRACKING.

    Example: onecity parcel sent 0199c6a3-… EZ123456789CN --choice 2 --login songda
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        case = await _case(city, visitor, case_id)
        if case is None:
            return Refused(CaseWhy.NOT_FOUND)
        command, office = Posting(tracking, choice), city.counter.office
        return await post(case.id, command, office=office, key=key or uuid4(), by=_by(visitor, case), now=now())

    as_somebody(Credentials(login, password, code), settings, done)


@parcel.command()
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.argument("why", type=click.Choice([str(one) for one in Returned]))
@signed_in
def returned(
    case_id: UUID, why: str, *, login: str, password: str, code: str, key: UUID | None, settings: Settings
) -> None:
    """Say that the carrier brought the result of CASE back, and WHY.

    Example: onecity parcel returned 0199c6a3-… nobody --login songda
    """

    async def done(city: City, visitor: Visitor) -> Moved | Refused:
        case = await _case(city, visitor, case_id)
        if case is None:
            return Refused(CaseWhy.NOT_FOUND)
        office, by = city.counter.office, _by(visitor, case)
        return await take_back(case.id, Returned(why), office=office, key=key or uuid4(), by=by, now=now())

    as_somebody(Credentials(login, password, code), settings, done)


async def _case(city: City, visitor: Visitor, case: UUID) -> Case | None:
    """A case that the post rooms of whoever asks have to do with."""
    found = await find_case(case, visitor.holding(DELIVER), office=city.counter.office)
    return found.case if found else None


def _by(visitor: Visitor, case: Case) -> Acting:
    return visitor.acting_as(Channel.CLI, DELIVER, case.opened.agency, case.opened.area)
