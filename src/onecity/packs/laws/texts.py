"""The text of a law, cut into its articles. What it says is compared and never told further."""

import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Final

import msgspec

from onecity.kernel.numerals import NUMBER, in_signs, number_of

_HEADING: Final = re.compile(
    rf"(?P<before>[\s>#*]*)(?P<number>第\s?(?P<main>{NUMBER})\s?条(?:\s?之\s?(?P<later>{NUMBER}))?)(?P<after>.*)"
)
_SET_OFF: Final = re.compile(r"[*]*(?:[\s：:]|$)")
"""What stands behind the number of an article, and not behind one that a sentence only speaks of."""

_GOES_ON: Final = re.compile(r"[第规所的至到、，,和及与或以款项之中]")
"""With which a sentence goes on that begins with a number of an article."""

_DIVISION: Final = re.compile(rf"\s*(?:#|第\s?{NUMBER}\s?(?:分编|[编章节])(?:\s|$))")
"""A line that names a part, chapter or section; it belongs to no article."""

_HEAD_ENDS: Final = "<!-- INFO END -->"
_DAY: Final = re.compile(r"([0-9]{4})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日")
_IN_FORCE: Final = "施行"
_LAST_WORDS: Final = re.compile("本[^，。；]{1,12}自[^。；]{1,40}(?:施行|生效|实施)|施行日期")
"""So every law says at its end since when it holds; a text without it in its last articles was cut off."""

MOST: Final = 10_000
"""No law has so many articles."""

_LAST: Final = 3
"""How many articles at the end may follow the one that says since when the law holds."""


class Article(msgspec.Struct, frozen=True):
    """An article: its number as citations write it (`42`, `120-1`), and its text with that number."""

    number: str
    text: str

    @property
    def main(self) -> int:
        """The number before 之."""
        return int(self.number.partition("-")[0])

    def called(self, number: str) -> str:
        """The text as it would read under another number: an article that moved changes nothing else."""
        main, _, later = number.partition("-")
        name = f"第{in_signs(int(main))}条" + (f"之{in_signs(int(later))}" if later else "")
        found = _HEADING.match(self.text)
        assert found is not None, "an article begins with its number"
        return name + found["after"] + self.text[found.end() :]


class LawText(msgspec.Struct, frozen=True):
    """What a text says: its articles in their order, and the days of which its head speaks."""

    articles: tuple[Article, ...]
    days: tuple[date, ...]


def squeezed(text: str) -> str:
    """A text without white space, which is how texts are compared.

    >>> squeezed("第一条　为了 城市")
    '第一条为了城市'
    """
    return "".join(text.split())


def hash_of(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of a text without white space, by which a pack keeps an article.

    >>> hash_of("第一条 为了城市，制定本规则。") == hash_of("第一条　为了城市，\\n制定本规则。")
    True
    """
    return sha256(squeezed(text).encode()).hexdigest()[:16]


def read_law(text: str) -> LawText:
    """A text cut into articles. A line that only speaks of an article begins none.

    >>> [one.number for one in read_law("第一条 甲\\n第二条规定的乙\\n第二条 丙\\n第二条之一 丁").articles]
    ['1', '2', '2-1']
    """
    head, ends, body = text.partition(_HEAD_ENDS)
    lines = (body if ends else text).splitlines()
    first = next((at for at, line in enumerate(lines) if _heading(line, 0) is not None), len(lines))
    return LawText(tuple(_articles(lines[first:])), _days(head if ends else "\n".join(lines[:first])))


def _articles(lines: list[str]) -> Iterator[Article]:
    number, kept, last = "", list[str](), 0
    for line in lines:
        found = _heading(line, last)
        if found is None and not _DIVISION.match(line):
            kept.append(line)
            continue
        if number:
            yield Article(number, "\n".join(kept))
        number, begins = found or ("", line)
        kept, last = [begins], int(number.partition("-")[0]) if number else last
    if number:
        yield Article(number, "\n".join(kept))


def _heading(line: str, last: int) -> tuple[str, str] | None:
    """The number with which a line begins an article, and the line without ornaments; `last` is the article before."""
    found = _HEADING.fullmatch(line)
    main = number_of(found["main"]) if found else None
    if found is None or main is None or not 0 < main < MOST:
        return None
    after = found["after"]
    if not _SET_OFF.match(after) and (main != last + 1 or _GOES_ON.match(after)):
        return None
    later = number_of(found["later"]) if found["later"] else None
    if later is not None and not 0 < later < MOST:
        return None
    return f"{main}-{later}" if later else str(main), found["number"] + after.lstrip("*")


def _days(head: str) -> tuple[date, ...]:
    """The days on which a text may be cited: that of its last amendment, and since when it holds, if that is later."""
    made, held = list[date](), list[date]()
    for line in head.splitlines():
        for year, month, day in _DAY.findall(line):
            try:
                found = date(int(year), int(month), int(day))
            except ValueError:
                continue
            (held if _IN_FORCE in line else made).append(found)
    latest = max(made, default=date.min)
    return tuple(sorted({one for one in (*made, *held) if one >= latest}))


def cut_off(articles: tuple[Article, ...], *, part: bool) -> bool:
    """Whether articles are missing, or stand in another order than they are counted; a part begins with any number."""
    if not articles:
        return True
    begins = articles[0].main if part else 1
    expected = begins - 1
    for one in articles:
        later = "-" in one.number
        if one.main != expected + (not later):
            return True
        expected = one.main
    return not part and not any(_LAST_WORDS.search(one.text) for one in articles[-_LAST:])
