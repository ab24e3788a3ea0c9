"""An application as it stands after everything that its person added to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import Case
from onecity.ledger import Recorded
from onecity.services.facts import Applied, AppliedAgain, Branch, JointExtended, Supplemented, Taken, WholeEnded
from onecity.services.pledging.facts import CheckOpened, Pledged


class Affair(msgspec.Struct, frozen=True):
    """An application: its answers and materials as they are now, its cases in the order in which they were opened.

    The answers are empty once the person is forgotten; `known` tells which of them still stand as a register gave
    them. `extended` is the extension of the joint limit. `pledges` are those on which cases are decided, `opened` the
    checks of such decisions, both by the case that is decided. One that is `closed` was a part of a project that others
    may begin anew: nothing of it is applied for again.
    """

    id: UUID
    version: int
    at: datetime
    applied: Applied
    answers: Mapping[str, str]
    materials: Mapping[str, str]
    licences: Mapping[str, UUID]
    branches: tuple[Branch, ...]
    extended: JointExtended | None = None
    known: Mapping[str, Taken] = {}
    pledges: Mapping[UUID, Pledged] = {}
    opened: Mapping[UUID, Branch] = {}
    closed: bool = False

    @property
    def checks(self) -> tuple[Branch, ...]:
        """The cases that look at decisions on a pledge."""
        return tuple(self.opened.values())

    def pledge_of(self, case: Case) -> Pledged | None:
        """The pledge on which a case is decided, or at whose decision it looks."""
        return self.pledges.get(case.opened.looks_at or case.id)

    def check_of(self, decided: UUID) -> Branch | None:
        """The case that looks at the decision of another one."""
        return self.opened.get(decided)

    def branch(self, case: UUID) -> Branch | None:
        """The branch of a case, if it belongs to this application; also that of a check."""
        return next((branch for branch in (*self.branches, *self.checks) if branch.case == case), None)


def folded(history: Iterable[Recorded]) -> Affair | None:
    """The application behind a history; None if the history is not that of an application."""
    affair: Affair | None = None
    for one in history:
        match one.fact:
            case Applied() as applied:
                answers = applied.answers or {}
                affair = Affair(
                    one.stream, 1, one.at, applied, answers, applied.materials, applied.licences, applied.branches,
                    known=applied.known,
                )  # fmt: skip
            case Supplemented() as added if affair:
                affair = _with(affair, added)
            case AppliedAgain(branch=branch) as added if affair:
                more = _with(affair, added)
                affair = msgspec.structs.replace(more, branches=(*more.branches, branch))
            case Pledged(case=case) as pledged if affair:
                affair = msgspec.structs.replace(affair, pledges={**affair.pledges, case: pledged})
            case CheckOpened(case=case, branch=branch) if affair:
                affair = msgspec.structs.replace(affair, opened={**affair.opened, case: branch})
            case JointExtended() as extended if affair:
                affair = msgspec.structs.replace(affair, extended=extended)
            case WholeEnded() if affair:
                affair = msgspec.structs.replace(affair, closed=True)
            case _:
                pass
        if affair is not None:
            affair = msgspec.structs.replace(affair, version=one.version)
    return affair


def _with(affair: Affair, added: Supplemented | AppliedAgain) -> Affair:
    return msgspec.structs.replace(
        affair,
        answers={**affair.answers, **(added.answers or {})},
        materials={**affair.materials, **added.materials},
        licences={**affair.licences, **added.licences},
        known={name: taken for name, taken in affair.known.items() if name not in (added.answers or {})},
    )
