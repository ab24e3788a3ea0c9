"""What is true of every scan: the fast one counts, ranks and deals as the slow one does, and tells what it counted."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from math import pi

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference import hot_spots as reference

from onecity.governance import Event, HotSpot, Scan, hot_spots
from onecity.governance.ground import RADIUS_M, metres
from onecity.governance.hotspots.layers import Lattice, Layer
from onecity.governance.hotspots.ratios import log_ratio, needed

# The time of an example says more about the neighbours on the machine than about the scan.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAST = date(2026, 11, 22)
TINY = Scan(
    scanned_days=3, baseline_days=4, step_m=100, radii_m=(100, 250), replications=9, level=0.3, least=2, most=4
)  # fmt: skip


@st.composite
def studies(draw: st.DrawFn) -> Sequence[Event]:
    """A few events of two classes within half a kilometre, some outside the days of the study."""
    days = st.integers(0, TINY.scanned_days + TINY.baseline_days).map(lambda back: LAST - timedelta(days=back))
    steps = st.integers(0, 6)
    places = st.builds(lambda x, y: (113.6 + 0.0008 * x, 34.7 + 0.0007 * y), steps, steps)
    some = st.tuples(places, days, st.sampled_from(["06", "09"]))
    return [Event(f"{at:02}", *one) for at, one in enumerate(draw(st.lists(some, max_size=16)))]


@given(events=studies(), seed=st.integers(0, 2**32), level=st.sampled_from([0.1, 0.3, 1.0]))
@unhurried
def test_the_fast_scan_finds_what_the_slow_one_finds(events: Sequence[Event], seed: int, level: float) -> None:
    scan = msgspec.structs.replace(TINY, level=level)
    expected = reference.spots(events, LAST, seed, scan)
    told = hot_spots(events, last=LAST, seed=seed, scan=scan)
    assert [(one.group, one.radius_m, one.first, one.last, one.observed) for one in told] == [
        (best.group, best.radius_m, best.first, best.last, best.observed) for best, _ in expected
    ]
    assert [(one.expected, one.log_ratio, one.p) for one in told] == [
        pytest.approx((best.expected, best.ratio, p)) for best, p in expected
    ]


@given(events=studies())
@unhurried
def test_every_cylinder_has_the_ratio_that_counting_one_by_one_gives(events: Sequence[Event]) -> None:
    since = reference.first_day(LAST, TINY)
    slow = {
        (one.group, one.radius_m, one.centre, one.first, one.last): (one.observed, one.ratio)
        for one in reference.cylinders(reference.placed(events, LAST, TINY), LAST, TINY)
    }
    fast = {}
    lattice = Lattice(TINY.step_m, TINY.radii_m, 35)
    for group in sorted({event.group for event in events}):
        mine = [event for event in events if event.group == group and since <= event.day <= LAST]
        if not mine:
            continue
        days = np.array([(event.day - since).days for event in mine])
        layer = Layer(lattice, [event.point for event in mine], days, scanned=range(4, 7))
        up_to = layer.observed()[:, 0]
        for first, last in combinations([-1, 0, 1, 2], 2):
            counts = up_to[last] - (up_to[first] if first >= 0 else 0)
            then = int(layer.then[last] - (layer.then[first] if first >= 0 else 0))
            ratios = log_ratio(counts, layer.here, then, layer.of)
            for (radius, circle), ratio in np.ndenumerate(ratios):
                centre = int(layer.columns[circle]), int(layer.rows[circle])
                on = LAST - timedelta(days=1 - first), LAST - timedelta(days=2 - last)
                fast[group, TINY.radii_m[radius], centre, *on] = (int(counts[radius, circle]), float(ratio))
    assert {cylinder: counted for cylinder, (counted, _) in fast.items()} == {
        cylinder: counted for cylinder, (counted, _) in slow.items()
    }
    for cylinder, (_, expected) in slow.items():
        assert fast[cylinder][1] == pytest.approx(expected)


@given(events=studies(), seed=st.integers(0, 2**32), data=st.data())
@unhurried
def test_neither_the_order_of_the_events_nor_another_run_changes_a_spot(
    events: Sequence[Event], seed: int, data: st.DataObject
) -> None:
    told = hot_spots(events, last=LAST, seed=seed, scan=TINY)
    assert hot_spots(data.draw(st.permutations(events)), last=LAST, seed=seed, scan=TINY) == told


@given(events=studies(), seed=st.integers(0, 2**32))
@unhurried
def test_a_spot_names_the_events_that_it_counts_and_shares_none_with_another(
    events: Sequence[Event], seed: int
) -> None:
    told = hot_spots(events, last=LAST, seed=seed, scan=TINY)
    by_id = {event.id: event for event in events}
    for spot in told:
        assert spot.observed == len(spot.events) >= TINY.least
        assert spot.observed > spot.expected > 0
        assert 0 < spot.p <= TINY.level
        for event in (by_id[one] for one in spot.events):
            assert event.group == spot.group
            assert spot.first <= event.day <= spot.last
            # A square reaches beyond the circle by half of its diagonal; latitude 35 stands for all of them.
            assert metres(event.point, spot.centre) <= (spot.radius_m + 71) * 1.01
    for one, other in combinations(told, 2):
        assert one.log_ratio >= other.log_ratio
        assert one.p <= other.p
        assert not set(one.events) & set(other.events)


@given(here=st.integers(1, 60), then=st.integers(1, 60), rest=st.integers(1, 500), ratio=st.floats(0.1, 30))
def test_the_least_count_that_reaches_a_ratio_reaches_it_and_one_less_does_not(
    here: int, then: int, rest: int, ratio: float
) -> None:
    of = here + then + rest
    least = int(needed(ratio, np.array([here]), then, of)[0])
    ratios = log_ratio(np.arange(min(here, then) + 1), np.array([here]), then, of)
    assert list(ratios >= ratio) == [count >= least for count in range(len(ratios))]
    assert (np.diff(ratios) >= 0).all()


@pytest.mark.parametrize(("apart", "spots"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_spots_share_no_square_and_may_lie_side_by_side(apart: int, spots: int) -> None:
    """Circles of 100 metres are five squares: two squares apart they share the one between, at three none."""
    step = 100 / (RADIUS_M * pi / 180)
    places = [(113.6, 34.7 + (number + 0.5) * step) for number in (0, apart, 40)]
    scan = msgspec.structs.replace(TINY, radii_m=(100,), level=1.0)
    events = [Event(f"a{n}", places[n % 2], LAST, "06") for n in range(8)]
    events += [Event(f"b{n}", places[2], LAST - timedelta(days=n % 7), "06") for n in range(28)]
    told = hot_spots(events, last=LAST, seed=1, scan=scan)
    assert len([spot for spot in told if spot.centre[1] < 34.71]) == spots
    assert told[0].observed == (8 if apart == 1 else 4)


def test_a_tiny_scan_does_find_spots() -> None:
    """The laws above would hold of a scan that finds nothing."""
    told: list[HotSpot] = []
    for seed in range(20):
        at = np.random.default_rng(seed)
        before = [
            Event(
                f"b{n}",
                (113.6 + 0.001 * int(at.integers(9)), 34.7),
                LAST - timedelta(days=int(at.integers(3, 7))),
                "06",
            )
            for n in range(30)
        ]
        spot = [Event(f"s{n}", (113.6, 34.7), LAST, "06") for n in range(5)]
        told += hot_spots([*before, *spot], last=LAST, seed=seed, scan=TINY)
    assert len(told) >= 18
