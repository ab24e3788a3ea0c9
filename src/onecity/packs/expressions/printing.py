"""An expression as SQL. Values travel as parameters; names become what the caller says their column is."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from onecity.packs.expressions.tree import (
    Both,
    Compare,
    Either,
    Known,
    Literal,
    Name,
    Opposite,
    Sum,
    Tree,
    Within,
)

_CAST: Final[Mapping[type, str]] = {str: "text", Decimal: "numeric", bool: "boolean", date: "date"}


class Sql(msgspec.Struct, frozen=True):
    """A condition and its parameters; the first is `$n` with the number that the caller gave."""

    text: str
    params: tuple[Any, ...]


def printed(tree: Tree, column: Callable[[str], str], *, first: int = 1) -> Sql:
    """The SQL of a checked tree. `column` gives a trusted SQL expression for a name."""
    printer = _Printer(column, first)
    text = printer.text(tree)
    return Sql(text, tuple(printer.params))


class _Printer:
    def __init__(self, column: Callable[[str], str], first: int) -> None:
        self._column = column
        self._first = first
        self.params: list[Any] = []

    def text(self, tree: Tree) -> str:
        match tree:
            case Name(name):
                return self._column(name)
            case Literal(value):
                self.params.append(value)
                return f"${self._first + len(self.params) - 1}::{_CAST[type(value)]}"
            case Compare(left, op, right) | Sum(left, op, right):
                return f"({self.text(left)} {op} {self.text(right)})"
            case Within(part, among):
                return f"({self.text(part)} in ({', '.join(self.text(one) for one in among)}))"
            case Known(part):
                return f"({self.text(part)} is not null)"
            case Both(parts):
                return f"({' and '.join(self.text(part) for part in parts)})"
            case Either(parts):
                return f"({' or '.join(self.text(part) for part in parts)})"
            case Opposite(part):
                return f"(not {self.text(part)})"
