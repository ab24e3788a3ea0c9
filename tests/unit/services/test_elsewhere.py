"""What is not decided here is found all the same, behind what the city does itself."""

import pytest
from tests.shipped import shipped, shipped_index

from onecity.kernel.search import bare, plain
from onecity.packs import Declared, Pack, Text
from onecity.services.elsewhere import ELSEWHERE, Elsewhere, Elsewheres, elsewhere_of
from onecity.services.everyday import index_of
from onecity.services.listing import LISTED_ITEM, listed_items

SAID = Text("这件事", "This matter")


def pack_with(also: str) -> Pack:
    """The listed items of the shipped pack, and one matter that is not decided here."""
    row = Elsewhere("far_away", SAID, Text("别的机关", "Another body"), Text("打电话问。", "Call and ask."), also)
    table = Declared(ELSEWHERE.name, "elsewhere", Elsewheres((row,)), {})
    listed = {LISTED_ITEM.name: dict(shipped().all(LISTED_ITEM))}
    return Pack({**listed, ELSEWHERE.name: {"elsewhere": table}})


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("我想给我家牌子申请个商标", "trademark_registration"),
        ("无人机要不要登记", "drone_registration"),
        ("想开个体彩店", "lottery_shop"),
        ("征信不良怎么办", "credit_report"),
        ("去法院告人", "court_lawsuit"),
        ("老人突然晕倒", "medical_emergency"),
        ("火车票怎么退", "train_tickets"),
        ("shangbiao", "trademark_registration"),
        ("i want to register a trademark", "trademark_registration"),
    ],
)
def test_the_shipped_matters_are_found_by_what_people_say(question: str, found: str) -> None:
    assert shipped_index().find(question)[0].path == f"/elsewhere/{found}"


@pytest.mark.parametrize(
    "question", ["注册个商贸公司", "专利补贴", "快递丢了", "没钱打官司", "离婚", "银行抵押", "刻公章"]
)
def test_what_the_city_does_itself_comes_first(question: str) -> None:
    assert not shipped_index().find(question)[0].path.startswith("/elsewhere/")


def test_of_two_that_fit_equally_well_the_one_of_the_city_comes_first() -> None:
    word = next(word for one in listed_items(shipped()).values() for word in one.everyday)
    first, second = index_of(pack_with(word)).find(word)[:2]
    assert first.fit == second.fit
    assert first.path.startswith("/items/")
    assert second.path == "/elsewhere/far_away"


def test_every_everyday_word_of_the_shipped_matters_leads_to_its_own() -> None:
    index = shipped_index()
    for name, one in elsewhere_of(shipped()).items():
        for word in one.everyday:
            assert index.find(word)[0].path == f"/elsewhere/{name}", word


def test_no_everyday_word_of_the_shipped_matters_stands_in_two_rows() -> None:
    words = [bare(plain(word)) for one in elsewhere_of(shipped()).values() for word in one.everyday]
    assert sorted({word for word in words if words.count(word) > 1}) == []
