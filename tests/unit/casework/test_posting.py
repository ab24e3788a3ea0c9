"""Results by post: an address that a carrier can use, one parcel at a time, and a new day only for what came back."""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import (
    HAND_OVER,
    SEND_OUT,
    Address,
    Because,
    Case,
    CaseEnded,
    CaseOpened,
    CasePosted,
    Delivery,
    DeliveryChosen,
    Move,
    Outcome,
    Post,
    Posting,
    PostReturned,
    Process,
    Returned,
    Step,
    Terms,
    Todo,
    Why,
    addressed,
    advance,
    then,
    way_chosen,
)
from onecity.casework.rules.moves import delivered
from onecity.casework.rules.posting import came_back, chosen_anew, posted
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.clock import Calendar, Limit, Run, due
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.packs import Text

ZONE: Final = ZoneInfo("Asia/Shanghai")
MONDAY: Final = date(2020, 9, 21)
NOW: Final = datetime.combine(MONDAY, time(10), ZONE)
LATER: Final = datetime.combine(date(2020, 9, 30), time(10), ZONE)
LAW: Final = Because("行政许可法", "44", date(2019, 4, 23))
NAME: Final = Text("名", "name")
HOLDER: Final = PersonId(UUID(int=2))
HOME: Final = Address("林晓梅", "13800000001", "示例路 1 号 2 单元")
OTHER: Final = Address("林晓梅", "0371-00000001", "示例路 9 号院 3 楼")
REASONS: Final = frozenset(
    {
        Why.NOT_BY_POST,
        Why.NO_RECIPIENT,
        Why.NO_PHONE,
        Why.NO_ADDRESS,
        Why.ADDRESS_NOT_ASKED,
        Why.POSTED_ALREADY,
        Why.NOT_POSTED,
        Why.OTHER_ADDRESS,
        Why.NO_TRACKING,
        Why.NOTHING_TO_DELIVER,
        Why.NOT_YOUR_DUTY,
    }
)
"""Reasons that this module tries."""

PROCESS: Final = Process(
    NAME,
    ("decide",),
    {"decide": Step(NAME, "decide", LAW, {"grant": Outcome(NAME, ends="granted")})},
    {"granted": NAME},
    (),
    hands_over="deliver",
)  # fmt: skip
CALENDAR: Final = Calendar({}, frozenset({2020}), {})
TERMS: Final = Terms(PROCESS, Limit(20), 0, frozenset(), CALENDAR, "c" * 64, zone=ZONE)


def by(duty: str, agency: str = "market") -> Acting:
    return Acting(PersonId(UUID(int=3)), Channel.API, duty, Scope(agency, "410100"))


PERSON: Final = Acting(HOLDER, Channel.API)
CLERK: Final = by("deliver")


def opened(way: Delivery) -> Case:
    fact = CaseOpened(
        "food", "a" * 64, "permit", "b" * 64, UUID(int=9), HOLDER, "market", "410100", MONDAY,
        (Todo("decide", "decide", MONDAY),), delivery=way,
    )  # fmt: skip
    case = Case(CaseId(UUID(int=1)), 1, fact, {"decide": fact.opens[0]}, MONDAY, post=Post(way))
    said = way_chosen(way, HOLDER, HOME if way is Delivery.POST else None)
    return after(case, said, PERSON)


def after(case: Case, facts: tuple[Fact, ...] | Refused, who: Acting, now: datetime = NOW) -> Case:
    assert not isinstance(facts, Refused), facts.reason
    return then(case, facts, by=who, now=now)


def granted(way: Delivery = Delivery.POST) -> Case:
    case = opened(way)
    return after(case, advance(case, Move("decide", "grant"), terms=TERMS, by=by("decide"), now=NOW), by("decide"))


def sent(case: Case | None = None) -> Case:
    case = case or granted()
    parcel = Posting("EZ 1234-56789 cn", case.post.choice)
    return after(case, posted(case, parcel, process=PROCESS, by=CLERK), CLERK)


def back() -> Case:
    case = sent()
    return after(case, came_back(case, Returned.NOBODY, terms=TERMS, by=CLERK, now=LATER), CLERK, LATER)


def in_days(start: date) -> date:
    return due(CALENDAR, Run(start, Limit(10))).day


