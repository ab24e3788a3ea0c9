"""What a log of cases is, and what can be told from it: how long cases take, where they wait, in which order they go.

Instants and spans are whole microseconds, so that sums and medians are exact; days are told only at the edge.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from onecity.kernel.refusal import Reason

DAY_US: Final = 86_400_000_000
"""A day of 24 h. Unit: microseconds."""


class Unreadable(Reason):
    """Why a file is no log that can be mined."""

    EMPTY_FILE = "casework.mining.empty_file"
    NO_CASE = "casework.mining.no_case"
    NOT_GZIP = "casework.mining.not_gzip"
    DAMAGED = "casework.mining.damaged"
    BOMB = "casework.mining.bomb"
    TOO_LARGE = "casework.mining.too_large"
    NOT_XML = "casework.mining.not_xml"
    CUT = "casework.mining.cut"
    DOCTYPE = "casework.mining.doctype"
    NOT_XES = "casework.mining.not_xes"
    TOO_DEEP = "casework.mining.too_deep"
    TIME = "casework.mining.time"
    NOT_TEXT = "casework.mining.not_text"
    NOT_CSV = "casework.mining.not_csv"
    FIELDS = "casework.mining.fields"
    NO_COLUMN = "casework.mining.no_column"
    NOT_THERE = "casework.mining.not_there"
    DAY_OR_MONTH = "casework.mining.day_or_month"


class Event(NamedTuple):
    """Something that a log says of a case. `time` is None if the log does not say when; `begun` if it says no begin.

    `life` is the move of its lifecycle in small letters, "" if the log has none; `instance` tells repeats of a step
    apart. Units: microseconds since 1970 in UTC.
    """

    time: int | None
    step: str
    organ: str
    life: str = ""
    instance: str = ""
    begun: int | None = None


class Case(NamedTuple):
    """A case of a log with its events in the order of the file. `name` is "" if it has none."""

    name: str
    events: tuple[Event, ...]


class Remarks(msgspec.Struct):
    """What a reader saw on the way and nobody should have to guess.

    `naive` counts times without a zone, which are taken as UTC; `homeless` events that belong to no case.
    """

    naive: int = 0
    homeless: int = 0
    columns: Mapping[str, str] = msgspec.field(default_factory=dict)


class Spread(msgspec.Struct, frozen=True):
    """How a number of spans lie: the least, the middle one, the mean, the one that nine of ten do not exceed, the most.

    Units: days of 24 h.
    """

    least_days: float
    median_days: float
    mean_days: float
    p90_days: float
    most_days: float


class Wait(msgspec.Struct, frozen=True):
    """How long cases waited for `step` after `before`. `times` counts each wait, `cases` each case once.

    `organ` is the one waited for longest in this place, None where that is nobody whom the log names; `organ_days` is
    its part. Units: days of 24 h.
    """

    step: str
    before: str
    organ: str | None
    cases: int
    times: int
    median_days: float
    mean_days: float
    p90_days: float
    total_days: float
    organ_days: float


class WaitBy(msgspec.Struct, frozen=True):
    """How long cases waited for a step, or for an organ, wherever they came from. Units: days of 24 h."""

    name: str | None
    cases: int
    times: int
    median_days: float
    mean_days: float
    p90_days: float
    total_days: float


class Variant(msgspec.Struct, frozen=True):
    """An order of steps, how many cases went just so, and their share of all cases whose order is known."""

    steps: tuple[str, ...]
    cases: int
    share: float


class Findings(msgspec.Struct, frozen=True):
    """What a log tells. Lists are whole, the greatest first; `timed` cases have at least one usable time.

    `first` and `last` are the first and the last instant of the log, in microseconds since 1970.
    """

    cases: int
    events: int
    timed: int
    durations: Spread | None
    waiting: tuple[Wait, ...]
    by_step: tuple[WaitBy, ...]
    by_organ: tuple[WaitBy, ...]
    variants: tuple[Variant, ...]
    untimed_events: int
    repeated_names: int
    first: int | None
    last: int | None
