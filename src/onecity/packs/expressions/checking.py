"""Whether an expression fits the facts that it speaks of; checked before anybody depends on it."""

from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from onecity.packs.expressions.parsing import Wrong
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
    Type,
    Within,
    parts_of,
)

_ORDERED: Final = (Type.NUMBER, Type.DAY)


def checked(tree: Tree, known: Mapping[str, Type], choices: Mapping[str, Set[str]] | None = None) -> Type | Wrong:
    """The type of an expression over facts of known types, or what does not fit.

    `choices` are the values that a fact can have; comparing it with another one would never hold.
    """
    # Each part is checked once: twice would double the work with every level, and a line of `not` would never end.
    types: list[Type] = []
    for part in parts_of(tree):
        found = checked(part, known, choices)
        if isinstance(found, Wrong):
            return found
        types.append(found)
    match tree:
        case Name(name):
            return known.get(name) or _unknown(name, known)
        case Literal():
            return _type_of(tree)
        case Compare(left, op, right):
            if types[0] != types[1] or (op not in ("=", "<>") and types[0] not in _ORDERED):
                return Wrong(f"A {types[0]} and a {types[1]} cannot be compared with {op}.", "Compare like with like.")
            return _never(left, right, choices or {}) or _never(right, left, choices or {}) or Type.TRUTH
        case Within(part, among):
            if any(one != types[0] for one in types[1:]):
                return Wrong(f"A {types[0]} is never among other things.", "List values of its own type.")
            return next((wrong for one in among if (wrong := _never(part, one, choices or {}))), Type.TRUTH)
        case Both() | Either() | Opposite():
            wrong_part = next((one for one in types if one is not Type.TRUTH), None)
            return (
                Type.TRUTH if wrong_part is None else Wrong(f"A {wrong_part} neither holds nor fails.", "Compare it.")
            )
        case Known():
            return Type.TRUTH
        case Sum(op=op):
            numbers = all(one is Type.NUMBER for one in types)
            return Type.NUMBER if numbers else Wrong(f"Only numbers can be joined with {op}.", "Use numbers.")


def _unknown(name: str, known: Mapping[str, Type]) -> Wrong:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return Wrong(f"There is no fact `{name}` here.", f"Did you mean `{near[0]}`?" if near else "Ask for it first.")


def _never(side: Tree, other: Tree, choices: Mapping[str, Set[str]]) -> Wrong | None:
    if not isinstance(side, Name) or not isinstance(other, Literal) or side.name not in choices:
        return None
    possible = choices[side.name]
    if other.value in possible:
        return None
    return Wrong(f"`{side.name}` is never `{other.value}`.", f"It is one of: {', '.join(sorted(possible))}.")


def _type_of(literal: Literal) -> Type:
    match literal.value:
        case bool():
            return Type.TRUTH
        case Decimal():
            return Type.NUMBER
        case str():
            return Type.TEXT
        case date():
            return Type.DAY
