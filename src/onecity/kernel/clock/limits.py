"""What the law and the city promise about time, and what may stop or lengthen it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec


class Unit(StrEnum):
    """How a limit counts. `working_days` is the rule of the permit law, article 82."""

    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"
    WORKING_HOURS = "working_hours"
    URGENT_HOURS = "urgent_hours"

    @property
    def in_hours(self) -> bool:
        """Whether it counts from an instant and not from a day."""
        return self in (Unit.WORKING_HOURS, Unit.URGENT_HOURS)


class Limit(msgspec.Struct, frozen=True):
    """A number of days or hours. Zero days means: at once, on the day itself."""

    number: int
    unit: Unit = Unit.WORKING_DAYS


DELIVERY: Final = Limit(10)
"""Source: 行政许可法 article 44: the result is delivered within ten days of the decision."""

TACIT_ACCEPTANCE: Final = Limit(5)
"""Source: 行政许可法 article 32 (4): told within five days, else accepted as of the day of receipt."""

JOINT: Final = Limit(45)
"""Source: 行政许可法 article 42 ¶2: unified, joint or centralised handling."""

JOINT_EXTENSION: Final = 15
"""Working days by which the head of government may extend a joint limit. Source: article 42 ¶2."""


class StopKind(StrEnum):
    """What may stop the clock; the list is closed. Source: 行政许可法 article 45.

    `DEFERRAL` alone is not of the permit law: what cannot be mended now is put off (缓办) to a day on which it is
    looked at again.
    """

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    DEFERRAL = "deferral"


class Stop(msgspec.Struct, frozen=True):
    """The clock stands still from `first` on; `planned` working days were announced on `told`.

    `last` is the last day that stood still, None while the stop still runs. For limits in hours `at` and `until` are
    the instants between which it stood.
    """

    kind: StopKind
    first: date
    planned: int
    told: date
    last: date | None = None
    at: datetime | None = None
    until: datetime | None = None


class Extension(msgspec.Struct, frozen=True):
    """The one extension of a limit, granted by a named head with a reason that is told.

    Units: working days; hours where the limit counts hours.
    """

    days: int
    granted: date
    reason: str


class Run(msgspec.Struct, frozen=True):
    """A limit at work since a day of acceptance, with what stopped or lengthened it.

    `at` is the instant since which a limit in hours runs.
    """

    since: date
    limit: Limit
    stops: tuple[Stop, ...] = ()
    extension: Extension | None = None
    at: datetime | None = None
