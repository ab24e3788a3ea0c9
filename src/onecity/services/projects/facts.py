"""What can happen to a construction project."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from onecity.ledger import Fact, FactType, Personal
from onecity.services.approvals import Planned

_KEPT: Final = "as long as the approvals of the project, archives law"


class Part(msgspec.Struct, frozen=True):
    """An approval of a project: as which item one applies for it, in which stage, and how it was planned."""

    item: str
    stage: int
    planned: Planned


class ProjectOpened(Fact, frozen=True):
    """Somebody began a project: its code, its type, where it lies, and the plan that the city promised on that day.

    `added` and `taken` are the approvals that count, or do not, because of what the project is. The name and what else
    was asked are locked under the key of whoever began it. `pack` is the version that the plan follows from.
    """

    subject: UUID
    code: str
    type: str
    area: str
    opened: date
    added: tuple[str, ...]
    taken: tuple[str, ...]
    plan: tuple[Part, ...]
    pack: str
    answers: Annotated[dict[str, str] | None, Personal(subject="subject", kept=_KEPT)]


class StageApplied(Fact, frozen=True):
    """One application for all approvals of a stage was handed in."""

    stage: int
    affair: UUID
    subject: UUID


class VisitSet(Fact, frozen=True):
    """On which day all departments of a stage come together, in one visit."""

    stage: int
    day: date
    subject: UUID


class ProjectDropped(Fact, frozen=True):
    """Whoever began the project gave the project up before any application; another one may begin under its code."""

    subject: UUID


class ProjectFreed(Fact, frozen=True):
    """Whoever leads the approvals freed the code of a project of which nothing is under way or granted; another one may
    begin under it. The reason is locked under the key of whoever had begun it, who reads it in a letter.
    """

    subject: UUID
    reason: Annotated[str | None, Personal(subject="subject", kept=_KEPT)]


FACTS: Final = (
    FactType("services.project_opened", ProjectOpened),
    FactType("services.project_stage_applied", StageApplied),
    FactType("services.project_visit_set", VisitSet),
    FactType("services.project_dropped", ProjectDropped),
    FactType("services.project_freed", ProjectFreed),
)
