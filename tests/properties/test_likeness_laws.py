"""What is true of every two reports: how alike they are does not depend on which came first, nor on what lies around."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.governance import (
    MEASURES,
    Catalogue,
    Kinship,
    Likeness,
    Measures,
    OpenReports,
    Seen,
    catalogue_of,
    likeness,
)
from onecity.governance.ground import metres

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

words = st.sampled_from(["", "井盖破损", "路口的井盖破了", "店外经营占道", "garbage on the road", "坑"]) | st.text(
    max_size=12
)
reports = st.builds(
    Seen,
    id=st.uuids().map(str),
    point=st.tuples(st.floats(113.600, 113.605), st.floats(34.700, 34.704)),
    accuracy_m=st.floats(0, 2_000),
    at=st.integers(-20_000, 20_000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    matter=st.sampled_from(["01001", "01003", "06010", "0102", "09001", "0501", "z:road_collapse", "0401", "99999"]),
    words=words,
)
measures = st.builds(
    Measures,
    stand_off_m=st.floats(1, 50),
    elsewhere_m=st.floats(20, 500),
    half_life_h=st.floats(1, 500),
    threshold=st.floats(0.1, 0.9),
)


@cache
def catalogue() -> Catalogue:
    pack = shipped()
    found = catalogue_of(pack)
    assert found is not None
    return found


def of(new: Seen, other: Seen, using: Measures = MEASURES) -> Likeness:
    return likeness(new, other, catalogue=catalogue(), measures=using)


@given(one=reports, other=reports, using=measures)
@unhurried
def test_a_score_is_the_sum_of_its_parts_between_nothing_and_one_and_the_same_both_ways(
    one: Seen, other: Seen, using: Measures
) -> None:
    told, back = of(one, other, using), of(other, one, using)
    parts = (told.because.near, told.because.kind, told.because.words)
    assert told.score == sum(parts)
    assert all(part >= 0 for part in parts)
    assert told.score <= told.place * told.time + 1e-12 <= 1
    assert (told.score, told.kinship, told.metres, told.hours) == (back.score, back.kinship, back.metres, back.hours)


@given(one=reports, other=reports, north=st.floats(0, 0.01), later=st.floats(0, 500))
@unhurried
def test_farther_away_or_longer_after_is_never_more_alike(one: Seen, other: Seen, north: float, later: float) -> None:
    near = msgspec.structs.replace(other, point=(one.point[0], max(one.point[1], other.point[1])))
    far = msgspec.structs.replace(near, point=(near.point[0], near.point[1] + north))
    assert of(one, far).score <= of(one, near).score
    after = msgspec.structs.replace(other, at=max(one.at, other.at))
    long_after = msgspec.structs.replace(after, at=after.at + timedelta(hours=later))
    assert of(one, long_after).score <= of(one, after).score


@given(one=reports, other=reports, using=measures)
@unhurried
def test_nothing_beyond_the_reach_comes_near_the_threshold(one: Seen, other: Seen, using: Measures) -> None:
    told = of(one, other, using)
    if told.score >= using.threshold:
        assert told.metres <= using.reach_m


@given(new=reports, opened=st.lists(reports, max_size=12), using=measures)
@unhurried
def test_the_search_proposes_what_comparing_with_every_report_does(
    new: Seen, opened: Sequence[Seen], using: Measures
) -> None:
    all_of_them = [of(new, other, using) for other in opened]
    expected = sorted(
        (one for one in all_of_them if one.score >= using.threshold), key=lambda one: (-one.score, one.id)
    )
    assert OpenReports(opened, catalogue=catalogue(), measures=using).like(new) == expected


@given(report=reports)
@unhurried
def test_the_very_same_report_again_is_as_near_and_as_like_as_its_place_is_known(report: Seen) -> None:
    twin = msgspec.structs.replace(report, id="twin")
    told = of(report, twin)
    assert told.kinship is Kinship.MATTER
    assert told.score == pytest.approx(told.place)
    assert OpenReports([report], catalogue=catalogue()).like(report) == []


def test_distances_are_those_over_the_ground() -> None:
    one = Seen("1", (113.6, 34.7), 10, NOON, "01001")
    other = Seen("2", (113.6, 34.7005), 10, NOON + timedelta(hours=36), "01001")
    told = of(one, other)
    assert (told.metres, told.hours) == (metres(one.point, other.point), 36)
