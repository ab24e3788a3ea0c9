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
    "第 33 条": "article 33",
    "《某法》": "《某法》",
    # The end of another title is no title.
    "河南省优化营商环境条例第 35 条": "河南省优化营商环境条例第 35 条",
    "会计档案管理办法（财政部令第79号）第 14 条": "Accounting Archives Measures (Order No. 79) (《会计档案管理办法（财政部令第79号）》), article 14",
    "国家档案局令第 8 号第 6、8 条": "Order No. 8 (《国家档案局令第 8 号》), articles 6 and 8",
    # Fees that were demanded before laws had names.
    "《行政许可法》, article 42": f"{LICENSING}, article 42",
    "没有洗手池": "没有洗手池",
    "请看第一张图，一共三条": "请看第一张图，一共三条",
    "": "",
}


@pytest.mark.parametrize(("written", "said"), SAID.items())
def test_an_english_reader_is_told_the_name_and_the_place(written: str, said: str) -> None:
    assert LAWS.cited(written, "en") == said


@pytest.mark.parametrize("written", SAID)
def test_a_chinese_reader_gets_every_text_as_it_was_written(written: str) -> None:
    assert LAWS.cited(written, "zh") == written


@pytest.mark.parametrize("said", SAID.values())
def test_what_was_said_in_english_is_not_said_twice(said: str) -> None:
    assert LAWS.cited(said, "en") == said


def test_without_any_law_the_place_is_told_all_the_same() -> None:
    assert Laws({}).cited("《行政许可法》第 42 条", "en") == "《行政许可法》, article 42"
