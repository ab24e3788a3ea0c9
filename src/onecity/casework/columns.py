"""What an export says of cases in clear: what they are about, where, until when, how they ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from onecity.casework.facts import (
    CaseEnded,
    CaseOpened,
    CaseReopened,
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    Rated,
    StepTaken,
)
from onecity.kernel.instants import bounds_of
from onecity.ledger import Columns, ColumnType, Recorded
from onecity.ledger.columns import Value


def _told(recorded: Recorded, zone: ZoneInfo) -> Mapping[str, Value]:
    case: dict[str, Value] = {"case_id": str(recorded.stream)}
    match recorded.fact:
        case CaseOpened() as opened:
            what = {"matter": opened.matter, "process": opened.process, "agency": opened.agency, "area": opened.area}
            return case | what | {"received": opened.received}
        case StepTaken(step=step, outcome=outcome):
            return case | {"step": step, "outcome": outcome}
        case CaseEnded(result=result, good=good):
            return case | {"result": result, "good": good}
        case Rated(level=level):
            return case | {"level": level}
        case CaseReopened():
            return case
        case ClockStarted() | ClockStopped() | ClockResumed() | ClockExtended() | ClockRecounted() as moved:
            return case | {"latest": _latest(moved.counted, zone)}
        case _:
            raise AssertionError("columns are asked only for their own facts")


def _latest(counted: Counted, zone: ZoneInfo) -> datetime:
    """The latest instant of a case: that of its limit in hours, or the end of its latest day in the city."""
    return counted.at or bounds_of(zone, counted.due)[1]


COLUMNS: Final = Columns(
    types={
        "case_id": ColumnType.TEXT,
        "matter": ColumnType.TEXT,
        "process": ColumnType.TEXT,
        "agency": ColumnType.TEXT,
        "area": ColumnType.TEXT,
        "received": ColumnType.DAY,
        "step": ColumnType.TEXT,
        "outcome": ColumnType.TEXT,
        "latest": ColumnType.INSTANT,
        "result": ColumnType.TEXT,
        "good": ColumnType.FLAG,
        "level": ColumnType.WHOLE,
    },
    facts=(
        CaseOpened, StepTaken, CaseEnded, Rated, CaseReopened,
        ClockStarted, ClockStopped, ClockResumed, ClockExtended, ClockRecounted,
    ),
    told=_told,
)  # fmt: skip
