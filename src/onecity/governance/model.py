"""A report as it stands after everything that happened to it, and what governance knows of a case beside casework."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.casework import StepTaken
from onecity.governance.facts import (
    CheckedIn,
    Evidenced,
    Filed,
    Joined,
    Parted,
    PhotoKeptBack,
    PhotoReleased,
    PhotoWithdrawn,
    Reported,
)
from onecity.kernel.ids import PersonId
from onecity.ledger import Recorded

_REPLACED: Final = msgspec.structs.replace
PhotoDecided: TypeAlias = PhotoReleased | PhotoKeptBack | PhotoWithdrawn


class Mark(StrEnum):
    """The shape of a case on a map, what is late first: its stage, and above all that it is late."""

    LATE = "late"
    WAITING = "waiting"
    HANDLING = "handling"
    VERIFY = "verify"
    VERIFIED = "verified"


class Report(msgspec.Struct, frozen=True):
    """What somebody reported, the case that it follows now, and the version as in the ledger.

    `parted` are the cases that began for it after the first, one each time that it had been joined to a wrong one.
    """

    id: UUID
    version: int
    told: Reported
    case: UUID
    parted: tuple[UUID, ...] = ()

    @property
    def cases(self) -> tuple[UUID, ...]:
        """Every case that began for it: what is sealed in their histories lies under the key of whoever reported."""
        return (self.told.case, *self.parted)


class Problem(msgspec.Struct, frozen=True):
    """What governance knows of a case: how it was filed last, the photographs of each step, what was decided of each,
    and who looked at the place.

    `brought` is who first brought a photograph of a step or of a look; `looked` are those who checked in for a step
    since it began to wait, with what they found last.
    """

    filed: Filed | None = None
    evidence: tuple[Evidenced, ...] = ()
    decided: Mapping[str, PhotoDecided] = {}
    brought: Mapping[str, PersonId | None] = {}
    checks: tuple[CheckedIn, ...] = ()
    looked: Mapping[tuple[str, UUID | None], CheckedIn] = {}

    @property
    def photos(self) -> tuple[str, ...]:
        """Every photograph that an officer brought."""
        shown = (*(one.photos for one in self.evidence), *(one.photos for one in self.checks))
        return tuple(name for photos in shown for name in photos)

    def shown(self, photo: str) -> PhotoReleased | None:
        """The release of a photograph, if everybody may see its copy now."""
        found = self.decided.get(photo)
        return found if isinstance(found, PhotoReleased) else None


def report_of(history: Iterable[Recorded]) -> Report | None:
    """The report behind a history; None if the history is not that of a report."""
    report: Report | None = None
    for one in history:
        match one.fact:
            case Reported() as told if one.version == 1:
                report = Report(one.stream, 1, told, told.case)
            case Joined(case=case) if report is not None:
                report = _REPLACED(report, case=case)
            case Parted(case=case) if report is not None:
                report = _REPLACED(report, case=case, parted=(*report.parted, case))
            case _:
                pass
        if report is not None:
            report = _REPLACED(report, version=one.version)
    return report


def problem_of(history: Iterable[Recorded]) -> Problem:
    """What governance knows of a case, from its history."""
    problem = Problem()
    for one in history:
        match one.fact:
            case Filed() as filed:
                problem = _REPLACED(problem, filed=filed)
            case Evidenced() as evidenced:
                brought = dict.fromkeys(evidenced.photos, one.by.person) | dict(problem.brought)
                problem = _REPLACED(problem, evidence=(*problem.evidence, evidenced), brought=brought)
            case PhotoReleased() | PhotoKeptBack() | PhotoWithdrawn() as decided:
                problem = _REPLACED(problem, decided={**problem.decided, decided.photo: decided})
            case CheckedIn() as check:
                looked = {**problem.looked, (check.step, one.by.person): check}
                brought = dict.fromkeys(check.photos, one.by.person) | dict(problem.brought)
                problem = _REPLACED(problem, checks=(*problem.checks, check), looked=looked, brought=brought)
            case StepTaken(opens=opens):
                again = {todo.step for todo in opens}
                looked = {key: found for key, found in problem.looked.items() if key[0] not in again}
                problem = _REPLACED(problem, looked=looked)
            case _:
                pass
    return problem
