"""What an export says of the street in clear: reports without whoever sent them, and where each move leads a case."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from onecity.casework import CaseReopened, StepTaken
from onecity.governance.facts import Filed, Joined, Parted, Reported
from onecity.governance.steps import stage_of
from onecity.kernel.instants import bounds_of
from onecity.ledger import Columns, ColumnType, Fact, Recorded
from onecity.ledger.columns import Value


def _told(recorded: Recorded, zone: ZoneInfo) -> Mapping[str, Value]:
    match recorded.fact:
        case (Reported() | Parted()) as begun:
            return _stage(begun) | {
                "case_id": str(begun.case),
                "matter": begun.matter,
                "area": begun.area,
                "cell": begun.cell,
                "source": str(begun.source),
                "answer_until": bounds_of(zone, begun.answer_by)[1],
            }
        case Joined(case=case):
            return {"case_id": str(case)}
        case Filed() as filed:
            point = filed.point
            return {
                "case_id": str(recorded.stream),
                "matter": filed.matter,
                "cell": filed.cell,
                "condition": filed.condition,
                "longitude": point.longitude if point else None,
                "latitude": point.latitude if point else None,
                "urgent": filed.urgent,
                "part": filed.part,
            }
        case StepTaken() | CaseReopened() as moved:
            return _stage(moved)
        case _:
            raise AssertionError("columns are asked only for their own facts")


def _stage(fact: Fact) -> dict[str, Value]:
    """Where a fact leads a case, and which moment it marks, as lists and figures have it."""
    stage, mark = stage_of(fact) or (None, None)
    return {"stage": stage, "mark": mark or None}


COLUMNS: Final = Columns(
    types={
        "case_id": ColumnType.TEXT,
        "matter": ColumnType.TEXT,
        "area": ColumnType.TEXT,
        "cell": ColumnType.TEXT,
        "source": ColumnType.TEXT,
        "answer_until": ColumnType.INSTANT,
        "stage": ColumnType.TEXT,
        "mark": ColumnType.TEXT,
        "condition": ColumnType.TEXT,
        "longitude": ColumnType.NUMBER,
        "latitude": ColumnType.NUMBER,
        "urgent": ColumnType.FLAG,
        "part": ColumnType.TEXT,
    },
    facts=(Reported, Joined, Parted, Filed, StepTaken, CaseReopened),
    told=_told,
)
