"""A construction project as it stands after everything that happened to it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from uuid import UUID

import msgspec

from onecity.ledger import Recorded
from onecity.services.approvals import Plan, plan_of
from onecity.services.projects.facts import Part, ProjectDropped, ProjectOpened, StageApplied, VisitSet


class Project(msgspec.Struct, frozen=True, dict=True):
    """A project: how it began, the application of each stage, and the day of the joint visit of a stage.

    One that was `dropped` is over before it applied for anything; another one may begin under its code.
    """

    id: UUID
    version: int
    opened: ProjectOpened
    affairs: Mapping[int, UUID] = {}
    visits: Mapping[int, date] = {}
    dropped: bool = False

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
                found = msgspec.structs.replace(found, visits={**found.visits, stage: day})
            case ProjectDropped() if found:
                found = msgspec.structs.replace(found, dropped=True)
            case _:
                return None
        found = msgspec.structs.replace(found, version=one.version)
    return found
