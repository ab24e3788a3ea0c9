"""Returns by cubes and halving are those that comparing every pair finds, and no closed case is counted twice or nowhere."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.reference.recurrence import comes_back, first_returns

from onecity.governance import Again, Ended, chains, recurrence_rate, returns

START = datetime(2026, 9, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
AGAIN = Again(days=3, metres=60)

hours = st.integers(0, 240)


@st.composite
def histories(draw: st.DrawFn) -> Sequence[Ended]:
    """Cases at a few places of two matters, within ten days: many come back, some lie just too far or too late."""
    steps = st.integers(0, 4)
    places = st.none() | st.builds(lambda x, y: (113.6 + 0.0004 * x, 34.7 + 0.0003 * y), steps, steps)
    cases = []
    for number in range(draw(st.integers(0, 14))):
        opened = START + timedelta(hours=draw(hours))
        lasted = draw(st.none() | st.integers(0, 48))
        closed = None if lasted is None else opened + timedelta(hours=lasted)
        part = draw(st.sampled_from([None, "41010501037000001", "41010501037000002"]))
        matter = draw(st.sampled_from(["09001", "09005"]))
        cases.append(Ended(f"{number:02}", matter, draw(places), opened, closed, part))
    return cases


@given(cases=histories())
def test_the_first_return_of_each_case_is_that_of_a_comparison_of_all(cases: Sequence[Ended]) -> None:
    assert {one.earlier: one.later for one in returns(cases, again=AGAIN, zone=ZONE)} == first_returns(
        cases, AGAIN, ZONE
    )


@given(cases=histories(), data=st.data())
def test_the_order_of_the_cases_changes_nothing(cases: Sequence[Ended], data: st.DataObject) -> None:
    other = data.draw(st.permutations(cases))
    assert returns(other, again=AGAIN, zone=ZONE) == returns(cases, again=AGAIN, zone=ZONE)
    assert chains(other, again=AGAIN, zone=ZONE) == chains(cases, again=AGAIN, zone=ZONE)


@given(cases=histories())
def test_a_chain_goes_from_return_to_return_and_a_case_stands_in_one_at_most(cases: Sequence[Ended]) -> None:
    by_id = {case.id: case for case in cases}
    told = chains(cases, again=AGAIN, zone=ZONE)
    in_chains = [one for chain in told for one in chain]
    assert len(in_chains) == len(set(in_chains))
    for chain in told:
        assert len(chain) > 1
        assert all(comes_back(by_id[one], by_id[other], AGAIN, ZONE) for one, other in pairwise(chain))
    # Whatever came back after something follows something.
    followers = {one for chain in told for one in chain[1:]}
    assert followers == set(first_returns(cases, AGAIN, ZONE).values())


@given(cases=histories(), day=st.integers(0, 16), since=st.none() | st.integers(0, 12))
def test_every_case_that_was_closed_by_a_day_is_counted_or_named_apart(
    cases: Sequence[Ended], day: int, since: int | None
) -> None:
    on = date(2026, 9, 1) + timedelta(days=day)
    first = None if since is None else date(2026, 9, 1) + timedelta(days=since)
    until = datetime(on.year, on.month, on.day, tzinfo=ZONE) + timedelta(days=1)
    known = [case for case in cases if case.opened < until]
    ended = [
        case
        for case in known
        if case.closed is not None
        and case.closed < until
        and (first is None or case.closed.astimezone(ZONE).date() >= first)
    ]
    rate = recurrence_rate(cases, on=on, zone=ZONE, since=first, again=AGAIN)
    assert rate.counted + rate.pending + rate.unlocated == len(ended)
    assert rate.unlocated == sum(case.point is None for case in ended)
    back = [case for case in ended if any(comes_back(case, other, AGAIN, ZONE) for other in known)]
    assert rate.came_back == len(back)
    young = [
        case
        for case in ended
        if case.closed is not None and case.closed.astimezone(ZONE).date() + timedelta(days=3) > on
    ]
    assert rate.early == len([case for case in back if case in young])
    assert rate.pending == len([case for case in young if case.point is not None and case not in back])
    numerator, denominator = rate.settled
    assert 0 <= numerator <= denominator <= rate.counted
    assert (rate.value is None) is (rate.counted == 0)


@given(cases=histories())
def test_when_all_days_have_passed_nothing_is_pending_and_the_rate_is_settled(cases: Sequence[Ended]) -> None:
    rate = recurrence_rate(cases, on=date(2027, 1, 1), zone=ZONE, again=AGAIN)
    assert (rate.pending, rate.early) == (0, 0)
    assert rate.settled == (rate.came_back, rate.counted)
