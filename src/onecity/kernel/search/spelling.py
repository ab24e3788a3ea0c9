"""Words of letters with one typing mistake: a letter too many, too few, another, or two that changed places."""

from collections.abc import Collection
from typing import Final

from onecity.kernel.search.texts import stem

LEAST: Final = 4
"""Words of fewer letters are too near to each other."""

_MOST: Final = 24
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
