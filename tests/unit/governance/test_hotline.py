"""What the hotline finds in words: the street of an address, the answers that are meant, and a number as it is dialled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.governance import STREET_RULES
from onecity.governance.addresses import street_meant, street_named
from onecity.governance.dialling import dialled
from onecity.governance.knowledge import Knowledge
from onecity.governance.web.remaining import TOLD, remaining
from onecity.packs import Pack
from onecity.places import places_of

DAY = date(2020, 9, 21)
NOON = datetime(2020, 9, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    yield shipped()


@pytest.mark.parametrize(
    ("text", "whole", "short"),
    [
        ("金水区经八路街道纬二路 58 号", "410105001", "410105001"),
        ("经八路 12 号院门口", "", "410105001"),
        ("我也说不清在哪里", "", ""),
        ("", "", ""),
    ],
)
def test_a_street_is_named_by_its_whole_name_and_meant_by_its_short_one(
    pack: Pack, text: str, whole: str, short: str
) -> None:
    places = places_of(pack)
    assert (street_named(text, places, DAY), street_meant(text, places, DAY)) == (whole, short)


def test_two_streets_in_one_sentence_name_none(pack: Pack) -> None:
    assert street_meant("经八路街道还是花园路街道，我分不清", places_of(pack), DAY) == ""


def test_every_answer_is_meant_by_each_of_its_words_and_found_by_its_question(pack: Pack) -> None:
    rules = pack.one(STREET_RULES)
    knowledge = Knowledge(rules)
    for name, answer in rules.answers.items():
        found = {one.id for word in answer.words for one in knowledge.meant(word, DAY)}
        assert name in found
        for question in (answer.question.zh, answer.question.en):
            assert name in [one.id for one in knowledge.find(question, DAY)], question


def test_before_its_day_an_answer_does_not_hold(pack: Pack) -> None:
    knowledge, before = Knowledge(pack.one(STREET_RULES)), date(2019, 12, 31)
    assert (knowledge.all(before), knowledge.meant("停水", before), knowledge.find("停水", before)) == ([], [], [])


@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), blanks=st.lists(st.integers(0, 11), max_size=4))
def test_however_a_number_is_written_it_is_dialled_the_same(number: str, blanks: list[int]) -> None:
    written = number
    for place in blanks:
        written = written[:place] + " -"[place % 2] + written[place:]
    assert dialled(written) == dialled(f"+86 {written}") == dialled(f"0086{written}") == number


@given(seconds=st.integers(-int(TOLD.total_seconds()), int(TOLD.total_seconds())))
def test_nobody_is_told_of_time_that_they_do_not_have(seconds: int) -> None:
    left = remaining(NOON + timedelta(seconds=seconds), NOON)
    assert left is not None and left.late == (seconds < 0)
    told = timedelta(hours=left.hours, minutes=left.minutes)
    assert told <= timedelta(seconds=abs(seconds)) < told + timedelta(minutes=1)
    assert left.soon == (0 <= seconds <= 3600)
