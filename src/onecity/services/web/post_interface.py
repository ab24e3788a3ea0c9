"""Results by post for programs: the post room's list, a parcel, its number, its return; the person's own choice."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import (
    Address,
    Case,
    Delivery,
    Moved,
    Posting,
    Returned,
    ask_another_time,
    choose_anew,
    find_case,
    post,
    take_back,
    waiting_for_post,
)
from onecity.casework import Why as CaseWhy
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import SIGNED_IN, Once, Operation, Paging, Visit, holding
from onecity.services.usecases import own_affair
from onecity.services.web.counter import Counter
from onecity.services.web.post_room import DELIVER

_OFTEN: Final = Rate(120, 60)
_A_PAGE: Final = 100


class Waiting(msgspec.Struct, frozen=True):
    """A result that waits to be sent; `due` is the latest day."""

    case: UUID
    item: str
    due: date | None


class WaitingList(msgspec.Struct, frozen=True):
    """A page of what waits to be sent; `goes_on` says whether there is a next one."""

    waiting: tuple[Waiting, ...]
    page: int
    goes_on: bool


class ParcelState(msgspec.Struct, frozen=True):
    """A parcel: its address by the person's `choice` of that number while it waits to be sent, when it left with which
    number of the carrier, why it came back. The carrier is simulated: the number was typed by hand.
    """

    case: UUID
    way: Delivery
    to: Address | None
    choice: int
    left: datetime | None
    tracking: str
    returned: Returned | None


class CameBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the carrier brought a parcel back."""

    why: Returned


class OwnChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the result of one's own case goes now: by post `to` an address, or to the counter."""

    case: UUID
    how: Delivery
    to: Address | None = None


class TimeWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another time for the next meeting of one's own case, in words."""

    case: UUID
    words: str


def parcel_state(case: Case) -> ParcelState:
    """The parcel of a case as a program is told of it."""
    state = case.post
    tracking = state.posted.tracking or "" if state.posted else ""
    to = state.to if case.waits_for_post else None
    return ParcelState(case.id, state.way, to, state.choice, state.left, tracking, state.returned)


class PostInterface:
    """The operations of results by post."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        who, one = holding(DELIVER), "/api/cases/{case}/post"
        return (
            Operation(
                "GET", "/api/post", who, self.waiting, "Results that wait for the post", WaitingList, may_lag=True
            ),
            Operation(
                "GET", one, who, self.parcel, "A parcel with its address; the look is recorded, and the person sees it",
                ParcelState,
            ),
            Operation("POST", one, who, Once(self.post), "Say that a parcel left", Moved, Posting, _OFTEN),
            Operation(
                "POST", f"{one}/return", who, Once(self.take_back), "Say that a parcel came back", Moved, CameBack,
                _OFTEN,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/post", SIGNED_IN, Once(self.choose),
                "Give another address for a result, or fetch it", Moved, OwnChoice, _OFTEN,
            ),
            Operation(
                "POST", "/api/affairs/{affair}/time", SIGNED_IN, Once(self.ask_time),
                "Ask once for another time of a visit", Moved, TimeWish, _OFTEN,
            ),
        )  # fmt: skip

    async def waiting(self, visit: Visit, _: None) -> WaitingList:
        paging = Paging.uncounted(visit, _A_PAGE)
        async with self._counter.ledger.readers.acquire() as connection:
            found = await waiting_for_post(
                connection, visit.someone.holding(DELIVER), limit=paging.one_more, offset=paging.offset
            )
        rows, paging = paging.cut(found)
        return WaitingList(
            tuple(Waiting(row.case.id, row.case.matter, row.due) for row in rows), paging.page, paging.goes_on
        )

    async def parcel(self, visit: Visit, _: None) -> ParcelState | Refused:
        case = await self._case(visit)
        if case is None or case.opened.delivery is not Delivery.POST or case.deliver_by is None:
            return Refused(CaseWhy.NOT_FOUND)
        by = self._author(visit, case)
        await self._counter.reads.note(case.opened.subject, "post", about=case.opened.affair, by=by, now=visit.now)
        return parcel_state(case)

    async def post(self, visit: Visit, command: Posting, key: UUID) -> Moved | Refused:
        case = await self._case(visit)
        if case is None:
            return Refused(CaseWhy.NOT_FOUND)
        by = self._author(visit, case)
        return await post(case.id, command, office=self._counter.office, key=key, by=by, now=visit.now)

    async def take_back(self, visit: Visit, command: CameBack, key: UUID) -> Moved | Refused:
        case = await self._case(visit)
        if case is None:
            return Refused(CaseWhy.NOT_FOUND)
        by = self._author(visit, case)
        return await take_back(case.id, command.why, office=self._counter.office, key=key, by=by, now=visit.now)

    async def choose(self, visit: Visit, command: OwnChoice, key: UUID) -> Moved | Refused:
        affair = visit.id("affair")
        own = await own_affair(affair, ledger=self._counter.ledger, by=visit.acting()) if affair else None
        if own is None or isinstance(own, Refused) or own.branch(command.case) is None:
            return Refused(CaseWhy.NOT_FOUND)
        return await choose_anew(
            CaseId(command.case), command.how, command.to, office=self._counter.office, key=key, by=visit.acting(),
            now=visit.now,
        )  # fmt: skip

    async def ask_time(self, visit: Visit, command: TimeWish, key: UUID) -> Moved | Refused:
        affair = visit.id("affair")
        own = await own_affair(affair, ledger=self._counter.ledger, by=visit.acting()) if affair else None
        if own is None or isinstance(own, Refused) or own.branch(command.case) is None:
            return Refused(CaseWhy.NOT_FOUND)
        return await ask_another_time(
            CaseId(command.case), command.words, office=self._counter.office, key=key, by=visit.acting(), now=visit.now
        )

    async def _case(self, visit: Visit) -> Case | None:
        asked = visit.id("case")
        held = visit.someone.holding(DELIVER)
        found = await find_case(asked, held, office=self._counter.office) if asked else None
        return found.case if found else None

    def _author(self, visit: Visit, case: Case) -> Acting:
        return visit.acting_as(DELIVER, case.opened.agency, case.opened.area)
