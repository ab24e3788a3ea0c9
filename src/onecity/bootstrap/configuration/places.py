"""Where each key of a TOML text stands. The standard reader tells values without their places.

Only for a text that `tomllib` has read without complaint: what is not TOML is not noticed here.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Final

Path = tuple[str, ...]
"""The words of a key, with those of its table before them; an array of tables counts its tables from 0."""

_BLANK: Final = re.compile(r"(?:\s|#[^\n]*)*")
_STRING: Final = (
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'"
)  # the long ones first: they begin as the short ones do
_PART: Final = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY: Final = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_HEAD: Final = re.compile(rf"(\[\[?)[ \t]*({_KEY.pattern})[ \t]*\]\]?")
_TOKEN: Final = re.compile(rf"({_STRING})|([\[{{])|([\]}}])|(#[^\n]*)|(\n)|[^\"'\[\]{{}}#\n]+", re.DOTALL)


def places_of(text: str) -> Mapping[Path, tuple[int, int]]:
    """Line and column, both from 1, of every table and key. What lies in braces has the place of their key.

    >>> places_of('port = 1\\n[smtp]\\n  host = "x"')
    {('port',): (1, 1), ('smtp',): (2, 1), ('smtp', 'host'): (3, 3)}
    """
    found: dict[Path, tuple[int, int]] = {}
    tables: Counter[Path] = Counter()
    table: Path = ()
    at = _after_blank(text, 0)
    while at < len(text):
        spot = _spot(text, at)
        if head := _HEAD.match(text, at):
            table = _words(head[2])
            if head[1] == "[[":
                tables[table] += 1
                table = (*table, str(tables[table] - 1))
            found[table] = spot
            at = head.end()
        else:
            key = _KEY.match(text, at)
            assert key is not None, "a statement begins with a table or a key"
            found[(*table, *_words(key[0]))] = spot
            at = _after_value(text, key.end())
        at = _after_blank(text, at)
    return found


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None, "nothing is blank as well"
    return blank.end()


def _spot(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _words(key: str) -> Path:
    return tuple(next(iter(tomllib.loads(f"{part} = 0"))) for part in re.findall(_PART, key))


def _after_value(text: str, at: int) -> int:
    """Where a value ends: at the first end of a line outside of its strings, brackets and braces."""
    depth = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        assert token is not None, "every sign begins a token"
        if token[5] and not depth:
            return at
        depth += bool(token[2]) - bool(token[3])
        at = token.end()
    return at
