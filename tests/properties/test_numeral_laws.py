"""Numbers in Chinese signs: read and written as a slow reference counts them, and nothing else is a number."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.numerals import counted

from onecity.kernel.numerals import in_signs, number_of
from onecity.packs.laws.places import articles_in


def test_every_number_is_read_and_written_as_the_reference_counts_it() -> None:
    signs = counted()
    assert (signs[42], signs[120], signs[1005], signs[1010]) == ("四十二", "一百二十", "一千零五", "一千零一十")
    assert [number_of(sign) for sign in signs[1:]] == list(range(1, 10_000))
    assert [in_signs(number) for number in range(1, 10_000)] == list(signs[1:])


@settings(deadline=None)
@given(st.text("零一二三四五六七八九十百千0123456789条", max_size=9))
def test_what_is_no_number_is_none_and_what_is_one_says_its_value(text: str) -> None:
    number = number_of(text)
    if text in counted()[1:]:
        assert number == counted().index(text)
    if text.isdecimal():
        assert number == int(text)
    if "条" in text or not text:
        assert number is None


@settings(deadline=None)
@given(st.integers(1, 9_999), st.integers(1, 30) | st.none(), st.booleans())
def test_a_place_is_the_same_in_digits_and_in_signs(main: int, later: int | None, digits: bool) -> None:
    said = str(main) if digits else counted()[main]
    behind = "" if later is None else f"之{later if digits else counted()[later]}"
    wanted = (f"{main}-{later}" if later else str(main),)
    assert articles_in(f"第{said}条{behind}") == wanted
    assert articles_in(f"第 {said} 条{behind}第二款第（三）项") == wanted
