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
from onecity.packs import Text, load_pack
from onecity.packs.laws import Volume, read_library
from onecity.packs.tables import appended
from onecity.services.listing import LegalUnit, listed_demands, listed_items
from onecity.services.listing.declared import IN_CHINESE
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


def told(volume: Volume, article: str) -> FromLaw:
    found = from_law("tree_moving", "移植树木许可", "示例绿化条例", volume, article)
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


def test_a_limit_is_what_an_organ_has_in_the_article_itself(volume: Volume) -> None:
    assert told(volume, "3").limit is None
    limit = told(volume, "4").limit
    assert limit is not None
    assert (limit.number, limit.unit, limit.because.article) == (15, LegalUnit.WORKING_DAYS, "4")
    assert "十五个工作日内" in limit.because.phrase


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("申请人应当在颁发许可证之日起三十日内到登记机关备案。", None),
        ("申请人对决定不服的，可以自收到决定之日起六十日内申请行政复议。", None),
        ("应当自吊销决定作出之日起三个月内交回许可证。", None),
        ("当事人应当自收到处罚决定书之日起十五日内缴纳罚款。", None),
        ("用人单位应当自用工之日起三十日内为职工办理登记。", None),
        ("主管部门应当自收到材料之日起五日内告知补正，自受理之日起二十个工作日内作出决定。", 20),
        ("自受理申请之日起四十五日内作出批准或者不予批准的决定。", 45),
        ("登记机关应当在三个工作日内予以登记。", 3),
        ("县级人民政府应当自收到申请之日起两个月内审查完毕。", 2),
        ("主管部门应当自收到材料之日起六十日内，作出准予或者不予的决定。", 60),
        ("主管部门应当自收到申请之日起三十日内进行核查，并作出决定。", 30),
        ("管理所应当在一日内补发牌证。", 1),
        ("当事人向登记机关申请，登记机关应当在七日内，对符合条件的予以登记。", 7),
        ("登记机关应当公示，经营主体可以于公示期满之日起二十日内办理登记。", None),
        ("持证人到管理中心办理变更，并自办妥之日起二十日内到银行办理登记。", None),
        ("不再执业的，所在卫生机构应当在三十日内办理注销。", None),
        ("主管部门可以自受理之日起十日内作出决定。", None),
        ("主管部门应当在三日内组织听证，申请人应当办理手续。", None),
        ("社会保险经办机构应当自收到申请之日起十五日内审核。", 15),
    ],
)
def test_days_are_a_limit_only_where_an_organ_decides_in_them(tmp_path: Path, sentence: str, days: int | None) -> None:
    (tmp_path / "laws").mkdir()
    text = f"2020年3月1日通过\n<!-- INFO END -->\n第一条 {sentence}\n第二条 本条例自2020年5月1日起施行。\n"
    (tmp_path / "laws" / "短条例(2020-03-01).md").write_text(text, "utf-8")
    found = from_law("a", "某事", "短条例", read_library(tmp_path / "laws", ["短条例"]).of("短条例")[0], "1")
    assert found is not None
    assert (found.limit.number if found.limit else None) == days
    assert days is not None or found.left_out == (sentence.removesuffix("。"),)


@pytest.mark.parametrize(
    ("more", "unit"),
    [
        ("本条例规定的期限以工作日计算，不含法定节假日。", LegalUnit.WORKING_DAYS),
        ("本条例规定的期限以自然日计算。", LegalUnit.NATURAL_DAYS),
    ],
)
def test_days_are_working_days_where_another_article_says_so(tmp_path: Path, more: str, unit: LegalUnit) -> None:
    (tmp_path / "laws").mkdir()
    first = "行政机关应当自受理之日起二十日内作出行政许可决定。"
    text = f"2020年3月1日通过\n<!-- INFO END -->\n第一条 {first}\n第二条 {more}\n第三条 本条例自2020年5月1日起施行。\n"
    (tmp_path / "laws" / "短条例(2020-03-01).md").write_text(text, "utf-8")
    found = from_law("a", "某事", "短条例", read_library(tmp_path / "laws", ["短条例"]).of("短条例")[0], "1")
    assert found is not None and found.limit is not None
    assert (found.limit.number, found.limit.unit) == (20, unit)


