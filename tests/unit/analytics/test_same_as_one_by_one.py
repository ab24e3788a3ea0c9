"""What an expression says of many cases is what the rules say of them, one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pyarrow as pa
import pytest

from onecity.analytics.appraising import counted
from onecity.analytics.asking import Asked
from onecity.analytics.recurring import judged
from onecity.governance import Ended, Recurrence, appraise, recurrence_rate
from onecity.governance.appraisal import Course
from onecity.governance.filing import Again
from onecity.kernel.instants import bounds_of, day_in

ZONE: Final = ZoneInfo("Asia/Shanghai")
ON: Final = date(2026, 11, 20)
FIRST: Final = datetime(2026, 8, 1, tzinfo=UTC)
AGAIN: Final = Again(days=30, metres=30)
STAGES: Final = ("intake", "look", "void", "declined", "answered", "handle", "verify", "deferred", "closed", "dispute")
SHARES: Final = (
    "closed", "suspended", "reopened", "reworked", "handled", "handled_in_time", "closed_in_time", "valid",
    "dispatched_rightly", "extended",
)  # fmt: skip


def asked(at: datetime) -> Asked:
    return Asked(at, day_in(ZONE, at), 90, AGAIN.days, AGAIN.metres)


def answered(expression: ibis.Table, rows: Sequence[dict[str, Any]], schema: pa.Schema) -> list[dict[str, Any]]:
    """What DuckDB says of some rows, which the expression calls `cases`."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("cases", pa.Table.from_pylist(rows, schema=schema))
        found = connection.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()
    return [dict(zip(expression.columns, row, strict=True)) for row in found]


def drawn(dice: Random, number: int) -> list[Ended]:
    """Cases that come again at a few places, some at the edge of the reach and at the edge of a day."""
    places = [(113.6 + dice.random() / 100, 34.7 + dice.random() / 100) for _ in range(8)]
    found = []
    for one in range(number):
        longitude, latitude = dice.choice(places)
        point = (longitude + dice.uniform(-4e-4, 4e-4), latitude + dice.uniform(-4e-4, 4e-4))
        opened = FIRST + timedelta(hours=dice.randrange(24 * 100))
        if dice.random() < 0.2:
            # Midnight of the city, and the second before it.
            opened = datetime.combine(day_in(ZONE, opened), time(), ZONE).astimezone(UTC)
            opened -= timedelta(seconds=dice.randrange(2))
        closed = opened + timedelta(hours=dice.choice((0, 1, 24, 100))) if dice.random() < 0.8 else None
        part = dice.choice(("p1", "p2")) if dice.random() < 0.4 else None
        matter = dice.choice(("09001", "09005"))
        found.append(Ended(f"{one:04}", matter, point if dice.random() < 0.9 else None, opened, closed, part))
    return found


ENDED: Final = pa.schema(
    [("case_id", pa.string()), ("matter", pa.string()), ("area", pa.string()), ("longitude", pa.float64()),
     ("latitude", pa.float64()), ("part", pa.string()), ("opened", pa.timestamp("us", "UTC")), ("opened_day", pa.date32()),
     ("closed", pa.timestamp("us", "UTC")), ("closed_day", pa.date32())]
)  # fmt: skip


