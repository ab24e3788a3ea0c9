"""How the signs of Chinese are read: the tables of pypinyin, brought in when somebody first asks."""

import os
from collections.abc import Iterable, Sequence
from typing import Final

_ALONE: Final = ("PYPINYIN_NO_PHRASES", "PYPINYIN_NO_DICT_COPY")
"""Leave out the readings of whole phrases: four fifths of the memory and of the time, and single signs need none."""


def readings(signs: Sequence[str]) -> Sequence[Iterable[str]]:
    """How each sign may be read: syllables of small letters without tones, the commonest first.

    >>> [sorted(read) for read in readings(["公", "行"])]
    [['gong'], ['hang', 'heng', 'xing']]
    """
    before = {name: os.environ.get(name) for name in _ALONE}
    os.environ.update(dict.fromkeys(_ALONE, "true"))
    try:
        from pypinyin import Style, pinyin
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    found = []
    for sign in signs:
        read = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
        found.append(tuple(dict.fromkeys(one for syllables in read for one in syllables)))
    return found
