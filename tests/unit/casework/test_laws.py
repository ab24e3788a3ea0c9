"""A citation is written once, in Chinese, and every page says it in its reader's language."""

from typing import Final

import pytest

from onecity.casework import Laws

LICENSING: Final = "Administrative Licensing Law (《行政许可法》)"
ENVIRONMENT: Final = "Regulations on Optimizing the Business Environment (《优化营商环境条例》)"
LAWS: Final = Laws(
    {
        "行政许可法": "Administrative Licensing Law",
        "优化营商环境条例": "Regulations on Optimizing the Business Environment",
        "会计档案管理办法（财政部令第79号）": "Accounting Archives Measures (Order No. 79)",
        "国家档案局令第 8 号": "Order No. 8",
    }
)
SAID: Final = {
    "《行政许可法》第 42 条": f"{LICENSING}, article 42",
    "《行政许可法》": LICENSING,
    "《行政许可法》第四十二条第二款": f"{LICENSING}, article 42, paragraph 2",
    "《行政许可法》第 12 条第 1 款第（三）项": f"{LICENSING}, article 12, paragraph 1, item 3",
    "《行政许可法》第 61、69 条": f"{LICENSING}, articles 61 and 69",
    "《行政许可法》第 4、5 和 6 条": f"{LICENSING}, articles 4, 5 and 6",
    "行政许可法第 50 条": f"{LICENSING}, article 50",
    "《行政许可法》第 32 条、《优化营商环境条例》第 36 条": f"{LICENSING}, article 32; {ENVIRONMENT}, article 36",
    "《行政许可法》第 32 条；第 34 条": f"{LICENSING}, article 32; article 34",
    "Rule: 《行政许可法》第 38 条.": f"Rule: {LICENSING}, article 38.",
    "《某法》第 9 条": "《某法》, article 9",
    "某法第 9 条": "某法第 9 条",
    "《某法》": "《某法》",
    # The end of another title is no title.
    "河南省优化营商环境条例第 35 条": "河南省优化营商环境条例第 35 条",
    "会计档案管理办法（财政部令第79号）第 14 条": "Accounting Archives Measures (Order No. 79) (《会计档案管理办法（财政部令第79号）》), article 14",
    "国家档案局令第 8 号第 6、8 条": "Order No. 8 (《国家档案局令第 8 号》), articles 6 and 8",
    # Several, ranges, and what was put in later, each read whole.
    "《行政许可法》第 12 条第 2、3 项": f"{LICENSING}, article 12, items 2 and 3",
    "《行政许可法》第 12 条第（一）、（二）和（四）项": f"{LICENSING}, article 12, items 1, 2 and 4",
    "《行政许可法》第 12 条第（一）项、第（三）项": f"{LICENSING}, article 12, items 1 and 3",
    "《行政许可法》第 12 条第（一）项至第（三）项": f"{LICENSING}, article 12, items 1 to 3",
    "《行政许可法》第 12 条第 1、2 款": f"{LICENSING}, article 12, paragraphs 1 and 2",
    "《行政许可法》第 12 条第一款和第二款": f"{LICENSING}, article 12, paragraphs 1 and 2",
    "《行政许可法》第 12 条第 1 款至第 3 款": f"{LICENSING}, article 12, paragraphs 1 to 3",
    "《行政许可法》第 33 条至第 35 条": f"{LICENSING}, articles 33 to 35",
    "《行政许可法》第三十三条到第三十五条": f"{LICENSING}, articles 33 to 35",
    "《行政许可法》第 33-35 条": f"{LICENSING}, articles 33 to 35",
    "《行政许可法》第 30、33 至 35 条": f"{LICENSING}, articles 30 and 33 to 35",
    "《行政许可法》第三十三条之一": f"{LICENSING}, article 33-1",
    "《行政许可法》第 33 条之二第 1 款": f"{LICENSING}, article 33-2, paragraph 1",
    "《行政许可法》第 33 条之一至第 33 条之三": f"{LICENSING}, articles 33-1 to 33-3",
    "《通知》第（三）项": "《通知》, item 3",
    # A place goes on with the law before it.
    "《行政许可法》第 4 条、第 5 条": f"{LICENSING}, articles 4 and 5",
    "《行政许可法》第 4 条和第五条规定": f"{LICENSING}, articles 4 and 5规定",
    "行政许可法第 4 条、第 5 条": f"{LICENSING}, articles 4 and 5",
    "《行政许可法》第 4 条第 2 款、第 5 条": f"{LICENSING}, article 4, paragraph 2; article 5",
    "《行政许可法》第 4 条、第 5 条第 2 款": f"{LICENSING}, article 4; article 5, paragraph 2",
    "《行政许可法》第 1 条第 2 款第 3 项、第 4 款第 5 项": f"{LICENSING}, article 1, paragraph 2, item 3; paragraph 4, item 5",
    "(《行政许可法》第 3 条)": f"({LICENSING}, article 3)",
    "《行政许可法》第 4 条；第一条通道被堵": f"{LICENSING}, article 4；第一条通道被堵",
    "《行政许可法》第 4 条，第一条通道被堵": f"{LICENSING}, article 4，第一条通道被堵",
    "《行政许可法》第 4 条之规定": f"{LICENSING}, article 4之规定",
    # Fees that were demanded before laws had names.
    "《行政许可法》, article 42": f"{LICENSING}, article 42",
}
UNREAD: Final = (
    "没有洗手池",
    "请看第一张图，一共三条",
    "",
    # 条 and 项 count passages, fish and tasks as well.
    "第一条通道被堵",
    "第三条鱼缸",
    "通道被堵，第二条也一样；第三条没有",
    "第 33 条",
    "第 33 条第 2 款",
    "见第 33 条至第 35 条",
    "第二项工作没有做",
    # What is read only in part would say something else.
    "《行政许可法》第 12 条第 1 款第 2 目",
    "《行政许可法》第 12 条第 2、3 目",
    "《行政许可法》第 12 条（一）",
    "《行政许可法》第 4、5 条第 2 款",
    "《行政许可法》第 33 条至第 35 条第 2 款",
    "《行政许可法》第 33 条第 1 款至第 35 条第 2 款",
    "《行政许可法》第 3、4 条之一",
    "《行政许可法》第 2 款之一",
    "《行政许可法》第 33 条、34 条",
    "《行政许可法》第 33 条或者第 34 条",
    "《行政许可法》第 33 条、第 2 目",
    "《行政许可法》第 33 条至 35 条",
    "《行政许可法》第一二条",
    "《行政许可法》第二章",
    "《行政许可法》第若干条",
    "《行政许可法》第 3 条之 12 第 2 目",
    "《行政许可法》第 33 条之二第 2 目",
    "行政许可法第二章",
    "行政许可法第 12 条第 2 目",
    "行政许可法",
)
"""What is no citation, and citations that cannot be read whole."""


@pytest.mark.parametrize(("written", "said"), SAID.items())
def test_an_english_reader_is_told_the_name_and_the_place(written: str, said: str) -> None:
    assert LAWS.cited(written, "en") == said


@pytest.mark.parametrize("written", UNREAD)
def test_what_cannot_be_read_whole_stays_wholly_as_it_is(written: str) -> None:
    assert LAWS.cited(written, "en") == written


@pytest.mark.parametrize("written", [*SAID, *UNREAD])
def test_a_chinese_reader_gets_every_text_as_it_was_written(written: str) -> None:
    assert LAWS.cited(written, "zh") == written


@pytest.mark.parametrize("said", SAID.values())
def test_what_was_said_in_english_is_not_said_twice(said: str) -> None:
    assert LAWS.cited(said, "en") == said


def test_without_any_law_the_place_is_told_all_the_same() -> None:
    assert Laws({}).cited("《行政许可法》第 42 条", "en") == "《行政许可法》, article 42"
