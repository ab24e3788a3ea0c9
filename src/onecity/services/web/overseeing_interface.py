"""Construction projects for programs of whoever leads them: those of an area, one with its days, the joint
visit, and codes that somebody holds without need.
"""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Once, Operation, Visit, holding
from onecity.services.projects.rules import OVERSEE
from onecity.services.projects.usecases import Led
from onecity.services.web.counter import Counter
from onecity.services.web.overseeing import free, led_here, opened_to_lead
from onecity.services.web.projects_interface import ProjectList, ProjectState, line_of, state_of_project

_OFTEN: Final = Rate(120, 60)
_A_PAGE: Final = 20


class VisitDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The working day on which all departments come to look together."""

    day: date


class FreeCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the code of a project is freed; whoever held it reads that in a letter."""

    reason: str


class OverseeingInterface:
    """The operations of the duty `services.oversee_projects`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def operations(self) -> tuple[Operation, ...]:
        """Each with who may and what it says of itself."""
        who, one = holding(OVERSEE), "/api/desk/projects/{project}"
        return (
            Operation("GET", "/api/desk/projects", who, self.all, "The projects that one leads", ProjectList),
            Operation(
                "GET", one, who, self.one, "A project that one leads, with each of its days; the look is recorded",
                ProjectState,
            ),
            Operation(
                "POST", f"{one}/visit", who, Once(self.visit), "Set the day on which all departments come to look", Led,
                VisitDay, _OFTEN,
            ),
            Operation(
                "POST", f"{one}/free", who, Once(self.free), "Free the code of a project of which nothing is under way",
                Led, FreeCode, _OFTEN,
            ),
        )  # fmt: skip

    async def all(self, visit: Visit, _: None) -> ProjectList:
        found, paging = await led_here(visit, self._counter, _A_PAGE)
        return ProjectList(tuple(map(line_of, found)), paging.page, paging.goes_on)

    async def one(self, visit: Visit, _: None) -> ProjectState | Refused:
        opened = await opened_to_lead(visit, self._counter)
        if isinstance(opened, Refused):
            return opened
        return await state_of_project(self._counter.projects, opened[0], today=visit.today)

    async def visit(self, visit: Visit, command: VisitDay, key: UUID) -> Led | Refused:
        opened = await opened_to_lead(visit, self._counter)
        if isinstance(opened, Refused):
            return opened
        project, by = opened
        return await self._counter.projects.set_visit(project.id, command.day, by=by, key=key, now=visit.now)

    async def free(self, visit: Visit, command: FreeCode, key: UUID) -> Led | Refused:
        freed = await free(visit, self._counter, command.reason, key=key)
        return freed if isinstance(freed, Refused) else freed[1]
