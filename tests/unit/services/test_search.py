"""People find what they mean by the words that they use."""

import csv
from pathlib import Path
from typing import Final

import pytest
from tests.shipped import shipped, shipped_index

from onecity.kernel.search import Findable, Index, pairs
from onecity.services.checking import ITEM
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import listing_of

PHRASES: Final = Path(__file__).parents[2] / "data" / "everyday_phrases.csv"
LEAST_FOUND: Final = 0.9
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
