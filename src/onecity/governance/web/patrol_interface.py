"""Patrol for machines: the nearest tasks, with the place in the body of the request, and that somebody looked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import Moved
from onecity.casework import Why as CaseWhy
from onecity.governance.patrol import Way
from onecity.governance.rules import Found, Why
from onecity.governance.rules.patrolling import LOOKS, CheckIn
from onecity.governance.usecases import Told
from onecity.governance.usecases.patrolling import Where, check_in, nearest_tasks, stands, tell_on_patrol
from onecity.governance.usecases.reporting import place_of
from onecity.governance.web.centre import Centre
from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Once, Operation, Visit, holding

_OFTEN: Final = Rate(120, 60)
_MOST: Final = 100


class FieldTask(msgspec.Struct, frozen=True):
    """A step that waits on the street. Its place is that of the thing if `exact`, else the middle of its grid cell.

    Units: degrees (WGS-84); `metres` from where the caller stands; `direction` is one of eight, n over e to nw.
    """

    case: UUID
    step: str
    number: str
    matter: str
    area: str
    cell: str | None
    longitude: float | None
    latitude: float | None
    exact: bool
    metres: int | None
    direction: str | None
    latest: datetime


class FieldTasks(msgspec.Struct, frozen=True):
    """The nearest tasks of the caller, the nearest first; without a place by their latest time."""

    tasks: tuple[FieldTask, ...]


class PatrolInterface:
    """The operations of those who walk the street."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def operations(self) -> Sequence[Operation]:
        """Each with who may and what it says of itself."""
        look = holding(*sorted(LOOKS))
        return (
            Operation(
                "POST", "/api/street/patrol", look, self.tasks,
                "The caller's tasks on the street, the nearest first; the place orders them and is not kept",
                FieldTasks, Where, _OFTEN,
            ),
            Operation(
                "POST", "/api/street/patrol/reports", look, Once(self.tell),
                "Report what was found on the way; under a condition it is filed and sent to the unit at once",
                Told, Found, _OFTEN,
            ),
            Operation(
                "POST", "/api/street/{problem}/check-ins", look, Once(self.check_in),
                "Say that somebody looked at the place; it moves nothing", Moved, CheckIn, _OFTEN,
            ),
        )  # fmt: skip

    async def tasks(self, visit: Visit, where: Where) -> FieldTasks | Refused:
        here = stands(where, self._centre.street)
        if isinstance(here, Refused):
            return here
        someone = visit.someone
        ways = await nearest_tasks(someone.duties, someone.person, here, street=self._centre.street)
        return FieldTasks(tuple(_told(way) for way in ways[:_MOST]))

    async def tell(self, visit: Visit, command: Found, key: UUID) -> Told | Refused:
        centre = self._centre
        placed = place_of(command, centre.street, now=visit.now)
        if isinstance(placed, Refused):
            return placed
        by = centre.acting_in(visit, LOOKS, placed.area)
        if by is None:
            return Refused(CaseWhy.NOT_YOUR_DUTY)
        return await tell_on_patrol(command, placed, None, street=centre.street, key=key, by=by, now=visit.now)

    async def check_in(self, visit: Visit, command: CheckIn, key: UUID) -> Moved | Refused:
        at_hand = await self._centre.find(visit)
        if isinstance(at_hand, Refused):
            return at_hand
        declared = at_hand.terms.process.steps.get(command.step)
        if declared is None:
            return Refused(Why.NO_FIELD_TASK)
        if command.step not in at_hand.case.waiting:
            return Refused(CaseWhy.NO_SUCH_STEP)
        by = self._centre.author(visit, at_hand, command.step, next(iter(declared.outcomes)))
        return await check_in(at_hand.known, command, street=self._centre.street, key=key, by=by, now=visit.now)


def _told(way: Way) -> FieldTask:
    task = way.task
    longitude, latitude = task.place or (None, None)
    return FieldTask(
        task.case, task.step, task.number, task.matter, task.area, task.cell, longitude, latitude, task.exact,
        way.metres, way.direction, task.latest,
    )  # fmt: skip
