"""Days that an answer names which are neither those of the law nor those that are promised.

Pure. An answer may speak of other days with good reason, so this is only told to whoever writes and publishes it.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from onecity.kernel.clock import Unit
from onecity.kernel.numerals import NUMBER, number_of
from onecity.packs import Text
from onecity.services.declared import Item

_ZH: Final = re.compile(rf"(?P<number>两|{NUMBER}) ?个? ?(?P<kind>工作日|自然日|日历日|天|日)")
_NOT_BEFORE: Final = "月第每哪那这同某有前年号"
"""Signs before a number with which a day is one of many, or one of a calendar: 第三天, 10月1日, 同一天."""
_UPTO_TEN: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS: Final = dict(zip(_UPTO_TEN, range(1, 11), strict=True)) | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
}
_EN: Final = re.compile(
    rf"\b(?P<number>[0-9]+|{'|'.join(_WORDS)})[ -](?:(?P<kind>working|business|calendar|natural)[ -])?days?\b",
    re.IGNORECASE,
)
_KINDS: Final = {
    "工作日": Unit.WORKING_DAYS,
    "working": Unit.WORKING_DAYS,
    "business": Unit.WORKING_DAYS,
    "自然日": Unit.NATURAL_DAYS,
    "日历日": Unit.NATURAL_DAYS,
    "calendar": Unit.NATURAL_DAYS,
    "natural": Unit.NATURAL_DAYS,
}


class OtherDays(msgspec.Struct, frozen=True):
    """A question, and the days of which its answer speaks, word for word."""

    ask: Text
    said: str


def other_days(item: Item) -> tuple[OtherDays, ...]:
    """Where the answers of an item name days that are neither its limit nor its promise; each number once."""
    if item.limit.unit.in_hours:
        return ()
    right = {item.limit.number, item.limit.promised}
    found: dict[tuple[str, int, Unit | None], OtherDays] = {}
    for one in item.faq:
        for said, number, kind in (*_in_chinese(one.answer.zh), *_in_english(one.answer.en)):
            if number not in right or (kind is not None and kind is not item.limit.unit):
                found.setdefault((one.ask.zh, number, kind), OtherDays(one.ask, said))
    return tuple(found.values())


def _in_chinese(text: str) -> Iterator[tuple[str, int, Unit | None]]:
    """The days that a text names, as they stand there.

    >>> list(_in_chinese("两天内；10月1日起，十五个工作日办完。第三天来"))
    [('两天', 2, None), ('十五个工作日', 15, <Unit.WORKING_DAYS: 'working_days'>)]
    """
    for found in _ZH.finditer(text):
        before = text[: found.start()].rstrip()[-1:]
        number = 2 if found["number"] == "两" else number_of(found["number"])
        if number is not None and not (before and before in _NOT_BEFORE):
            yield found[0], number, _KINDS.get(found["kind"])


def _in_english(text: str) -> Iterator[tuple[str, int, Unit | None]]:
    """The same in English.

    >>> list(_in_english("Within five working days, at most 10 days"))
    [('five working days', 5, <Unit.WORKING_DAYS: 'working_days'>), ('10 days', 10, None)]
    """
    for found in _EN.finditer(text):
        word = found["number"].lower()
        yield found[0], _WORDS[word] if word in _WORDS else int(word), _KINDS.get((found["kind"] or "").lower())
