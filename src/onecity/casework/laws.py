"""Which laws a city cites, and how a citation is said in the reader's language."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import msgspec

from onecity.casework.declared import Because, Law
from onecity.packs import Declared, Fault, Kind, Pack

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_NUMBER: Final = rf"(?:[0-9]+|[{''.join((*_DIGITS, *_TENS))}]+)"
_AND: Final = "[、，,和及]"
_PLACE: Final = (
    rf"第 ?(?P<articles>{_NUMBER}(?: ?{_AND} ?{_NUMBER})*) ?条"
    rf"(?: ?第 ?(?P<paragraph>{_NUMBER}) ?款)?"
    rf"(?: ?第 ?[（(]?(?P<item>{_NUMBER})[)）]? ?项)?"
)
_BEGINS: Final = r"(?<![\u4e00-\u9fff])"
"""Only the beginning of a clause: the title of another law may end with the same signs."""


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
        """
        return self._citation.sub(self._in_english, text) if lang == "en" else text

    @cached_property
    def _citation(self) -> re.Pattern[str]:
        # The longest title first: a shorter one may be its beginning.
        known = "|".join(re.escape(title) for title in sorted(self.english, key=len, reverse=True)) or "(?!)"
        law = rf"(?:(?<!\()《(?P<title>[^《》]+)》|{_BEGINS}(?P<bare>{known})(?= ?第))"
        place = rf"(?(title)|(?(bare)|{_BEGINS}))(?: ?{_PLACE})?"
        return re.compile(rf"(?=《|第|{known})(?:{law})?{place}(?P<more>(?:{_AND}|[；;]) ?(?=《|第|{known}))?")

    def _in_english(self, found: re.Match[str]) -> str:
        """One citation: the law, if it is named here, and the place in it."""
        title = found["title"] or found["bare"] or ""
        name = self.english.get(title)
        law = f"{name} (《{title}》)" if name else title and f"《{title}》"
        return ", ".join(part for part in (law, *_place(found)) if part) + ("; " if found["more"] else "")


def _place(found: re.Match[str]) -> Iterator[str]:
    """Articles, paragraph and item of a citation, as far as it names them."""
    if found["articles"]:
        *others, last = (str(_number(one)) for one in re.findall(_NUMBER, found["articles"]))
        yield f"articles {', '.join(others)} and {last}" if others else f"article {last}"
    for part in ("paragraph", "item"):
        if found[part]:
            yield f"{part} {_number(found[part])}"


def _number(text: str) -> int:
    """A number in digits or in signs.

    >>> [_number(text) for text in ("42", "七", "十", "四十二", "一百零八", "一千二百六十")]
    [42, 7, 10, 42, 108, 1260]
    """
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


def laws_of(pack: Pack) -> Laws:
    """The laws that a pack declares."""
    return Laws({one.value.name.zh: one.value.name.en for one in pack.all(LAW).values()})


def law_faults(pack: Pack, declared: Declared[Any]) -> Iterator[Fault]:
    """A fault for every article of a law that the pack does not declare: nobody could name it in English."""
    titles = laws_of(pack).english
    for path, because in _cited_in(declared.value):
        yield from pack.unknown(declared, f"{path}.law", LAW, because.law, among=titles)


def _cited_in(value: object, path: str = "") -> Iterator[tuple[str, Because]]:
    """Every article in a declaration, with the path to it."""
    match value:
        case Because():
            yield path, value
            return
        case msgspec.Struct():
            inside: list[tuple[object, object]] = [(name, getattr(value, name)) for name in value.__struct_fields__]
        case Mapping():
            inside = list(value.items())
        case tuple():
            inside = list(enumerate(value))
        case _:
            return
    for name, part in inside:
        yield from _cited_in(part, f"{path}.{name}" if path else str(name))


def _check(pack: Pack, declared: Declared[Law]) -> Iterator[Fault]:
    others = {one.value.name.zh: name for name, one in pack.all(LAW).items() if name < declared.id}
    other = others.get(declared.value.name.zh)
    if other is not None:
        yield declared.fault("name.zh", f"The law `{other}` has this title already.", "Keep one of the two.")


LAW: Kind[Law] = Kind("law", "casework/laws", Law, _check)
"""What citations may name."""
