"""A text of a law is cut into the articles that a reader sees, however its file is written."""

import io
import tarfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from onecity.kernel.errors import CityError
from onecity.packs.laws import hash_of, read_law, read_library
from onecity.packs.laws.library import title_of
from onecity.packs.laws.places import articles_in
from onecity.packs.laws.texts import cut_off

LAW = """# 灯笼法

2019年4月23日 通过

2020年1月1日 施行

<!-- INFO END -->

## 第一章 总则

第一条 为了灯笼，制定本法。

第二条规定的情形除外。

第二条 灯笼挂在门口。

下列灯笼不挂：

（一）破的；

## 第二章 附则

第二条之一 后来又许挂在树上。

第三条 本法自2020年1月1日起施行。
"""


def numbers(text: str) -> list[str]:
    return [one.number for one in read_law(text).articles]


def test_an_article_ends_where_the_next_one_or_a_chapter_begins() -> None:
    first, second, later, last = read_law(LAW).articles
    assert [one.number for one in (first, second, later, last)] == ["1", "2", "2-1", "3"]
    assert first.text.endswith("第二条规定的情形除外。\n")
    assert "附则" not in second.text
    assert "（一）破的；" in second.text
    assert not cut_off(read_law(LAW).articles, part=False)


@pytest.mark.parametrize(
    "text",
    [
        "第一条　甲\n第二条　乙",
        "第1条 甲\n第2条 乙",
        "**第一条** 甲\n**第二条** 乙",
        "### 第一条 甲\n### 第二条 乙",
        "第一条\n甲\n第二条\n乙",
        "第一条：甲\n第二条：乙",
        "第一条甲\n第二条乙",
        "\ufeff第一条 甲\r\n第二条 乙\r\n".removeprefix("\ufeff"),
        "目录\n第一章 总则\n第一章　总则\n第一条 甲\n第一节 别的\n第二条 乙",
    ],
)
def test_articles_are_found_in_every_form_of_heading(text: str) -> None:
    assert numbers(text) == ["1", "2"]


@pytest.mark.parametrize(
    "line",
    [
        "第二条第一款的规定不用",
        "第二条、第三条的",
        "第九条突然来",
        "第〇条 无",
        "第零条 无",
        "第99999条 无",
        "第二款 无",
    ],
)
def test_a_line_that_only_speaks_of_an_article_begins_none(line: str) -> None:
    assert numbers(f"第一条 甲\n{line}\n第二条 乙") == ["1", "2"]


def test_the_hash_of_an_article_knows_no_white_space_and_every_sign() -> None:
    first = read_law(LAW).articles[0].text
    assert hash_of(first) == hash_of(first.replace(" ", "\u3000\n"))
    assert hash_of(first) != hash_of(first.replace("门", "们") + "，")
    assert len(hash_of(first)) == 16


def test_a_text_may_be_cited_by_its_last_amendment_and_by_its_first_day() -> None:
    assert read_law(LAW).days == (date(2019, 4, 23), date(2020, 1, 1))
    amended = LAW.replace("<!-- INFO", "2021年13月1日 修正\n\n2022年3月5日 修正\n\n<!-- INFO")
    assert read_law(amended).days == (date(2022, 3, 5),)
    assert read_law("灯笼办法\n（2018年6月1日发布）\n第一条 甲").days == (date(2018, 6, 1),)


@pytest.mark.parametrize(
    ("change", "part", "cut"),
    [
        (("", ""), False, False),
        (("第二条 ", "第四条 "), False, True),
        (("第三条 本法自2020年1月1日起施行。\n", ""), False, True),
        (("第三条 本法自2020年1月1日起施行。\n", ""), True, False),
        (("第一条 为了灯笼，制定本法。\n", ""), False, True),
        (("第二条之一", "第三条之一"), False, True),
    ],
)
def test_a_text_with_a_gap_or_without_its_end_is_cut_off(change: tuple[str, str], *, part: bool, cut: bool) -> None:
    assert cut_off(read_law(LAW.replace(*change)).articles, part=part) is cut
    assert cut_off((), part=part)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("42", "42"),
        ("第 42 条第 2 款", "42"),
        ("四十二", "42"),
        ("120-1", "120-1"),
        ("第一百二十条之一第一款", "120-1"),
        ("37、38", "37 38"),
        ("第6、8条", "6 8"),
        ("12 条第 1 款、第 3 款", "12"),
        ("33 至 35", "33 34 35"),
        ("33-35", "33 34 35"),
        ("第三十三条到第三十五条", "33 34 35"),
        ("35 至 33", ""),
        ("1 至 9999", ""),
        ("附则", ""),
        ("第二款", ""),
        ("", ""),
        ("42bis", ""),
    ],
)
def test_a_place_names_its_articles(written: str, found: str) -> None:
    assert " ".join(articles_in(written)) == found


def test_a_title_is_the_same_with_the_name_of_the_state_and_other_brackets() -> None:
    assert title_of("《中华人民共和国灯笼法》") == title_of("灯笼法")
    assert title_of("灯笼办法（第 3 号）") == title_of("灯笼办法(第3号)")
    assert title_of("省实施《中华人民共和国灯笼法》办法") == title_of("省实施《灯笼法》办法")


FILES = {
    "灯笼法(2019-04-23).md": LAW,
    "老/灯笼法（2010-01-01）.txt": LAW,
    "灯笼办法.md": LAW,
    "大法典·总则.md": "第一条 总的。",
    "大法典·附则.md": "第二条 本法自2021年1月1日起施行。",
    "大法典·_index.md": "大法典",
    "README.md": "no law",
    "灯笼法.pdf": "no text",
}


def laid(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def packed(folder: Path, files: Mapping[str, str]) -> Path:
    with tarfile.open(folder / "laws.tar.gz", "w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return folder / "laws.tar.gz"


@pytest.mark.parametrize("lay", [laid, packed])
def test_a_library_is_a_folder_or_a_tar_of_it(tmp_path: Path, lay: Callable[[Path, Mapping[str, str]], Path]) -> None:
    library = read_library(lay(tmp_path, FILES), ["灯笼法", "灯笼办法", "大法典", "大法典·附则"])
    assert library.texts == 5
    assert [one.days for one in library.of("中华人民共和国灯笼法")] == [(date(2010, 1, 1),), (date(2019, 4, 23),)]
    assert [one.days[-1] for one in library.of("灯笼办法")] == [date(2020, 1, 1)]
    [whole], [part] = library.of("大法典"), library.of("大法典·附则")
    assert (list(whole.by_number), whole.whole, list(part.by_number), part.whole) == (["1", "2"], True, ["2"], True)
    assert library.of("别的法") == ()


def test_a_text_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "灯笼法.md").write_bytes("第一条 甲".encode("gb18030"))
    library = read_library(tmp_path, ["灯笼法"])
    assert (library.of("灯笼法"), library.unread_of("灯笼法")) == ((), "灯笼法.md")


def test_what_is_no_library_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.tar.gz").write_bytes(packed(laid(tmp_path, {}), FILES).read_bytes()[:100])
    (tmp_path / "plain.md").write_text("第一条 甲", "utf-8")
    for name, said in (
        ("none", "no such folder"),
        ("empty", "no law text"),
        ("torn.tar.gz", "nor a tar"),
        ("plain.md", "nor a tar"),
    ):
        with pytest.raises(CityError, match=said):
            read_library(tmp_path / name, [])
