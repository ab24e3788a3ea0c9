"""JSON Schemas of what a pack may say, for editors that help while somebody writes."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onecity.packs.kinds import Kind

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_NUMBER: Final = {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
"""A number with a fraction: in a pack it is written without quotes, or with them so that no digit is lost."""


def schema_of(kind: Kind[Any]) -> dict[str, Any]:
    """The JSON Schema of one declaration of a kind.

    It refuses what has the wrong form; what only the whole pack can tell – names, examples – is told by the check.
    """
    [top], parts = msgspec.json.schema_components([kind.type], ref_template="#/$defs/{name}")
    named = {"$schema": _DIALECT, "title": kind.name, **top}
    return {**named, "$defs": {name: _strict(part) for name, part in sorted(parts.items())}}


def _strict(part: Any) -> Any:
    """The same schema with what the reader of packs demands beyond the types: no unknown key, patterns match all."""
    if isinstance(part, list):
        return [_strict(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    if part.get("format") == "decimal":
        return {**part, **_NUMBER}
    found = {name: _strict(one) for name, one in part.items()}
    if "pattern" in found:
        found["pattern"] = f"^(?:{found['pattern']})$"
    if "properties" in found:
        found["additionalProperties"] = False
    return found
