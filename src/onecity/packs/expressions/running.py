"""An expression as a function of facts."""

import operator
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import Any, Final, TypeAlias

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
    Value,
    Within,
)

Run: TypeAlias = Callable[[Mapping[str, Value]], Value]

_EXACT: Final = Context(prec=10_000)
"""Wide enough that no sum of numbers people can write is rounded, because the database does not round either."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_SUM: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
}


def compiled(tree: Tree) -> Run:
    """The function of a checked tree. A fact that is missing counts as unknown."""
    match tree:
        case Name(name):
            return lambda facts: facts.get(name)
        case Literal(value):
            return lambda _: value
        case Compare(left, op, right):
            return _joined(_COMPARE[op], compiled(left), compiled(right))
        case Sum(left, op, right):
            return _joined(_SUM[op], compiled(left), compiled(right))
        case Within(part, among):
            return _within(compiled(part), [one.value for one in among])
        case Known(part):
            run = compiled(part)
            return lambda facts: run(facts) is not None
        case Both(parts):
            return _decided([compiled(part) for part in parts], by=False)
        case Either(parts):
            return _decided([compiled(part) for part in parts], by=True)
        case Opposite(part):
            inner = compiled(part)
            return lambda facts: None if (found := inner(facts)) is None else not found


def _joined(join: Callable[[Any, Any], Value], left: Run, right: Run) -> Run:
    def run(facts: Mapping[str, Value]) -> Value:
        one, other = left(facts), right(facts)
        return None if one is None or other is None else join(one, other)

    return run


def _within(part: Run, among: list[str | Decimal | bool | Any]) -> Run:
    def run(facts: Mapping[str, Value]) -> Value:
        found = part(facts)
        return None if found is None else found in among

    return run


def _decided(parts: list[Run], *, by: bool) -> Run:
    """`and` is decided by a part that fails, `or` by one that holds; unknown parts do not decide."""

    def run(facts: Mapping[str, Value]) -> Value:
        found = [part(facts) for part in parts]
        if by in found:
            return by
        return None if None in found else not by

    return run
