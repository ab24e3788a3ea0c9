"""Which dangers somebody names who reports something: they are told whom to call before anything else."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from onecity.governance.filing import Danger, StreetRules

_BLANK: Final = re.compile(r"\s+")
_BLANK_IN_CHINESE: Final = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_LATIN: Final = "[a-z0-9]"
_WORDS_KEPT: Final = 10_000
"""Patterns kept ready, a few packs' worth of words."""


def dangers_in(text: str, rules: StreetRules) -> tuple[Danger, ...]:
    """The dangers of which a text has a word, that of the longest word first, else as the rules have them.

    Width, case, blanks and invisible marks make no difference. A word in Latin letters is found only whole: `fire in
    the` is not in a fireplace. A word does not count where a longer one of `unless` lies over it.

    It reads words, not sentences. "Nothing is on fire any more" names a fire, and so does a fire of last year; a danger
    in other words, misspelt, in traditional characters or in a third language is not found. Whatever it answers only
    adds whom to call: it decides nothing about the report.
    """
    said = plain(text)
    harmless = [place for danger in rules.dangers for word in danger.unless for place in places(word, said)]
    longest: list[tuple[int, Danger]] = []
    for danger in rules.dangers:
        found = [place for word in danger.words for place in places(word, said)]
        left = [len(place) for place in found if not any(_takes(other, place) for other in harmless)]
        if left:
            longest.append((max(left), danger))
    return tuple(danger for _, danger in sorted(longest, key=lambda one: -one[0]))


def plain(text: str) -> str:
    """The text in one width and case, without invisible marks and without blanks between Chinese characters."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    seen = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    return _BLANK_IN_CHINESE.sub("", _BLANK.sub(" ", seen))


@lru_cache(maxsize=_WORDS_KEPT)
def _pattern(word: str) -> re.Pattern[str]:
    bare = plain(word)
    before = rf"(?<!{_LATIN})" if re.match(_LATIN, bare) else ""
    after = rf"(?!{_LATIN})" if re.match(_LATIN, bare[-1:]) else ""
    return re.compile(before + re.escape(bare) + after)


def places(word: str, said: str) -> Iterator[range]:
    """Where a word stands in a text that is `plain`."""
    return (range(*match.span()) for match in _pattern(word).finditer(said))


def _takes(other: range, place: range) -> bool:
    """Whether a longer word lies over a shorter one."""
    return len(other) > len(place) and other.start < place.stop and place.start < other.stop
