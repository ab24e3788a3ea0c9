"""A body that is not of the described form, in the words of whoever sent it: which field, and what is wrong with it."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from onecity.kernel.lists import nearest

Say = Callable[..., str]

_AT: Final = re.compile(r"(?P<what>.*?)(?: - at `(?P<key>key in )?\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_TYPE: Final = re.compile(r"Expected `(?P<wanted>[a-z0-9| ]+)`, got `(?P<got>[a-z0-9]+)`")
_BYTE: Final = re.compile(r"\(byte (?P<byte>\d+)\)")
_TYPES: Final = {
    "array": "array", "bool": "bool", "bytes": "base64", "date": "date", "datetime": "datetime", "float": "float",
    "int": "int", "null": "null", "object": "object", "str": "str", "uuid": "uuid",
}  # fmt: skip
"""The types of JSON as the library calls them, and the last part of the key of our word for each."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a body: the field (empty for the whole), and a sentence about it."""

    field: str
    says: str


def fault_of(wrong: msgspec.ValidationError, kind: type[msgspec.Struct], say: Say) -> Fault:
    """What a strict reader found wrong, as a field and a sentence. It never quotes a value that was sent."""
    found = _AT.match(str(wrong))
    assert found is not None, "every text matches"
    what, path = found["what"], (found["path"] or "").lstrip(".").replace("[...]", ".*")
    if named := _MISSING.match(what):
        field = _below(path, named["name"])
        return Fault(field, say("web.body.missing", field=field))
    if named := _UNKNOWN.match(what):
        # Of what lies deeper the names are not at hand here.
        known = () if path else [field.encode_name for field in msgspec.structs.fields(kind)]
        return _unknown(_below(path, named["name"]), known, say)
    where = path or say("web.body.whole")
    if named := _TYPE.match(what):
        return Fault(path, say("web.body.type", field=where, wanted=_types(named["wanted"], say)))
    return Fault(path, say("web.body.form", field=where))


def no_json(wrong: Exception, say: Say) -> str:
    """Where a body ceases to be JSON, as far as that is known."""
    found = _BYTE.search(str(wrong))
    return say("web.body.no_json_at", byte=int(found["byte"])) if found else say("web.body.no_json")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(field: str, known: Sequence[str], say: Say) -> Fault:
    [meant] = nearest([field], known)
    return Fault(field, say("web.body.meant" if meant else "web.body.unknown", field=field, meant=meant))


def _types(names: str, say: Say) -> str:
    """The types that would do, in words."""
    said = [say(f"web.body.types.{_TYPES[name]}") if name in _TYPES else name for name in names.split(" | ")]
    return say("web.body.types.or").join(said)
