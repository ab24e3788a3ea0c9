"""Whatever became of the cases: every share counts each of them or says why not, and none can be better than it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.governance import Course, Recurrence, Share, appraise, waited, yuncheng_score

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = datetime(2026, 11, 1, tzinfo=UTC)
RATE = Recurrence(1, 4, 2, 1, 0)

times = st.none() | st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))
said = st.none() | st.booleans()
courses = st.builds(
    Course,
    id=st.just("one"),
    channel=st.sampled_from(["patrol", "hotline"]),
    reported_at=times,
    reports=st.integers(1, 4),
    valid=said,
    confirmed_at=times,
    confirm_due=times,
    filed=said,
    filed_at=times,
    filing_due=times,
    filed_rightly=said,
    dispatched_at=times,
    dispatched_rightly=said,
    handled_at=times,
    handle_due=times,
    verified_at=times,
    verify_due=times,
    closed=st.booleans(),
    closed_at=times,
    close_due=times,
    suspended_at=times,
    suspended_until=times,
    extended=st.booleans(),
    reworked=st.booleans(),
    reopened=st.booleans(),
)
instants = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))


def whole(share: Share) -> int:
    return share.denominator + sum(share.excluded.values())


@given(some=st.lists(courses, max_size=8), at=instants)
@unhurried
def test_every_case_is_counted_in_every_share_or_named(some: Sequence[Course], at: datetime) -> None:
    told = appraise(some, at=at, recurrence=RATE)
    known = [course for course in some if course.reported_at is None or course.reported_at <= at]
    for name in told.__struct_fields__:
        share = getattr(told, name)
        expected = {"valid": sum(course.reports for course in known), "recurred": 7}.get(name, len(known))
        assert whole(share) == expected, name
        assert 0 <= share.numerator <= share.denominator
        assert all(number > 0 for number in share.excluded.values())


@given(some=st.lists(courses, max_size=8), at=instants)
@unhurried
def test_in_time_is_never_more_than_done_and_suspending_shows(some: Sequence[Course], at: datetime) -> None:
    told = appraise(some, at=at, recurrence=RATE)
    assert told.handled_in_time.numerator <= told.handled.numerator
    assert told.closed_in_time.numerator <= told.closed.numerator
    assert told.suspended.denominator == told.closed.denominator + told.suspended.numerator


@given(some=st.lists(courses, max_size=8), at=instants)
@unhurried
def test_a_case_that_is_not_filed_moves_no_share_of_filed_ones(some: Sequence[Course], at: datetime) -> None:
    filed = [course for course in some if course.filed]
    all_told, told = (appraise(cases, at=at, recurrence=RATE) for cases in (some, filed))
    for name in ("filed_rightly", "dispatched_rightly", "handled", "closed", "suspended", "reworked", "reopened"):
        one, other = getattr(all_told, name), getattr(told, name)
        assert (one.numerator, one.denominator) == (other.numerator, other.denominator)


@given(some=st.lists(courses, max_size=8), at=instants)
@unhurried
def test_another_citys_score_and_the_waiting_count_every_filed_case_or_name_it(
    some: Sequence[Course], at: datetime
) -> None:
    filed = [
        course
        for course in some
        if course.filed and all(time is None or time <= at for time in (course.filed_at, course.reported_at))
    ]
    score = yuncheng_score(some, at=at)
    assert score.cases + sum(score.excluded.values()) <= len(filed)
    assert score.value is None or 0 <= score.value <= 100
    assert score.in_time + score.late <= score.cases
    told = waited(some, at=at).values()
    assert sum(one.counted + sum(one.excluded.values()) for one in told) == len(filed)
