"""A text as searches read it: one form of each sign, words of letters whole, other writing by signs and their pairs."""

import re
import unicodedata
from typing import Final

_RUNS: Final = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
"""A word of letters and digits, or a run of other signs, which has no spaces between its words."""

_PLURAL_LEAST: Final = 4


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


def runs(text: str) -> list[str]:
    """The words and runs of a plain text, without marks.

    >>> runs("开ktv（歌厅）")
    ['开', 'ktv', '歌厅']
    """
    return _RUNS.findall(text)


def bare(text: str) -> str:
    """A plain text without marks; two words of letters keep a space between them.

    >>> bare("登记（买卖） new  flat!")
    '登记买卖new flat'
    """
    found = runs(text)
    if len(found) == 1:
        return found[0]
    return "".join(f" {run}" if at and is_word(run) and is_word(found[at - 1]) else run for at, run in enumerate(found))


def is_word(run: str) -> bool:
    """Whether a run is a word of letters and digits."""
    return run.isascii()


def stem(word: str) -> str:
    """A word of letters without the ending of many.

    >>> stem("permits"), stem("companies"), stem("business"), stem("taxes")
    ('permit', 'company', 'business', 'tax')
    """
    if len(word) < _PLURAL_LEAST or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes", "zes")) else word[:-1]


def marks(text: str) -> set[str]:
    """By what a plain text is found: its words, the signs of its other runs, and their pairs.

    >>> sorted(marks("开饭店 permits"))
    ['permit', '店', '开', '开饭', '饭', '饭店']
    """
    found = set[str]()
    for run in _RUNS.findall(text):
        if run.isascii():
            found.add(stem(run))
        else:
            found.update(run)
            found.update(map(str.__add__, run, run[1:]))
    return found


def is_sign(mark: str) -> bool:
    """Whether a mark is a single sign of a run, which tells little."""
    return len(mark) == 1 and not mark.isascii()
