"""A text that names a danger is told whom to call; a fire door, a way along the station and a gas bill are none."""

import unicodedata
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.governance import STREET_RULES, Danger, StreetRules, dangers_in
from onecity.packs import Text

GAS, FIRE, POWER, TRAPPED, WATER, COLLAPSE, FALLING, CRASH, ILL, CRIME = range(10)
"""Where each danger stands in the rules of the shipped pack."""

RULES: Final = shipped().one(STREET_RULES)

NAMED: Final = {
    "楼下饭店一直在漏气": [GAS],
    "我家厨房有很重的煤气味": [GAS],
    "施工队挖断燃气管了": [GAS],
    "There is a strong smell of gas outside": [GAS],
    "ＧＡＳ　ＬＥＡＫ in the yard": [GAS],
    "垃圾桶着火了，快来": [FIRE],
    "沿着火车站走到头，一辆面包车着火": [FIRE],
    "车着火车主不在": [FIRE],
    "着\u200b 火 了": [FIRE],
    "楼道里电动车起火": [FIRE],
    "三楼窗户冒烟": [FIRE],
    "A bin is on fire": [FIRE],
    "There’s a fire in the basement": [FIRE],
    "Smoke is coming from the third floor": [FIRE],
    "电线掉在地上了": [POWER],
    "下雨天灯杆漏电": [POWER],
    "A power line is down across the road": [POWER],
    "I got an electric shock from the lamp post": [POWER],
    "桥洞积水，有人困在车里": [TRAPPED],
    "电梯困人，有老人": [TRAPPED],
    "People are trapped in the underpass": [TRAPPED],
    "小孩掉进河里了": [WATER],
    "有人落水": [WATER],
    "孩子掉进井里了": [WATER],
    "A child fell into the river": [WATER],
    "Somebody is drowning": [WATER],
    "马路塌了一个大坑": [COLLAPSE],
    "路面塌陷，一辆车栽进去": [COLLAPSE],
    "The road has collapsed in front of the school": [COLLAPSE],
    "楼上的玻璃要掉下来了": [FALLING],
    "广告牌摇摇欲坠": [FALLING],
    "A pane of glass is about to fall": [FALLING],
    "路口出车祸了": [CRASH],
    "A man was hit by a bus": [CRASH],
    "老人晕倒在公交站": [ILL],
    "Somebody is unconscious on the bench": [ILL],
    "有人持刀追人": [CRIME],
    "有人喊救命": [CRIME],
}
HARMLESS: Final = (
    "防火门坏了",
    "消防通道被占",
    "消防栓被埋住了",
    "沿着火车站走到头，井盖响",
    "挨着火锅店的公厕没有水",
    "起火锅店的油烟大",
    "烧烤摊冒烟熏人",
    "楼道堆纸箱，容易引起火灾",
    "有火灾隐患，楼道堆满东西",
    "共享单车轮胎漏气",
    "燃气费多收了",
    "燃气泄漏演练的横幅没取",
    "漏电保护器的箱门没关",
    "当心触电的牌子掉了",
    "灯杆有电话号码的小广告",
    "自带电源的喇叭吵",
    "车压住人行道了",
    "车撞倒人行道桩",
    "落水管断了",
    "防溺水的牌子倒了",
    "工人掉水泥在路上",
    "小心高空坠物的牌子歪了",
    "怕出车祸，请装路灯",
    "电脑中毒了，缴费机不能用",
    "商场跳楼价，喇叭太吵",
    "A fire lane is blocked",
    "A van is parked on fire lane 3",
    "A fireplace was thrown away in the yard",
    "The fire hydrant leaks",
    "There is a fire station sign that is torn",
    "Posters on fire safety are torn",
    "The gas bill is wrong",
    "Music is drowning out all talk",
    "Leaves were not swept away",
    "People in the water company are rude",
    "My phone fell into the river",
    "A shop sells explosion-proof lamps on the pavement",
    "The live music is too loud",
    "This crossing may cause a car accident",
    "A flower pot has fallen",
    "Bonfires, misfires and fired clay",
    "",
)


