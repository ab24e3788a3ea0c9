"""The paper of a licence: it opens, it is printed without the machine's own fonts, and nothing of it reaches the log."""

import logging
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import msgspec
import pytest
from pypdf import PdfReader

from onecity.licences.drawing import drawn_page
from onecity.licences.papers import Page
from onecity.machinery.qr import drawn

IDENTIFIER: Final = "1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q"
PAGE: Final = Page(
    title="食品经营许可证\nFood business licence",
    issuer="市场监督管理局",
    warning="这不是电子印章。\nNot an official seal.",
    lines=[("持证人", "鱻龘靐"), ("经营场所", "金水区花园路街道纬二路 58 号 1 层 3 号，" * 4)],
    identifier=IDENTIFIER,
    address=f"http://127.0.0.1:8000/verify/{IDENTIFIER}",
    how="扫一扫。\nScan it.",
    made=datetime(2020, 9, 23, 4, tzinfo=UTC),
    lacking="〓：字库里没有这个字。",
)


def text_of(paper: bytes) -> str:
    [page] = PdfReader(BytesIO(paper)).pages
    return re.sub(r"[\s\x00]", "", page.extract_text())


def paper(**other: object) -> bytes:
    page = msgspec.structs.replace(PAGE, **other)
    return drawn_page(page, drawn(page.address))


def test_a_paper_is_one_page_with_everything_on_it_and_its_own_font() -> None:
    content = paper()
    for said in (
        "食品经营许可证",
        "鱻龘靐",
        IDENTIFIER,
        "Notanofficialseal.",
        "1层3号，" + "金水区花园路街道纬二路58号1层3号，",
    ):
        assert said in text_of(content)
    assert b"/FontFile" in content
    assert len(content) < 80_000
    assert "〓" not in text_of(content)


def test_a_letter_that_the_font_lacks_is_marked_and_explained() -> None:
    text = text_of(paper(lines=[("持证人", "𠮷晓梅")]))
    assert "〓晓梅" in text
    assert "字库里没有这个字" in text


def test_the_same_paper_is_drawn_the_same_way() -> None:
    assert paper() == paper()


def test_no_letter_of_a_paper_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        paper(lines=[("持证人", "鱻龘靐𠮷")])
    assert [record.name for record in caplog.records] == []


def test_what_somebody_typed_is_no_markup() -> None:
    text = text_of(paper(lines=[("名称", "**x** <b>y</b> {z} %s \\n __u__")]))
    assert "**x**<b>y</b>{z}%s\\n__u__" in text
