"""New lines in the tables of a pack, and all that follows from them, as if they stood in its folder.

Pure. Each part of a new line is placed at the field of the form in which it was typed: a fault that names it is shown
there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from onecity.packs import Declared, Kind, Pack, Place, with_drawn


class Added(NamedTuple):
    """New lines of a table, and for each of them the fields of the form in which its parts were typed."""

    kind: Kind[Any]
    rows: Sequence[Any]
    places: Sequence[Mapping[str, str]]


class _Beside(Mapping[str, Place]):
    """The places of new rows before those of the others, which are looked for in their file only if somebody asks."""

    def __init__(self, new: Mapping[str, Place], old: Mapping[str, Place]) -> None:
        self._new, self._old = new, old

    def __getitem__(self, path: str) -> Place:
        return self._new[path] if path in self._new else self._old[path]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._new, **self._old})

    def __len__(self) -> int:
        return len({**self._new, **self._old})


def with_lines(pack: Pack, kinds: Sequence[Kind[Any]], added: Iterable[Added]) -> Pack:
    """The pack with new lines, and with what is drawn from them. What was there already stays as it is."""
    declared = dict(pack.declared)
    for one in added:
        if one.rows:
            declared[one.kind.name] = {one.kind.name: _table(pack, one)}
    return with_drawn(Pack(declared, pack.words), kinds)


def _table(pack: Pack, added: Added) -> Declared[Any]:
    """A table with new rows at its end. Where they were typed there is no line: it is nought."""
    name = added.kind.name
    old = pack.all(added.kind).get(name)
    before = old.value.rows if old is not None else ()
    found = {
        f"rows.{len(before) + number}{'.' if part else ''}{part}": Place(field, 0, 0)
        for number, fields in enumerate(added.places)
        for part, field in {"": "", **fields}.items()
    }
    places = _Beside(found, old.places if old is not None else {})
    return Declared(name, name, added.kind.type((*before, *added.rows)), places)
