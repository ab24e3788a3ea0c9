"""A spot that was planted is found, a quiet week shows none, and what is no spot of these days is none."""

from datetime import timedelta
from typing import Final

import msgspec
import pytest
from tests.weeks import LAST, SMALL, Planted, Week, found, week

from onecity.governance import SCAN, Event, HotSpot, Scan, hot_spots
from onecity.governance.ground import metres

WEEKS: Final = 100
TWENTY_MORE: Final = Planted(more=20)
SURE: Final = Scan(replications=49)
"""For what must be found, or must not, in any case: fewer deals are enough to tell."""


def spots_of(of: Week, seed: int = 0, scan: Scan = SURE) -> tuple[HotSpot, ...]:
    return hot_spots(of.events, last=LAST, seed=seed, scan=scan)


def test_a_planted_spot_is_found_in_nine_of_ten_weeks() -> None:
    hits = 0
    for seed in range(WEEKS):
        planted = week(seed, SMALL, planted=TWENTY_MORE)
        hits += found(TWENTY_MORE, planted, spots_of(planted, seed, SCAN))
    assert hits >= 90


def test_of_a_hundred_weeks_without_a_spot_five_at_most_show_one() -> None:
    alarms = sum(spots_of(week(seed, SMALL), seed, SCAN) != () for seed in range(WEEKS))
    assert alarms <= 5


def test_the_same_events_and_seed_have_the_same_spots() -> None:
    planted = week(7, SMALL, planted=Planted(more=40))
    first, second = (spots_of(planted, seed=3) for _ in range(2))
    assert first == second != ()


def test_a_town_in_which_everything_happens_twice_as_often_has_no_spot() -> None:
    # By chance one week in fifty has one all the same; a scan that looked at the numbers alone would see all of them.
    assert sum(spots_of(week(seed, SMALL, rise=2.0), scan=SCAN) != () for seed in range(10)) <= 1


def test_a_place_that_is_always_busy_is_no_spot() -> None:
    quiet = week(5, SMALL)
    days = SCAN.baseline_days + SCAN.scanned_days
    always = [
        Event(f"x{day}-{number}", (113.62, 34.72), LAST - timedelta(days=day), "06")
        for day in range(days)
        for number in range(4)
    ]
    assert spots_of(quiet) == ()
    assert spots_of(quiet._replace(events=[*quiet.events, *always])) == ()


def test_a_spot_tells_how_much_happened_and_how_much_usually_does() -> None:
    before = [
        Event(f"b{day}-{place}", (113.6 + place / 50, 34.7), LAST - timedelta(days=day), "09")
        for day in range(84 + 7)
        for place in range(4)
    ]
    now = [Event(f"n{number}", (113.6, 34.7), LAST - timedelta(days=number % 3), "09") for number in range(15)]
    [spot] = hot_spots([*before, *now], last=LAST, seed=1, scan=SURE)
    assert (spot.days, spot.observed, spot.usual) == (3, 18, 3.0)
    assert (spot.first, spot.last) == (LAST - timedelta(days=2), LAST)
    # 106 events lie there and 27 on these days, of 379 in all.
    assert spot.expected == pytest.approx(106 * 27 / 379)
    assert spot.p == 1 / 50
    assert spot.radius_m == 100
    assert set(spot.events) == {one.id for one in now} | {f"b{day}-0" for day in range(3)}
    assert spot.centre == pytest.approx((113.6, 34.7), abs=0.001)


def test_two_spots_of_one_class_and_one_of_another_are_told_apart() -> None:
    quiet = week(11, SMALL)
    first, second = (113.605, 34.71), (113.635, 34.73)
    more = [
        Event(f"x{number}-{group}{place}", place, LAST - timedelta(days=number % 4), group)
        for number in range(25)
        for place, group in ((first, "06"), (second, "06"), (first, "08"))
    ]
    told = spots_of(quiet._replace(events=[*quiet.events, *more]))
    assert len(told) == 3
    for group, place in (("06", first), ("06", second), ("08", first)):
        assert [spot for spot in told if spot.group == group and metres(spot.centre, place) < 300]


@pytest.mark.parametrize("days", [(), (7, 30, 90), (91, 200), (-1, -5)])
def test_where_nothing_happened_in_the_scanned_days_there_is_no_spot(days: tuple[int, ...]) -> None:
    events = [
        Event(f"{day}-{number}", (113.6, 34.7), LAST - timedelta(days=day), "06") for day in days for number in range(9)
    ]
    assert hot_spots(events, last=LAST, seed=1) == ()


def test_a_level_is_kept_exactly_only_by_a_multiple_of_deals() -> None:
    for scan in (SCAN, SURE, msgspec.structs.replace(SCAN, replications=999, level=0.001)):
        assert (scan.beyond + 1) / (scan.replications + 1) == pytest.approx(scan.level)
