"""People find what they mean by the words that they use."""

import csv
from pathlib import Path
from typing import Final

import pytest
from tests.shipped import shipped, shipped_index

from onecity.kernel.search import Findable, Index, pairs
from onecity.services.checking import ITEM
from onecity.services.everyday import index_of
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import listing_of

PHRASES: Final = Path(__file__).parents[2] / "data" / "everyday_phrases.csv"
LEAST_FOUND: Final = 0.9
REPORT: Final = {"/life-events/report_problem", "/items/hotline_12345_request"}
STREET: Final = (
    "人行道地砖翘起来绊脚", "路灯一整条街都黑着", "公交站牌被撞歪了", "下水道返味儿", "绿化带里全是塑料袋", "井盖一压就响",
    "有人在墙上喷开锁电话", "红灯一直不变", "小区门口共享单车堆成山", "路边大树歪了快倒了", "马路中间有个坑", "垃圾箱翻了一地",
    "工地半夜打桩", "道路护栏被撞断", "电线垂到人行道上", "有人往河里倒脏水", "公厕没水冲", "烧烤摊烟太大", "桥上栏杆松了",
    "楼下饭店占着便道摆桌子", "斑马线看不清了", "路名牌掉漆看不清", "广告牌快掉下来了", "树枝挡住红绿灯", "路上洒了一地沙子",
    "消防栓漏水", "盲道上停满电动车", "街边乱扔建筑垃圾", "雨后路口积水过不去", "路边座椅断了一条腿",
)  # fmt: skip
"""Written before anybody looked what they find."""
EVERY: Final = 40

INDEX = Index(
    [
        Findable("/food", ("开店卖吃的，要先办这个证",), ("食品经营许可",)),
        Findable("/seal", ("刻公章，报公安局",), ("刻公章备案", "Seal filing")),
        Findable("/sign", ("门口挂招牌",), ("店招备案",)),
    ]
)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("食品许可证", "/food"),
        ("卖吃的", "/food"),
        ("公章", "/seal"),
        ("SEAL", "/seal"),
        ("ｓｅａｌ", "/seal"),
        ("挂招牌", "/sign"),
    ],
)
def test_what_is_meant_comes_first(question: str, first: str) -> None:
    assert INDEX.find(question)[0].path == first


@pytest.mark.parametrize("question", ["", "   ", "？！", "火箭发射", "x" * 5000])
def test_what_means_nothing_here_finds_nothing(question: str) -> None:
    assert INDEX.find(question) == []


def test_marks_and_spaces_separate_words() -> None:
    assert pairs("开店 卖-吃") == {"开店", "卖", "吃"}


@pytest.mark.parametrize("question", ["开饭店", "开火锅店", "餐馆"])
def test_the_shipped_restaurant_is_found_by_everyday_words(question: str) -> None:
    found = [one.path for one in shipped_index().find(question)]
    assert "/life-events/open_restaurant" in found[:3]


@pytest.mark.parametrize("question", ["生孩子", "新生儿", "上户口", "have a baby"])
def test_the_shipped_birth_of_a_child_is_found_by_everyday_words(question: str) -> None:
    found = [one.path for one in shipped_index().find(question)]
    assert "/life-events/newborn" in found[:3]


@pytest.mark.parametrize("question", ["买房", "二手房过户", "房子过户", "水电气过户", "buy a flat"])
def test_the_shipped_purchase_of_a_home_is_found_by_everyday_words(question: str) -> None:
    found = [one.path for one in shipped_index().find(question)]
    assert "/life-events/second_hand_home" in found[:3]


def test_what_people_say_is_among_the_first_three() -> None:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    index = shipped_index()
    firsts = {row["phrase"]: [one.path[1:] for one in index.find(row["phrase"])[:3]] for row in rows}
    missed = {
        row["phrase"]: firsts[row["phrase"]] for row in rows if not {*row["meant"].split()} & {*firsts[row["phrase"]]}
    }
    assert len(rows) >= 50
    assert len(missed) <= (1 - LEAST_FOUND) * len(rows), missed


def reported(index: Index) -> list[str]:
    """The phrases of the street of which reporting a problem is among the first three."""
    return [said for said in STREET if REPORT & {one.path for one in index.find(said)[:3]}]


def test_what_people_say_of_the_street_leads_to_where_they_report_it() -> None:
    without = reported(index_of(shipped()))
    found = reported(shipped_index())
    assert len(found) >= 25, sorted({*STREET} - {*found})
    assert {*without} < {*found}


def test_each_name_and_each_everyday_word_of_the_pack_leads_to_its_thing() -> None:
    index, pack = shipped_index(), shipped()
    things = [(f"/items/{name}", one.value.name, one.value.also) for name, one in pack.all(ITEM).items()]
    things += [(f"/life-events/{name}", one.value.name, one.value.also) for name, one in pack.all(LIFE_EVENT).items()]
    listing = listing_of(pack)
    listed = [(f"/items/{name}", one.name, one.everyday) for name, one in listing.items.items()]
    listed += [(f"/life-events/{name}", one.name, one.everyday) for name, one in listing.events.items()]
    # Each search takes a millisecond: of a thousand things some stand for all.
    for path, name, also in (*things, *listed[::EVERY]):
        for said in (name.zh, name.en, *also):
            found = index.find(said, limit=50)
            assert path in {one.path for one in found if one.fit == found[0].fit}, said
