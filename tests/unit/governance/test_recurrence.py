"""The same cover again three weeks later is a return; a new cover, another street or next month is none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from onecity.governance import Again, Ended, Recurrence, Return
from onecity.governance import chains as chains_of
from onecity.governance import recurrence_rate as rate_of
from onecity.governance import returns as returns_of

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST: Final = Ended(
    "first", "01001", (113.6, 34.7), datetime(2026, 9, 1, 1, tzinfo=UTC), datetime(2026, 9, 2, 1, tzinfo=UTC)
)  # fmt: skip
CLOSED: Final = datetime(2026, 9, 2, 1, tzinfo=UTC)
METRE: Final = 1 / 111_195
AGAIN: Final = Again(days=30, metres=50)


def returns(cases: Sequence[Ended]) -> Sequence[Return]:
    return returns_of(cases, again=AGAIN, zone=ZONE)


def chains(cases: Sequence[Ended]) -> Sequence[tuple[str, ...]]:
    return chains_of(cases, again=AGAIN, zone=ZONE)


def recurrence_rate(cases: Sequence[Ended], *, on: date, since: date | None = None) -> Recurrence:
    return rate_of(cases, on=on, again=AGAIN, zone=ZONE, since=since)


def later(days: float = 21, *, metres: float = 0, **changed: object) -> Ended:
    """Another case, so long after the first was closed and so far away."""
    point = 113.6, 34.7 + metres * METRE
    case = Ended("later", "01001", point, CLOSED + timedelta(days=days))
    return msgspec.structs.replace(case, **changed)


def test_the_same_cover_three_weeks_later_is_a_return() -> None:
    [told] = returns([FIRST, later(metres=30)])
    assert (told.earlier, told.later, told.after) == ("first", "later", timedelta(days=21))
    assert told.metres == pytest.approx(30)


@pytest.mark.parametrize(
    ("other", "is_return"),
    [
        (later(0), True),
        (later(30), True),
        (later(30.6249), True),
        (later(30.6251), False),
        (later(-1 / 86_400), False),
        (later(metres=49.9), True),
        (later(metres=50.1), False),
        (later(matter="01003"), False),
        (later(point=None), False),
    ],
)
def test_a_return_is_of_one_matter_in_fifty_metres_until_the_end_of_the_thirtieth_day(
    other: Ended, is_return: bool
) -> None:
    assert (len(returns([FIRST, other])) == 1) is is_return


def test_cases_without_a_place_do_not_meet_at_a_default_one() -> None:
    nowhere = [
        Ended(f"{n}", "09001", None, CLOSED + timedelta(days=n), CLOSED + timedelta(days=n, hours=3)) for n in range(9)
    ]
    assert returns(nowhere) == []
    rate = recurrence_rate(nowhere, on=date(2026, 12, 31))
    assert (rate.counted, rate.unlocated, rate.value) == (0, 9, None)


def test_a_place_that_comes_back_again_and_again_is_one_chain() -> None:
    stand = [
        Ended(f"{n}", "09001", (113.6, 34.7), CLOSED + timedelta(days=7 * n), CLOSED + timedelta(days=7 * n, hours=2))
        for n in range(5)
    ]
    assert chains(stand) == [("0", "1", "2", "3", "4")]
    assert [one.later for one in returns(stand)] == ["1", "2", "3", "4"]


def test_of_two_cases_before_it_a_return_follows_the_one_closed_last() -> None:
    other = msgspec.structs.replace(FIRST, id="other", closed=CLOSED + timedelta(days=2))
    assert chains([FIRST, other, later()]) == [("other", "later")]
    assert {one.earlier for one in returns([FIRST, other, later()])} == {"first", "other"}


def test_cases_that_ended_in_the_instant_in_which_they_began_do_not_run_in_circles() -> None:
    one, other = (msgspec.structs.replace(FIRST, id=name, closed=FIRST.opened) for name in ("a", "b"))
    assert returns([other, one]) == [Return("a", "b", 0.0, timedelta(0))]
    assert chains([other, one]) == [("a", "b")]


def test_a_closed_case_counts_when_its_days_have_passed_or_when_it_came_back() -> None:
    good = msgspec.structs.replace(FIRST, id="good", point=(113.7, 34.7))
    still_open = msgspec.structs.replace(FIRST, id="open", point=(113.8, 34.7), closed=None)
    cases = [FIRST, good, still_open, later()]

    def on(month: int, day: int) -> tuple[int, int, int]:
        rate = recurrence_rate(cases, on=date(2026, month, day))
        return rate.came_back, rate.counted, rate.pending

    assert on(9, 1) == (0, 0, 0)
    assert on(9, 2) == (0, 0, 2)
    assert on(9, 22) == (0, 0, 2)
    assert on(9, 23) == (1, 1, 1)
    # Until the end of 2 October, thirty days after the closing, the other one may still come back.
    assert on(10, 1) == (1, 1, 1)
    assert on(10, 2) == (1, 2, 0)


def test_while_cases_are_pending_the_rate_leans_upward_and_the_settled_one_does_not() -> None:
    young = [msgspec.structs.replace(FIRST, id=f"{n}", point=(113.6 + n / 100, 34.7)) for n in range(4)]
    rate = recurrence_rate([*young, later(5)], on=date(2026, 9, 20))
    assert (rate.value, rate.pending, rate.early, rate.settled) == (1.0, 3, 1, (0, 0))


def test_a_period_counts_what_was_closed_in_it_and_sees_returns_from_before() -> None:
    second = later(5, closed=CLOSED + timedelta(days=6))
    rate = recurrence_rate([FIRST, second], on=date(2026, 12, 1), since=date(2026, 9, 3))
    assert (rate.came_back, rate.counted) == (0, 1)
