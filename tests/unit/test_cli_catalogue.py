"""`onecity catalogue audit`: what machines and people get, and how it ends where something is wrong."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.shipped import shipped

from onecity.cli import catalogue
from onecity.cli.main import onecity
from onecity.cli.pack import loaded
from onecity.services.life_events import LIFE_EVENT

TABLE = "flow,item,material\n开店,营业许可,营业执照复印件\n开店,招牌备案,《营业执照》\n开店,招牌备案,其他材料\n"


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "loaded", lambda path: shipped() if path.name == "zhengzhou" else loaded(path))


def audit(*words: object) -> Result:
    return CliRunner().invoke(onecity, ["catalogue", "audit", *map(str, words)])


def test_machines_get_a_pack_alone_and_two_beside_each_other() -> None:
    alone = audit("packs/zhengzhou", "--json")
    assert alone.exit_code == 0
    assert json.loads(alone.stdout)["measures"]["materials"]["before"] is None
    both = audit("--before", "packs/zhengzhou", "--after", "packs/zhengzhou", "--event", "newborn", "--json")
    told = json.loads(both.stdout)
    assert (told["measures"]["materials"]["reduction"], told["items"]["same"]["number"]) == (0, 7)
    assert [one["id"] for one in told["events"]] == ["newborn"]


def test_people_get_the_figures_in_both_languages(tmp_path: Path) -> None:
    said = audit("packs/zhengzhou", "--event", "open_restaurant").stdout
    assert "实际计的天数，法律没定时限的也算  57 / 6 个事项  21 / 6 个事项  63.2%" in said
    assert "《优化营商环境条例》第 44 条第 2 款" in said
    english = audit("packs/zhengzhou", "--event", "open_restaurant", "--language", "en").stdout
    assert "Regulation" in english
    assert "article 44, paragraph 2" in english


def test_the_page_and_the_tables_are_written(tmp_path: Path) -> None:
    done = audit(
        "--event", "newborn", "packs/zhengzhou", "--into", tmp_path / "deep" / "a.html", "--csv", tmp_path / "t"
    )
    assert done.exit_code == 0
    html = (tmp_path / "deep" / "a.html").read_text("utf-8")
    assert "四减两清理" in html
    assert "four reductions" in html
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["figures.csv", "lists.csv", "proposals.csv"]
    figures = (tmp_path / "t" / "figures.csv").read_text("utf-8-sig").splitlines()
    assert figures[0] == "figure,number,of,of_what,share"
    assert any(line.startswith("measures.materials.after,8,7,items,") for line in figures)


def test_the_life_events_of_a_whole_pack_are_pages_beside_it_and_each_number_of_theirs_opens(tmp_path: Path) -> None:
    assert audit("packs/zhengzhou", "--into", tmp_path / "report.html").exit_code == 0
    report, folder = (tmp_path / "report.html").read_text("utf-8"), tmp_path / "report"
    linked = set(re.findall(r'href="report/([a-z0-9_]+)\.html"', report))
    assert linked == {page.stem for page in folder.iterdir()} == set(shipped().all(LIFE_EVENT))
    own = (folder / "open_restaurant.html").read_text("utf-8")
    assert own.count("<details>") == own.count("<summary>") > 20
    assert "开餐饮店" in own
    assert "Open a restaurant" in own
    alone = tmp_path / "alone.html"
    assert audit("packs/zhengzhou", "--event", "open_restaurant", "--into", alone).exit_code == 0
    assert not (tmp_path / "alone").exists()


def test_a_file_of_materials_is_told_flow_by_flow(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(TABLE, "utf-8")
    done = audit("--materials", file, "--json", "--into", tmp_path / "a.html", "--csv", tmp_path / "t")
    assert done.exit_code == 0
    (flow,) = json.loads(done.stdout)["flows"]
    assert {key: flow[key]["number"] for key in ("items", "materials", "different", "repeats", "obtainable", "vague")} == {
        "items": 2, "materials": 3, "different": 2, "repeats": 1, "obtainable": 2, "vague": 1,
    }  # fmt: skip
    assert flow["repeats"]["list"][0]["row"] == 3
    assert "重复要的: 1 (33.3%)" in audit("--materials", file).stdout
    assert "市场监督管理部门" in (tmp_path / "a.html").read_text("utf-8")


def test_what_cannot_be_audited_ends_with_a_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("flow,item\na,b\n", "utf-8")
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes(TABLE.encode("gbk"))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pack.yaml").write_text("id: [", "utf-8")
    for words, code, said in (
        ((tmp_path / "nowhere",), 3, "There is no pack here."),
        ((broken,), 3, "calendar/calendar.yaml:1:1"),
        (("--materials", bad), 3, "The column `material` is missing."),
        (("--materials", gbk), 3, "UTF-8"),
        (("--materials", tmp_path / "nothing.csv"), 2, "does not exist"),
        (("--materials", bad, "--event", "newborn"), 2, "alone"),
        (("--before", broken), 2, "together"),
        ((broken, "--before", broken, "--after", broken), 2, "not both"),
        (("packs/zhengzhou", "--event", "zoo"), 1, "open_restaurant"),
    ):
        done = audit(*words)
        assert (done.exit_code, said in done.stderr) == (code, True), (words, done.stderr)
