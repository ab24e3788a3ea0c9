"""How the signs of Chinese are read: the tables of pypinyin, brought in when somebody first asks."""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Final

_ALONE: Final = ("PYPINYIN_NO_PHRASES", "PYPINYIN_NO_DICT_COPY")
"""Leave out the readings of whole phrases: four fifths of the memory and of the time, and single signs need none."""


_BRINGING: Final = Lock()


def readings(signs: Sequence[str]) -> Sequence[Iterable[str]]:
    """How each sign may be read: syllables of small letters without tones, the commonest first.

    >>> [sorted(read) for read in readings(["公", "行"])]
    [['gong'], ['hang', 'heng', 'xing']]
    """
    pypinyin = _brought_in()
    found = []
    for sign in signs:
        read = pypinyin.pinyin(sign, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore")
        found.append(tuple(dict.fromkeys(one for syllables in read for one in syllables)))
    return found


def _brought_in() -> ModuleType:
    """The library. Its switches are variables of the process, which two threads must not turn at once."""
    with _BRINGING:
        if "pypinyin" in sys.modules:
            return sys.modules["pypinyin"]
        before = {name: os.environ.get(name) for name in _ALONE}
        os.environ.update(dict.fromkeys(_ALONE, "true"))
        try:
            return import_module("pypinyin")
        finally:
            os.environ.update({name: value for name, value in before.items() if value is not None})
            for name in [name for name, value in before.items() if value is None]:
                os.environ.pop(name, None)
