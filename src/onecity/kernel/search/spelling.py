"""Typing mistakes: a letter too many, too few, another, or two that changed places; another sign among signs."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from onecity.kernel.search.texts import stem

LEAST: Final = 4
"""Words of fewer letters are too near to each other."""

_MOST: Final = 24
_MOST_GUESSES: Final = 2
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def mended(word: str, known: Collection[str]) -> list[str]:
    """The known words from which a word differs by one mistake.

    >>> mended("lisence", {"licence", "lease"})
    ['licence']
    """
    if not LEAST <= len(word) <= _MOST or not word.isalpha():
        return []
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {a + b[1:] for a, b in cuts if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    near |= {a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS}
    near |= {a + letter + b for a, b in cuts for letter in _LETTERS}
    return sorted({found for one in near if (found := stem(one)) in known and len(found) >= LEAST - 1})


class Neighbours:
    """Which signs follow a sign in known pairs, each pair with how many phrases have it."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self._follow: defaultdict[str, list[str]] = defaultdict(list)
        for pair in known:
            if len(pair) == 2 and not pair.isascii():
                self._follow[pair[0]].append(pair[1])

    def mended(self, run: str) -> list[str]:
        """A run of signs with another sign where one makes no known pair with its neighbours; the likeliest first.

        The first and the last sign have one neighbour, which says too little.

        >>> Neighbours({"居住": 1, "住证": 1}).mended("居往证")
        ['居住证']
        """
        found = sorted(self._others(run[:_MOST]), key=lambda one: (-one[0], one[1]))
        return [text for _, text in found[:_MOST_GUESSES]]

    def _others(self, run: str) -> Iterator[tuple[int, str]]:
        known = self._known
        for at in range(1, len(run) - 1):
            before, after = run[at - 1], run[at + 1]
            if before + run[at] in known or run[at] + after in known:
                continue
            for sign in self._follow.get(before, ()):
                if sign + after in known:
                    often = min(known[before + sign], known[sign + after])
                    yield often, run[:at] + sign + run[at + 1 :]