def places(text: str) -> list[int]:
    return [RULES.dangers.index(danger) for danger in dangers_in(text, RULES)]


@pytest.mark.parametrize("text", NAMED)
def test_a_sentence_that_names_a_danger_is_told_whom_to_call(text: str) -> None:
    assert places(text) == NAMED[text]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_sentence_alarms_nobody(text: str) -> None:
    assert places(text) == []


@pytest.mark.parametrize("place", range(len(RULES.dangers)))
def test_every_word_of_a_danger_names_it_and_every_harmless_use_names_none(place: int) -> None:
    danger = RULES.dangers[place]
    assert [word for word in danger.words if place not in places(word)] == []
    assert [word for word in danger.unless if places(word)] == []


def test_a_word_stands_once_in_all_rules() -> None:
    words = [word for danger in RULES.dangers for word in (*danger.words, *danger.unless)]
    assert [word for word in set(words) if words.count(word) > 1] == []


@pytest.mark.parametrize(("place", "first"), [(GAS, "119"), (FIRE, "119"), (POWER, "0371-0000-0581"), (TRAPPED, "119"), (WATER, "119"), (COLLAPSE, "110"), (FALLING, "110"), (CRASH, "122"), (ILL, "120"), (CRIME, "110")])  # fmt: skip
def test_the_nearest_help_is_called_first(place: int, first: str) -> None:
    assert RULES.dangers[place].calls[0].number == first


def test_what_it_cannot_do_stays_as_it_is_told() -> None:
    assert places("没有着火，就是油烟大") == [FIRE]
    assert places("Nothing is on fire any more") == [FIRE]
    assert places("去年车祸，房子卓火") == []


def small(*dangers: tuple[tuple[str, ...], tuple[str, ...]]) -> StreetRules:
    """The rules with dangers of other words: those that name it, those that mean no harm."""
    calls = RULES.dangers[0].calls
    made = tuple(Danger(words, Text(words[0], words[0]), calls, unless) for words, unless in dangers)
    return msgspec.structs.replace(RULES, dangers=made)


def said(text: str, rules: StreetRules) -> list[str]:
    return [danger.words[0] for danger in dangers_in(text, rules)]


def test_the_danger_of_the_longest_word_comes_first_and_equals_stand_as_in_the_rules() -> None:
    rules = small((("着火",), ()), (("落水",), ()), (("电线掉下来",), ()))
    assert said("着火，电线掉下来，落水", rules) == ["电线掉下来", "着火", "落水"]
    assert said("落水又着火", rules) == ["着火", "落水"]


def test_only_a_longer_harmless_word_takes_a_word_away_and_only_where_it_lies() -> None:
    rules = small((("着火", "车着火"), ("着火车",)))
    assert said("沿着火车站", rules) == []
    assert said("沿着火车站着火", rules) == ["着火"]
    assert said("车着火车主不在", rules) == ["着火"]
    assert said("on fire lane", small((("on fire",), ("fire lane",)))) == []


def test_a_latin_word_is_found_only_whole_and_a_chinese_one_anywhere() -> None:
    rules = small((("fire",), ()), (("火",), ()))
    assert said("fireplace, misfire, fire2", rules) == []
    assert said("FIRE!", rules) == ["fire"]
    assert said("防火门fire", rules) == ["fire", "火"]


@settings(deadline=None)  # the first text of all waits for the pattern of every word
@given(st.sampled_from([*NAMED, *HARMLESS]), st.data())
def test_width_case_and_blanks_make_no_difference(text: str, data: st.DataObject) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    assert places(wide) == places(text)
    assert places(text.upper()) == places(text)
    at = data.draw(st.integers(0, len(text)))
    beside = unicodedata.normalize("NFKC", text[max(at - 1, 0) : at + 1])
    if not any(sign.isascii() for sign in beside):
        assert places(f"{text[:at]} \n{text[at:]}") == places(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_and_names_only_dangers_of_the_rules(text: str) -> None:
    assert set(places(text)) <= set(range(len(RULES.dangers)))
