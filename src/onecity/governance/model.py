"""A report as it stands after everything that happened to it, and what governance knows of a case beside casework."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.governance.facts import (
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


class Report(msgspec.Struct, frozen=True):
    """What somebody reported, the case that it follows now, and the version as in the ledger."""

    id: UUID
    version: int
    told: Reported
    case: UUID


class Problem(msgspec.Struct, frozen=True):
    """What governance knows of a case: how it was filed last, the photographs of each step, what was decided of each.

    `brought` is who brought a photograph of a step.
    """

    filed: Filed | None = None
    evidence: tuple[Evidenced, ...] = ()
    decided: Mapping[str, PhotoDecided] = {}
    brought: Mapping[str, PersonId | None] = {}

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
            case Joined(case=case) | Parted(case=case) if report is not None:
                report = _REPLACED(report, case=case)
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
                brought = dict(problem.brought) | dict.fromkeys(evidenced.photos, one.by.person)
                problem = _REPLACED(problem, evidence=(*problem.evidence, evidenced), brought=brought)
            case PhotoReleased() | PhotoKeptBack() | PhotoWithdrawn() as decided:
                problem = _REPLACED(problem, decided={**problem.decided, decided.photo: decided})
            case _:
                pass
    return problem
