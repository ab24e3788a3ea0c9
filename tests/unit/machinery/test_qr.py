"""A code that was drawn says again what was to be drawn."""

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.machinery.qr import QrCode, drawn

_SCALE = 4
_QUIET = 4


def grey(code: QrCode) -> memoryview:
    """The code as a camera sees it: dark bars on light paper."""
    side = code.size * _SCALE
    picture = bytearray(b"\xff" * side * side)
    for bar in code.bars:
        for row in range(bar.y * _SCALE, (bar.y + bar.height) * _SCALE):
            start = row * side + bar.x * _SCALE
            picture[start : start + bar.width * _SCALE] = bytes(bar.width * _SCALE)
    return memoryview(bytes(picture)).cast("B", shape=[side, side])


def scanned(code: QrCode) -> str:
    found = zxingcpp.read_barcode(grey(code))
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    "text",
    [
        "https://zhengzhou.example/verify/1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q",
        "x",
        "中文",
        "A" * 1_000,
    ],
)
def test_a_code_reads_as_it_was_written(text: str) -> None:
    assert scanned(drawn(text)) == text


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=200))
def test_every_address_reads_as_it_was_written(text: str) -> None:
    assert scanned(drawn(text)) == text


def test_a_code_keeps_its_quiet_zone_and_lies_within_its_size() -> None:
    code = drawn("https://zhengzhou.example/verify")
    assert min(bar.x for bar in code.bars) == min(bar.y for bar in code.bars) == _QUIET
    assert max(bar.x + bar.width for bar in code.bars) == code.size - _QUIET


def test_the_path_of_a_page_has_every_bar() -> None:
    code = drawn("x")
    assert code.path.count("M") == len(code.bars)
    assert set(code.path) <= set("0123456789 Mhvz-")
