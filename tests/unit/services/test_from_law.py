"""What an article tells of an item: only an organ's days are a limit, only what is named is a demand."""

import shutil
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from tests.packs.test_bad_packs import GOOD

from onecity.bootstrap.content import KINDS
from onecity.cli.exits import Exit
from onecity.cli.pack import pack as pack_command
from onecity.packs import load_pack
from onecity.packs.laws import Volume, read_library
from onecity.services.listing import LegalUnit, listed_demands, listed_items
from onecity.services.listing.from_law import FromLaw, from_law

TEXT: Final = """# 示例绿化条例
2020年3月1日通过
<!-- INFO END -->
第一条 为了绿化城市，制定本条例。
第二条 移植树木的，应当取得移植许可。申请移植树木应当符合下列条件：
（一）确需移植；
（二）有移植方案；
（三）法律规定的其他条件。
第三条 申请移植许可应当提交下列材料：
（一）申请书；
（二）移植方案；
（三）有关材料。
第四条 绿化部门应当自受理申请之日起十五个工作日内作出决定。
第五条 申请人应当在移植后三十日内复查；绿化部门接到报告后六十日内予以答复。
第六条 本条例自2020年5月1日起施行。
"""


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "示例绿化条例(2020-03-01).md").write_text(TEXT, "utf-8")
    return read_library(tmp_path / "laws", ["示例绿化条例"]).of("示例绿化条例")[0]


def told(volume: Volume, article: str, near: int = 1) -> FromLaw:
    found = from_law("tree_moving", "移植树木许可", "示例绿化条例", volume, article, near=near)
    assert found is not None
    return found


def test_the_basis_is_proven_by_a_piece_of_the_name_and_the_hash(volume: Volume) -> None:
    basis = told(volume, "2").basis
    assert (basis.law, basis.article, basis.phrase) == ("示例绿化条例", "2", "移植树木")
    assert basis.sha256 is not None
    assert len(basis.sha256) == 16


def test_lists_beside_the_article_are_demands_without_catch_alls(volume: Volume) -> None:
    found = told(volume, "2").demands
    assert [(str(one.what), one.say.zh) for one in found] == [
        ("condition", "确需移植"), ("condition", "有移植方案"), ("material", "申请书"), ("material", "移植方案"),
    ]  # fmt: skip
    assert len({one.id for one in found}) == 4
    assert {one.because.article for one in found if one.because} == {"2", "3"}


def test_a_limit_is_what_an_organ_has(volume: Volume) -> None:
    limit = told(volume, "3").limit
    assert limit is not None
    assert (limit.number, limit.unit, limit.because.article) == (15, LegalUnit.WORKING_DAYS, "4")
    assert "十五个工作日内" in limit.because.phrase


def test_the_days_of_an_applicant_are_left_out_and_told(volume: Volume) -> None:
    found = told(volume, "5", near=0)
    assert found.limit is not None
    assert found.limit.number == 60
    assert found.left_out == ("第五条申请人应当在移植后三十日内复查",)


def test_an_article_that_is_not_there_tells_nothing(volume: Volume) -> None:
    assert from_law("a", "甲", "示例绿化条例", volume, "77") is None


def test_the_command_writes_lines_that_pass_the_check(tmp_path: Path, volume: Volume) -> None:
    folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
    (folder / "casework" / "laws" / "greening.yaml").write_text("name: {zh: 示例绿化条例, en: Greening}\n", "utf-8")
    asked = [
        "new", str(folder), "--from-law", "示例绿化条例", "--article", "3", "--laws", str(tmp_path / "laws"),
        "--id", "tree_moving", "--name-zh", "移植树木许可", "--name-en", "Moving trees", "--agency", "forestry",
        "--process", "permit", "--result-zh", "许可证", "--result-en", "Permit",
    ]  # fmt: skip
    done = CliRunner().invoke(pack_command, asked)
    assert done.exit_code == Exit.DONE, done.output
    assert "15 working_days" in done.stdout
    pack, faults = load_pack(folder, KINDS)
    assert faults == ()
    row = listed_items(pack)["tree_moving"]
    assert row.basis is not None
    assert (row.limit.number if row.limit else None, len(listed_demands(pack)["tree_moving"])) == (15, 4)
    again = CliRunner().invoke(pack_command, asked)
    assert again.exit_code == Exit.REFUSED
    assert "already" in again.stderr
    lost = CliRunner().invoke(pack_command, [*asked[:4], "--article", "77", *asked[6:8], "--id", "other", *asked[10:]])
    assert (lost.exit_code, "no article 77" in lost.stderr) == (Exit.REFUSED, True)