@pytest.mark.parametrize(("way", "step"), [(Delivery.POST, SEND_OUT), (Delivery.COUNTER, HAND_OVER)])
def test_what_is_decided_waits_ten_working_days_in_the_post_room_or_at_the_counter(way: Delivery, step: str) -> None:
    case = opened(way)
    facts = advance(case, Move("decide", "grant"), terms=TERMS, by=by("decide"), now=NOW)
    assert not isinstance(facts, Refused)
    [end] = [fact for fact in facts if isinstance(fact, CaseEnded)]
    assert end.hands == Todo(step, "deliver", MONDAY)
    assert end.deliver_by == in_days(MONDAY)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "   "}, Why.NO_RECIPIENT),
        ({"name": "名" * 51}, Why.NO_RECIPIENT),
        ({"name": "林\x00梅"}, Why.NO_RECIPIENT),
        ({"phone": ""}, Why.NO_PHONE),
        ({"phone": "2380000000"}, Why.NO_PHONE),
        ({"phone": "1380000000"}, Why.NO_PHONE),
        ({"phone": "١٣٨٠٠٠٠٠٠٠١"}, Why.NO_PHONE),
        ({"line": "示例路 1"}, Why.NO_ADDRESS),
        ({"line": "路" * 121}, Why.NO_ADDRESS),
    ],
)
def test_an_address_that_no_carrier_can_use_is_refused_at_its_part(change: dict[str, str], why: Why) -> None:
    found = addressed(msgspec.structs.replace(HOME, **change))
    assert isinstance(found, Refused)
    assert found.reason is why


@pytest.mark.parametrize("line", ["示例路十号院", "路" * 120])
def test_the_shortest_and_the_longest_address_are_taken(line: str) -> None:
    assert addressed(msgspec.structs.replace(HOME, line=line)) == msgspec.structs.replace(HOME, line=line)


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=140))
def test_an_address_is_refused_or_one_line_that_stays_as_it_is(name: str, phone: str, line: str) -> None:
    found = addressed(Address(name, phone, line))
    if not isinstance(found, Refused):
        assert addressed(found) == found
        assert "\n" not in found.name + found.line


def test_only_by_post_is_an_address_written_down() -> None:
    assert way_chosen(Delivery.ONLINE, HOLDER, None) == ()
    for how, to, why in (
        (Delivery.COUNTER, HOME, Why.ADDRESS_NOT_ASKED),
        (Delivery.POST, None, Why.NO_RECIPIENT),
    ):
        found = way_chosen(how, HOLDER, to)
        assert isinstance(found, Refused)
        assert found.reason is why


def test_a_parcel_leaves_once_under_a_number_that_a_carrier_could_print() -> None:
    case = sent()
    assert case.post.posted is not None
    assert case.post.posted.tracking == "EZ123456789CN"
    again = posted(case, Posting("EZ123456789CN", case.post.choice), process=PROCESS, by=CLERK)
    assert isinstance(again, Refused)
    assert again.reason is Why.POSTED_ALREADY
    counter = delivered(case, PROCESS, by=CLERK)
    assert isinstance(counter, Refused)
    assert counter.reason is Why.POSTED_ALREADY


def test_until_it_leaves_whoever_comes_gets_it_at_the_counter() -> None:
    case = granted()
    case = after(case, delivered(case, PROCESS, by=CLERK), CLERK)
    found = posted(case, Posting("EZ123456789CN", case.post.choice), process=PROCESS, by=CLERK)
    assert isinstance(found, Refused)
    assert found.reason is Why.NOTHING_TO_DELIVER


@pytest.mark.parametrize(
    ("case", "parcel", "who", "why"),
    [
        (granted(), Posting("EZ123456789CN", 2), by("decide"), Why.NOT_YOUR_DUTY),
        (granted(), Posting("EZ123456789CN", 2), by("deliver", "fire"), Why.NOT_YOUR_DUTY),
        (granted(), Posting("EZ1234-", 2), CLERK, Why.NO_TRACKING),
        (granted(), Posting("A" * 21, 2), CLERK, Why.NO_TRACKING),
        (granted(), Posting("单号12345678", 2), CLERK, Why.NO_TRACKING),
        (granted(), Posting("EZ123456789CN", 1), CLERK, Why.OTHER_ADDRESS),
        (granted(Delivery.COUNTER), Posting("EZ123456789CN", 0), CLERK, Why.NOT_BY_POST),
        (granted(Delivery.ONLINE), Posting("EZ123456789CN", 0), CLERK, Why.NOTHING_TO_DELIVER),
        (opened(Delivery.POST), Posting("EZ123456789CN", 2), CLERK, Why.NOTHING_TO_DELIVER),
    ],
)
def test_a_parcel_does_not_leave(case: Case, parcel: Posting, who: Acting, why: Why) -> None:
    found = posted(case, parcel, process=PROCESS, by=who)
    assert isinstance(found, Refused)
    assert found.reason is why


