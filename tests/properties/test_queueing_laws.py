"""Laws of a day in a hall, whatever people and clerks do, in whatever order."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.clock import Calendar, OfficeHours, Span
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text
from onecity.places import Hall
from onecity.places.halls import Booking as Books
from onecity.services.queueing import rules
from onecity.services.queueing.facts import Ending, NumberCalled, NumberEnded, NumberTaken, TimeBooked
from onecity.services.queueing.model import HallDay, HallTimes, Number, hall_day, in_order

ZONE: Final = ZoneInfo("Asia/Shanghai")
DAY: Final = date(2020, 9, 22)
EACH: Final = 2
WINDOWS: Final = 3
TIMES: Final = HallTimes(
    "hall", Hall(Text("厅", "Hall"), Text("路", "Road"), "410105", WINDOWS, Books(60, EACH, 1)),
    Calendar({}, frozenset({2020}), {}), OfficeHours((Span(time(9), time(12)), Span(time(13), time(17)))), ZONE,
)  # fmt: skip
PEOPLE: Final = tuple(PersonId(UUID(int=number)) for number in range(1, 7))
BEGINS: Final = datetime.combine(DAY, time(8), ZONE).astimezone(UTC)


class Step(msgspec.Struct, frozen=True):
    """Somebody does something some minutes after what happened before; `at` is the hour that they would book."""

    minutes: int
    does: str
    who: int
    window: int
    at: int


_HOURS: Final = (9, 10, 13)
"""Few times, so that people want the same ones."""
_WHO: Final = st.integers(0, len(PEOPLE) - 1)
_EARLY: Final = st.builds(
    Step, st.just(0), st.just("book"), _WHO, st.just(1), st.sampled_from(_HOURS)
)  # fmt: skip
_LATER: Final = st.builds(
    Step, st.sampled_from((0, 1, 10, 30)),
    st.sampled_from(("take", "take", "next", "next", "book", "cancel", "give", "leave", "again", "absent")), _WHO,
    st.integers(1, WINDOWS), st.sampled_from((*_HOURS, 8, 12, 17)),
)  # fmt: skip
STEPS: Final = st.builds(
    lambda first, then: [*first, *then], st.lists(_EARLY, max_size=12), st.lists(_LATER, max_size=40)
)
"""Before the hall opens people book; then whatever happens happens."""


def decided(step: Step, day: HallDay, now: datetime, serial: int) -> tuple[Fact, ...] | Refused:
    person = PEOPLE[step.who]
    found: Fact | Refused
    by = Acting(person, Channel.PHONE)
    match step.does:
        case "book":
            at = datetime.combine(DAY, time(step.at), ZONE).astimezone(UTC)
            found = rules.book(day, UUID(int=1_000 + serial), at, times=TIMES, person=person, held=0, now=now)
        case "cancel":
            mine = [one.id for one in day.bookings.values() if one.person == person]
            found = rules.cancel(day, mine[-1] if mine else UUID(int=9), by=by, now=now)
        case "take" | "give":
            found = rules.take(day, times=TIMES, person=person if step.does == "take" else None, now=now)
        case "leave":
            found = rules.leave(day, by=by)
        case "next":
            return rules.call_next(day, step.window, now=now)
        case "again":
            return rules.call_again(day, step.window)
        case _:
            return rules.absent(day, step.window)
    return found if isinstance(found, Refused) else (found,)


def played(steps: list[Step]) -> list[tuple[HallDay, datetime, tuple[Fact, ...]]]:
    """The day before each thing that was done, when it was done, and what."""
    history: list[Recorded] = []
    told: list[tuple[HallDay, datetime, tuple[Fact, ...]]] = []
    now = BEGINS
    for serial, step in enumerate(steps):
        now += timedelta(minutes=step.minutes)
        day = hall_day(history)
        facts = decided(step, day, now, serial)
        if isinstance(facts, Refused):
            continue
        told.append((day, now, facts))
        for fact in facts:
            history.append(Recorded(UUID(int=8), len(history) + 1, now, Acting(None, Channel.JOB), fact))
    told.append((hall_day(history), now, ()))
    return told


@settings(max_examples=300)
@given(STEPS)
def test_a_window_has_one_number_and_a_number_one_window(steps: list[Step]) -> None:
    for day, _, _ in played(steps):
        there = [one for one in day.numbers.values() if one.window is not None and one.ended is None]
        assert len({one.window for one in there}) == len(there) <= WINDOWS
        assert all(1 <= one.calls <= rules.MOST_CALLS for one in there)
        waiting = [one.person for one in day.numbers.values() if one.ended is None and one.person is not None]
        assert len(set(waiting)) == len(waiting), "nobody waits with two numbers"


@settings(max_examples=300)
@given(STEPS)
def test_nobody_is_called_who_does_not_wait_nor_before_whoever_comes_first(steps: list[Step]) -> None:
    for day, now, facts in played(steps):
        for fact in facts:
            if not isinstance(fact, NumberCalled):
                continue
            called = day.numbers[fact.number]
            if called.calls:
                assert called.window == fact.window
                continue
            assert called.waits
            assert all(goes_before(called, other, now) for other in day.waiting() if other is not called)


def goes_before(one: Number, other: Number, now: datetime) -> bool:
    """The order, asked of a pair: whose time has come goes before whose has not; then by time and by number."""
    due, others = (each.time is not None and each.time <= now for each in (one, other))
    if due != others:
        return due
    if due and one.time != other.time:
        assert one.time is not None and other.time is not None
        return one.time < other.time
    return one.number < other.number


@given(st.lists(st.sampled_from((None, *_HOURS)), min_size=1, max_size=20), st.integers(8, 14), st.integers(0, 59))
def test_the_order_is_that_of_every_pair_of_it(booked: list[int | None], hour: int, minute: int) -> None:
    now = datetime.combine(DAY, time(hour, minute), ZONE).astimezone(UTC)
    times = [hour and datetime.combine(DAY, time(hour), ZONE).astimezone(UTC) for hour in booked]
    numbers = [Number(number, BEGINS, at or None) for number, at in enumerate(times, 1)]
    found = in_order(reversed(numbers), now=now)
    assert sorted(one.number for one in found) == [one.number for one in numbers]
    assert all(goes_before(one, other, now) for one, other in combinations(found, 2))


@settings(max_examples=300)
@given(STEPS)
def test_no_time_has_more_people_than_places_and_nobody_two_that_stand(steps: list[Step]) -> None:
    for day, now, _ in played(steps):
        stands = [one for one in day.bookings.values() if not one.cancelled]
        for time_ in {one.time for one in stands}:
            assert sum(one.time == time_ for one in stands) <= EACH
        held = [one.person for one in stands if not one.used and one.time.until > now]
        assert len(set(held)) == len(held)


@settings(max_examples=300)
@given(STEPS)
def test_numbers_count_on_without_a_gap_and_end_once(steps: list[Step]) -> None:
    last, _, _ = played(steps)[-1]
    assert sorted(last.numbers) == list(range(1, len(last.numbers) + 1))
    facts = [fact for _, _, done in played(steps) for fact in done]
    ended = [fact.number for fact in facts if isinstance(fact, NumberEnded)]
    assert len(set(ended)) == len(ended)
    used = [fact.booking for fact in facts if isinstance(fact, NumberTaken) and fact.booking is not None]
    assert len(set(used)) == len(used)
    assert set(used) <= {fact.booking for fact in facts if isinstance(fact, TimeBooked)}
    served = {fact.number for fact in facts if isinstance(fact, NumberEnded) and fact.how is not Ending.LEFT}
    assert served <= {fact.number for fact in facts if isinstance(fact, NumberCalled)}
