"""Whatever a file says of its times: no step of a replay runs backwards, and no limit ends after the target or an hour early."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from onecity.governance.replay import LONGEST_H, Missing, Request, limit_h, plan_of, read_requests

ZONE = ZoneInfo("America/New_York")
START = datetime(2011, 7, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

spans = st.integers(-10_000, 500_000_000).map(lambda seconds: START + timedelta(seconds=seconds))
near = st.integers(-100, 20_000).map(lambda seconds: START + timedelta(seconds=seconds))
requests = st.builds(
    Request, line=st.just(2), number=st.just("1"), kind=st.just("x"), agency=st.just("y"), place=st.just("z"),
    opened=st.just(START), target=st.none() | spans | near, closed=st.none() | spans | near,
    on_time=st.none() | st.booleans(), point=st.none(),
)  # fmt: skip


@given(requests)
def test_steps_follow_each_other(one: Request) -> None:
    plan = plan_of(one)
    assert plan.reported == one.opened <= plan.dispatched
    assert plan.handled is None or plan.dispatched <= plan.handled
    assert (plan.handled is None) is (one.closed is None)


@given(requests)
def test_a_limit_ends_at_the_target_or_less_than_an_hour_before_it(one: Request) -> None:
    hours, plan = limit_h(one), plan_of(one)
    if one.target is None or hours is None or hours == LONGEST_H or one.target < one.opened + HOUR:
        return
    early = one.target - (plan.dispatched + hours * HOUR)
    assert timedelta(0) <= early < HOUR
    assert plan.exact is (early == timedelta(0))
    # The case is in time by its limit exactly if it is by the target of the file.
    if plan.handled is not None:
        assert (plan.handled <= plan.dispatched + hours * HOUR) is (plan.handled <= one.target)


@given(st.lists(st.text(max_size=200), max_size=20))
def test_whatever_lies_in_a_file_every_row_is_read_or_named(lines: list[str]) -> None:
    names = "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,type,department,neighborhood"
    found = read_requests([f"{names},latitude,longitude\n", *(f"{line}\n" for line in lines)], ZONE)
    assert not isinstance(found, Missing)
    assert found.requests == ()
    spoken = sum(one.last - one.line + 1 for one in found.unread)
    assert spoken <= len(lines) + sum(line.count("\n") + line.count("\r") for line in lines)
