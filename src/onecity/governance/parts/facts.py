"""What can happen to an entry of the register of parts."""

from enum import StrEnum
from typing import Final

from onecity.governance.parts.model import PartEntry, PartNumber
from onecity.ledger import Fact, FactType


class Withdrawal(StrEnum):
    """Why an entry is taken out: it stands twice, or the thing never stood there. What is gone is `removed` instead."""

    TWICE = "twice"
    NEVER_THERE = "never_there"


class PartRecorded(Fact, frozen=True):
    """A part was entered for the first time; its number names its history."""

    entry: PartEntry


class PartChanged(Fact, frozen=True):
    """The register tells something else of a part now: all of it, not only what differs."""

    entry: PartEntry


class PartWithdrawn(Fact, frozen=True):
    """The entry was a mistake. Its number is never given to another thing."""

    number: PartNumber
    because: Withdrawal


PART_FACTS: Final = (
    FactType("governance.part_recorded", PartRecorded),
    FactType("governance.part_changed", PartChanged),
    FactType("governance.part_withdrawn", PartWithdrawn),
)
