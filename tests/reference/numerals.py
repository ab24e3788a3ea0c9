"""Chinese numerals the slow way: counted up one by one, by the words that a child says."""

from collections.abc import Iterator
from functools import cache
from typing import Final

_ONES: Final = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (_ONES[tens] + "十" if tens else "") + _ONES[ones]


def _counting() -> Iterator[str]:
    for thousands in range(10):
        for hundreds in range(10):
            for rest in range(100):
                said = _ONES[thousands] + "千" if thousands else ""
                if hundreds:
                    said += _ONES[hundreds] + "百"
                if rest and said and (rest < 10 or not hundreds):
                    said += "零"
                said += _below_hundred(rest)
                yield said[1:] if said.startswith("一十") else said


@cache
def counted() -> tuple[str, ...]:
    """The numbers from 0, which has no sign, to 9999."""
    return tuple(_counting())
