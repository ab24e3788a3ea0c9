"""An application as it stands after everything that its person added to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.ledger import Recorded
from onecity.services.facts import Applied, AppliedAgain, Branch, JointExtended, Supplemented, Taken


class Affair(msgspec.Struct, frozen=True):
    """An application: its answers and materials as they are now, its cases in the order in which they were opened.

    The answers are empty once the person is forgotten; `known` tells which of them still stand as a register gave
    them. `extended` is the extension of the joint limit.
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

    def branch(self, case: UUID) -> Branch | None:
        """The branch of a case, if it belongs to this application."""
        return next((branch for branch in self.branches if branch.case == case), None)


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
            case JointExtended() as extended if affair:
                affair = msgspec.structs.replace(affair, extended=extended)
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
