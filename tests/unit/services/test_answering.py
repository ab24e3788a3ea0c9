"""Which days of an answer are others than those of the law and those that are promised."""

from typing import Final

import msgspec
import pytest
from tests.shipped import shipped

from onecity.kernel.clock import Unit
from onecity.packs import Text
from onecity.services.amending.answering import other_days
from onecity.services.checking import ITEM
from onecity.services.declared import Faq, Item

PERMIT: Final = shipped().all(ITEM)["food_business"].value
ASK: Final = Text("要几天？", "How long does it take?")


def said(
    zh: str, en: str = "", *, number: int = 20, promised: int | None = 5, unit: Unit = Unit.WORKING_DAYS
) -> list[str]:
    limit = msgspec.structs.replace(PERMIT.limit, number=number, promised=promised, unit=unit)
    item: Item = msgspec.structs.replace(PERMIT, limit=limit, faq=(Faq(ASK, Text(zh, en)),))
    return [one.said for one in other_days(item)]


@pytest.mark.parametrize(
    ("zh", "found"),
    [
        ("20 个工作日。", []),
        ("承诺 5 个工作日，最多二十个工作日。", []),
        ("5 天。", []),
        ("7 天。", ["7 天"]),
        ("十五个工作日", ["十五个工作日"]),
        ("两天就好", ["两天"]),
        ("5 个自然日。", ["5 个自然日"]),
        ("10月1日起，第3天、每一天、同一天都行。", []),
        ("先 7 天，再 7 天", ["7 天"]),
        ("两百块，7 次", []),
    ],
)
def test_days_in_chinese(zh: str, found: list[str]) -> None:
    assert said(zh) == found


@pytest.mark.parametrize(
    ("en", "found"),
    [
        ("Twenty working days at most, 5 days as promised.", []),
        ("Within Ten Days.", ["Ten Days"]),
        ("A 7-day wait.", ["7-day"]),
        ("Within 20 calendar days.", ["20 calendar days"]),
        ("Monday 5 October, today.", []),
    ],
)
def test_days_in_english(en: str, found: list[str]) -> None:
    assert said("不用等。", en) == found


def test_the_same_days_in_both_languages_are_told_once() -> None:
    assert said("7 个工作日", "7 working days") == ["7 个工作日"]
    assert said("7 个工作日", "8 working days") == ["7 个工作日", "8 working days"]


def test_without_a_promise_the_limit_alone_is_right() -> None:
    assert said("5 个工作日", promised=None) == ["5 个工作日"]
    assert said("20 天", promised=None, unit=Unit.NATURAL_DAYS) == []
    assert said("20 个工作日", promised=None, unit=Unit.NATURAL_DAYS) == ["20 个工作日"]
