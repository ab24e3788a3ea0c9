"""How a project stands: what is expected, whose turn it is, and each day up to today on what all hung."""

from datetime import date, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.kernel.clock import Calendar, Limit, Run, Unit, due
from onecity.places import calendar_of
from onecity.services.approvals import Phase, Plan, Standing, Still, What, ahead, dates, so_far, whole_end
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
        name: Standing(
            name, one.asked, one.accepted if one.accepted and one.accepted <= today else None,
            one.decided if one.decided and one.decided <= today else None,
            tuple(Still(s.first, s.last if s.last and s.last < today else None, s.why) for s in one.stills if s.first <= today),
        )
        for name, one in cases.items()
        if one.asked <= today
    }  # fmt: skip


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


@given(st.data())
def test_on_every_day_the_days_add_up_and_the_end_is_never_in_the_past(data: st.DataObject) -> None:
    cases, ready = dict[str, Standing](), dict[str, date]()
    for item in PLAN.items:
        begins = max((ready[edge.id] for edge in item.waits_for), default=START)
        asked = begins + DAY * data.draw(st.integers(0, 4))
        accepted = asked + DAY * data.draw(st.integers(0, 4))
        first = accepted + DAY * data.draw(st.integers(1, 3))
        stills = (Still(first, first + DAY * data.draw(st.integers(0, 5)), "inspection"),) * data.draw(
            st.integers(0, 1)
        )
        decided = max([accepted, *(one.last for one in stills if one.last)]) + DAY * data.draw(st.integers(0, 20))
        cases[item.id] = Standing(item.id, asked, accepted, decided, stills)
        ready[item.id] = decided
    today = START + DAY * data.draw(st.integers(0, 250))
    seen = seen_on(cases, today)
    end = whole_end(ahead(PLAN, seen, CALENDAR, start=START, today=today))
    course = so_far(PLAN, seen, CALENDAR, start=START, today=today)
    assert course is not None and end is not None
    done = all(one.decided and one.decided <= today for one in cases.values())
    assert end == max(one.decided for one in cases.values() if one.decided) if done else end >= today
    assert len(course.days) == (course.ended - START).days, "each day once"
    assert [one.day for one in course.days] == [START + DAY * n for n in range(1, len(course.days) + 1)]
    assert course.took == sum(course.of[what] for what in What if what is not What.OFF)
    assert course.ended == (max(one.decided for one in cases.values() if one.decided) if done else today)


def test_a_project_that_went_as_promised_took_what_was_promised() -> None:
    cases = as_promised(PLAN)
    end = later(START, 30)
    found = ahead(PLAN, cases, CALENDAR, start=START, today=end)
    assert whole_end(found) == end and all(one.phase is Phase.DONE for one in found)
    course = so_far(PLAN, cases, CALENDAR, start=START, today=end + 30 * DAY)
    assert course is not None
    assert (course.took, course.promised, course.late_items, course.ended) == (30, 30, (), end)
