"""By what a person is told of letters, and where."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

import pytest

from onecity.kernel.acting import the_city
from onecity.ledger import Fact, Recorded
from onecity.notices.facts import PostChannel, PostChosen
from onecity.notices.model import Wish, masked_address, wish_of
from onecity.notices.rules import LONGEST_EMAIL, MOST_TRIES, PAUSES, Choice, Why, faults_of, is_email
from onecity.people import AccountKind, AccountOpened

SMS, EMAIL = PostChannel
PERSON: Final = UUID(int=1)
ADDRESS: Final = "lin@example.cn"
PHONE: Final = "10000000000"


def history(*facts: Fact) -> tuple[Recorded, ...]:
    at = datetime(2020, 9, 22, tzinfo=UTC)
    return tuple(Recorded(PERSON, version, at, the_city(), fact) for version, fact in enumerate(facts, 1))


def account(phone: str | None = PHONE) -> tuple[Recorded, ...]:
    return history(AccountOpened(PERSON, AccountKind.CITIZEN, "林晓梅", "x", phone))


def chosen(*channels: PostChannel, email: str | None = None, tells: bool = False, lang: str = "zh") -> PostChosen:
    return PostChosen(PERSON, channels, email, tells, lang)


def test_who_never_chose_is_told_by_sms_and_not_of_what() -> None:
    assert wish_of(account(), ()) == Wish((SMS,), {SMS: PHONE}, tells_matter=False, lang="zh")


def test_the_last_choice_holds() -> None:
    choices = history(chosen(SMS, EMAIL, email="old@example.cn"), chosen(EMAIL, email=ADDRESS, tells=True, lang="en"))
    assert wish_of(account(), choices) == Wish((EMAIL,), {SMS: PHONE, EMAIL: ADDRESS}, tells_matter=True, lang="en")


def test_who_wants_no_message_gets_none() -> None:
    assert wish_of(account(), history(chosen())).channels == ()


def test_of_a_forgotten_person_the_wish_remains_without_an_address() -> None:
    wish = wish_of(account(phone=None), history(chosen(SMS, EMAIL, email=None)))
    assert (wish.channels, wish.addresses) == ((SMS, EMAIL), {})


@pytest.mark.parametrize(
    "text",
    ["lin@example.cn", "LIN.x+city@mail.example.co", "a@b.cc", "o'neil@example.org", "a" * 64 + "@example.cn"],
)
def test_a_plain_address_is_taken(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "lin", "lin@", "@example.cn", "lin@example", "lin@@example.cn", "lin @example.cn", "lin@example.cn ",
        "lin@example.cn\nBcc: a@b.cc", "lin@example.cn\r\nBcc: a@b.cc", "a@b.cc,c@d.ee", "a@b.cc;c@d.ee",
        "<a@b.cc>", "林@example.cn", "lin@例子.cn", "ｌin@example.cn", "a" * 65 + "@example.cn", "lin@example..cn",
        "a@" + "b" * (LONGEST_EMAIL - 4) + ".cc",
    ],
)  # fmt: skip
def test_what_could_name_somebody_else_or_nobody_is_no_address(text: str) -> None:
    assert not is_email(text)


BOTH: Final = frozenset({SMS, EMAIL})


@pytest.mark.parametrize(
    ("choice", "faults"),
    [
        (Choice((), "", None), {}),
        (Choice((), "no address", None), {}),
        (Choice((SMS,), "", False), {}),
        (Choice((SMS, EMAIL), ADDRESS, True), {}),
        (Choice(None, ADDRESS, True), {"channel": Why.NO_CHANNEL}),
        (Choice((EMAIL,), "lin", True), {"email": Why.NO_EMAIL}),
        (Choice((SMS,), "", None), {"tells": Why.NOT_SAID}),
        (Choice((EMAIL,), "", None), {"email": Why.NO_EMAIL, "tells": Why.NOT_SAID}),
    ],
)
def test_a_choice_names_every_field_that_is_still_open(choice: Choice, faults: dict[str, Why]) -> None:
    assert faults_of(choice, offered=BOTH) == faults


def test_a_channel_that_the_city_does_not_have_cannot_be_chosen() -> None:
    assert faults_of(Choice((SMS, EMAIL), ADDRESS, True), offered={EMAIL}) == {"channel": Why.NO_CHANNEL}
    assert faults_of(Choice((EMAIL,), ADDRESS, True), offered={EMAIL}) == {}


def test_each_pause_is_longer_than_the_one_before_and_all_end_within_two_days() -> None:
    assert all(longer > shorter for shorter, longer in pairwise(PAUSES))
    assert len(PAUSES) + 1 == MOST_TRIES
    assert sum(PAUSES, timedelta()) < timedelta(days=2)


def test_a_masked_address_hides_the_middle() -> None:
    for channel, address in ((SMS, "13812345678"), (EMAIL, ADDRESS)):
        assert address[1:-4] not in masked_address(channel, address)
        assert "***" in masked_address(channel, address)


def test_only_who_gave_a_number_can_choose_messages_to_it() -> None:
    assert wish_of(account(), ()).offered(BOTH) == BOTH
    assert wish_of(account(phone=None), ()).offered(BOTH) == {EMAIL}
    assert wish_of(account(), ()).offered({EMAIL}) == {EMAIL}
    assert wish_of(account(), ()).offered(frozenset()) == frozenset()
