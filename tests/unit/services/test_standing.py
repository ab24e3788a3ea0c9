"""How a project stands: what is expected, whose turn it is, and each day up to today on what all hung."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.kernel.clock import Calendar, Limit, Run, Unit, due
from onecity.places import calendar_of
from onecity.services.approvals import (
    Phase,
    Plan,
    Planned,
    Round,
    Standing,
    Still,
    What,
    ahead,
    dates,
    so_far,
    whole_end,
)
from onecity.services.projects.declared import plan_for

START: Final = date(2020, 3, 2)
DAY: Final = timedelta(days=1)
PLAN: Final = plan_for(shipped(), "D")
CALENDAR: Final[Calendar] = calendar_of(shipped())


def later(since: date, days: int) -> date:
    return due(CALENDAR, Run(since, Limit(days, Unit.WORKING_DAYS))).day


def as_promised(plan: Plan) -> dict[str, Standing]:
    """Everything is applied for and accepted when it can be, and decided on its last day."""
    return {one.item: Standing(one.item, one.begins, one.begins, one.due) for one in dates(plan, CALENDAR, START)}


def seen_on(cases: dict[str, Standing], today: date) -> dict[str, Standing]:
    """What of all that somebody knows on a day."""
    return {
        name: seen for name, one in cases.items() if one.begun and one.begun <= today and (seen := seen_of(one, today))
    }


def seen_of(one: Standing, today: date) -> Standing:
    stills = tuple(
        Still(s.first, s.last if s.last and s.last < today else None, s.why) for s in one.stills if s.first <= today
    )
    assert one.asked is not None and one.accepted is not None and one.decided is not None
    earlier = tuple(past for past in one.earlier if past.ended <= today)
    if len(earlier) == len(one.earlier):
        asked, accepted, decided = one.asked, one.accepted, one.decided if one.decided <= today else None
    else:
        now = one.earlier[len(earlier)]
        assert now.asked is not None and now.accepted is not None
        asked, accepted, decided = now.asked, now.accepted, None
    if asked > today:
        return Standing(one.item, None, stills=stills, earlier=earlier)
    return Standing(one.item, asked, accepted if accepted <= today else None, decided, stills, earlier=earlier)


def test_before_anything_happened_the_expected_days_are_the_promised_ones() -> None:
    found = ahead(PLAN, {}, CALENDAR, start=START, today=START)
    assert {one.planned.id: one.ends for one in found} == {one.item: one.due for one in dates(PLAN, CALENDAR, START)}
    assert whole_end(found) == later(START, 30)
    phases = {one.planned.id: one.phase for one in found}
    assert {phases["C04"], phases["C24"], phases["C98"]} == {Phase.TO_APPLY, Phase.WAITS}


def test_a_day_on_which_nobody_applied_moves_the_end_and_is_the_applicants() -> None:
    tuesday = START + DAY
    assert whole_end(ahead(PLAN, {}, CALENDAR, start=START, today=tuesday)) == later(tuesday, 30)
    course = so_far(PLAN, {}, CALENDAR, start=START, today=tuesday)
    assert course is not None
    assert [(one.what, one.item) for one in course.days] == [(What.APPLICANT, "C04")]


def test_what_is_late_is_expected_today_and_what_stands_still_moves_by_its_days() -> None:
    cases = {"C04": Standing("C04", START, START, START), "C24": Standing("C24", START, START)}
    promised = later(START, 5)
    [on_time] = [one for one in ahead(PLAN, cases, CALENDAR, start=START, today=START) if one.planned.id == "C24"]
    assert (on_time.ends, on_time.phase) == (promised, Phase.RUNS)
    late = ahead(PLAN, cases, CALENDAR, start=START, today=promised + 3 * DAY)
    assert next(one.ends for one in late if one.planned.id == "C24") == promised + 3 * DAY
    still = {**cases, "C24": Standing("C24", START, START, stills=(Still(START + DAY, START + 2 * DAY, "inspection"),))}
    stood = ahead(PLAN, still, CALENDAR, start=START, today=START + 3 * DAY)
    assert next(one.ends for one in stood if one.planned.id == "C24") == later(START, 7)
    open_ = {**cases, "C24": Standing("C24", START, START, stills=(Still(START + DAY, None, "inspection"),))}
    now = next(one for one in ahead(PLAN, open_, CALENDAR, start=START, today=START + DAY) if one.planned.id == "C24")
    assert now.phase is Phase.STANDS


def test_a_stop_that_was_announced_counts_to_its_end_and_longer_if_it_lasts() -> None:
    still = Still(START + DAY, None, "inspection", announced=10)
    cases = {"C04": Standing("C04", START, START, START), "C24": Standing("C24", START, START, stills=(still,))}
    for today, days in ((START, 15), (later(START, 4), 15), (later(START, 12), 17)):
        stood = ahead(PLAN, cases, CALENDAR, start=START, today=today)
        assert next(one.ends for one in stood if one.planned.id == "C24") == later(START, days)
    assert still.until(CALENDAR, START) == later(START, 10)


def an_application(data: st.DataObject, ready: date) -> tuple[Round, tuple[Still, ...]]:
    """An application that somebody made, with its stops."""
    asked = ready + DAY * data.draw(st.integers(0, 4))
    accepted = asked + DAY * data.draw(st.integers(0, 4))
    first = accepted + DAY * data.draw(st.integers(1, 3))
    stills = (Still(first, first + DAY * data.draw(st.integers(0, 5)), "inspection"),) * data.draw(st.integers(0, 1))
    ended = max([accepted, *(one.last for one in stills if one.last)]) + DAY * data.draw(st.integers(0, 20))
    return Round(asked, accepted, ended), stills


def too_long(item: Planned, case: Standing, today: date) -> bool:
    """Whether an application for an item ran longer than was promised: day by day, each from its own acceptance."""
    for one in (*case.earlier, Round(case.asked, case.accepted, case.decided or today)):
        ran, day = 0, one.accepted or today
        while day < one.ended:
            day += DAY
            still = any(stop.first <= day <= (stop.last or day) for stop in case.stills)
            ran += CALENDAR.kind(day).works and not still
        if ran > item.days:
            return True
    return False


def reapplied() -> dict[str, Standing]:
    """An item refused on its fifth day, applied for again two days later, accepted a day after and then granted on its
    fifth day.
    """
    refused = later(START, 5)
    asked, accepted, granted = later(refused, 2), later(refused, 3), later(refused, 8)
    first = Round(START, START, refused)
    return {
        "C04": Standing("C04", START, START, START),
        "C24": Standing("C24", asked, accepted, granted, earlier=(first,)),
    }


def test_an_organ_that_was_in_time_twice_is_late_for_no_application() -> None:
    course = so_far(PLAN, reapplied(), CALENDAR, start=START, today=later(START, 13))
    assert course is not None
    assert course.late_items == () and course.of[What.LATE] == 0
    whats = [one.what for one in course.days if one.item == "C24" and one.what is not What.OFF]
    assert whats == [What.UNGRANTED] * 5 + [What.APPLICANT] * 2 + [What.IDLE] + [What.COUNTED] * 5


@pytest.mark.parametrize(
    ("days", "phase", "end"),
    [(6, Phase.TO_APPLY, 11), (7, Phase.TO_ACCEPT, 12), (9, Phase.RUNS, 13), (13, Phase.DONE, 13)],
)
def test_what_was_refused_is_the_applicants_turn_until_they_apply_again(days: int, phase: Phase, end: int) -> None:
    today = later(START, days)
    found = ahead(PLAN, seen_on(reapplied(), today), CALENDAR, start=START, today=today)
    [again] = [one for one in found if one.planned.id == "C24"]
    assert (again.phase, again.begins, again.ends) == (phase, START, later(START, end))


@pytest.mark.parametrize(("more", "late"), [(0, 0), (2, 2)])
def test_a_refusal_that_came_late_is_late_and_the_grant_after_it_is_not(more: int, late: int) -> None:
    refused = later(START, 5 + more)
    granted = Standing("C24", refused, refused, later(refused, 5), earlier=(Round(START, START, refused),))
    cases = {"C04": Standing("C04", START, START, START), "C24": granted}
    course = so_far(PLAN, cases, CALENDAR, start=START, today=later(refused, 5))
    assert course is not None
    assert (course.of[What.LATE], course.late_items) == (late, ("C24",) if late else ())
    assert (course.of[What.UNGRANTED], course.of[What.COUNTED]) == (5, 5)


@given(st.data())
def test_on_every_day_the_days_add_up_and_the_end_is_never_in_the_past(data: st.DataObject) -> None:
    cases, ready = dict[str, Standing](), dict[str, date]()
    for item in PLAN.items:
        begins = max((ready[edge.id] for edge in item.waits_for), default=START)
        rounds, stills = list[Round](), tuple[Still, ...]()
        for _ in range(data.draw(st.integers(1, 3))):
            one, stood = an_application(data, rounds[-1].ended if rounds else begins)
            rounds, stills = [*rounds, one], (*stills, *stood)
        *earlier, last = rounds
        cases[item.id] = Standing(
            item.id, last.asked, last.accepted, last.ended, stills, earlier=tuple(earlier)
        )  # fmt: skip
        ready[item.id] = last.ended
    today = START + DAY * data.draw(st.integers(0, 500))
    seen = seen_on(cases, today)
    end = whole_end(ahead(PLAN, seen, CALENDAR, start=START, today=today))
    course = so_far(PLAN, seen, CALENDAR, start=START, today=today)
    assert course is not None and end is not None
    done = all(one.decided and one.decided <= today for one in cases.values())
    assert end == max(one.decided for one in cases.values() if one.decided) if done else end >= today
    assert len(course.days) == (course.ended - START).days, "each day once"
    assert [one.day for one in course.days] == [START + DAY * n for n in range(1, len(course.days) + 1)]
    assert course.took == sum(course.of[what] for what in What if what is not What.OFF)
    assert course.saved >= 0, "what was refused uses up no promised day of what was granted"
    assert set(course.late_items) == {
        item.id for item in PLAN.items if item.id in seen and too_long(item, seen[item.id], today)
    }
    assert course.ended == (max(one.decided for one in cases.values() if one.decided) if done else today)


def test_a_project_that_went_as_promised_took_what_was_promised() -> None:
    cases = as_promised(PLAN)
    end = later(START, 30)
    found = ahead(PLAN, cases, CALENDAR, start=START, today=end)
    assert whole_end(found) == end and all(one.phase is Phase.DONE for one in found)
    course = so_far(PLAN, cases, CALENDAR, start=START, today=end + 30 * DAY)
    assert course is not None
    assert (course.took, course.promised, course.late_items, course.ended) == (30, 30, (), end)
