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


def test_what_another_office_has_is_found_with_the_item_that_gives_it() -> None:
    found = flow()
    assert [line.id for line in found.obtainable.lines] == ["2", "5", "6", "7"]
    given = next(one for one in found.proposals if one.row.line == 7)
    assert (given.giver, str(given.confidence)) == ("排水许可证核发", "exact")
    assert [one.row.line for one in found.proposals if one.act == "declare"] == [12]


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
