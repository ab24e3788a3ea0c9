"""Finding what the city does by everyday words: two signs at a time, so that Chinese needs no dictionary."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

LEAST: Final = 0.4
"""Share of a question's pairs of signs that a thing must have to be found."""


class Findable(msgspec.Struct, frozen=True):
    """A thing that can be found: where it lives, and its texts from the most to the least telling."""

    path: str
    texts: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """A thing that was found, how well it fits, from 0 to 1, and by which piece of its texts most of all."""

    path: str
    fit: float
    by: str


def plain(text: str) -> str:
    """A text as searches compare it: full width, capitals and small letters are one.

    >>> plain("Ａ 食品")
    'a 食品'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def pairs(text: str) -> frozenset[str]:
    """Each two neighbouring signs of a text; a single sign stands for itself.

    >>> sorted(pairs("开饭店")), sorted(pairs("a"))
    (['开饭', '饭店'], ['a'])
    """
    words = "".join(sign if sign.isalnum() else " " for sign in plain(text)).split()
    found = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return frozenset(found | {word for word in words if len(word) == 1})


class Index:
    """What can be found, cut into pairs once."""

    def __init__(self, things: Iterable[Findable]) -> None:
        self._texts: Mapping[str, tuple[str, ...]] = {thing.path: thing.texts for thing in things}
        self._pairs = {path: tuple(pairs(text) for text in texts) for path, texts in self._texts.items()}

    def find(self, question: str, *, limit: int = 20) -> list[Found]:
        """What fits a question, the best first.

        >>> index = Index([Findable("/a", ("食品经营许可", "开店卖吃的")), Findable("/b", ("刻公章",))])
        >>> [(found.path, found.by) for found in index.find("食品许可")]
        [('/a', '食品经营许可')]
        """
        asked = pairs(question)
        if not asked:
            return []
        fits = ((-_fit(asked, texts), path) for path, texts in self._pairs.items())
        found = sorted(one for one in fits if -one[0] >= LEAST)[:limit]
        return [Found(path, -less, _piece(asked, self._texts[path])) for less, path in found]


def _piece(asked: frozenset[str], texts: Sequence[str]) -> str:
    """The piece between two spaces that has most of the asked pairs; the most telling of equal ones."""
    return max((piece for text in texts for piece in text.split()), key=lambda one: len(asked & pairs(one)), default="")


def _fit(asked: frozenset[str], texts: tuple[frozenset[str], ...]) -> float:
    """The share of the asked pairs that the texts hold; what a later text holds counts a little less."""
    left, fit, weight = set(asked), 0.0, 1.0
    for text in texts:
        hit = left & text
        fit += weight * len(hit)
        left -= hit
        weight *= 0.9
    return fit / len(asked)
