"""The quick way from a file to its value: no tree, no places, and no word about a fault.

A pack is mostly right, and nobody asks where its hundred thousand values stand. So each file is read here first; where
anything is unusual this way gives up, and the slow one (`source`, `tables`, `reading`) reads the file again and says
what is wrong and where. What both read is equal, which a property test holds (ADR 0073).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec
import yaml

from onecity.packs.reading import SCALARS, Form, choices_of, fields_of, form_of, limit_faults, without_limits
from onecity.packs.source import MAX_BYTES, NULL
from onecity.packs.syntax import TooDeep, forbidden
from onecity.packs.tables import CELL, MAX_TABLE_BYTES, Table, columns_of, part_of, row_of

ReadNode: TypeAlias = Callable[[yaml.Node], Any]
ReadText: TypeAlias = Callable[[str], Any]

_MAX_DEEP: Final = 400
"""A text with no longer line and no more brackets is not nested so deeply that composing it could end the process."""


class Doubt(ValueError):
    """Something here is unusual and perhaps a fault: the slow way is to look at it."""


def quick_value(content: bytes, wanted: Any) -> Any:
    """What a file in YAML says. Raises Doubt."""
    try:
        text = content.decode("utf-8")
        if len(content) > MAX_BYTES or (_is_unusual(text) and any(forbidden("", text))):
            raise Doubt
        raw = yaml.compose(text, Loader=yaml.CSafeLoader)
        if raw is None:
            raise Doubt
        return _node(wanted)(raw)
    except (ValueError, yaml.YAMLError, TooDeep) as error:
        raise Doubt from error


def _is_unusual(text: str) -> bool:
    """Whether a text may hold what packs forbid: anchors, aliases, tags, endless depth."""
    if any(sign in text for sign in "&*!"):
        return True
    return text.count("[") + text.count("{") > _MAX_DEEP or max(map(len, text.split("\n"))) > _MAX_DEEP


@cache
def _node(wanted: Any) -> ReadNode:
    """How a type is read from a node of YAML."""
    wanted, limits = without_limits(wanted)
    form, inner = form_of(wanted)
    match form:
        case Form.SCALAR:
            read = _scalar(inner)
        case Form.STRUCT:
            read = _struct(inner)
        case Form.OPTIONAL:
            read = _optional(inner)
        case Form.LIST:
            read = _list(inner)
        case Form.MAPPING:
            read = _mapping(inner)
    return read if limits is None else lambda raw: _within(read(raw), limits)


def _within(found: Any, limits: msgspec.Meta) -> Any:
    if found is not None and any(limit_faults(found, limits)):
        raise Doubt
    return found


def _is_null(raw: yaml.Node) -> bool:
    return isinstance(raw, yaml.ScalarNode) and raw.tag == NULL and not raw.style


def _scalar(wanted: Any) -> ReadNode:
    parse, bare = _text(wanted), wanted in SCALARS and SCALARS[wanted].bare

    def read(raw: yaml.Node) -> Any:
        if not isinstance(raw, yaml.ScalarNode) or (raw.style and bare) or _is_null(raw):
            raise Doubt
        return parse(raw.value)

    return read


def _optional(wanted: Any) -> ReadNode:
    return lambda raw: None if _is_null(raw) else _node(wanted)(raw)


def _list(wanted: Any) -> ReadNode:
    def read(raw: yaml.Node) -> Any:
        if not isinstance(raw, yaml.SequenceNode):
            raise Doubt
        return tuple(map(_node(wanted), raw.value))

    return read


def _mapping(wanted: Any) -> ReadNode:
    def read(raw: yaml.Node) -> Any:
        inner = _node(wanted)
        return {key: inner(value) for key, value in _entries(raw)}

    return read


def _struct(wanted: type[msgspec.Struct]) -> ReadNode:
    names = {name: (field.name, field.type) for name, field in fields_of(wanted).items()}
    needed = {field.name for field in fields_of(wanted).values() if field.required}

    def read(raw: yaml.Node) -> Any:
        found: dict[str, Any] = {}
        for key, value in _entries(raw):
            if key not in names:
                raise Doubt
            name, kind = names[key]
            found[name] = _node(kind)(value)
        if not needed <= found.keys():
            raise Doubt
        return wanted(**found)

    return read


def _entries(raw: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """The keys and values of a mapping, each key a word that stands in it once."""
    if not isinstance(raw, yaml.MappingNode):
        raise Doubt
    seen = set[str]()
    for key, value in raw.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in seen:
            raise Doubt
        seen.add(key.value)
        yield key.value, value


@cache
def _text(wanted: Any) -> ReadText:
    """How a single value is read from its text, which is also what a cell holds."""
    wanted, limits = without_limits(wanted)
    form, inner = form_of(wanted)
    if form is Form.OPTIONAL:
        parse = _text(inner)
    elif form is not Form.SCALAR:
        return _no_cell
    else:
        parse = _choice(inner) if isinstance(inner, type) and issubclass(inner, Enum) else SCALARS[inner].parse
    return parse if limits is None else lambda text: _within(parse(text), limits)


def _no_cell(text: str) -> Any:
    raise Doubt(text)


def _choice(wanted: type[Enum]) -> ReadText:
    values = choices_of(wanted)

    def read(text: str) -> Any:
        if text not in values:
            raise Doubt(text)
        return values[text]

    return read


def quick_table(content: bytes, wanted: type[Table[Any]]) -> Table[Any]:
    """What a table says. Raises Doubt."""
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
        if len(content) > MAX_TABLE_BYTES:
            raise Doubt
        header, *lines = text.removesuffix("\n").split("\n")
        names, row = header.removesuffix("\r").split(","), row_of(wanted)
        known = dict(columns_of(row))
        lacking = {name for name, needed in known.items() if needed} - set(names)
        if lacking or len(set(names)) < len(names) or not set(names) <= known.keys():
            raise Doubt
        read = _row(row, {name: place for place, name in enumerate(names)})
        cells = [_cells(line.removesuffix("\r"), len(names)) for line in lines]
        _check_ids(cells, [names.index(one) for one in list(known)[: wanted.named_by] if one in names])
        rows = tuple(map(read, cells))
        if any(row is None for row in rows):
            raise Doubt
        return wanted(rows)
    except ValueError as error:
        raise Doubt from error


def _cells(line: str, width: int) -> Sequence[str]:
    """The texts of a line, as many as there are columns."""
    cells = line.split(",") if '"' not in line else list(_quoted(line))
    blank = " " in line and any(cell != cell.strip() for cell in cells)
    if len(cells) != width or not line.isprintable() or blank:
        raise Doubt(line)
    return cells


def _quoted(line: str) -> Iterator[str]:
    """The texts of a line of which some stand in quotes."""
    at = 0
    while (cell := CELL.match(line, at)) is not None:
        at = cell.end() + 1
        yield cell[1].replace('""', '"') if cell[1] is not None else cell[2]
        if at > len(line):
            return
        if line[at - 1] != ",":
            raise Doubt(line)


def _check_ids(rows: Sequence[Sequence[str]], places: Sequence[int]) -> None:
    """No two rows have the same id."""
    ids = [tuple(cells[place] for place in places) for cells in rows]
    whole = [one for one in ids if all(one)]
    if len(set(whole)) < len(whole):
        raise Doubt


def _row(wanted: type[msgspec.Struct], places: Mapping[str, int]) -> Callable[[Sequence[str]], Any]:
    """How a row is read from its cells: each field from its column, or from the columns of its parts."""
    fields = fields_of(wanted)
    needed = {field.name for field in fields.values() if field.required}
    single = [(fields[name].name, place, _text(fields[name].type)) for name, place in places.items() if name in fields]
    parts = [
        (field.name, _row(part, below))
        for name, field in fields.items()
        if (part := part_of(field.type)) and (below := _below(name, places))
    ]

    def read(cells: Sequence[str]) -> Any:
        found = {name: parse(text) for name, place, parse in single if (text := cells[place])}
        found |= {name: value for name, inner in parts if (value := inner(cells)) is not None}
        if not found:
            return None
        if not needed <= found.keys():
            raise Doubt
        return wanted(**found)

    return read


def _below(name: str, places: Mapping[str, int]) -> dict[str, int]:
    """The columns of the parts of a field."""
    return {column.partition(".")[2]: place for column, place in places.items() if column.partition(".")[0] == name}
