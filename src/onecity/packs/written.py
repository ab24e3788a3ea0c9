"""What a file of a pack says, and where each part of it stands: the one read quickly, the other when somebody asks."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from onecity.packs.faults import Fault, Place
from onecity.packs.quick import Doubt, quick_table, quick_value
from onecity.packs.reading import Reading
from onecity.packs.source import read_source
from onecity.packs.tables import is_table, read_table

_ROW: Final = re.compile(r"rows\.([0-9]+)")
_FIRST_ROW: Final = 2
"""The line of the first row of a table, under the names of its columns; each row is one line."""


class Written(Mapping[str, Place]):
    """Where each part of a file without faults stands, by its path: `needs.0.material`; the whole is the empty path."""

    def __init__(self, file: str, content: bytes, wanted: Any) -> None:
        self._file, self._content, self._wanted = file, content, wanted

    def __getitem__(self, path: str) -> Place:
        # What follows from the rows of tables asks for each of them, and only for its line.
        row = _ROW.fullmatch(path) if is_table(self._wanted) else None
        line = int(row[1]) + _FIRST_ROW if row else 0
        return Place(self._file, line, 1) if 0 < line <= self._lines else self._places[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    @cached_property
    def _lines(self) -> int:
        return self._content.removesuffix(b"\n").count(b"\n") + 1

    @cached_property
    def _places(self) -> Mapping[str, Place]:
        return _looked_at(self._file, self._content, self._wanted)[0].places


def read_file(file: str, content: bytes, wanted: Any) -> tuple[Any, Mapping[str, Place], tuple[Fault, ...]]:
    """What one file says, as the type that is wanted, and its places; or the faults that forbid it.

    `file` is its path inside the pack, `content` what stands in it.
    """
    try:
        value = quick_table(content, wanted) if is_table(wanted) else quick_value(content, wanted)
    except Doubt:
        reading, value, faults = _looked_at(file, content, wanted)
        return value, reading.places, faults
    return value, Written(file, content, wanted), ()


def _looked_at(file: str, content: bytes, wanted: Any) -> tuple[Reading, Any, tuple[Fault, ...]]:
    """A file read slowly: every part with its place, every fault with its words."""
    reading = Reading()
    tree, faults = read_table(file, content, wanted) if is_table(wanted) else read_source(file, content)
    value = None if tree is None else reading.value(tree, wanted)
    return reading, value, (*faults, *reading.faults)
