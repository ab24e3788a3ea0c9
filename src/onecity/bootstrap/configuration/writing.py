"""Values as a configuration writes them, and a whole file of examples."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from onecity.bootstrap.configuration.declaring import Key, keys

_WIDTH: Final = 100


def written(name: str, value: Any) -> str:
    """A key with its value, as TOML.

    >>> written("names", ("city.example",)), written("secure", True)
    ('names = ["city.example"]', 'secure = true')
    """
    return f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str() | Path():
            # TOML's basic strings are JSON's, but for the sign DEL, which no path and no name holds.
            return json.dumps(str(value), ensure_ascii=False)
        case list() | tuple():
            return f"[{', '.join(_value(one) for one in value)}]"
        case _:
            raise AssertionError(f"{type(value)} is no value of a configuration")


def example_file() -> str:
    """A configuration in which every key has its example, each with what it is for."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Every key of OneCity's configuration with an example. Only a mail house and a broker need some of theirs."
    yield "# Read it with: onecity config check onecity.toml"
    table = ""
    for key in keys().values():
        if key.table != table:
            table = key.table
            yield from ("", f"[{table}]")
        yield ""
        yield from (f"# {line}" for line in wrap(meaning_of(key), _WIDTH))
        yield written(key.short, key.example)


def meaning_of(key: Key) -> str:
    """What a key is for, and what holds without it."""
    return f"{key.meaning} {default_of(key)}"


def default_of(key: Key) -> str:
    """What holds without a key, as a sentence."""
    if key.needed:
        return f"Needed in `[{key.table}]`."
    said = key.default_said or ("none" if key.default in (None, "", ()) else f"`{_value(key.default)}`")
    return f"Default: {said}."
