"""What can happen to a pledge: it stands in the history of its application. Nothing of it is personal text."""

from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from onecity.ledger import Fact, FactType
from onecity.services.facts import Branch


class Found(StrEnum):
    """What the check found: the pledge holds, it was broken, or there was nothing left to look at."""

    KEPT = "kept"
    BROKEN = "broken"
    NOTHING = "nothing"


class Pledged(Fact, frozen=True):
    """The person agreed to the pledge of a matter in the `version` that they read, and the case is decided on it."""

    subject: UUID
    matter: str
    case: UUID
    version: str


class CheckOpened(Fact, frozen=True):
    """The decision on a pledge was granted: the case of `branch` looks at it until the day `by`."""

    subject: UUID
    case: UUID
    branch: Branch
    by: date


class PledgeChecked(Fact, frozen=True):
    """The check ended. A pledge that was broken bars others in the same matter until a day."""

    subject: UUID
    matter: str
    case: UUID
    check: UUID
    found: Found
    barred_until: date | None


FACTS: Final = (
    FactType("services.pledged", Pledged),
    FactType("services.pledge_case_opened", CheckOpened),
    FactType("services.pledge_checked", PledgeChecked),
)