def test_of_two_limits_in_one_article_the_one_of_the_items_own_paragraph_is_taken(tmp_path: Path) -> None:
    (tmp_path / "laws").mkdir()
    text = (
        "2020年3月1日通过\n<!-- INFO END -->\n第一条 申请花木批发许可的，主管部门应当自受理之日起三十日内作出决定。\n"
        "申请花木零售许可的，主管部门应当自受理之日起二十日内作出决定。\n第二条 本条例自2020年5月1日起施行。\n"
    )
    (tmp_path / "laws" / "短条例(2020-03-01).md").write_text(text, "utf-8")
    volume = read_library(tmp_path / "laws", ["短条例"]).of("短条例")[0]
    for name, days, other in (("花木零售许可", 20, "三十日"), ("花木批发许可", 30, "二十日")):
        found = from_law("a", name, "短条例", volume, "1")
        assert found is not None
        assert found.limit is not None
        assert found.limit.number == days
        assert [other in said for said in found.left_out] == [True], "what else an organ has is told"


def test_the_days_of_an_applicant_are_left_out_and_told(volume: Volume) -> None:
    found = told(volume, "5")
    assert found.limit is not None
    assert found.limit.number == 60
    assert found.left_out == ("申请人应当在移植后三十日内复查",)


def test_each_list_is_what_its_own_head_says_and_grounds_against_somebody_are_none(tmp_path: Path) -> None:
    (tmp_path / "laws").mkdir()
    text = (
        "2020年3月1日通过\n<!-- INFO END -->\n第一条 申请许可应当符合下列条件：\n（一）有场地；\n"
        "有下列情形之一的，不予许可：\n（一）三年内被吊销；\n申请时提交下列材料：\n（一）场地证明。\n"
        "第二条 本条例自2020年5月1日起施行。\n"
    )
    (tmp_path / "laws" / "短条例(2020-03-01).md").write_text(text, "utf-8")
    found = from_law("a", "某事", "短条例", read_library(tmp_path / "laws", ["短条例"]).of("短条例")[0], "1")
    assert found is not None
    assert [(str(one.what), one.say.zh) for one in found.demands] == [("condition", "有场地"), ("material", "场地证明")]
    assert found.left_out == ("有下列情形之一的，不予许可：",)


def test_an_article_that_is_not_there_tells_nothing(volume: Volume) -> None:
    assert from_law("a", "甲", "示例绿化条例", volume, "77") is None


def test_the_command_writes_lines_that_pass_the_check(tmp_path: Path, volume: Volume) -> None:
    folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
    (folder / "casework" / "laws" / "greening.yaml").write_text("name: {zh: 示例绿化条例, en: Greening}\n", "utf-8")
    asked = [
        "new", str(folder), "--from-law", "示例绿化条例", "--article", "4", "--laws", str(tmp_path / "laws"),
        "--id", "tree_moving", "--name-zh", "移植树木许可", "--name-en", "Moving trees", "--agency", "forestry",
        "--process", "permit", "--result-zh", "许可证", "--result-en", "Permit",
    ]  # fmt: skip
    done = CliRunner().invoke(pack_command, asked)
    assert done.exit_code == Exit.DONE, done.output
    assert "15 working_days" in done.stdout
    pack, faults = load_pack(folder, KINDS)
    # The texts of laws have no English: it is to be written, and nothing else is wrong.
    assert {fault.what for fault in faults} == {IN_CHINESE}
    row = listed_items(pack)["tree_moving"]
    assert row.basis is not None
    assert (row.limit.number if row.limit else None, len(listed_demands(pack)["tree_moving"])) == (15, 2)
    again = CliRunner().invoke(pack_command, asked)
    assert again.exit_code == Exit.REFUSED
    assert "already" in again.stderr
    lost = CliRunner().invoke(pack_command, [*asked[:4], "--article", "77", *asked[6:8], "--id", "other", *asked[10:]])
    assert (lost.exit_code, "no article 77" in lost.stderr) == (Exit.REFUSED, True)


def test_nothing_is_written_that_the_check_would_refuse(tmp_path: Path, volume: Volume) -> None:
    folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
    (folder / "casework" / "laws" / "greening.yaml").write_text("name: {zh: 示例绿化条例, en: Greening}\n", "utf-8")
    asked = [
        "new", str(folder), "--from-law", "示例绿化条例", "--article", "4", "--laws", str(tmp_path / "laws"),
        "--name-zh", "移植树木许可", "--name-en", "Moving trees",
    ]  # fmt: skip
    for more in (["--id", "Bad-Id", "--agency", "forestry"], ["--id", "moving", "--agency", "nobody"]):
        done = CliRunner().invoke(pack_command, [*asked, *more])
        assert done.exit_code == Exit.PACK_FAULT, done.output
        assert not (folder / "services" / "listed_items.csv").exists()


def test_a_table_keeps_every_byte_that_it_had() -> None:
    before = '\ufeffid,name.zh\r\na,"甲, 乙"\r\n'.encode()
    after = appended(before, [Text("丙", "C")])
    assert after == '\ufeffid,name.zh,zh,en\r\na,"甲, 乙",,\r\n,,丙,C\r\n'.encode()
