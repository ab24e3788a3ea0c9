"""Adds the bytes of facts whose shape is new to tests/golden/facts.json; what stands there never changes.

Example: python tools/write_golden_facts.py
"""

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID, uuid5

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import inspect

from onecity.bootstrap.rooms import FACT_TYPES
from onecity.kernel.acting import Acting
from onecity.ledger import FactBook, FactType, Recorded, Stored

FILE: Final = Path(__file__).parents[1] / "tests" / "golden" / "facts.json"
STREAM: Final = UUID("01234567-89ab-7cde-8f01-23456789abcd")
"""The history of every fact in the file, of which each is the first version."""

_NOON: Final = dt.datetime(2020, 9, 22, 4, tzinfo=dt.UTC)
_PATTERNS: Final = {
    "[0-9]{4,5}|z:[a-z0-9_]+": "01001",
    "^[0-9]{11}(?!000000)[0-9]{6}$": "41010501001000001",
}
"""A text for each pattern that a field asks for."""


class GoldenKeys:
    """Keys that follow from the name of whom they belong to: what is locked in the file opens on every machine."""

    def missing(self, subjects: Iterable[UUID]) -> list[UUID]:
        return []

    def make(self, subjects: Iterable[UUID]) -> None:
        pass

    def ensure(self, subjects: Iterable[UUID]) -> None:
        pass

    def cipher(self, subject: UUID) -> AESGCM | None:
        return AESGCM(sha256(b"golden" + subject.bytes).digest())


def book() -> FactBook:
    """The facts of the house under the keys of the file."""
    return FactBook(FACT_TYPES, GoldenKeys(), bytes(32))


def body_of(recorded: Recorded) -> str:
    """The bytes of a fact, the same each time: the dice of its locks show nought."""
    with patch.object(os, "urandom", bytes):
        return book().written(recorded).body.decode()


def fact_in(kind: str, body: str) -> Recorded:
    """The fact behind bytes of the file."""
    return book().read(Stored(STREAM, 1, kind, body.encode()))


def sample(kind: FactType) -> Recorded:
    """A made-up fact of a type in which every field says something."""
    by = msgspec.convert(_value(inspect.type_info(Acting), "by"), Acting)
    value = msgspec.convert(_value(inspect.type_info(kind.type), kind.name), kind.type)
    return Recorded(STREAM, 1, _NOON, by, value)


def _value(hint: inspect.Type, name: str) -> Any:
    """Something of a type, as JSON says it, that follows from the name of its field."""
    match hint:
        case inspect.Metadata(type=inner):
            return _value(inner, name)
        case inspect.UnionType(types=types):
            return _value(next(one for one in types if not isinstance(one, inspect.NoneType)), name)
        case inspect.StructType(fields=fields):
            return {one.encode_name: _value(one.type, one.name) for one in fields}
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.VarTupleType(item_type=item):
            return [_value(item, name)]
        case inspect.TupleType(item_types=items):
            return [_value(one, f"{name}_{order}") for order, one in enumerate(items)]
        case inspect.DictType(value_type=item):
            return {f"a_{name}": _value(item, name)}
        case _:
            return _plain(hint, name)


def _plain(hint: inspect.Type, name: str) -> Any:
    match hint:
        case inspect.UUIDType():
            return str(uuid5(STREAM, name))
        case inspect.StrType(pattern=pattern):
            return _PATTERNS[pattern] if pattern else f"some {name}"
        case inspect.BoolType():
            return True
        case inspect.IntType() | inspect.FloatType():
            return 3
        case inspect.DateType():
            return str(_NOON.date())
        case inspect.DateTimeType():
            return _NOON.isoformat()
        case _:
            raise AssertionError(f"say what a {hint} looks like")


def grown(golden: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The file with the bytes of today for each kind whose shape is not the last that stands there."""
    found = {kind: list(bodies) for kind, bodies in golden.items()}
    for kind in FACT_TYPES:
        body, bodies = body_of(sample(kind)), found.setdefault(kind.kind, [])
        if body not in bodies[-1:]:
            bodies.append(body)
    return dict(sorted(found.items()))


def main() -> None:
    """Read the file, add what is new, write it."""
    known = msgspec.json.decode(FILE.read_bytes(), type=dict[str, list[str]]) if FILE.exists() else {}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(grown(known)), indent=1) + b"\n")


if __name__ == "__main__":
    main()
