"""What becomes of everything that the city holds on somebody who asks to be forgotten."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onecity.people.holdings import Bond, Fate, Holding
from onecity.people.rules.forgetting import fates, may_be_forgotten

TODAY = date(2020, 9, 22)
TOMORROW = TODAY + timedelta(days=1)
ACCOUNT = Holding("account", 1, Bond.AFFAIRS)
PHONE = Holding("phone", 1, Bond.NOTHING)
RUNNING = Holding("running", 1, Bond.AFFAIRS, law="law of the open")
LOOKS = Holding("looks", 3, Bond.OUTSIDE, until=TOMORROW, law="law of looks")


def archived(until: date) -> Holding:
    return Holding("archived", 2, Bond.AFFAIRS, until=until, law="law of archives")


def test_without_a_law_everything_goes() -> None:
    held = [ACCOUNT, PHONE]
    assert may_be_forgotten(held, day=TODAY)
    assert [one.erased for one in fates(held, day=TODAY)] == [True, True]


def test_an_open_case_keeps_what_belongs_to_affairs_and_nothing_else() -> None:
    held = [ACCOUNT, PHONE, RUNNING]
    assert not may_be_forgotten(held, day=TODAY)
    assert fates(held, day=TODAY) == (
        Fate("account", 1, erased=False, until=None, law="law of the open"),
        Fate("phone", 1, erased=True),
        Fate("running", 1, erased=False, until=None, law="law of the open"),
    )


def test_an_archive_keeps_until_its_day_and_not_on_it() -> None:
    assert not may_be_forgotten([ACCOUNT, archived(TOMORROW)], day=TODAY)
    assert may_be_forgotten([ACCOUNT, archived(TOMORROW)], day=TOMORROW)
    assert [one.until for one in fates([ACCOUNT, archived(TOMORROW)], day=TODAY)] == [TOMORROW, TOMORROW]


def test_what_follows_affairs_stays_as_long_as_the_longest() -> None:
    later = TODAY + timedelta(days=9)
    account, _, _ = fates([ACCOUNT, archived(TOMORROW), archived(later)], day=TODAY)
    assert account.until == later
    account, _, _ = fates([ACCOUNT, archived(later), RUNNING], day=TODAY)
    assert (account.until, account.law) == (None, "law of the open")


def test_what_lies_outside_the_persons_key_keeps_nobodys_key() -> None:
    held = [ACCOUNT, LOOKS]
    assert may_be_forgotten(held, day=TODAY)
    assert fates(held, day=TODAY) == (
        Fate("account", 1, erased=True),
        Fate("looks", 3, erased=False, until=TOMORROW, law="law of looks"),
    )


def test_what_is_not_there_is_not_spoken_of() -> None:
    assert fates([Holding("drafts", 0, Bond.NOTHING)], day=TODAY) == ()


HOLDINGS = st.builds(
    Holding,
    st.sampled_from("abc"),
    st.integers(1, 3),
    st.sampled_from(Bond),
    st.none() | st.dates(date(2020, 1, 1), date(2021, 1, 1)),
    st.none() | st.just("a law"),
)


@given(st.lists(HOLDINGS, max_size=8), st.dates(date(2020, 1, 1), date(2021, 1, 1)))
def test_whoever_may_be_forgotten_keeps_nothing_under_the_key_and_everybody_else_is_told_why(
    held: list[Holding], day: date
) -> None:
    told = fates(held, day=day)
    under_key = [fate for one, fate in zip(held, told, strict=True) if one.bond is not Bond.OUTSIDE]
    if may_be_forgotten(held, day=day):
        assert all(one.erased for one in under_key)
    assert all(one.law is not None and (one.until is None or one.until > day) for one in told if not one.erased)
    assert all(fate.erased for one, fate in zip(held, told, strict=True) if one.bond is Bond.NOTHING)


@given(st.lists(HOLDINGS, max_size=8), st.dates(date(2020, 1, 1), date(2021, 1, 1)), st.integers(0, 400))
def test_whoever_may_be_forgotten_on_a_day_may_be_on_every_later_one(
    held: list[Holding], day: date, later: int
) -> None:
    if may_be_forgotten(held, day=day):
        assert may_be_forgotten(held, day=day + timedelta(days=later))
