"""What one pack says otherwise than another: declaration by declaration, row by row, part by part.

What was drawn from lines is left out: the lines themselves say what changed.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from onecity.packs.kinds import Declared
from onecity.packs.pack import Pack
from onecity.packs.tables import Table


class What(StrEnum):
    """What became of a declaration or of a row of a table."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Part(msgspec.Struct, frozen=True):
    """A part that is otherwise: its path, and what stood there and stands there now; None where there is nothing."""

    path: str
    before: str | None
    after: str | None


class Difference(msgspec.Struct, frozen=True):
    """A declaration by kind and id, or a row of a table by its id, with what changed in it."""

    kind: str
    id: str
    what: What
    parts: tuple[Part, ...] = ()


def differing(before: Pack, after: Pack) -> tuple[Difference, ...]:
    """Every difference between two packs, kind by kind; the words of a pack count as a kind."""
    kinds = dict.fromkeys([*before.declared, *after.declared])
    found = [one for kind in kinds for one in _of(kind, _said(before, kind), _said(after, kind))]
    return (*found, *_of("words", dict(before.words), dict(after.words)))


def _said(pack: Pack, kind: str) -> dict[str, Any]:
    """What a pack declares of a kind, in plain data by id; the rows of a table each by its own id."""
    found: dict[str, Any] = {}
    for name, one in pack.declared.get(kind, {}).items():
        if not one.drawn:
            found |= dict(_rows(one)) if isinstance(one.value, Table) else {name: msgspec.to_builtins(one.value)}
    return found


def _rows(declared: Declared[Any]) -> Iterator[tuple[str, Any]]:
    for row in declared.value.rows:
        names = row.__struct_fields__[: declared.value.named_by]
        yield " ".join(str(getattr(row, name)) for name in names), msgspec.to_builtins(row)


def _of(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        if name not in before:
            yield Difference(kind, name, What.ADDED)
        elif name not in after:
            yield Difference(kind, name, What.REMOVED)
        elif before[name] != after[name]:
            old, new = dict(_flat(before[name])), dict(_flat(after[name]))
            paths = [path for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)]
            parts = tuple(Part(path, old.get(path), new.get(path)) for path in paths)
            yield Difference(kind, name, What.CHANGED, parts)


def _flat(value: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Every part of plain data by its path; an empty part is none."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{above}.{name}" if above else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _flat(part, f"{above}.{number}" if above else str(number))
    elif value is not None:
        yield above, str(value)
