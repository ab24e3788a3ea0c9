"""What is found in a file of materials, and how a bad one is refused."""

import pytest

from onecity.services.auditing import flows_of, read_rows
from onecity.services.auditing.flows import Flow

TABLE = """flow,item,material
开茶馆,排水许可证核发,营业执照复印件1份
开茶馆,排水许可证核发,排水许可申请表
开茶馆,排水许可证核发,其他材料
开茶馆,茶馆卫生许可,《营业执照》副本（加盖公章）
开茶馆,茶馆卫生许可,法人证书复印件
开茶馆,茶馆卫生许可,排水许可证
开茶馆,茶馆卫生许可,店面照片2张
开茶馆,招牌合同备案,招牌合同备案表
开茶馆,招牌合同备案,店面照片（彩色）
开茶馆,招牌合同备案,法律规定的其他材料
开茶馆,招牌合同备案,单位开的在职证明
关茶馆,注销登记,营业执照
"""


def flow(text: str = TABLE) -> Flow:
    rows, faults = read_rows("list.csv", text.encode())
    assert faults == ()
    return flows_of(rows)[0]


def test_flows_stand_apart_and_their_numbers_are_those_of_their_lists() -> None:
    rows, _ = read_rows("list.csv", TABLE.encode())
    both = flows_of(rows)
    assert [(one.name, one.items.number, one.materials.number) for one in both] == [("开茶馆", 3, 11), ("关茶馆", 1, 1)]
    assert both[1].repeats.number == 0


def test_what_is_asked_again_is_found_under_the_same_name_only() -> None:
    found = flow()
    assert [(line.id, line.more["first"]) for line in found.repeats.lines] == [("5", 2), ("10", 8)]
    assert found.different.number == found.materials.number - found.repeats.number
    assert [(group.id, group.figure.number) for group in found.groups] == [("business_licence", 3)]


REPEATED = """flow,item,material
盖楼,选址意见,用地图
盖楼,选址意见,选址申请表
盖楼,选址意见,其他材料
盖楼,用地许可（划拨）,用地图
盖楼,用地许可（划拨）,宗地界址图
盖楼,用地许可（出让）,用地图1份
盖楼,用地许可（出让）,宗地界址图
盖楼,用地许可（出让）,选址申请表
盖楼,用地许可（出让）,其他材料
盖楼,施工合同备案,用地图
盖楼,施工合同备案,企业业绩表
盖楼,监理合同备案,企业业绩表
盖楼,临时用地许可,用地图
盖楼,竣工验收,宗地界址图
盖楼,竣工验收,外方护照
盖楼,住宿登记,外方护照
"""


def test_a_paper_asked_for_again_is_proposed_only_where_the_same_one_serves() -> None:
    found = flow(REPEATED)
    why = {one.row.line: one.given.line if one.given else str(one.anew) for one in found.again}
    assert why == {
        5: 2, 7: 2, 8: "variant", 9: "written", 10: "nameless", 11: 2, 13: "party", 14: "variant", 15: 6, 17: "shown",
    }  # fmt: skip
    assert found.repeats.number == len(why)
    assert [line.id for line in found.reusable.lines] == ["5", "7", "11", "15"]
    assert [one.as_row()["id"] for one in found.proposals] == ["reuse:5", "reuse:7", "reuse:11", "reuse:15"]


def test_each_row_has_one_proposal_and_what_is_fetched_is_not_used_again() -> None:
    found = flow()
    assert [(one.row.line, str(one.act)) for one in found.proposals] == [
        (2, "fetch"), (5, "fetch"), (6, "fetch"), (7, "fetch"), (10, "reuse"), (12, "declare"),
    ]  # fmt: skip


def test_of_several_papers_in_a_row_only_those_that_an_office_has_are_named() -> None:
    lines = "flow,item,material\n开店,登记,授权委托书及代理人身份证\n开店,登记,营业执照\n开店,登记,外方企业注册证明\n"
    both = flow(lines).fetches
    assert [(one.row.line, one.only) for one in both] == [(2, ("身份证",)), (3, ())]
    assert [one.key for one in both] == ["services.audit.flow.fetch_only", "services.audit.flow.fetch"]


def test_papers_of_several_offices_in_a_row_are_told_with_who_has_which() -> None:
    [both] = flow("flow,item,material\n开店,合同备案,营业执照、企业资质证书\n").fetches
    assert both.as_row()["holder"] == "市场监督管理部门（营业执照）、发证的部门（资质证书）"
    assert both.as_row()["holder_en"] == "the market regulator (营业执照), the office that issues it (资质证书)"


@pytest.mark.parametrize(
    ("item", "material"),
    [
        ("联合验收", "工程竣工验收报告"),  # whoever builds writes it; the filing takes it
        ("房屋首次登记", "房屋权属来源证明材料"),  # the village has it, the registry does not yet
        ("保安服务备案", "保安员基本情况说明"),  # the very content of the filing
        ("境外驾驶证换领", "所持机动车驾驶证"),  # nobody here ever issued it
        ("机动车转让登记", "机动车登记证书"),  # the change is written into it
        ("退役军人报到登记", "军队出具的退役证明"),  # the army has it, and the office not yet
        ("不动产抵押权登记", "抵押权人的身份证明"),  # a bank is no person
        ("工伤认定", "存在劳动关系的证明"),  # the very fact that is disputed
    ],
)
def test_what_only_sounds_like_a_paper_of_an_office_is_not_proposed(item: str, material: str) -> None:
    assert flow(f"flow,item,material\n流程,{item},{material}\n流程,竣工验收备案,身份证\n").fetches[:-1] == ()


def test_what_another_office_has_is_found_with_the_item_that_gives_it() -> None:
    found = flow()
    assert [line.id for line in found.obtainable.lines] == ["2", "5", "6", "7"]
    given = next(one for one in found.fetches if one.row.line == 7)
    assert given.giver is not None
    assert (given.giver.item, str(given.confidence)) == ("排水许可证核发", "exact")
    assert [one.row.line for one in found.fetches if one.act == "declare"] == [12]


def test_catch_alls_are_told_apart_from_lists_that_are_left_open() -> None:
    found = flow()
    assert [line.id for line in found.vague.lines] == ["4"]
    assert [line.id for line in found.open_ended.lines] == ["11"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"flow,item\na,b\n", "The column `material` is missing."),
        (b"flow;item;material\na;b;c\n", "not separated by commas"),
        (b"flow,item,materials\na,b,c\n", "Did you mean it where `materials` stands?"),
        (b"flow,item,material\na,b\n", "This line has 2 cells for 3 columns."),
        (b"flow,item,material\na,,c\n", "The cell of `item` is empty."),
        (b"flow,item,material,material\na,b,c,d\n", "stands here twice"),
        (b"flow,item,material\n", "Below the first line stands no row."),
        (b"", "The file is empty."),
        ("flow,item,material\n开店,许可,营业执照\n".encode("gbk"), "UTF-8"),
        (b'flow,item,material\na,b,"c\n', "never closed"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    rows, faults = read_rows("list.csv", content)
    assert rows == ()
    assert any(said in str(fault) for fault in faults), [str(fault) for fault in faults]


def test_columns_stand_in_any_order_and_others_are_not_read() -> None:
    rows, faults = read_rows("list.csv", "note,material,flow,item\n,营业执照,开店,许可\n".encode("utf-8-sig"))
    assert faults == ()
    assert [(row.line, row.flow, row.item, row.material) for row in rows] == [(2, "开店", "许可", "营业执照")]
