"""A construction project as it stands after everything that happened to it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

import msgspec

from onecity.ledger import Recorded
from onecity.services.approvals import Plan, plan_of
from onecity.services.projects.facts import Part, ProjectDropped, ProjectFreed, ProjectOpened, StageApplied, VisitSet


class Project(msgspec.Struct, frozen=True, dict=True):
    """A project: how it began, the application of each stage, and the days that were set for its joint visit.

    Of the `visit_days` the first one stands first, and the last one holds. One that was `dropped`, by whoever began
    it or by whoever leads the approvals, is over; another one may begin under its code.
    """

    id: UUID
    version: int
    opened: ProjectOpened
    affairs: Mapping[int, UUID] = {}
    visit_days: Mapping[int, tuple[date, ...]] = {}
    dropped: bool = False

    @property
    def visits(self) -> Mapping[int, date]:
        """The day of the joint visit of each stage that has one."""
        return {stage: days[-1] for stage, days in self.visit_days.items()}

    @cached_property
    def plan(self) -> Plan:
        """What was planned when it began."""
        return plan_of([part.planned for part in self.opened.plan])

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """The approvals by the ids of their rows."""
        return {part.planned.id: part for part in self.opened.plan}

    @property
    def answers(self) -> Mapping[str, str]:
        """What was asked when it began; nothing once the person is forgotten."""
        return self.opened.answers or {}

    def of_stage(self, stage: int) -> tuple[Part, ...]:
        """The approvals of a stage, in the order of the plan."""
        return tuple(part for one in self.plan.items if (part := self.parts[one.id]).stage == stage)


class Covered(msgspec.Struct, frozen=True):
    """An approval at which all departments look together: its row of the list, its item, who decides it, and its case.

    `step` of the case is that of the visit which its department named itself, `at` a moment of the joint day; without
    one no hour of that day is named, or none was. `seen` says whether somebody looked already, `open` whether it is
    still undecided.
    """

    row: str
    item: str
    agency: str
    affair: UUID
    case: UUID
    step: str
    at: datetime | None
    seen: bool
    open: bool


class JointVisit(msgspec.Struct, frozen=True):
    """The day on which all departments come to look together, and what at.

    `first` is the day that was set first, `put_off` how often another one was set since.
    """

    stage: int
    day: date
    first: date
    put_off: int
    covers: tuple[Covered, ...]


def project_of(history: Iterable[Recorded]) -> Project | None:
    """The project behind a history; None if there is none."""
    found: Project | None = None
    for one in history:
        match one.fact:
            case ProjectOpened() as opened:
                found = Project(one.stream, one.version, opened)
            case StageApplied(stage=stage, affair=affair) if found:
                found = msgspec.structs.replace(found, affairs={**found.affairs, stage: affair})
            case VisitSet(stage=stage, day=day) if found:
                before = found.visit_days.get(stage, ())
                # Before cases kept the day, the same one could be set twice.
                days = before if before[-1:] == (day,) else (*before, day)
                found = msgspec.structs.replace(found, visit_days={**found.visit_days, stage: days})
            case ProjectDropped() | ProjectFreed() if found:
                found = msgspec.structs.replace(found, dropped=True)
            case _:
                return None
        found = msgspec.structs.replace(found, version=one.version)
    return found
