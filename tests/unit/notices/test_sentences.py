"""What notices say: both languages alike, without the words that the house does not use."""

import re
from string import Formatter
from typing import Final

import pytest
from tests.shipped import shipped
from tests.unit.machinery.test_components import BANNED_PATTERN

from onecity.bootstrap.content import words_of
from onecity.notices.facts import PostChannel, PostEnd
from onecity.notices.rules import Why
from onecity.notices.store import UNDER_WAY

WORDS: Final = words_of(shipped()).by_language
KEYS: Final = sorted(key for key in WORDS["zh"] if key.startswith(("notices.", "notice.", "letter.")))


def parts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_is_filled_alike_in_both_languages(key: str) -> None:
    zh, en = WORDS["zh"][key], WORDS["en"][key]
    assert parts(zh) == parts(en)
    assert not BANNED_PATTERN.search(zh)
    assert not re.search("[\u4e00-\u9fff]", en)
    # The number brings its unit.
    assert not re.search(r"_days\} ?(个工作日|working day)", zh + en)


def test_every_way_in_which_a_delivery_can_stand_has_its_words() -> None:
    for channel in PostChannel:
        for state in (*PostEnd, UNDER_WAY):
            assert f"notices.delivery.{channel}.{state}" in WORDS["zh"]


def test_every_reason_has_its_sentence() -> None:
    assert {why.value for why in Why} <= set(WORDS["zh"])


def test_a_late_case_is_published_without_anything_that_leads_to_a_person() -> None:
    said = [sentence for key, sentence in WORDS["zh"].items() if key.startswith("notice.casework.overrun.")]
    assert set().union(*map(parts, said)) == {"matter", "agency", "days", "reason"}
