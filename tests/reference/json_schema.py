"""JSON Schema, as far as packs need it, written down slowly: what is wrong with a value, in the words of the standard.

Source: JSON Schema draft 2020-12, Validation. `format` is an annotation there, except for `date`, which is looked at.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from onecity.packs.source import Mapping as MappingNode
from onecity.packs.source import Node, Scalar, Sequence

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    *("$schema", "$defs", "title", "description", "default", "format"),
    *("$ref", "type", "enum", "anyOf", "properties", "required", "additionalProperties", "items"),
    *("minItems", "maxItems", "minProperties", "minLength", "maxLength", "pattern"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


def plain(node: Node) -> Any:
    """A YAML tree as the values that an editor sees (YAML 1.2, core schema)."""
    match node:
        case MappingNode(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar(text=text) if node.quoted:
            return text
        case Scalar(text="true" | "false" as text):
            return text == "true"
        case Scalar(text="" | "null" | "~"):
            return None
        case Scalar(text=text) if re.fullmatch(r"[-+]?[0-9]+", text):
            return int(text)
        case Scalar(text=text) if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", text):
            return Decimal(text)
        case Scalar(text=text):
            return text


class Cell(str):
    """What stands in a cell of a table: text, and a whole number where its column is one."""

    __slots__ = ()


def texts(node: Node) -> Any:
    """The tree of a table as values: whatever stands in a cell is text."""
    match node:
        case MappingNode(entries=entries):
            return {entry.key: texts(entry.value) for entry in entries}
        case Sequence(items=items):
            return [texts(item) for item in items]
        case Scalar(text=text):
            return Cell(text)


def wrong(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Every place at which a value breaks its schema."""
    assert not schema.keys() - _KNOWN, f"the reference does not know {schema.keys() - _KNOWN}"
    if "$ref" in schema:
        yield from wrong(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in schema and all(list(wrong(value, one, root, path)) for one in schema["anyOf"]):
        yield f"{path}: fits none of the alternatives"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not one of the enum"
    if isinstance(value, Cell) and schema.get("type") == "integer" and value.isdecimal():
        value = int(value)
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{path}: not of type {schema['type']}"
        return
    match value:
        case dict():
            yield from _wrong_object(value, schema, root, path)
        case list():
            for index, item in enumerate(value):
                yield from wrong(item, schema.get("items", {}), root, f"{path}.{index}")
            yield from _outside(path, len(value), schema.get("minItems"), schema.get("maxItems"))
        case str():
            if re.search(schema.get("pattern", ""), value) is None:
                yield f"{path}: not of the pattern"
            if schema.get("format") == "date" and not _is_date(value):
                yield f"{path}: no date"
            yield from _outside(path, len(value), schema.get("minLength"), schema.get("maxLength"))
        case int() | Decimal():
            yield from _outside(path, value, schema.get("minimum"), schema.get("maximum"))
            if not schema.get("exclusiveMinimum", value - 1) < value < schema.get("exclusiveMaximum", value + 1):
                yield f"{path}: outside its bounds"


def _wrong_object(
    value: dict[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], path: str
) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}: {name} is required"
    for name, inner in value.items():
        if name in properties:
            yield from wrong(inner, properties[name], root, f"{path}.{name}")
        elif others is False:
            yield f"{path}: {name} is unknown"
        else:
            yield from wrong(inner, others, root, f"{path}.{name}")
    yield from _outside(path, len(value), schema.get("minProperties"), None)


def _is(value: Any, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    return any(isinstance(value, _TYPES[name]) and isinstance(value, bool) == (name == "boolean") for name in names)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _outside(path: str, found: int | Decimal, least: int | None, most: int | None) -> Iterator[str]:
    if (least is not None and found < least) or (most is not None and found > most):
        yield f"{path}: outside its bounds"