def as_rows(cases: Sequence[Ended]) -> list[dict[str, Any]]:
    return [
        {
            "case_id": one.id, "matter": one.matter, "area": "a", "longitude": one.point and one.point[0],
            "latitude": one.point and one.point[1], "part": one.part, "opened": one.opened,
            "opened_day": day_in(ZONE, one.opened), "closed": one.closed,
            "closed_day": one.closed and day_in(ZONE, one.closed),
        }
        for one in cases
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_recurrence_over_many_cases_is_that_of_the_rules(seed: int) -> None:
    cases = [
        one
        for one in drawn(Random(seed), 250)
        if one.opened < bounds_of(ZONE, ON)[1] and (one.closed is None or one.closed < bounds_of(ZONE, ON)[1])
    ]
    table = ibis.table(ibis.Schema.from_pyarrow(ENDED), name="cases")
    found = answered(judged(table, asked(bounds_of(ZONE, ON)[0])), as_rows(cases), ENDED)
    told = Recurrence(
        *(sum(row[name] for row in found) for name in ("came_back", "counted", "pending", "unlocated", "early"))
    )
    expected = recurrence_rate(cases, on=ON, again=AGAIN, zone=ZONE)
    assert told == expected
    assert min(expected.came_back, expected.pending, expected.unlocated, expected.early) > 0


MOMENTS: Final = ("filed", "dispatched", "handled", "verified", "closed", "due")
PROBLEM: Final = pa.schema(
    [("stage", pa.string()), ("result", pa.string()), ("answer_until", pa.timestamp("us", "UTC")), ("reports", pa.int64()),
     ("returned", pa.int64()), ("extended", pa.int64()), ("reworked", pa.bool_()), ("reopened", pa.bool_()),
     *((name, pa.timestamp("us", "UTC")) for name in MOMENTS)]
)  # fmt: skip
NO_PROBLEM: Final = ("declined", "answered", "void", "joined")


def problem(dice: Random, at: datetime) -> dict[str, Any]:
    """A case in any state, also in those that no city would come to; instants may be just that of the appraisal."""
    moments = {
        name: dice.choice((at, at - timedelta(days=dice.randrange(9)), at - timedelta(microseconds=1)))
        if dice.random() < 0.7
        else None
        for name in MOMENTS
    }
    flags = {name: dice.random() < 0.3 for name in ("reworked", "reopened")}
    return moments | flags | {
        "stage": dice.choice(STAGES),
        "result": dice.choice(("closed", "void", None)),
        "answer_until": at + timedelta(days=dice.randrange(-2, 3)),
        "reports": dice.randrange(1, 4),
        "returned": dice.randrange(2),
        "extended": dice.randrange(2),
    }  # fmt: skip


def course(row: dict[str, Any]) -> Course:
    """The same case, as the city's own appraisal reads it."""
    undecided = row["stage"] in ("intake", "look") and row["filed"] is None
    return Course(
        id="a", channel="citizen", reported_at=FIRST, reports=row["reports"],
        valid=None if undecided else row["stage"] != "void",
        filed=None if undecided else row["filed"] is not None,
        filed_at=row["filed"], dispatched_at=row["dispatched"],
        dispatched_rightly=None if row["dispatched"] is None else row["returned"] == 0,
        handled_at=row["handled"], handle_due=row["due"], verified_at=row["verified"],
        closed=row["result"] == "closed",
        closed_at=row["closed"] if row["stage"] not in NO_PROBLEM else None,
        close_due=row["answer_until"],
        suspended_at=row["dispatched"] if row["stage"] == "deferred" else None,
        extended=row["extended"] > 0, reworked=row["reworked"], reopened=row["reopened"],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_shares_over_many_cases_are_those_of_the_rules(seed: int) -> None:
    dice, at = Random(seed), bounds_of(ZONE, ON)[0]
    rows = [problem(dice, at) for _ in range(400)]
    table = ibis.table(ibis.Schema.from_pyarrow(PROBLEM), name="cases")
    found = answered(counted(table, asked(at)), rows, PROBLEM)
    told = {(row["share"], row["verdict"]): row["number"] for row in found}
    expected = appraise(map(course, rows), at=at, recurrence=Recurrence(0, 0, 0, 0, 0))
    said: dict[tuple[str, str], int] = {}
    for name in SHARES:
        share = getattr(expected, name)
        numbers = {"yes": share.numerator, "no": share.denominator - share.numerator} | share.excluded
        said |= {(name, str(verdict)): number for verdict, number in numbers.items() if number}
    assert told == said


def test_a_place_beside_the_pole_has_a_cell_too() -> None:
    cases = [
        Ended("1", "09001", (10.0, 89.9999), FIRST, FIRST),
        Ended("2", "09001", (10.0, 89.9999), FIRST + timedelta(days=1), None),
    ]
    table = ibis.table(ibis.Schema.from_pyarrow(ENDED), name="cases")
    [row] = answered(judged(table, asked(bounds_of(ZONE, ON)[0])), as_rows(cases), ENDED)
    assert row["came_back"] == 1
