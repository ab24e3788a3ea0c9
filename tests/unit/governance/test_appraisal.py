"""Each share counts what it says, at an instant, and names whatever it leaves out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from onecity.governance import (
    Again,
    Appraisal,
    Course,
    Out,
    Recurrence,
    Share,
    Waited,
    YunchengScore,
    appraise,
    recurrence_rate,
    waited,
    yuncheng_score,
)

AT: Final = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
NONE_CLOSED: Final = Recurrence(0, 0, 0, 0, 0)

DONE: Final = Course(
    id="done",
    channel="patrol",
    reported_at=AT - 30 * HOUR,
    valid=True,
    confirmed_at=AT - 29 * HOUR,
    confirm_due=AT - 29 * HOUR,
    filed=True,
    filed_at=AT - 28 * HOUR,
    filing_due=AT - 28 * HOUR,
    filed_rightly=True,
    dispatched_at=AT - 27 * HOUR,
    dispatched_rightly=True,
    handled_at=AT - 20 * HOUR,
    handle_due=AT - 20 * HOUR,
    verified_at=AT - 10 * HOUR,
    verify_due=AT - 10 * HOUR,
    closed=True,
    closed_at=AT - 5 * HOUR,
    close_due=AT - 5 * HOUR,
)
"""A case that went through every step, each exactly at its due instant."""

ALL: Final = tuple(name for name in Appraisal.__struct_fields__ if name != "recurred")


def case(**changed: Any) -> Course:
    return msgspec.structs.replace(DONE, **changed)


HANDLING: Final = case(
    handled_at=None, verified_at=None, closed=False, closed_at=None, handle_due=AT + HOUR, close_due=AT + 9 * HOUR
)  # fmt: skip
"""A case that a unit has, and whose limits have not passed."""


def share(name: str, *courses: Course, at: datetime = AT) -> Share:
    found: Share = getattr(appraise(courses, at=at, recurrence=NONE_CLOSED), name)
    return found


def out(reason: Out, number: int = 1) -> Share:
    return Share(0, 0, {reason: number})


@pytest.mark.parametrize("name", ALL)
def test_what_was_done_exactly_at_its_due_instant_was_done_in_time(name: str) -> None:
    bad = name in ("suspended", "reworked", "extended", "reopened")
    assert share(name, DONE) == Share(0 if bad else 1, 1)


LATE: Final = {
    "filed_in_time": {"filed_at": AT - 28 * HOUR + timedelta(microseconds=1)},
    "handled_in_time": {"handled_at": AT - 20 * HOUR + timedelta(microseconds=1)},
    "confirmed_in_time": {"confirmed_at": AT - 29 * HOUR + timedelta(microseconds=1)},
    "verified_in_time": {"verified_at": AT - 10 * HOUR + timedelta(microseconds=1)},
    "closed_in_time": {"closed_at": AT - 5 * HOUR + timedelta(microseconds=1)},
}


@pytest.mark.parametrize("name", LATE)
def test_a_moment_later_is_late_and_still_counted(name: str) -> None:
    assert share(name, case(**LATE[name])) == Share(0, 1)
    for done in ("handled", "closed"):
        assert share(done, case(**LATE[name])) == Share(1, 1)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("filed_in_time", {"filed_at": None}),
        ("handled_in_time", {"handled_at": None}),
        ("confirmed_in_time", {"confirmed_at": None}),
        ("verified_in_time", {"verified_at": None}),
        ("closed_in_time", {"closed_at": None}),
    ],
)
def test_a_time_that_nobody_wrote_down_is_named_and_the_step_still_counts_as_done(
    name: str, changed: dict[str, None]
) -> None:
    untimed = case(**changed)
    assert share(name, DONE, untimed) == Share(1, 1, {Out.NO_TIME: 1})
    for done in ("handled", "closed"):
        assert share(done, untimed) == Share(1, 1)


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("filed_in_time", "filing_due"),
        ("handled_in_time", "handle_due"),
        ("confirmed_in_time", "confirm_due"),
        ("verified_in_time", "verify_due"),
        ("closed_in_time", "close_due"),
    ],
)
def test_a_limit_that_nobody_gave_is_named(name: str, due: str) -> None:
    assert share(name, case(**{due: None})) == out(Out.NO_DUE)


def test_what_is_not_due_is_pending_and_counts_as_not_done_from_the_instant_after() -> None:
    for name in ("handled", "handled_in_time"):
        assert share(name, HANDLING) == out(Out.PENDING)
        assert share(name, HANDLING, at=AT + HOUR) == out(Out.PENDING)
        assert share(name, HANDLING, at=AT + HOUR + timedelta(microseconds=1)) == Share(0, 1)
    for name in ("closed", "closed_in_time"):
        assert share(name, HANDLING, at=AT + 9 * HOUR) == out(Out.PENDING)
        assert share(name, HANDLING, at=AT + 10 * HOUR) == Share(0, 1)


def test_what_happens_after_the_instant_has_not_happened() -> None:
    for at in (AT - 6 * HOUR, AT - 15 * HOUR, AT - 25 * HOUR, AT - 28.5 * HOUR, AT - 31 * HOUR):
        told = appraise([DONE], at=at, recurrence=NONE_CLOSED)
        assert told.closed.numerator == 0
        assert (told.handled.numerator == 1) is (at >= AT - 20 * HOUR)
        assert (told.filed_rightly.numerator == 1) is (at >= AT - 28 * HOUR)
        assert (told.valid.denominator == 1) is (at >= AT - 30 * HOUR)
    assert share("closed", DONE, at=AT - 5 * HOUR) == Share(1, 1)
    assert share("filed_rightly", DONE, at=AT - 28.5 * HOUR) == out(Out.UNDECIDED)
    assert share("dispatched_rightly", DONE, at=AT - 27.5 * HOUR) == out(Out.PENDING)


def test_a_suspended_case_is_left_out_of_closing_and_shown_beside_it() -> None:
    resting = msgspec.structs.replace(
        HANDLING, suspended_at=AT - HOUR, suspended_until=AT + 100 * HOUR, close_due=AT - HOUR, handle_due=AT - HOUR
    )
    assert share("closed", DONE, resting) == Share(1, 1, {Out.SUSPENDED: 1})
    assert share("closed_in_time", DONE, resting) == Share(1, 1, {Out.SUSPENDED: 1})
    assert share("handled", DONE, resting) == Share(1, 1, {Out.SUSPENDED: 1})
    assert share("suspended", DONE, resting) == Share(1, 2)
    # Before it was put off, and from the day of review on, it is as late as any other.
    for at in (AT - timedelta(minutes=90), AT + 100 * HOUR):
        waiting = msgspec.structs.replace(resting, close_due=AT - 4 * HOUR)
        assert share("closed", waiting, at=at) == Share(0, 1)
        assert share("suspended", waiting, at=at) == Share(0, 1)
    without_end = msgspec.structs.replace(resting, suspended_until=None)
    assert share("suspended", without_end, at=AT + 9_000 * HOUR) == Share(1, 1)
    closed = case(suspended_at=AT - HOUR)
    assert (share("closed", closed), share("suspended", closed)) == (Share(1, 1), Share(0, 1))


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("valid", "confirmed_in_time")])
def test_cases_that_were_not_filed_are_named_apart(name: str) -> None:
    refused, undecided = case(filed=False), case(filed=None)
    assert share(name, refused, undecided) == Share(0, 0, {Out.NOT_FILED: 1, Out.UNDECIDED: 1})


def test_every_report_of_a_case_is_valid_or_not() -> None:
    courses = (case(reports=3), case(reports=1, valid=False), case(reports=2, valid=None))
    assert share("valid", *courses) == Share(3, 4, {Out.UNDECIDED: 2})


def test_a_judgement_that_nobody_made_is_no_good_one() -> None:
    assert share("filed_rightly", DONE, case(filed_rightly=None), case(filed_rightly=False)) == Share(
        1, 2, {Out.UNJUDGED: 1}
    )
    waiting = case(
        dispatched_at=None, dispatched_rightly=None, handled_at=None, verified_at=None, closed=False, closed_at=None
    )
    courses = (DONE, case(dispatched_rightly=False), case(dispatched_rightly=None), waiting)
    assert share("dispatched_rightly", *courses) == Share(1, 2, {Out.UNJUDGED: 1, Out.PENDING: 1})
    assert share("handled", waiting) == out(Out.PENDING)


def test_nobody_had_to_look_before_filing_what_a_patrol_saw() -> None:
    seen = case(confirmed_at=None, confirm_due=None)
    assert share("confirmed_in_time", DONE, seen) == Share(1, 1, {Out.NOT_ASKED: 1})
    waiting = case(confirmed_at=None, confirm_due=AT - HOUR, filed=None)
    assert share("confirmed_in_time", waiting) == Share(0, 1)


def test_what_was_not_handled_cannot_be_verified_yet() -> None:
    assert share("verified_in_time", HANDLING) == out(Out.PENDING)
    handled = msgspec.structs.replace(HANDLING, handled_at=AT - HOUR, verify_due=AT - timedelta(minutes=1))
    assert share("verified_in_time", handled) == Share(0, 1)


def test_rework_extension_and_reopening_count_while_a_case_is_open_too() -> None:
    again = msgspec.structs.replace(HANDLING, reworked=True, extended=True, reopened=True)
    for name in ("reworked", "extended", "reopened"):
        assert share(name, DONE, again) == Share(1, 2)
    assert share("reworked", HANDLING) == share("reopened", HANDLING) == out(Out.PENDING)
    assert share("extended", HANDLING) == Share(0, 1)


def test_recurrence_stands_beside_closing_with_what_it_leaves_out() -> None:
    told = appraise([DONE], at=AT, recurrence=Recurrence(came_back=2, counted=5, pending=4, unlocated=1, early=1))
    assert told.recurred == Share(2, 5, {Out.PENDING: 4, Out.UNLOCATED: 1})
    assert str(told.recurred) == "40.0 % (2/5)"
    nothing = recurrence_rate([], on=date(2026, 11, 20), again=Again(30, 30), zone=ZoneInfo("Asia/Shanghai"))
    assert str(appraise([], at=AT, recurrence=nothing).recurred) == "– (0/0)"


def test_another_citys_formula_gives_what_it_gives_there() -> None:
    assert YunchengScore(cases=100, in_time=90, late=10, extended=5, reworked=2).value == 94.5
    # A month of that city as its own report counts it: 21 of 16,475 cases were not closed.
    month = YunchengScore(cases=16_475, in_time=16_260, late=194, extended=219, reworked=18).value
    assert month == pytest.approx(99.19, abs=0.005)


def test_another_citys_formula_loses_no_case_here() -> None:
    courses = (
        [case()] * 89
        + [case(closed_at=AT - 5 * HOUR)]
        + [case(closed_at=AT - 4 * HOUR)] * 10
        + [case(closed_at=None), case(close_due=None), case(filed=False)]
    )
    courses[:5] = [case(extended=True)] * 5
    courses[5:7] = [case(reworked=True)] * 2
    score = yuncheng_score(courses, at=AT)
    assert score == YunchengScore(100, 90, 10, 5, 2, {Out.NO_TIME: 1, Out.NO_DUE: 1})
    assert score.value == 94.5
    # What is open brings nothing there, neither before it is due nor after.
    assert yuncheng_score([HANDLING], at=AT).value == yuncheng_score([HANDLING], at=AT + 10 * HOUR).value == 20


def test_people_and_patrols_wait_each_apart() -> None:
    courses: Sequence[Course] = (
        DONE,
        case(closed_at=AT - 29 * HOUR),
        case(channel="hotline"),
        case(channel="hotline", closed_at=None),
        case(channel="hotline", reported_at=None),
        msgspec.structs.replace(HANDLING, channel="hotline"),
        case(channel="web", filed=False),
    )
    assert waited(courses, at=AT) == {
        "hotline": Waited(25.0, 1, {Out.PENDING: 1, Out.NO_TIME: 2}),
        "patrol": Waited(13.0, 2, {}),
    }


def test_nobody_who_works_is_counted() -> None:
    fields = {*Course.__struct_fields__, *Appraisal.__struct_fields__}
    assert not [
        name for name in fields if any(word in name for word in ("login", "mile", "photo", "point", "person", "by"))
    ]
