"""Meetings about a case: a day that leaves time and keeps nobody waiting, a reminder, and who keeps away from a step."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import (
    Because,
    Case,
    CaseOpened,
    ClockAct,
    Meeting,
    MeetingSoon,
    Move,
    Outcome,
    Process,
    Step,
    StepTaken,
    Terms,
    Todo,
    VisitJoined,
    Why,
    advance,
    meeting_window,
    then,
)
from onecity.casework.declared import Meets
from onecity.casework.facts import ClockStopped, StepSigned, StopProlonged
from onecity.casework.rules.asking import another_time
from onecity.casework.rules.meetings import joined, near
from onecity.casework.rules.work import claimed, handed_over
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.clock import Calendar, Limit, OfficeHours, Run, StopKind, due
from onecity.kernel.clock.calendar import NamedDay, Span
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.packs import Text

ZONE: Final = ZoneInfo("Asia/Shanghai")
MONDAY: Final = date(2020, 9, 21)
NOW: Final = datetime.combine(MONDAY, time(10), ZONE)
LAW: Final = Because("行政许可法", "48", date(2019, 4, 23))
NAME: Final = Text("名", "name")
EXAMINER, SECOND, CHAIR = PersonId(UUID(int=3)), PersonId(UUID(int=4)), PersonId(UUID(int=5))
REASONS: Final = frozenset(
    {
        Why.KEPT_APART,
        Why.NO_MEETING,
        Why.NO_HALL,
        Why.NO_WORKING_DAY,
        Why.MEETS_TOO_SOON,
        Why.MEETS_TOO_LATE,
        Why.OUTSIDE_HOURS,
        Why.BEFORE_MEETING,
        Why.JOINT_DAY,
        Why.NO_OTHER_TIME,
        Why.TIME_ASKED,
    }
)
"""Reasons that this module tries."""

CALL: Final = Outcome(NAME, ("hold",), clock=ClockAct.STOPS, stop=StopKind.HEARING, letter="x", meets=Meets(3, 10))
ON_SITE: Final = Meets(1, 10, on_site=True, may_ask=True)
PROCESS: Final = Process(
    NAME,
    ("examine",),
    {
        "examine": Step(NAME, "decide", LAW, {"call": Outcome(NAME, ("call",), clock=ClockAct.STARTS)}, officers=2),
        "call": Step(NAME, "hear", LAW, {"call": CALL}, apart_from=("examine",)),
        "hold": Step(
            NAME, "hear", LAW,
            {
                "put_off": Outcome(NAME, ("hold",), letter="x", meets=Meets(3, 10)),
                "held": Outcome(NAME, ("examine",), clock=ClockAct.RESUMES),
            },
        ),
    },
    {"granted": NAME},
    (),
)  # fmt: skip
CALENDAR: Final = Calendar({date(2020, 9, 24): NamedDay("假", off=True)}, frozenset({2020}), {})
HOURS: Final = OfficeHours((Span(time(9), time(12)), Span(time(13), time(17))))
TERMS: Final = Terms(
    PROCESS, Limit(20), 0, frozenset(), CALENDAR, "c" * 64, HOURS, ZONE, halls=frozenset({"city_hall"})
)
OPENED: Final = CaseOpened(
    "food", "a" * 64, "permit", "b" * 64, UUID(int=9), UUID(int=2), "market", "410100", MONDAY,
    (Todo("examine", "decide", MONDAY),),
)  # fmt: skip


def by(person: PersonId, duty: str = "hear") -> Acting:
    return Acting(person, Channel.API, duty, Scope("market", "410100"))


def called(since: date = MONDAY) -> Case:
    """A case whose hearing is to be called by somebody who did not examine it."""
    begun = Case(CaseId(UUID(int=1)), 1, OPENED, {"examine": OPENED.opens[0]}, MONDAY)
    facts: list[object] = []
    for officer in (EXAMINER, SECOND):
        found = advance(begun, Move("examine", "call"), terms=TERMS, by=by(officer, "decide"), now=NOW)
        assert not isinstance(found, Refused)
        begun = then(begun, found, by=by(officer, "decide"), now=NOW)
        facts += found
    return msgspec.structs.replace(begun, waiting={"call": Todo("call", "hear", since)})


def at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), ZONE)


def call(case: Case, **more: object) -> tuple[object, ...] | Refused:
    move = msgspec.structs.replace(Move("call", "call"), **more)
    return advance(case, move, terms=TERMS, by=by(CHAIR), now=NOW)


# Three working days after Monday the 21st, with a holiday on Thursday, is Friday the 25th; ten is the 9th of October,
# because this calendar knows no other day off.
FIRST: Final = date(2020, 9, 25)
LAST: Final = date(2020, 10, 6)


def test_a_meeting_lies_between_the_end_of_the_notice_and_the_last_day() -> None:
    between = meeting_window(Meets(3, 10), Todo("call", "hear", MONDAY), terms=TERMS, today=MONDAY)
    assert (between.first, between.last) == (FIRST, LAST)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 90))
def test_however_long_a_step_waited_there_is_a_day_with_notice(notice: int, within: int, waited: int) -> None:
    since = MONDAY - timedelta(days=waited)
    between = meeting_window(Meets(notice, within), Todo("call", "hear", since), terms=TERMS, today=MONDAY)
    assert between.first <= between.last
    assert between.first == due(CALENDAR, Run(MONDAY, Limit(notice))).day


@pytest.mark.parametrize("day", [FIRST, LAST])
def test_the_first_and_the_last_day_are_taken_and_the_clock_stands_until_then(day: date) -> None:
    facts = call(called(), at=at(day), hall="city_hall")
    assert not isinstance(facts, Refused)
    taken, stopped = facts
    assert isinstance(taken, StepTaken)
    assert taken.meeting == Meeting(at(day), "city_hall")
    assert isinstance(stopped, ClockStopped)
    assert due(CALENDAR, Run(MONDAY, Limit(stopped.planned))).day == day
    assert taken.days == stopped.planned


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, Why.NO_MEETING),
        ({"at": at(FIRST).replace(tzinfo=None), "hall": "city_hall"}, Why.NO_MEETING),
        ({"at": at(FIRST)}, Why.NO_HALL),
        ({"at": at(FIRST), "hall": "town_hall"}, Why.NO_HALL),
        ({"at": at(FIRST - timedelta(days=1)), "hall": "city_hall"}, Why.MEETS_TOO_SOON),
        ({"at": at(LAST + timedelta(days=1)), "hall": "city_hall"}, Why.MEETS_TOO_LATE),
        ({"at": at(date(2020, 9, 26)), "hall": "city_hall"}, Why.NO_WORKING_DAY),
        ({"at": at(FIRST), "hall": "city_hall", "days": 4}, Why.NOT_ASKED),
        ({"at": datetime.combine(FIRST, time(8, 59), ZONE), "hall": "city_hall"}, Why.OUTSIDE_HOURS),
        ({"at": datetime.combine(FIRST, time(12), ZONE), "hall": "city_hall"}, Why.OUTSIDE_HOURS),
        ({"at": datetime.combine(FIRST, time(17), ZONE), "hall": "city_hall"}, Why.OUTSIDE_HOURS),
        (
            {"at": datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12))), "hall": "city_hall"},
            Why.NO_MEETING,
        ),
        ({"at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12))), "hall": "city_hall"}, Why.NO_MEETING),
    ],
)
def test_a_day_that_does_not_fit_has_its_reason(said: Mapping[str, object], why: Why) -> None:
    found = call(called(), **said)
    assert isinstance(found, Refused)
    assert found.reason is why


def test_the_day_of_a_meeting_is_that_of_the_city() -> None:
    # Nine in the city is one in the night in Greenwich, and still the day before on an island far to the west.
    west = at(FIRST).astimezone(timezone(timedelta(hours=-11)))
    assert west.date() < FIRST
    assert not isinstance(call(called(), at=west, hall="city_hall"), Refused)


@pytest.mark.parametrize(("minutes", "open_"), [(-1, False), (0, True), (60, True)])
def test_nobody_says_how_a_meeting_went_before_it_was(minutes: int, *, open_: bool) -> None:
    now = at(FIRST) + timedelta(minutes=minutes)
    found = advance(met(FIRST), Move("hold", "held"), terms=TERMS, by=by(CHAIR), now=now)
    assert isinstance(found, Refused) is not open_
    if isinstance(found, Refused):
        assert found.reason is Why.BEFORE_MEETING


def test_the_clock_stands_until_the_day_to_which_a_meeting_was_put_off() -> None:
    case, later = met(FIRST), FIRST + timedelta(days=10)
    assert case.stopped is not None
    move = Move("hold", "put_off", at=at(later), hall="city_hall")
    now = at(FIRST - timedelta(days=2))
    facts = advance(case, move, terms=TERMS, by=by(CHAIR), now=now)
    assert not isinstance(facts, Refused)
    moved = then(case, facts, by=by(CHAIR), now=now)
    assert moved.stopped is not None
    assert (moved.stopped.first, moved.stopped.told) == (case.stopped.first, case.stopped.told)
    assert due(CALENDAR, Run(moved.stopped.told, Limit(moved.stopped.planned))).day == later
    assert moved.due is not None
    assert case.due is not None
    assert moved.due > case.due
    sooner = Move("hold", "put_off", at=at(FIRST + timedelta(days=7)), hall="city_hall")
    again = advance(moved, sooner, terms=TERMS, by=by(CHAIR), now=now)
    assert not isinstance(again, Refused)
    assert not any(isinstance(fact, StopProlonged) for fact in again), "what was told is not taken back"


def test_whoever_stands_in_for_an_examiner_or_had_a_deputy_examine_is_kept_apart_too() -> None:
    case, move = called(), Move("call", "call", at=at(FIRST), hall="city_hall")
    deputy = msgspec.structs.replace(by(CHAIR), instead_of=EXAMINER)
    found = advance(case, move, terms=TERMS, by=deputy, now=NOW)
    assert isinstance(found, Refused)
    assert found.reason is Why.KEPT_APART
    hers = {**case.hands, "examine": frozenset({PersonId(UUID(int=8)), CHAIR})}
    through = advance(msgspec.structs.replace(case, hands=hers), move, terms=TERMS, by=by(CHAIR), now=NOW)
    assert isinstance(through, Refused)
    assert through.reason is Why.KEPT_APART


def test_whoever_once_did_a_step_stays_kept_apart_when_another_one_ends_it_later() -> None:
    case = called()
    again = msgspec.structs.replace(case, waiting={"examine": Todo("examine", "decide", MONDAY)}, clock=None)
    for officer in (PersonId(UUID(int=6)), PersonId(UUID(int=7))):
        found = advance(again, Move("examine", "call"), terms=TERMS, by=by(officer, "decide"), now=NOW)
        assert not isinstance(found, Refused)
        again = then(again, found, by=by(officer, "decide"), now=NOW)
    assert again.hands["examine"] >= {EXAMINER, SECOND}


def test_an_outcome_that_calls_no_meeting_takes_none() -> None:
    begun = Case(CaseId(UUID(int=1)), 1, OPENED, {"examine": OPENED.opens[0]}, MONDAY)
    move = Move("examine", "call", at=at(FIRST), hall="city_hall")
    found = advance(begun, move, terms=TERMS, by=by(EXAMINER, "decide"), now=NOW)
    assert isinstance(found, Refused)
    assert (found.reason, found.details["fields"]) == (Why.NOT_ASKED, ("at", "hall"))


@pytest.mark.parametrize("examiner", [EXAMINER, SECOND])
def test_both_who_examined_are_kept_apart_and_nobody_else(examiner: PersonId) -> None:
    case = called()
    assert case.hands["examine"] == {EXAMINER, SECOND}
    move = Move("call", "call", at=at(FIRST), hall="city_hall")
    for found in (
        advance(case, move, terms=TERMS, by=by(examiner), now=NOW),
        claimed(case, "call", terms=TERMS, by=by(examiner)),
        handed_over(case, "call", examiner, terms=TERMS, able=True, by=by(CHAIR)),
    ):
        assert isinstance(found, Refused)
        assert found.reason is Why.KEPT_APART
    assert not isinstance(claimed(case, "call", terms=TERMS, by=by(CHAIR)), Refused)


def met(day: date) -> Case:
    case = called()
    facts = call(case, at=at(day), hall="city_hall")
    assert not isinstance(facts, Refused)
    return then(case, facts, by=by(CHAIR), now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "hour", "told"), [(2, time(23, 59), 0), (1, time(0), 1), (0, time(9, 29), 1), (0, time(9, 30), 0)]
)
def test_the_reminder_comes_on_the_day_before_and_never_afterwards(days: int, hour: time, told: int) -> None:
    now = datetime.combine(FIRST - timedelta(days=days), hour, ZONE)
    assert len(near(met(FIRST), "hold", TERMS, now=now)) == told


def test_a_reminder_is_given_once_and_anew_for_another_day() -> None:
    case, eve = met(FIRST), at(FIRST - timedelta(days=1))
    reminded = then(case, near(case, "hold", TERMS, now=eve), by=by(CHAIR), now=eve)
    assert near(reminded, "hold", TERMS, now=eve) == ()
    later = FIRST + timedelta(days=10)
    move = Move("hold", "put_off", at=at(later), hall="city_hall")
    facts = advance(reminded, move, terms=TERMS, by=by(CHAIR), now=eve)
    assert not isinstance(facts, Refused)
    moved = then(reminded, facts, by=by(CHAIR), now=eve)
    assert near(moved, "hold", TERMS, now=eve) == ()
    assert near(moved, "hold", TERMS, now=at(later - timedelta(days=1))) == (
        MeetingSoon("hold", Meeting(at(later), "city_hall")),
    )


def test_a_meeting_that_was_held_is_not_awaited_any_more() -> None:
    case = met(FIRST)
    facts = advance(case, Move("hold", "held"), terms=TERMS, by=by(CHAIR), now=at(FIRST))
    assert not isinstance(facts, Refused)
    assert then(case, facts, by=by(CHAIR), now=at(FIRST)).meetings == {}


VISITED: Final = Process(
    NAME,
    ("arrange",),
    {
        "arrange": Step(
            NAME, "inspect", LAW, {"announce": Outcome(NAME, ("visit", "walk"), letter="x", meets=ON_SITE)}
        ),
        "visit": Step(
            NAME, "inspect", LAW,
            {
                "put_off": Outcome(NAME, ("visit",), letter="x", meets=ON_SITE),
                "seen": Outcome(NAME, ("arrange",)),
            },
            officers=2,
        ),
        "walk": Step(NAME, "inspect", LAW, {"done": Outcome(NAME, ("arrange",))}),
    },
    {"granted": NAME},
    (),
)  # fmt: skip
SITE: Final = msgspec.structs.replace(TERMS, process=VISITED)
PERSON: Final = Acting(PersonId(OPENED.subject), Channel.PHONE)
DAY: Final = date(2020, 9, 22)


def announced(*, parts: tuple[str, ...] = ("visit",)) -> Case:
    """A visit is named for Tuesday; only some of the steps that it opens are left."""
    begun = Case(CaseId(UUID(int=1)), 1, OPENED, {"arrange": Todo("arrange", "inspect", MONDAY)}, MONDAY)
    facts = advance(begun, Move("arrange", "announce", at=at(DAY)), terms=SITE, by=by(CHAIR, "inspect"), now=NOW)
    assert not isinstance(facts, Refused)
    case = then(begun, facts, by=by(CHAIR, "inspect"), now=NOW)
    meetings = {name: one for name, one in case.meetings.items() if name in parts}
    return msgspec.structs.replace(case, meetings=meetings)


def test_whoever_visits_names_no_hall() -> None:
    assert announced().meetings == {"visit": Meeting(at(DAY))}
    begun = Case(CaseId(UUID(int=1)), 1, OPENED, {"arrange": Todo("arrange", "inspect", MONDAY)}, MONDAY)
    move = Move("arrange", "announce", at=at(DAY), hall="city_hall")
    found = advance(begun, move, terms=SITE, by=by(CHAIR, "inspect"), now=NOW)
    assert isinstance(found, Refused)
    assert found.reason is Why.NOT_ASKED


def test_an_hour_that_passed_is_no_notice_even_where_none_is_asked() -> None:
    terms = msgspec.structs.replace(SITE, process=without_notice())
    begun = Case(CaseId(UUID(int=1)), 1, OPENED, {"arrange": Todo("arrange", "inspect", MONDAY)}, MONDAY)
    for hour, taken in ((time(9, 30), False), (time(10), False), (time(10, 1), True)):
        move = Move("arrange", "announce", at=datetime.combine(MONDAY, hour, ZONE))
        found = advance(begun, move, terms=terms, by=by(CHAIR, "inspect"), now=NOW)
        assert (not isinstance(found, Refused)) is taken, hour


def without_notice() -> Process:
    meets = msgspec.structs.replace(ON_SITE, notice=0)
    outcome = Outcome(NAME, ("visit", "walk"), letter="x", meets=meets)
    step = msgspec.structs.replace(VISITED.steps["arrange"], outcomes={"announce": outcome})
    return msgspec.structs.replace(VISITED, steps={**VISITED.steps, "arrange": step})


def test_two_hold_a_visit_and_one_names_another_time() -> None:
    case, later = announced(), at(date(2020, 9, 23))
    put_off = advance(case, Move("visit", "put_off", at=later), terms=SITE, by=by(CHAIR, "inspect"), now=NOW)
    assert not isinstance(put_off, Refused)
    assert then(case, put_off, by=by(CHAIR, "inspect"), now=NOW).meetings["visit"] == Meeting(later)
    seen = advance(case, Move("visit", "seen"), terms=SITE, by=by(CHAIR, "inspect"), now=at(DAY))
    assert not isinstance(seen, Refused)
    assert isinstance(seen[0], StepSigned)
    early = advance(case, Move("visit", "seen"), terms=SITE, by=by(CHAIR, "inspect"), now=NOW)
    assert isinstance(early, Refused)
    assert early.reason is Why.BEFORE_MEETING


def asked(case: Case, words: str = "周三上午有人", who: Acting = PERSON, now: datetime = NOW) -> Case | Why:
    found = another_time(case, words, terms=SITE, by=who, now=now)
    return Why(found.reason) if isinstance(found, Refused) else then(case, found, by=who, now=now)


def test_the_person_asks_once_for_another_time_and_the_meeting_stands() -> None:
    case = asked(announced())
    assert isinstance(case, Case)
    assert (case.asked, case.meetings) == (announced().meetings, announced().meetings)
    assert asked(case) is Why.TIME_ASKED
    later = Move("visit", "put_off", at=at(date(2020, 9, 23)))
    facts = advance(case, later, terms=SITE, by=by(CHAIR, "inspect"), now=NOW)
    assert not isinstance(facts, Refused)
    assert asked(then(case, facts, by=by(CHAIR, "inspect"), now=NOW)) is Why.TIME_ASKED, "once, whatever the time"


@pytest.mark.parametrize(
    ("case", "words", "who", "now", "why"),
    [
        (announced(), "周三", by(CHAIR, "inspect"), NOW, Why.NOT_YOUR_DUTY),
        (announced(), " ", PERSON, NOW, Why.UNSAID),
        (announced(), "三" * 2_001, PERSON, NOW, Why.TOO_LONG),
        (announced(), "周三", PERSON, at(DAY), Why.NO_OTHER_TIME),
        (announced(parts=()), "周三", PERSON, NOW, Why.NO_OTHER_TIME),
    ],
)
def test_another_time_is_not_asked_for(case: Case, words: str, who: Acting, now: datetime, why: Why) -> None:
    assert asked(case, words, who, now) is why


def test_of_a_hearing_nobody_asks_for_another_time() -> None:
    found = another_time(met(FIRST), "周三", terms=TERMS, by=PERSON, now=NOW)
    assert isinstance(found, Refused)
    assert found.reason is Why.NO_OTHER_TIME


def test_each_of_several_meetings_is_reminded_of_once() -> None:
    first, second = Meeting(at(DAY)), Meeting(datetime.combine(DAY, time(14), ZONE))
    case = msgspec.structs.replace(announced(), meetings={"visit": first, "walk": second})
    for step, other in (("walk", "visit"), ("visit", "walk")):
        told = near(case, step, SITE, now=NOW)
        assert told == (MeetingSoon(step, case.meetings[step]),)
        after = then(case, told, by=by(CHAIR, "inspect"), now=NOW)
        assert near(after, step, SITE, now=NOW) == ()
        rest = near(after, other, SITE, now=NOW)
        assert rest == (MeetingSoon(other, case.meetings[other]),)
        both = then(after, rest, by=by(CHAIR, "inspect"), now=NOW)
        assert near(both, "visit", SITE, now=NOW) == near(both, "walk", SITE, now=NOW) == ()


def test_one_meeting_for_which_two_steps_wait_is_reminded_of_once() -> None:
    case = announced(parts=("visit", "walk"))
    after = then(case, near(case, "visit", SITE, now=NOW), by=by(CHAIR, "inspect"), now=NOW)
    assert near(after, "walk", SITE, now=NOW) == ()


TOGETHER: Final = msgspec.structs.replace(
    PROCESS,
    steps={
        "arrange": Step(
            NAME, "hear", LAW,
            {
                "announce": Outcome(NAME, ("visit",), clock=ClockAct.STOPS, stop=StopKind.INSPECTION, meets=ON_SITE),
                "agreed": Outcome(NAME, ("visit",), clock=ClockAct.STOPS, stop=StopKind.INSPECTION),
            },
        ),
        "visit": Step(
            NAME, "hear", LAW,
            {
                "put_off": Outcome(NAME, ("visit",), meets=ON_SITE),
                "seen": Outcome(NAME, ("examine",), clock=ClockAct.RESUMES),
            },
            officers=2,
        ),
    },
)  # fmt: skip
AT_THE_PLACE: Final = msgspec.structs.replace(TERMS, process=TOGETHER)
TUESDAY: Final = MONDAY + timedelta(days=1)


def visited(day: date | None = None) -> Case:
    """A case whose visit is to be named, or was named on Monday for a day."""
    case = msgspec.structs.replace(called(), waiting={"arrange": Todo("arrange", "hear", MONDAY)})
    if day is None:
        return case
    facts = advance(case, Move("arrange", "announce", at=at(day)), terms=AT_THE_PLACE, by=by(CHAIR), now=NOW)
    assert not isinstance(facts, Refused)
    return then(case, facts, by=by(CHAIR), now=NOW)


def with_joint(case: Case, day: date) -> Case:
    facts = joined(case, day, terms=AT_THE_PLACE, now=NOW)
    assert not isinstance(facts, Refused)
    return then(case, facts, by=by(CHAIR), now=NOW)


def reason_of(found: object) -> object:
    return found.reason if isinstance(found, Refused) else None


@pytest.mark.parametrize("step", ["arrange", "visit"])
@pytest.mark.parametrize(("day", "why"), [(FIRST, None), (TUESDAY, Why.JOINT_DAY), (LAST, Why.JOINT_DAY)])
def test_a_visit_is_named_for_the_joint_day_and_no_other(step: str, day: date, why: Why | None) -> None:
    case = with_joint(visited(None if step == "arrange" else FIRST), FIRST)
    move = Move(step, "announce" if step == "arrange" else "put_off", at=at(day) + timedelta(hours=1))
    found = advance(case, move, terms=AT_THE_PLACE, by=by(CHAIR), now=NOW)
    assert reason_of(found) == why


def test_a_visit_that_was_named_moves_to_the_joint_day_at_its_hour_and_the_clock_stands_until_then() -> None:
    case, later = visited(TUESDAY), FIRST
    facts = joined(case, later, terms=AT_THE_PLACE, now=NOW)
    assert not isinstance(facts, Refused)
    assert facts[0] == VisitJoined(later, {"visit": Meeting(at(later))})
    moved = then(case, facts, by=by(CHAIR), now=NOW)
    assert moved.meetings == {"visit": Meeting(at(later))}
    assert moved.stopped is not None
    assert due(CALENDAR, Run(moved.stopped.told, Limit(moved.stopped.planned))).day == later
    assert joined(moved, later, terms=AT_THE_PLACE, now=NOW) == (), "what agrees is left as it is"
    assert joined(visited(later), later, terms=AT_THE_PLACE, now=NOW) == (VisitJoined(later),)


@pytest.mark.parametrize(
    ("day", "why"),
    [(MONDAY, Why.MEETS_TOO_SOON), (TUESDAY, None), (LAST, None), (date(2020, 10, 7), Why.MEETS_TOO_LATE)],
)
@pytest.mark.parametrize("named", [None, FIRST])
def test_a_joint_day_leaves_notice_and_keeps_the_last_day_of_each_visit(
    named: date | None, day: date, why: Why | None
) -> None:
    assert reason_of(joined(visited(named), day, terms=AT_THE_PLACE, now=NOW)) == why


def test_a_joint_day_binds_until_it_can_no_longer_be_announced_and_moves_no_hearing() -> None:
    case = with_joint(visited(), TUESDAY)
    on_the_day = NOW + timedelta(days=1)
    move = Move("arrange", "announce", at=at(FIRST))
    assert reason_of(advance(case, move, terms=AT_THE_PLACE, by=by(CHAIR), now=NOW)) is Why.JOINT_DAY
    assert not isinstance(advance(case, move, terms=AT_THE_PLACE, by=by(CHAIR), now=on_the_day), Refused)
    hearing = met(FIRST)
    assert then(hearing, [VisitJoined(TUESDAY)], by=by(CHAIR), now=NOW).meetings == hearing.meetings
    assert joined(hearing, TUESDAY, terms=TERMS, now=NOW) == (VisitJoined(TUESDAY),)


def test_a_case_without_a_visit_is_looked_at_before_its_latest_day_unless_that_is_past() -> None:
    plain = msgspec.structs.replace(called(), waiting={"examine": Todo("examine", "decide", MONDAY)})
    assert plain.due is not None
    after = plain.due + timedelta(days=1)
    no = joined(plain, after, terms=AT_THE_PLACE, now=NOW)
    assert isinstance(no, Refused)
    assert (no.reason, no.details["day"]) == (Why.MEETS_TOO_LATE, plain.due.isoformat())
    assert joined(plain, plain.due, terms=AT_THE_PLACE, now=NOW) == (VisitJoined(plain.due),)
    assert joined(plain, after, terms=AT_THE_PLACE, now=at(after)) == (VisitJoined(after),), "it is late already"


def unaccepted() -> Case:
    """A case that is not accepted yet: nothing counts, and no step names a visit."""
    return Case(CaseId(UUID(int=1)), 1, OPENED, {"examine": OPENED.opens[0]}, MONDAY)


def test_before_its_acceptance_a_case_is_looked_at_within_its_limit_from_today() -> None:
    last = due(CALENDAR, Run(MONDAY, Limit(20))).day
    assert joined(unaccepted(), last, terms=AT_THE_PLACE, now=NOW) == (VisitJoined(last),)
    for day in (last + timedelta(days=1), date(9999, 12, 31)):
        no = joined(unaccepted(), day, terms=AT_THE_PLACE, now=NOW)
        assert isinstance(no, Refused)
        assert (no.reason, no.details["day"]) == (Why.MEETS_TOO_LATE, last.isoformat())
    assert reason_of(joined(unaccepted(), MONDAY - timedelta(days=1), terms=AT_THE_PLACE, now=NOW)) is (
        Why.MEETS_TOO_SOON
    )
    own = msgspec.structs.replace(unaccepted(), limit=Limit(5))
    assert reason_of(joined(own, last, terms=AT_THE_PLACE, now=NOW)) is Why.MEETS_TOO_LATE


def test_a_case_whose_clock_stands_for_something_else_is_looked_at_before_its_latest_day() -> None:
    heard = met(FIRST)
    assert heard.stopped is not None and heard.due is not None
    assert joined(heard, heard.due, terms=TERMS, now=NOW) == (VisitJoined(heard.due),)
    assert reason_of(joined(heard, heard.due + timedelta(days=1), terms=TERMS, now=NOW)) is Why.MEETS_TOO_LATE


def test_a_case_whose_clock_stands_longer_than_announced_is_still_looked_at_before_its_latest_day() -> None:
    heard = met(FIRST)
    assert heard.due is not None
    later = at(heard.due + timedelta(days=1))
    assert joined(heard, later.date(), terms=TERMS, now=later) == (VisitJoined(later.date()),)
    assert reason_of(joined(heard, date(9999, 12, 31), terms=TERMS, now=later)) is Why.MEETS_TOO_LATE


@pytest.mark.parametrize("joint", [date(2020, 10, 7), date(2020, 12, 15), date(2021, 9, 21)])
def test_a_joint_day_after_the_last_day_of_a_visit_binds_nobody_and_is_none_of_its_days(joint: date) -> None:
    """It was set before the visit was to be named, when nobody knew since when that would wait."""
    case = then(visited(), [VisitJoined(joint)], by=by(CHAIR), now=NOW)
    on_joint, own = Move("arrange", "announce", at=at(joint)), Move("arrange", "announce", at=at(FIRST))
    assert reason_of(advance(case, on_joint, terms=AT_THE_PLACE, by=by(CHAIR), now=NOW)) is Why.MEETS_TOO_LATE
    agreed = Move("arrange", "agreed", days=1)
    for move in (own, agreed):
        assert reason_of(advance(case, move, terms=AT_THE_PLACE, by=by(CHAIR), now=NOW)) is None


@pytest.mark.parametrize(("days", "why"), [(0, Why.JOINT_DAY), (3, Why.JOINT_DAY), (4, None), (5, None)])
def test_nobody_goes_to_look_at_once_before_the_joint_day(days: int, why: Why | None) -> None:
    """The joint day is Friday: the fourth day after Monday."""
    case, now = with_joint(visited(), FIRST), NOW + timedelta(days=days)
    found = advance(case, Move("arrange", "agreed", days=1), terms=AT_THE_PLACE, by=by(CHAIR), now=now)
    assert reason_of(found) == why
    if isinstance(found, Refused):
        assert found.details["day"] == FIRST.isoformat()


def test_an_inspection_that_names_no_day_waits_for_the_joint_day_where_its_step_can_name_none() -> None:
    step = TOGETHER.steps["arrange"]
    only = msgspec.structs.replace(step, outcomes={"agreed": step.outcomes["agreed"]})
    process = msgspec.structs.replace(TOGETHER, steps={**TOGETHER.steps, "arrange": only})
    terms, move = msgspec.structs.replace(TERMS, process=process), Move("arrange", "agreed", days=1)
    case = then(visited(), [VisitJoined(FIRST)], by=by(CHAIR), now=NOW)
    assert reason_of(advance(case, move, terms=terms, by=by(CHAIR), now=NOW)) is Why.JOINT_DAY
    assert reason_of(advance(visited(), move, terms=terms, by=by(CHAIR), now=NOW)) is None


def test_no_other_stop_waits_for_the_joint_day() -> None:
    case = then(called(), [VisitJoined(LAST)], by=by(CHAIR), now=NOW)
    assert not isinstance(call(case, at=at(FIRST), hall="city_hall"), Refused)


def test_a_visit_that_took_place_is_kept_and_neither_one_put_off_nor_a_hearing_is() -> None:
    case, later = announced(), at(date(2020, 9, 23))
    put_off = advance(case, Move("visit", "put_off", at=later), terms=SITE, by=by(CHAIR, "inspect"), now=at(DAY))
    assert not isinstance(put_off, Refused)
    assert then(case, put_off, by=by(CHAIR, "inspect"), now=at(DAY)).seen == {}
    for officer in (CHAIR, SECOND):
        facts = advance(case, Move("visit", "seen"), terms=SITE, by=by(officer, "inspect"), now=at(DAY))
        assert not isinstance(facts, Refused)
        case = then(case, facts, by=by(officer, "inspect"), now=at(DAY))
    assert (case.meetings, case.seen) == ({}, {"visit": Meeting(at(DAY))})
    held = advance(met(FIRST), Move("hold", "held"), terms=TERMS, by=by(CHAIR), now=at(FIRST))
    assert not isinstance(held, Refused)
    assert then(met(FIRST), held, by=by(CHAIR), now=at(FIRST)).seen == {}
