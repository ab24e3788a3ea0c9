"""`onecity pack law-check`: each citation of a pack beside the texts of laws. The laws here are made up."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from onecity.bootstrap.content import KINDS
from onecity.cli.exits import Exit
from onecity.cli.pack import law_check
from onecity.kernel.errors import CityError
from onecity.packs import load_pack

GOOD: Final = Path(__file__).parent / "good"
ITEM: Final = "services/items/felling.yaml"
CITATIONS: Final = 6


def law(last: int, **said: str) -> str:
    """A made-up law of so many articles, some of which say something of their own."""
    tens = ("", "十", "二十", "三十", "四十", "五十", "六十")
    signs = [tens[at // 10] + " 一二三四五六七八九"[at % 10].strip() for at in range(1, last + 1)]
    articles = [f"第{sign}条 {said.get(sign, f'编出来的第{at}句。')}" for at, sign in enumerate(signs, 1)]
    return "\n\n".join([*articles[:-1], f"第{signs[-1]}条 本法自某日起施行。"])


LAWS: Final = {
    "森林法(2019-12-28).md": law(60, 五十六="砍树先问树。"),
    "行政许可法(2019-04-23).md": law(50, 四十二="二十天里说好不好。"),
    "行政复议法(2023-09-01).txt": law(30),
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack that nobody else changes."""
    return Path(shutil.copytree(GOOD, tmp_path / "pack"))


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    """A library of made-up laws."""
    (tmp_path / "laws").mkdir()
    return laid(tmp_path / "laws", LAWS)


