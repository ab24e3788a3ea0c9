"""Applications and cases as programs are told of them, on the interface and on the command line."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.casework import DueFor
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.people import matters_of
from onecity.services import store
from onecity.services.usecases import own_affair
from onecity.services.web.affairs import Affairs
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown


class CaseState(msgspec.Struct, frozen=True):
    """A case: `waiting` for acceptance, `running`, or the word of its result; `steps` wait, `lacking` is missing.

    `due` is the latest day, and `due_for` says what for; it is `provisional` while the case runs and a day on the way
    to it lies in a year whose holidays are not published yet.
    """

    case: UUID
    item: str
    state: str
    steps: tuple[str, ...]
    received: date
    accepted: date | None
    due: date
    due_for: DueFor
    provisional: bool
    lacking: tuple[str, ...] = ()


class AffairState(msgspec.Struct, frozen=True):
    """An application with its cases; another try at an item stands after the one before."""

    affair: UUID
    number: str
    applied: datetime
    cases: tuple[CaseState, ...]


class AffairList(msgspec.Struct, frozen=True):
    """A page of a person's applications, the newest first; `goes_on` says whether there is a next one."""

    affairs: tuple[UUID, ...]
    page: int = 1
    goes_on: bool = False


def state_of(one: Shown) -> CaseState:
    """A case as a program is told of it."""
    case = one.case
    lacking = tuple(case.lacking) if one.state == "yours" else ()
    provisional = case.result is None and one.due.provisional
    return CaseState(
        case.id, case.opened.matter, one.state, tuple(sorted(case.waiting)), case.opened.received, one.accepted,
        one.due.day, one.due_for, provisional, lacking,
    )  # fmt: skip


async def own_affairs(counter: Counter, *, by: Acting, limit: int | None = None, offset: int = 0) -> list[UUID]:
    """The applications of whoever asks, or of whom they act for, the newest first; without a `limit` all of them."""
    assert by.subject is not None, "only people have affairs"
    async with counter.ledger.readers.acquire() as connection:
        within = await matters_of(connection, by)
        rows = await store.affairs_of(connection, by.subject, within=within, limit=limit, offset=offset)
    return [row.affair for row in rows]


async def affair_state(counter: Counter, affair: UUID, *, by: Acting, today: date) -> AffairState | Refused:
    """An application of whoever asks, with its cases in the order in which they began."""
    found = await own_affair(affair, ledger=counter.ledger, by=by)
    if isinstance(found, Refused):
        return found
    parts = await Affairs(counter).parts(found.id, today=today)
    of: dict[UUID, Shown] = {part.shown.case.id: part.shown for part in parts}
    begun = [state_of(of[branch.case]) for branch in (*found.branches, *found.checks)]
    return AffairState(found.id, found.applied.number, found.at, tuple(begun))
