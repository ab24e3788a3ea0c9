"""Hot spots of simulated weeks, planted and quiet, and of a city's week; repeated reports; returns of closed cases."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from typing import Final
from zoneinfo import ZoneInfo

from tests.streets import MIDDLE, index_of, searched, town
from tests.weeks import LARGE, LAST, Planted, Town, found, week

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.figures import Figure, at_least, at_most, plain
from onecity.governance import Again, Catalogue, Ended, catalogue_of, hot_spots, returns
from onecity.machinery.postgres import Cluster
from onecity.packs import load_pack

_WEEKS: Final = 100
_FIRST_SEED: Final = 20_000
"""Other weeks and towns than those of the tests, and than those on which anything was chosen."""

_CITY: Final = Town(40_000, 1_500, 3_060)
_CASES: Final = 17_000


async def measure_hotspots(_cluster: Cluster) -> list[Figure]:
    """What the scan finds and what it only seems to find; how long it takes; how well repeats are proposed."""
    return [*_scans(), _city_week(), *_repeats(_catalogue()), _returns()]


def _scans() -> list[Figure]:
    promised, *weaker = (Planted(20), Planted(16), Planted(13))
    note = (
        f"{LARGE.cases:.0f} cases a day on {LARGE.size_m / 1000:.0f} km × {LARGE.size_m / 1000:.0f} km, 400 m, 5 days"
    )
    return [
        at_least("hot spot of 25 cases where 5 are usual: found", [_hits(promised)], "of 100", 90, note=note),
        *(plain(f"hot spot of {one.more + 5}: found", _hits(one), "of 100", note=note) for one in weaker),
        at_most("hot spots shown where there is none", _alarms(), "of 100", 5, note=note),
    ]


def _hits(planted: Planted) -> float:
    weeks = (week(seed, LARGE, planted=planted) for seed in _seeds())
    return float(sum(found(planted, one, hot_spots(one.events, last=LAST, seed=1)) for one in weeks))


def _alarms() -> float:
    return float(sum(hot_spots(week(seed, LARGE).events, last=LAST, seed=1) != () for seed in _seeds()))


def _seeds() -> Sequence[int]:
    return range(_FIRST_SEED, _FIRST_SEED + _WEEKS)


def _city_week() -> Figure:
    """One with a spot, for without one the scan ends early."""
    planted = Planted(40, usual=2)
    one = week(_FIRST_SEED, _CITY, planted=planted)
    began = time.perf_counter()
    spots = hot_spots(one.events, last=LAST, seed=1)
    took = time.perf_counter() - began
    assert found(planted, one, spots), "a spot of forty cases is there"
    last_week = sum(event.day > LAST - timedelta(days=7) for event in one.events)
    note = f"{last_week:,} cases in the week, {len(one.events):,} with the baseline, 249 deals"
    return at_most("hot spots of a city's week", took, "s", 60, note=note)


def _repeats(catalogue: Catalogue) -> list[Figure]:
    towns = [town(seed) for seed in range(_FIRST_SEED, _FIRST_SEED + 10)]
    outcomes = [searched(one, index_of(one, catalogue)) for one in towns]
    right, told, repeated = (sum(getattr(one, name) for one in outcomes) for name in ("right", "told", "repeated"))
    times = []
    index = index_of(towns[0], catalogue)
    for report in towns[0].new:
        began = time.perf_counter()
        index.like(report)
        times.append(time.perf_counter() - began)
    note = f"{repeated:,} repeats among {sum(len(one.new) for one in towns):,} new reports, 1,500 open in each town"
    return [
        plain("proposed repeats that are right", 100 * right / told, "%", note=note),
        plain("repeats that are proposed first", 100 * right / repeated, "%", note=note),
        plain("open reports like a new one, p99", 1_000 * quantiles(times, n=100)[98], "ms", note=note),
    ]


def _returns() -> Figure:
    dice, first = Random(_FIRST_SEED), datetime(2026, 9, 1, tzinfo=UTC)
    places = [(MIDDLE[0] + dice.uniform(-0.2, 0.2), MIDDLE[1] + dice.uniform(-0.2, 0.2)) for _ in range(3_000)]
    cases = []
    for number in range(_CASES):
        opened = first + timedelta(minutes=dice.randrange(90 * 24 * 60))
        closed = opened + timedelta(hours=dice.uniform(0.1, 48))
        cases.append(Ended(f"{number}", dice.choice(("09001", "09005")), dice.choice(places), opened, closed))
    began = time.perf_counter()
    told = returns(cases, again=Again(days=30, metres=30), zone=ZoneInfo("Asia/Shanghai"))
    took = time.perf_counter() - began
    return plain("returns among 17,000 closed cases", took, "s", note=f"{len(told):,} came back")


def _catalogue() -> Catalogue:
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    catalogue = catalogue_of(pack)
    assert catalogue is not None, "the shipped pack has a catalogue"
    return catalogue