@pytest.mark.parametrize("number", ["A" * 8, "9" * 20])
def test_the_shortest_and_the_longest_number_are_taken(number: str) -> None:
    case = granted()
    facts = posted(case, Posting(number, case.post.choice), process=PROCESS, by=CLERK)
    assert not isinstance(facts, Refused)
    assert isinstance(facts[0], CasePosted)


def test_what_comes_back_lies_at_the_counter_with_a_day_of_its_own() -> None:
    case = sent()
    facts = came_back(case, Returned.UNKNOWN, terms=TERMS, by=CLERK, now=LATER)
    assert facts == (PostReturned(Returned.UNKNOWN, Todo(HAND_OVER, "deliver", LATER.date()), in_days(LATER.date())),)
    home = after(case, facts, CLERK, LATER)
    assert (home.post.way, home.post.posted, home.deliver_by) == (Delivery.COUNTER, None, in_days(LATER.date()))
    twice = came_back(home, Returned.UNKNOWN, terms=TERMS, by=CLERK, now=LATER)
    assert isinstance(twice, Refused)
    assert twice.reason is Why.NOT_POSTED


def test_whoever_gives_another_address_is_sent_it_there_and_an_old_sheet_no_longer_counts() -> None:
    case = back()
    facts = chosen_anew(case, Delivery.POST, OTHER, terms=TERMS, by=PERSON, now=LATER)
    assert not isinstance(facts, Refused)
    [chosen] = facts
    assert isinstance(chosen, DeliveryChosen)
    assert chosen.hands == Todo(SEND_OUT, "deliver", LATER.date())
    assert chosen.deliver_by == in_days(LATER.date())
    anew = after(case, facts, PERSON, LATER)
    old = posted(anew, Posting("EZ123456789CN", case.post.choice), process=PROCESS, by=CLERK)
    assert isinstance(old, Refused)
    assert old.reason is Why.OTHER_ADDRESS
    gone = sent(anew)
    assert gone.post.to == msgspec.structs.replace(OTHER, phone="037100000001")


def test_an_address_that_changes_before_the_parcel_leaves_moves_no_day() -> None:
    case = granted()
    facts = chosen_anew(case, Delivery.POST, OTHER, terms=TERMS, by=PERSON, now=LATER)
    assert not isinstance(facts, Refused)
    assert after(case, facts, PERSON, LATER).deliver_by == in_days(MONDAY)


def test_before_the_decision_only_the_address_changes() -> None:
    case = opened(Delivery.POST)
    facts = chosen_anew(case, Delivery.COUNTER, None, terms=TERMS, by=PERSON, now=NOW)
    assert facts == (DeliveryChosen(Delivery.COUNTER, HOLDER, None),)
    case = after(case, facts, PERSON)
    ended = after(case, advance(case, Move("decide", "grant"), terms=TERMS, by=by("decide"), now=NOW), by("decide"))
    assert not ended.delivered
    found = posted(ended, Posting("EZ123456789CN", ended.post.choice), process=PROCESS, by=CLERK)
    assert isinstance(found, Refused)
    assert found.reason is Why.NOT_BY_POST


@pytest.mark.parametrize(
    ("case", "how", "to", "who", "why"),
    [
        (back(), Delivery.POST, OTHER, CLERK, Why.NOT_YOUR_DUTY),
        (back(), Delivery.POST, OTHER, Acting(PersonId(UUID(int=7)), Channel.API), Why.NOT_YOUR_DUTY),
        (back(), Delivery.ONLINE, None, PERSON, Why.NOT_BY_POST),
        (back(), Delivery.COUNTER, OTHER, PERSON, Why.ADDRESS_NOT_ASKED),
        (back(), Delivery.POST, None, PERSON, Why.NO_RECIPIENT),
        (sent(), Delivery.COUNTER, None, PERSON, Why.POSTED_ALREADY),
        (granted(Delivery.COUNTER), Delivery.POST, OTHER, PERSON, Why.NOT_BY_POST),
    ],
)
def test_a_choice_is_not_taken(case: Case, how: Delivery, to: Address | None, who: Acting, why: Why) -> None:
    found = chosen_anew(case, how, to, terms=TERMS, by=who, now=LATER)
    assert isinstance(found, Refused)
    assert found.reason is why
