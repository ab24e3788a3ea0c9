"""What is read of a text: characters and pairs of characters of Chinese, words and pairs of words of other scripts.

Nothing about who writes, when or from where is read. A number of more than four digits may name somebody (a telephone,
an identity, a plate) and is left out.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, TypeAlias

Bag: TypeAlias = Mapping[str, int]
"""How often each word stands in a text."""

MOST_CHARACTERS: Final = 4_000
"""What stands further behind in a body is not read: the matter is told before."""

_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTER: Final = re.compile(f"[{_HAN}]")
_RUN: Final = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[^\W_])+")
_LONGEST_WORD: Final = 30
_MOST_DIGITS: Final = 4


def bag_of(title: str, body: str = "") -> Bag:
    """The words of a message, each with how often it stands there.

    >>> dict(bag_of("路灯 Street lamp 13800000000"))
    {'路': 1, '灯': 1, '路灯': 1, 'street': 1, 'lamp': 1, 'street lamp': 1}
    """
    found: Counter[str] = Counter()
    for text in (title, body[:MOST_CHARACTERS]):
        before = ""
        for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
            digits = sum(sign.isdigit() for sign in run)
            if _CHARACTER.match(run):
                found.update(run)
                found.update(map("".join, pairwise(run)))
            elif digits <= _MOST_DIGITS and len(run) <= _LONGEST_WORD:
                found.update((run, f"{before} {run}") if before and not digits else (run,))
            # A telephone number in groups would come together again in a pair.
            before = "" if digits or _CHARACTER.match(run) else run
    return found
