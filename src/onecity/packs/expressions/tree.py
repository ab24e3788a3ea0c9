"""What an expression can be made of."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import msgspec

Value: TypeAlias = str | Decimal | bool | date | None


class Type(StrEnum):
    """The types of the language. A choice is a text, a yes or no is a truth."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    DAY = "day"


class Name(msgspec.Struct, frozen=True):
    """A fact by its name."""

    name: str


class Literal(msgspec.Struct, frozen=True):
    """A value as it was written."""

    value: str | Decimal | bool | date


class Compare(msgspec.Struct, frozen=True):
    """`op` is one of `<`, `<=`, `=`, `<>`, `>=`, `>`, as SQL writes them."""

    left: "Tree"
    op: str
    right: "Tree"


class Within(msgspec.Struct, frozen=True):
    """Whether a value is among some literals."""

    part: "Tree"
    among: tuple[Literal, ...]


class Known(msgspec.Struct, frozen=True):
    """Whether a value is there at all; this alone never answers with None."""

    part: "Tree"


class Both(msgspec.Struct, frozen=True):
    """All parts hold. One that does not decides, even beside unknown ones."""

    parts: tuple["Tree", ...]


class Either(msgspec.Struct, frozen=True):
    """At least one part holds. One that does decides, even beside unknown ones."""

    parts: tuple["Tree", ...]


class Opposite(msgspec.Struct, frozen=True):
    """The part does not hold."""

    part: "Tree"


class Sum(msgspec.Struct, frozen=True):
    """`op` is `+`, `-` or `*`. There is no division: an expression always has a value."""

    left: "Tree"
    op: str
    right: "Tree"


Tree: TypeAlias = Name | Literal | Compare | Within | Known | Both | Either | Opposite | Sum


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """The trees directly below a tree."""
    match tree:
        case Compare(left, _, right) | Sum(left, _, right):
            return (left, right)
        case Both(parts) | Either(parts):
            return parts
        case Within(part, among):
            return (part, *among)
        case Known(part) | Opposite(part):
            return (part,)
        case _:
            return ()


def names_in(tree: Tree) -> Iterator[str]:
    """The names that a tree asks for, in the order of the text, each as often as it stands there."""
    if isinstance(tree, Name):
        yield tree.name
    for part in parts_of(tree):
        yield from names_in(part)
