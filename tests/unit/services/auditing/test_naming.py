"""By which name two lines mean one thing, and by which signs another office has it."""

import pytest

from onecity.services.auditing.naming import is_conditional, parts, plainly
from onecity.services.auditing.patterns import fitting, patterns

SAME = [
    ("营业执照", ["1.营业执照（正、副本）原件及复印件各一份", "《营业执照》复印件2份", "①营业执照副本复印件（加盖公章）", "营业执照复印件加盖单位公章"]),
    ("申请人身份证", ["申请人身份证原件和复印件1份，原件核对后退回", "（2）申请人身份证 复印件 一式两份"]),
    ("开店地址图", ["开店地址图1份。首次申报时提供", "开店地址图3套。", "开店地址图[适用新开的店", "、开店地址图1张"]),
    ("承诺书(房东单位)", ["承诺书（房东单位）", "承诺书（房东单位）一式三份"]),
]  # fmt: skip


@pytest.mark.parametrize(("plain", "written"), SAME)
def test_copies_counts_seals_and_brackets_do_not_change_a_thing(plain: str, written: list[str]) -> None:
    assert {one: plainly(one) for one in written} == dict.fromkeys(written, plain)


def test_whose_it_is_keeps_two_things_apart_and_a_bare_bracket_is_still_a_name() -> None:
    assert plainly("承诺书（房东单位）") != plainly("承诺书（租户单位）")
    assert plainly("（图纸）") == "图纸"


def test_one_line_may_ask_for_several_things() -> None:
    assert parts("租客授权书（原件）及代理人身份证（复印件）") == ("租客授权书", "身份证")
    assert parts("《中华人民共和国组织机构代码证》") == ("组织机构代码证",)
    assert parts("《用工备案表》中所列人员的近期社保证明") == ("人员的近期社保证明",)


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("企业营业执照、资质证书", ["business_licence", "qualification"]),
        ("立项批文复印件（加盖公章）", ["project_approval"]),
        ("卖方的身份证", ["identity"]),
        ("上游部门出具的审查意见", ["organ_opinion"]),
        ("排水许可证", ["permit"]),
        ("近三个月社保缴纳证明", ["social_insurance"]),
        ("单位开的收入证明", ["unit_statement"]),
        # What whoever applies writes is nobody else's result, whatever words it holds.
        ("排水许可申请表", []),
        ("法定代表人身份证明书", []),
        ("水土保持方案", []),
        ("核准请示（初审意见）", []),
        ("承诺书（无违法犯罪记录证明）", []),
        ("业主意见", []),
    ],
)
def test_names_are_known_by_patterns(name: str, by: list[str]) -> None:
    assert [hit.pattern.id for hit in fitting(name)] == by


def test_what_an_item_takes_itself_is_not_the_result_of_another() -> None:
    assert fitting("用工合同备案表", given_by="用工合同备案") == ()
    assert [hit.pattern.id for hit in fitting("用工合同备案表", given_by="排水许可")] == ["filing_paper"]


def test_a_name_says_whether_only_some_must_bring_it() -> None:
    assert is_conditional("房产证（适用于自有房屋）")
    assert is_conditional("涉及燃气的，提供检测报告")
    assert not is_conditional("营业执照复印件1份")


def test_every_pattern_names_its_source_and_nobody_but_a_promise_is_without_an_office() -> None:
    assert all(one.source for one in patterns())
    assert {str(one.way) for one in patterns() if one.holder is None} == {"promise"}
    assert len({one.id for one in patterns()}) == len(patterns())
