"""What a pack keeps of proposals: which a person took up or left, by which role, when and why."""

from collections.abc import Iterator, Mapping
from typing import Final

from onecity.packs import Declared, Fault, Kind, Pack
from onecity.packs.tables import Table
from onecity.services.auditing.model import Decision


class Decisions(Table[Decision], frozen=True):
    """What people decided about the proposals of the audit, each with its reason."""


LEAST_REASON: Final = 4
"""Signs of the shortest reason that is one."""


def _check(_pack: Pack, declared: Declared[Decisions]) -> Iterator[Fault]:
    for number, row in enumerate(declared.value.rows):
        if ":" not in row.proposal:
            mend = "Copy the id of a proposal from `onecity catalogue audit`."
            yield declared.fault(f"rows.{number}.proposal", f"`{row.proposal}` is no proposal.", mend)
        if len(row.reason) < LEAST_REASON:
            yield declared.fault(f"rows.{number}.reason", "This is no reason.", "Write why, in a sentence.")


AUDIT_DECISION: Final[Kind[Decisions]] = Kind(
    "audit_decision", "services/audit_decisions.csv", Decisions, _check, single=True, optional=True
)


def decisions_of(pack: Pack) -> Mapping[str, Decision]:
    """The decisions of a pack, by the proposal."""
    return {row.proposal: row for table in pack.all(AUDIT_DECISION).values() for row in table.value.rows}
