"""Plans whose limit ends at the target of the file, and the comparison that names every row that differs with its reason."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from onecity.governance.replay import (
    LONGEST_H,
    Oddity,
    Reason,
    Replayed,
    Request,
    compared,
    limit_h,
    plan_of,
    rows_of,
)

ZONE: Final = ZoneInfo("America/New_York")
NINE: Final = datetime(2011, 7, 1, 13, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SECOND: Final = timedelta(seconds=1)


def request(**more: Any) -> Request:
    one = Request(2, "1", "Pothole", "PWDx", "Roxbury", NINE, NINE + 48 * HOUR, NINE + 24 * HOUR, True, (-71.1, 42.3))
    return msgspec.structs.replace(one, **more)


def replayed(of: Request, **more: Any) -> Replayed:
    """The case of a request as our projections would show it."""
    plan, hours = plan_of(of), limit_h(of)
    due = plan.dispatched + (LONGEST_H if hours is None else hours) * HOUR
    one = Replayed(of.number, of.kind, plan.reported, plan.handled, plan.handled, due)
    return msgspec.structs.replace(one, **more)


@pytest.mark.parametrize("less", [0, 1, 3599])
def test_a_limit_in_whole_hours_ends_in_the_second_of_the_target(less: int) -> None:
    one = request(target=NINE + 48 * HOUR - less * SECOND)
    plan, hours = plan_of(one), limit_h(one)
    assert hours is not None
    assert plan.dispatched + hours * HOUR == one.target
    assert plan.exact
    assert NINE <= plan.dispatched < NINE + HOUR


def test_what_is_done_before_somebody_would_be_sent_is_sent_as_it_is_done() -> None:
    one = request(target=NINE + 48 * HOUR - SECOND, closed=NINE + SECOND)
    plan = plan_of(one)
    assert (plan.dispatched, plan.handled, plan.exact) == (NINE + SECOND, NINE + SECOND, False)


def test_what_is_closed_before_it_was_opened_is_closed_as_it_is_opened() -> None:
    assert plan_of(request(closed=NINE - HOUR)).handled == NINE


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"target": None}, Reason.NO_TARGET),
        ({"on_time": None}, Reason.NO_FLAG),
        ({"closed": None, "on_time": None, "target": NINE + 99 * HOUR}, Reason.NO_FLAG),
        ({"closed": None, "target": NINE + 999 * HOUR}, Reason.STILL_RUNNING),
        ({"closed": NINE - HOUR, "target": NINE - 2 * HOUR}, Reason.CLOSED_BEFORE_OPENED),
        ({"target": NINE - HOUR}, Reason.TARGET_BEFORE_OPENED),
        ({"target": NINE + 24 * HOUR, "on_time": False}, Reason.AT_TARGET),
        ({"on_time": False, "odd": (Oddity.TWICE,)}, Reason.LOCAL_TIME_TWICE),
        ({"on_time": False, "odd": (Oddity.NEVER,)}, Reason.LOCAL_TIME_NEVER),
        ({"target": NINE + 60 * SECOND, "closed": NINE + 120 * SECOND, "on_time": False}, Reason.LIMIT_UNDER_AN_HOUR),
        ({"target": NINE + 200_000 * HOUR, "closed": NINE + 150_000 * HOUR}, Reason.LIMIT_TOO_LONG),
        ({"on_time": False}, Reason.UNKNOWN),
    ],
)
def test_a_row_that_differs_is_named_with_its_reason(more: dict[str, Any], reason: Reason) -> None:
    one = request(**more)
    [found] = compared([one], [replayed(one)], zone=ZONE, on=NINE + 200 * HOUR).differences
    assert (found.line, found.reason) == (2, reason)


def test_a_row_that_was_not_replayed_is_named_and_its_count_differs() -> None:
    found = compared([request()], [], zone=ZONE, on=NINE + 99 * HOUR)
    assert [one.reason for one in found.differences] == [Reason.NOT_REPLAYED]
    assert [(one.kind, one.month, one.file, one.ours) for one in found.apart] == [("Pothole", "2011-07", 1, 0)]


def test_rows_that_agree_are_not_listed_and_count_as_the_file_says() -> None:
    good, late = request(), request(number="2", closed=NINE + 49 * HOUR, on_time=False)
    open_late = request(number="3", closed=None, on_time=False)
    rows = [good, late, open_late]
    found = compared(rows, [replayed(one) for one in rows], zone=ZONE, on=NINE + 99 * HOUR)
    assert (found.differences, found.apart) == ((), ())
    of = found.on_time
    assert (of.judged, of.file, of.target, of.limit, of.exact, of.targets, of.furthest_s) == (3, 1, 1, 1, 3, 3, 0)


def test_a_case_whose_limit_says_otherwise_than_its_target_is_listed() -> None:
    one = request()
    found = compared([one], [replayed(one, due=NINE + HOUR)], zone=ZONE, on=NINE + 99 * HOUR)
    assert [(other.file, other.ours, other.reason) for other in found.differences] == [(True, False, Reason.UNKNOWN)]
    assert (found.on_time.target, found.on_time.limit, found.on_time.exact) == (1, 0, 0)


def test_a_month_is_that_of_the_city() -> None:
    last = request(opened=datetime(2011, 8, 1, 3, 59, tzinfo=UTC))
    [found] = compared([last], [replayed(last)], zone=ZONE, on=NINE + 999 * HOUR).months
    assert found.month == "2011-07"


def test_types_that_are_written_alike_have_matters_of_their_own() -> None:
    rows = [request(kind="No-Tow"), request(kind="No Tow"), request(kind="no tow")]
    codes = [row[0] for row in rows_of(rows)["governance/matters.csv"]]
    assert len(set(codes)) == len(codes) == 5
