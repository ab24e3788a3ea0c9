"""Which articles a citation names: one, several or a range, with or without paragraphs."""

import re
from typing import Final

from onecity.kernel.numerals import NUMBER, number_of
from onecity.packs.laws.texts import MOST

_SMALL: Final = rf"第?\s?[（(]?{NUMBER}[)）]?"
_BELOW: Final = re.compile(rf"\s?{_SMALL}(?:\s?(?:[、，,和及与至到]|以及)\s?{_SMALL})*\s?[款项目]")
"""Paragraphs, items and points below an article, one or several: they say nothing of which article it is."""
_ONE: Final = re.compile(
    rf"第?\s?(?P<main>{NUMBER})\s?条?(?:\s?之\s?(?P<later>{NUMBER})|\s?-\s?(?P<dash>{NUMBER})\s?条?)?"
)
_TO: Final = re.compile(r"\s?(?:至|到|—+|–|~|～)\s?")
_AND: Final = re.compile(r"\s?(?:[、，,和及与]|以及)\s?")
_MOST_AT_ONCE: Final = 100
"""A longer range is a mistake: nobody cites half a law."""


def articles_in(written: str) -> tuple[str, ...]:
    """The numbers of the articles that a place in a law names; none if it cannot be read.

    >>> articles_in("42"), articles_in("第四十二条第二款"), articles_in("120-1"), articles_in("一百二十条之一")
    (('42',), ('42',), ('120-1',), ('120-1',))
    >>> articles_in("4、6 和 9"), articles_in("第33条至第35条"), articles_in("33-35"), articles_in("附则")
    (('4', '6', '9'), ('33', '34', '35'), ('33', '34', '35'), ())
    >>> articles_in("第四条第一、二项和第9条"), articles_in("第一百二十条之一至第一百二十条之三")
    (('4', '9'), ())
    """
    found: dict[str, None] = {}
    for part in _AND.split(_BELOW.sub("", written.strip())):
        if found and not part:
            continue
        numbers = _numbers(part)
        if not numbers:
            return ()
        found.update(dict.fromkeys(numbers))
    return tuple(found)


def _numbers(part: str) -> tuple[str, ...]:
    """What one part of a place names: an article, or those from one to another."""
    ends = [_ONE.fullmatch(end) for end in _TO.split(part)]
    match ends:
        case [re.Match() as one]:
            main, later, dash = (_counted(one[name]) for name in ("main", "later", "dash"))
            # 120-1 was put in behind 120; 33-35 can only be a range.
            if main and dash and dash > main:
                return _between(main, dash)
            return (f"{main}-{later or dash}" if later or dash else str(main),) if main else ()
        case [re.Match() as since, re.Match() as until]:
            # From one that was put in later to another: which lie between, only the law knows.
            if any(end[name] for end in (since, until) for name in ("later", "dash")):
                return ()
            return _between(_counted(since["main"]) or MOST, _counted(until["main"]) or 0)
        case _:
            return ()


def _counted(written: str | None) -> int | None:
    """A number that an article can have."""
    number = number_of(written) if written else None
    return number if number and number < MOST else None


def _between(since: int, until: int) -> tuple[str, ...]:
    return tuple(map(str, range(since, until + 1))) if until - since < _MOST_AT_ONCE else ()
