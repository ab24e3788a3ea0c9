"""How a citation is said in the reader's language: the name of the law, and the place in it.

Only what is read whole is said in English; 条 and 项 count other things as well, so a place without a law stays.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

import msgspec

from onecity.kernel.numerals import NUMBER, number_of

_ONE: Final = rf"[（(]?{NUMBER}[)）]?"

_AND: Final = "(?:[、和及与]|以及)"
_LISTED: Final = "[、，,和及与]"
_TO: Final = "[至到—–~～-]"
_HAN: Final = r"[\u4e00-\u9fff]"
_BEGINS: Final = r"(?<![\u4e00-\u9fff《])"
"""Only the beginning of a clause: the title of another law may end with the same signs."""

_UNITS: Final = {"条": "article", "款": "paragraph", "项": "item"}


def _single(unit: str) -> str:
    """One article, paragraph or item. An article that was put in later has a number behind its unit."""
    return rf"第 ?{_ONE} ?{unit}" + (rf"(?: ?之 ?{NUMBER})?" if unit == "条" else "")


def _several(unit: str) -> str:
    """One or several of a kind: `第 2、3 项`, `第 33 至 35 条`, `第 33 条至第 35 条`."""
    one = _single(unit)
    return rf"(?:{one} ?{_TO} ?{one}|{one}|第 ?{_ONE}(?: ?(?:{_LISTED}|{_TO}) ?{_ONE})+ ?{unit})"


_PART: Final = re.compile(rf"(?P<joint>{_AND})? ?(?P<numbers>{'|'.join(_several(unit) for unit in _UNITS)})")
# Of several articles nobody knows to which of them a paragraph belongs: only the last part may be several.
_PLACE: Final = (
    rf"(?:{_several('条')}|(?:{_single('条')} ?)?{_several('款')}"
    rf"|(?:{_single('条')} ?)?(?:{_single('款')} ?)?{_several('项')})"
)
_ENDS: Final = (
    rf"(?! ?(?:第|[（(]{NUMBER}[)）]|之 ?{NUMBER}|{_TO} ?第? ?{_ONE}"
    rf"|(?:{_AND}|或者?) ?(?:第|{_ONE} ?[条款项目])))"
)
"""Nothing follows that would belong to the place and was not read."""

_NEXT: Final = rf"(?: ?{_AND} ?{_PLACE}| ?[；;] ?{_PLACE}(?!{_HAN}))"
_PLACES: Final = rf" ?(?P<places>{_PLACE}{_NEXT}*){_ENDS}"


class Laws(msgspec.Struct, frozen=True, dict=True):
    """What the laws of a city are called in English, by their titles."""

    english: Mapping[str, str]

    def cited(self, text: str, lang: str) -> str:
        """A text with its citations in a language; a title that the city does not know stays as it is.

        A law that is named in English already is left alone, so that nothing is said twice.

        >>> laws = Laws({"行政许可法": "Administrative Licensing Law"})
        >>> laws.cited("《行政许可法》第 42 条第 2 款", "zh")
        '《行政许可法》第 42 条第 2 款'
        >>> laws.cited("《行政许可法》第 42 条第 2 款", "en")
        'Administrative Licensing Law (《行政许可法》), article 42, paragraph 2'
        >>> laws.cited("See 行政许可法第 37、38 条 and 《某条例》第七条.", "en")
        'See Administrative Licensing Law (《行政许可法》), articles 37 and 38 and 《某条例》, article 7.'
        >>> laws.cited("第一条通道被堵", "en")
        '第一条通道被堵'
        """
        return self._citation.sub(self._in_english, text) if lang == "en" else text

    def places_in(self, text: str) -> int:
        """How many times a text names a place in a law.

        >>> Laws({"行政许可法": "Licensing Law"}).places_in("行政许可法第 42 条；《某法》第 7 条；《某法》")
        2
        """
        return sum(bool(found["places"] or found["found"]) for found in self._citation.finditer(text))

    @cached_property
    def _citation(self) -> re.Pattern[str]:
        # The longest title first: a shorter one may be its beginning.
        known = "|".join(re.escape(title) for title in sorted(self.english, key=len, reverse=True)) or "(?!)"
        titled = rf"(?!(?<=\()《[^《》]+》\))《(?P<title>[^《》]+)》(?:{_PLACES}|(?! ?第))"
        bare = rf"{_BEGINS}(?P<bare>{known}){_PLACES.replace('<places>', '<found>')}"
        more = rf"(?P<more>[、，,；;] ?(?=《|(?:{known}) ?第)|[和及与] ?(?=《))?"
        return re.compile(rf"(?:{titled}|{bare}){more}")

    def _in_english(self, found: re.Match[str]) -> str:
        """One citation: the law and the places in it."""
        title = found["title"] or found["bare"]
        name = self.english.get(title)
        law = f"{name} (《{title}》)" if name else f"《{title}》"
        places = found["places"] or found["found"]
        return ", ".join((law, _said(places)) if places else (law,)) + ("; " if found["more"] else "")


class _Numbers(msgspec.Struct):
    """Some numbers of one kind of place."""

    unit: str
    numbers: list[str]

    def __str__(self) -> str:
        *others, last = self.numbers
        said = f"{', '.join(others)} and {last}" if others else last
        return f"{self.unit}{'s' if others or ' to ' in last else ''} {said}"


def _said(places: str) -> str:
    """Places in English.

    >>> _said("第 1 款第（一）项和第（三）项"), _said("第 4 条、第 5 条第 1 款；第 7 条")
    ('paragraph 1, items 1 and 3', 'article 4; article 5, paragraph 1; article 7')
    """
    return "; ".join(
        ", ".join(map(str, place)) for part in re.split("[；;]", places) for place in _together(list(_read(part)))
    )


def _read(places: str) -> Iterator[list[_Numbers]]:
    """The places of a row, each from its article to its item."""
    place: list[_Numbers] = []
    for found in _PART.finditer(places):
        if found["joint"] and place:
            yield place
            place = []
        written = found["numbers"]
        place.append(_Numbers(_UNITS[_unit(written)], [_number_of(one) for one in re.split(_LISTED, written)]))
    yield place


def _together(places: list[list[_Numbers]]) -> list[list[_Numbers]]:
    """The same places, those that differ only in their last number as one: items 1 and 3."""
    found: list[list[_Numbers]] = []
    for place in places:
        if found and len(place) == 1 and place[0].unit == found[-1][-1].unit:
            found[-1][-1].numbers += place[0].numbers
        else:
            found.append(place)
    return found


def _unit(written: str) -> str:
    return next(sign for sign in reversed(written) if sign in _UNITS)


def _number_of(written: str) -> str:
    """One number, one that was put in later, or a range of them.

    >>> _number_of("第三十三条之一"), _number_of("第 33 条至第 35 条"), _number_of("（三）")
    ('33-1', '33 to 35', '3')
    """
    ends = (re.findall(NUMBER, end) for end in re.split(_TO, written))
    return " to ".join("-".join(str(number_of(one) or one) for one in end) for end in ends)
