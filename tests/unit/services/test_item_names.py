"""Names of items: what may not stand in them, and which of them nobody can tell apart."""

import csv
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs import load_pack
from onecity.services.auditing.naming import SIMILAR, likeness
from onecity.services.item_names import NOT_THE_SAME
from onecity.services.listing import every_item

GOOD = Path(__file__).parents[2] / "packs" / "good"
HEADER = "id,name.zh,name.en,kind,subject,agency"
THINNING = "services/items/thinning.yaml"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A copy of the good pack, whose only item is 林木采伐许可."""
    return Path(shutil.copytree(GOOD, tmp_path / "pack"))


def faults(folder: Path) -> list[str]:
    return [fault.what for fault in load_pack(folder, KINDS)[1]]


def list_items(folder: Path, *rows: str) -> None:
    (folder / "services" / "listed_items.csv").write_text("\n".join((HEADER, *rows, "")), "utf-8")


def tell_apart(folder: Path, *rows: str) -> None:
    (folder / "services" / "not_the_same.csv").write_text("\n".join(("item,other,because", *rows, "")), "utf-8")


@pytest.mark.parametrize("row", ["felling,bamboo,竹子不是树木", "bamboo,felling,竹子不是树木"])
def test_two_that_somebody_told_apart_are_no_fault_whichever_stands_first(good: Path, row: str) -> None:
    list_items(good, "bamboo,竹木采伐许可,Bamboo permit,permit,person,forestry")
    assert faults(good) == ["The item `felling` is called nearly the same: 林木采伐许可."]
    tell_apart(good, row)
    assert faults(good) == []


def test_two_with_one_name_are_a_fault_whatever_anybody_says_of_them(good: Path) -> None:
    text = (good / "services" / "items" / "felling.yaml").read_text("utf-8")
    (good / THINNING).write_text(text, "utf-8")
    tell_apart(good, "felling,thinning,一个砍光，一个间伐")
    assert faults(good) == ["The item `felling` is called nearly the same: 林木采伐许可."]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("迁移柳镇街道古树", "`柳镇街道` is a place of this city, and an item is none."),
        ("小城通游园年卡", "`小城` is a place of this city, and an item is none."),
        ("古树迁移（省级）", "`（省级）` is a level."),
        ("古树迁移（县）", "`（县）` is a level."),
        ("古树迁移（市、县级）审批", "`（市、县级）` is a level."),
        ("古" * 41, "The name has 41 signs."),
    ],
)
def test_a_name_says_what_is_done_and_nothing_else(good: Path, name: str, what: str) -> None:
    list_items(good, f"tree,{name},Old tree,permit,person,forestry")
    assert faults(good)[-1] == what


@pytest.mark.parametrize(
    "name", ["古树迁移（跨省）", "古树（城市绿地）迁移", "乡镇企业登记", "市场开办登记", "古" * 40]
)
def test_what_only_looks_like_a_level_or_is_just_short_enough_may_stand(good: Path, name: str) -> None:
    list_items(good, f"tree,{name},Old tree,permit,person,forestry")
    assert faults(good) == []


def test_of_all_shipped_names_exactly_those_told_apart_are_alike() -> None:
    names = {name: item.name.zh for name, item in every_item(shipped()).items()}
    alike = {
        frozenset((one, other))
        for one, other in combinations(names, 2)
        if likeness(names[one], names[other]) >= SIMILAR
    }
    with (shipped_pack() / NOT_THE_SAME.folder).open(encoding="utf-8") as file:
        assert {frozenset((row["item"], row["other"])) for row in csv.DictReader(file)} == alike
