"""What a letter says, also where a part of it was forgotten."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import pytest

from onecity.notices import LetterSent
from onecity.notices.writing import Scribe, Written
from onecity.packs import Words

ZH: Final = {
    "notices.gone": "（忘掉了）",
    "letter.refused.short": "没有同意",
    "letter.refused.title": "{matter}：没有同意",
    "letter.refused.1": "事实：{facts}",
    "letter.refused.2": "{agency}，最晚 {due}",
    "letter.half.title": "半",
    "letter.half.1": "一",
    "letter.half.2": "二",
}
EN: Final = {
    "notices.gone": "(forgotten)",
    "letter.refused.short": "Refused",
    "letter.refused.title": "{matter}: refused",
    "letter.refused.1": "Facts: {facts}",
    "letter.refused.2": "{agency}, by {due}",
    "letter.half.title": "Half",
    "letter.half.1": "One",
}
MATTERS: Final = {"zh": {"food": "食品", "sign": "招牌"}, "en": {"food": "Food", "sign": "Sign"}}
SCRIBE: Final = Scribe(
    Words({"zh": ZH, "en": EN}),
    lambda lang, name: MATTERS[lang].get(name, name),
    lambda lang, name: {"zh": "平面图", "en": "floor plan"}[lang] if name == "plan" else name,
    lambda _, name: name,
    lambda lang, day: f"{lang} {day:%d.%m.}",
)
FACTS: Final = {"matter": "food sign", "agency": "market", "due": "2020-10-26"}


def letter(words: Mapping[str, str] | None, facts: Mapping[str, str] = FACTS) -> LetterSent:
    return LetterSent(UUID(int=1), "refused", UUID(int=2), "market", facts, words)


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("zh", Written("食品、招牌：没有同意", ("事实：没有厨房", "market，最晚 zh 26.10."))),
        ("en", Written("Food, Sign: refused", ("Facts: 没有厨房", "market, by en 26.10."))),
    ],
)
def test_a_letter_is_written_in_the_language_of_whoever_reads_it(lang: str, written: Written) -> None:
    assert SCRIBE.of(letter({"facts": "没有厨房"}), lang) == written


@pytest.mark.parametrize("words", [None, {}])
def test_where_words_were_forgotten_the_letter_says_so(words: Mapping[str, str] | None) -> None:
    written = SCRIBE.of(letter(words), "zh")
    assert written.title == "食品、招牌：没有同意"
    assert written.paragraphs == ("事实：（忘掉了）", "market，最晚 zh 26.10.")
    assert SCRIBE.of(letter(words), "en").paragraphs[0] == "Facts: (forgotten)"


def test_a_fact_that_an_old_letter_lacks_is_no_crash() -> None:
    assert SCRIBE.of(letter({"facts": "x"}, {}), "zh") == Written(
        "（忘掉了）：没有同意", ("事实：x", "（忘掉了），最晚 （忘掉了）")
    )


@pytest.mark.parametrize("words", ["{due}", "{matter.__class__}", "{", "{0}", "%s", "{facts}"])
def test_what_somebody_wrote_is_not_read_as_a_sentence_of_ours(words: str) -> None:
    assert SCRIBE.of(letter({"facts": words}), "zh").paragraphs[0] == f"事实：{words}"


def test_a_letter_has_the_paragraphs_that_every_language_knows() -> None:
    assert SCRIBE.write("half", "zh", {}, None) == Written("半", ("一",))


def test_a_matter_that_is_no_longer_offered_keeps_its_bare_name() -> None:
    assert SCRIBE.of(letter(None, {"matter": "gone food"}), "zh").title == "gone、食品：没有同意"


def test_a_list_shows_the_short_heading() -> None:
    assert (SCRIBE.title("refused", "zh"), SCRIBE.title("refused", "en")) == ("没有同意", "Refused")


def test_a_kind_of_letter_that_nobody_wrote_is_a_bug_of_ours() -> None:
    with pytest.raises(KeyError):
        SCRIBE.write("unknown", "zh", {}, None)
