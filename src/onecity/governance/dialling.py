"""A telephone number as it is dialled, out of whatever somebody wrote down as theirs."""

import re
import unicodedata
from typing import Final

_SHORTEST: Final = 7
_LONGEST: Final = 15
"""Digits of a telephone number. Source: ITU-T E.164, fifteen at most; seven are the shortest of a Chinese landline."""
_OF_MOBILE: Final = 11
_COUNTRY: Final = "86"
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def dialled(text: str) -> str:
    """The first number in a text as it is dialled within the country, by its digits; empty if there is none.

    >>> dialled("+86 138 0013-8000"), dialled("（0371）6666 8888"), dialled("张三，晚上在家")
    ('13800138000', '037166668888', '')
    >>> dialled("张三 138 0013 8000 13800138000@example.org"), dialled("123456789@example.org")
    ('13800138000', '')
    """
    words = unicodedata.normalize("NFKC", text).split()
    plain = " ".join(word for word in words if "@" not in word)
    return next(filter(None, map(_number, _LETTERS.split(plain))), "")


def _number(text: str) -> str:
    digits = "".join(sign for sign in text if sign in "0123456789").removeprefix("00")
    if len(digits) == len(_COUNTRY) + _OF_MOBILE and digits.startswith(_COUNTRY):
        digits = digits.removeprefix(_COUNTRY)
    return digits if _SHORTEST <= len(digits) <= _LONGEST else ""
