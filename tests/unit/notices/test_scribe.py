"""What a letter says, also where a part of it was forgotten."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec
import pytest

from onecity.notices import LetterSent
from onecity.notices.writing import Scribe, Written
from onecity.packs import Words

ZH: Final = {
    "notices.gone": "（忘掉了）",
    "notices.day": "{number} 个工作日",
    "notices.days": "{number} 个工作日",
    "notices.several": "{first}等 {number} 项",
    "notices.line": "{about}：{short}",
    "letter.refused.short": "没有同意",
    "letter.refused.title": "{matter}：没有同意",
    "letter.refused.1": "事实：{facts}",
    "letter.refused.2": "{agency}，最晚 {due}",
    "letter.half.title": "半",
    "letter.half.1": "一",
    "letter.half.2": "二",
    "letter.clock.title": "停 {told_days}",
    "letter.clock.1": "{began_day} 到 {due}，{told_at}",
    "notice.late.title": "{matter}：晚了",
    "notice.late.1": "{agency}晚了 {days} 天，{seen_day}",
}
EN: Final = {
    "notices.gone": "(forgotten)",
    "notices.day": "{number} working day",
    "notices.days": "{number} working days",
    "notices.several": "{first} and others, {number} in all",
    "notices.line": "{about}: {short}",
    "letter.refused.short": "Refused",
    "letter.refused.title": "{matter}: refused",
    "letter.refused.1": "Facts: {facts}",
    "letter.refused.2": "{agency}, by {due}",
    "letter.half.title": "Half",
    "letter.half.1": "One",
    "letter.clock.title": "Stopped for {told_days}",
    "letter.clock.1": "{began_day} to {due}, {told_at}",
    "notice.late.title": "{matter}: late",
    "notice.late.1": "{agency} is {days} days late, {seen_day}",
}
MATTERS: Final = {"zh": {"food": "食品", "sign": "招牌"}, "en": {"food": "Food", "sign": "Sign"}}
SCRIBE: Final = Scribe(
    Words({"zh": ZH, "en": EN}),
    lambda lang, name: MATTERS[lang].get(name, name),
    lambda lang, name: {"zh": "平面图", "en": "floor plan"}[lang] if name == "plan" else name,
    lambda lang, name: {"zh": "市场局", "en": "Market"}[lang] if name == "market" else name,
    lambda lang, day: f"{lang} {day:%d.%m.}",
    lambda lang, at: f"{lang} {at:%d.%m. %H:%M}",
    lambda lang, name: f"{lang} {name}",
)
FACTS: Final = {"matter": "food sign", "agency": "market", "due": "2020-10-26"}


def letter(words: Mapping[str, str] | None, facts: Mapping[str, str] = FACTS) -> LetterSent:
    return LetterSent(UUID(int=1), "refused", UUID(int=2), "market", facts, words)


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("zh", Written("食品、招牌：没有同意", ("事实：没有厨房", "市场局，最晚 zh 26.10."))),
        ("en", Written("Food, Sign: refused", ("Facts: 没有厨房", "Market, by en 26.10."))),
    ],
)
def test_a_letter_is_written_in_the_language_of_whoever_reads_it(lang: str, written: Written) -> None:
    assert SCRIBE.of(letter({"facts": "没有厨房"}), lang) == written


@pytest.mark.parametrize("words", [None, {}])
def test_where_words_were_forgotten_the_letter_says_so(words: Mapping[str, str] | None) -> None:
    written = SCRIBE.of(letter(words), "zh")
    assert written.title == "食品、招牌：没有同意"
    assert written.paragraphs == ("事实：（忘掉了）", "市场局，最晚 zh 26.10.")
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


CLOCK: Final = {
    "told_days": "3",
    "began_day": "2020-10-09",
    "due": "2020-10-26",
    "told_at": "2020-10-08T16:00:00.000000Z",
}


@pytest.mark.parametrize(
    ("lang", "title", "sentence"),
    [
        ("zh", "停 3 个工作日", "zh 09.10. 到 zh 26.10.，zh 08.10. 16:00"),
        ("en", "Stopped for 3 working days", "en 09.10. to en 26.10., en 08.10. 16:00"),
    ],
)
def test_a_letter_about_the_clock_says_days_and_instants_as_people_read_them(
    lang: str, title: str, sentence: str
) -> None:
    assert SCRIBE.write("clock", lang, CLOCK, None) == Written(title, (sentence,))


def test_one_working_day_is_no_plural() -> None:
    assert SCRIBE.write("clock", "en", CLOCK | {"told_days": "1"}, None).title == "Stopped for 1 working day"


@pytest.mark.parametrize("name", ["days", "day", "dayday", "format", "atlas", "due_date"])
def test_a_fact_whose_name_only_looks_like_one_is_left_as_it_is(name: str) -> None:
    scribe = msgspec.structs.replace(SCRIBE, words=Words({"zh": ZH | {"letter.x.title": f"{{{name}}}"}, "en": EN}))
    assert scribe.write("x", "zh", {name: "as it is"}, None).title == "as it is"


def test_what_somebody_wrote_is_no_date_whatever_its_part_is_called() -> None:
    written = SCRIBE.write("clock", "zh", {}, {"told_days": "x", "began_day": "昨天", "due": "明天", "told_at": "now"})
    assert written == Written("停 x", ("昨天 到 明天，now",))


def test_a_notice_names_its_agency_and_leaves_the_number_to_its_sentence() -> None:
    facts = {"matter": "food", "days": "3", "seen_day": "2020-10-09"}
    assert SCRIBE.notice("late", "zh", facts, agency="market") == Written("食品：晚了", ("市场局晚了 3 天，zh 09.10.",))
    assert SCRIBE.notice("late", "en", facts, agency="market").paragraphs == ("Market is 3 days late, en 09.10.",)


@pytest.mark.parametrize(
    ("matter", "zh", "en"),
    [
        ("food", "食品：没有同意", "Food: Refused"),
        ("food sign x", "食品等 3 项：没有同意", "Food and others, 3 in all: Refused"),
        ("", "没有同意", "Refused"),
    ],
)
def test_a_letter_in_a_list_says_what_it_is_about(matter: str, zh: str, en: str) -> None:
    assert (SCRIBE.line("refused", "zh", matter), SCRIBE.line("refused", "en", matter)) == (zh, en)