def laid(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def check(pack: Path, laws: Path, *words: str) -> Result:
    return CliRunner().invoke(law_check, [str(pack), "--laws", str(laws), *words])


def told(pack: Path, laws: Path, *words: str) -> dict[str, Any]:
    done = check(pack, laws, "--json", *words)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.exit_code == (Exit.REFUSED if wrong(found) else Exit.DONE)
    return found


def wrong(found: Mapping[str, Any]) -> int:
    return sum(found[name] for name in ("moved", "changed", "replaced", "missing", "truncated"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_citations_without_a_hash_are_counted_and_named_as_unproven(pack: Path, laws: Path) -> None:
    found = told(pack, laws)
    assert (found["checked"], found["ok"], found["unproven"], found["texts"]) == (CITATIONS, 0, CITATIONS, 3)
    row = next(one for one in found["findings"] if one["file"] == ITEM)
    assert (row["line"], row["column"], row["law"], row["article"], row["result"]) == (7, 8, "森林法", "56", "unproven")
    assert row["zh"].startswith("没有引用词句")
    assert row["en"].startswith("Nothing was compared")


def test_hashes_are_written_once_and_nothing_else_changes_by_a_byte(pack: Path, laws: Path) -> None:
    edit(pack / ITEM, 'basis: {law: 森林法, article: "56", version: 2019-12-28}',
         'basis:   # so\r\n  law: 森林法   # 树\r\n  article: "56"\r\n  version: 2019-12-28  # 改过\r\n')  # fmt: skip
    before = files(pack)
    found = told(pack, laws, "--write")
    assert (found["ok"], found["unproven"], found["written"], found["findings"]) == (CITATIONS, 0, CITATIONS, [])
    after = files(pack)
    assert after.keys() == before.keys()
    put = rb', sha256: "[0-9a-f]{16}"|\r?\n +sha256: "[0-9a-f]{16}"|numbered: \[{[^\]]*}\]\n'
    assert {name: re.sub(put, b"", content) for name, content in after.items()} == before
    assert b'2019-12-28  # \xe6\x94\xb9\xe8\xbf\x87\r\n  sha256: "' in after[ITEM]
    assert load_pack(pack, KINDS)[1] == ()
    again = told(pack, laws, "--write")
    assert (again["written"], again["ok"], files(pack)) == (0, CITATIONS, after)


def test_a_line_of_a_table_is_compared_by_its_own_id_and_left_as_it_is(pack: Path, laws: Path) -> None:
    table = (
        "id,name.zh,name.en,kind,subject,agency,basis.law,basis.article,basis.version,basis.phrase\n"
        "plant_trees,植树备案,Filing of trees,filing,person,forestry,森林法,56,2019-12-28,砍树先问树\n"
        "move_trees,移树备案,Filing of moved trees,filing,person,forestry,森林法,57,2019-12-28,移树先问树\n"
    )
    (pack / "services" / "listed_items.csv").write_text(table, "utf-8")
    found = told(pack, laws, "--write")
    assert (pack / "services" / "listed_items.csv").read_text("utf-8") == table
    assert (found["written"], found["ok"]) == (CITATIONS, CITATIONS + 1)
    [wrong_one] = found["findings"]
    assert (wrong_one["kind"], wrong_one["id"], wrong_one["line"]) == ("listed_item", "move_trees", 3)


def test_a_sample_looks_at_what_is_demanded_for_a_listed_item_too(pack: Path, laws: Path) -> None:
    (pack / "services" / "listed_items.csv").write_text(
        "id,name.zh,name.en,kind,subject,agency,process,basis.law,basis.article,basis.version,basis.phrase\n"
        "plant_trees,植树备案,Filing of trees,filing,person,forestry,permit,森林法,56,2019-12-28,砍树先问树\n",
        "utf-8",
    )
    (pack / "services" / "listed_demands.csv").write_text(
        "id,what,say.zh,say.en,origin,because.law,because.article,because.version,because.phrase\n"
        "plant_trees.land,condition,有地,There is land,law,森林法,56,2019-12-28,有地才种\n",
        "utf-8",
    )
    found = told(pack, laws, "--sample", "9", "--seed", "1")
    assert found["items"] == ["felling", "plant_trees"]
    assert [(one["kind"], one["id"]) for one in found["findings"] if one["result"] != "unproven"] == [
        ("listed_demand", "plant_trees.land")
    ]


def test_each_thing_that_became_of_a_law_is_found_and_told(pack: Path, laws: Path) -> None:
    told(pack, laws, "--write")
    edit(laws / "森林法(2019-12-28).md", "砍树先问树", "砍树先问数")
    edit(laws / "行政许可法(2019-04-23).md", "第四十二条 ", "第四十二条 新来的。\n\n第四十三条 ")
    (laws / "行政复议法(2023-09-01).txt").rename(laws / "行政复议法(2025-01-01).txt")
    done = check(pack, laws)
    assert done.exit_code == Exit.REFUSED
    [licence, basis, moved, replaced] = done.stdout.splitlines()
    assert licence.startswith("licences/types/felling.yaml:4:8: 《森林法》56 (2019-12-28) changed: 第 56 条的文字变了")
    assert basis.startswith(f"{ITEM}:7:8: 《森林法》56 (2019-12-28) changed: ")
    assert moved.startswith(f"{ITEM}:11:12: 《行政许可法》42 (2019-04-23) moved: 第 42 条不是这样写的，第 43 条才是")
    assert "article 43 does" in moved
    assert "2025-01-01" in replaced
    assert done.stderr.strip() == "6 checked, 2 ok, 1 moved, 2 changed, 1 replaced, 3 texts"
    assert "新来的" not in done.output


def test_a_hash_that_stands_there_is_never_replaced(pack: Path, laws: Path) -> None:
    told(pack, laws, "--write")
    edit(laws / "森林法(2019-12-28).md", "砍树先问树", "砍树先问数")
    before = files(pack)
    found = told(pack, laws, "--write")
    assert (found["changed"], found["written"], files(pack)) == (2, 0, before)


def test_how_a_law_is_numbered_is_written_once_and_told_where_its_text_says_otherwise(pack: Path, laws: Path) -> None:
    file = pack / "casework/laws/forest_law.yaml"
    assert told(pack, laws, "--write")["numbered"] == 3
    assert file.read_text("utf-8").endswith("numbered: [{version: 2019-12-28, last: 60}]\n")
    edit(file, "[{version: 2019-12-28, last: 60}]", "[{version: 2009-08-27, last: 84}]")
    assert told(pack, laws, "--write")["numbered"] == 1
    assert "numbered: [{version: 2009-08-27, last: 84}, {version: 2019-12-28, last: 60}]\n" in file.read_text("utf-8")
    edit(file, "last: 60", "last: 61")
    [found] = told(pack, laws, "--write")["findings"]
    assert (found["kind"], found["id"], found["line"], found["result"]) == ("law", "forest_law", 2, "changed")
    assert "第 1 条到第 60 条" in found["zh"]


def test_of_a_law_that_breaks_off_nobody_counts_the_articles(pack: Path, laws: Path) -> None:
    whole = (laws / "森林法(2019-12-28).md").read_text("utf-8")
    (laws / "森林法(2019-12-28).md").write_text(whole.partition("第五十九条")[0], "utf-8")
    assert told(pack, laws, "--write")["numbered"] == 2
    assert "numbered" not in (pack / "casework/laws/forest_law.yaml").read_text("utf-8")


def test_a_text_that_breaks_off_and_one_that_is_gone_are_told_apart(pack: Path, laws: Path) -> None:
    (laws / "森林法(2019-12-28).md").unlink()
    whole = (laws / "行政许可法(2019-04-23).md").read_text("utf-8")
    (laws / "行政许可法(2019-04-23).md").write_text(whole.partition("第三十五条")[0], "utf-8")
    found = told(pack, laws)
    assert [(one["law"], one["article"], one["result"]) for one in found["findings"]] == [
        ("行政许可法", "32", "unproven"),
        ("行政许可法", "38", "truncated"),
        ("森林法", "56", "missing"),
        ("森林法", "56", "missing"),
        ("行政许可法", "42", "truncated"),
        ("行政复议法", "20", "unproven"),
    ]


def test_a_phrase_is_looked_for_where_there_is_no_hash(pack: Path, laws: Path) -> None:
    edit(pack / ITEM, "version: 2019-12-28", "version: 2019-12-28, phrase: 先问树")
    edit(pack / "licences/types/felling.yaml", "version: 2019-12-28", "version: 2019-12-28, phrase: 先问花")
    found = told(pack, laws, "--write")
    assert (found["ok"], found["changed"], found["written"]) == (CITATIONS - 1, 1, CITATIONS - 1)
    assert "sha256" not in (pack / "licences/types/felling.yaml").read_text("utf-8")


def test_a_law_that_the_city_made_up_is_counted_by_itself(pack: Path, laws: Path) -> None:
    (laws / "森林法(2019-12-28).md").unlink()
    with (pack / "casework/laws/forest_law.yaml").open("a", encoding="utf-8") as declared:
        declared.write("simulated: true\n")
    found = told(pack, laws)
    assert (found["simulated"], found["missing"]) == (2, 0)


def test_a_sample_is_the_same_for_a_seed_and_takes_what_an_item_stands_on(pack: Path, laws: Path) -> None:
    other = (pack / ITEM).read_text("utf-8").replace("2023-09-01", "2022-01-01").replace("林木采伐许可,", "补种树木,")
    (pack / "services/items/other.yaml").write_text(other, "utf-8")
    drawn = {seed: told(pack, laws, "--sample", "1", "--seed", str(seed)) for seed in range(6)}
    assert {tuple(one["items"]) for one in drawn.values()} == {("felling",), ("other",)}
    for seed, found in drawn.items():
        assert found == told(pack, laws, "--sample", "1", "--seed", str(seed))
        assert (found["checked"], found["replaced"]) == (CITATIONS - 1, found["items"] == ["other"])
    assert told(pack, laws, "--sample", "30", "--seed", "x")["items"] == ["felling", "other"]


def test_what_texts_cite_without_a_version_is_counted(pack: Path, laws: Path) -> None:
    assert told(pack, laws)["in_words"] == 0
    duty = next((pack / "people/duties").iterdir())
    edit(duty, "because: ", "because: 行政许可法第 32 条和《没听过的法》第 7 条，")
    assert told(pack, laws)["in_words"] == 2


def test_two_runs_are_equal_to_the_byte(pack: Path, laws: Path) -> None:
    runs = {check(pack, laws, "--json").stdout for _ in range(2)}
    assert len(runs) == 1


def test_wrong_use_is_told_in_one_sentence(pack: Path, laws: Path, tmp_path: Path) -> None:
    no_folder = check(pack, tmp_path / "nowhere")
    assert (no_folder.exit_code, "nowhere' does not exist" in no_folder.stderr) == (Exit.USAGE, True)
    half = check(pack, laws, "--sample", "3")
    assert (half.exit_code, "Give --sample and --seed together" in half.stderr) == (Exit.USAGE, True)
    (tmp_path / "empty").mkdir()
    empty = check(pack, tmp_path / "empty")
    assert isinstance(empty.exception, CityError)
    assert "holds no law text" in empty.exception.sentence
    no_pack = check(laws, laws)
    assert (no_pack.exit_code, no_pack.stdout) == (Exit.PACK_FAULT, "")
    assert "There is no pack here." in no_pack.stderr
