"""Numbers as Chinese texts write them in signs: 四十二, 一百零八."""

import re
from typing import Final

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_UPTO: Final = "[一二三四五六七八九]"
_SIGN: Final = "[零一二三四五六七八九十百千]"

SIGNS: Final = rf"(?={_SIGN})(?:{_UPTO}?千)?(?:零?{_UPTO}?百)?(?:零?{_UPTO}?十)?(?:零?{_UPTO})?(?!{_SIGN})"
"""A pattern for a number in signs, whole: no further sign follows."""

NUMBER: Final = rf"(?:[0-9]+(?![0-9])|{SIGNS})"
"""A pattern for a number in digits or in signs."""

_WHOLE: Final = re.compile(NUMBER)
_LONGEST: Final = 18


def number_of(text: str) -> int | None:
    """The number that a text is, in digits or in signs; None if it is none, or one that nobody would count to.

    >>> [number_of(text) for text in ("42", "七", "十", "四十二", "一百零八", "一千二百六十", "十二条")]
    [42, 7, 10, 42, 108, 1260, None]
    """
    if len(text) > _LONGEST or _WHOLE.fullmatch(text) is None:
        return None
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for sign in text:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def in_signs(number: int) -> str:
    """A number from 1 to 9999 as laws write it before 条.

    >>> [in_signs(number) for number in (7, 10, 12, 42, 108, 110, 1005, 1260)]
    ['七', '十', '十二', '四十二', '一百零八', '一百一十', '一千零五', '一千二百六十']
    """
    assert 0 < number < 10_000, "laws have no such article"
    written, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // value % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += ("零" if gap else "") + "零一二三四五六七八九"[digit] + unit
        gap = False
    return written.removeprefix("一") if written.startswith("一十") else written
