"""From text to a tree, or to the sentence that says what the language does not know.

The syntax is a part of Python's expressions, so every editor colours it and nobody learns another.
"""

import ast
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from onecity.packs.expressions.tree import Both, Compare, Either, Known, Literal, Name, Opposite, Sum, Tree, Within

LONGEST: Final = 500
"""Characters; a longer condition is a table that somebody should write as one."""

_COMPARE: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=", ast.NotEq: "<>", ast.GtE: ">=", ast.Gt: ">"}
_SUM: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_TRUTH: Final = {"yes": True, "no": False}
_KNOWS: Final = (
    "It knows names, numbers, 'texts', yes, no, day('2020-04-08'), known(name), < <= == != >= >, in, and, or, not,"
    " + - *."
)


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with an expression, and how to mend it."""

    what: str
    mend: str


class _Unknown(Exception):
    """Something that Python knows and the language does not; never leaves this module."""

    def __init__(self, node: ast.AST, text: str) -> None:
        super().__init__(ast.get_source_segment(text, node) or text)


@lru_cache(maxsize=10_000)
def parse(text: str) -> Tree | Wrong:
    """The tree of an expression.

    >>> parse("area >= 300 and not takeaway") == Both(
    ...     (Compare(Name("area"), ">=", Literal(Decimal(300))), Opposite(Name("takeaway")))
    ... )
    True
    """
    if len(text) > LONGEST:
        return Wrong(f"The expression is longer than {LONGEST} characters.", "Split it, or write a table.")
    if "\\" in text or "\0" in text:
        return Wrong("The expression holds a backslash.", _KNOWS)
    try:
        return _Reader(text).read(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Wrong("The expression cannot be read.", _KNOWS)
    except _Unknown as unknown:
        return Wrong(f"The language does not know `{unknown}`.", _KNOWS)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def read(self, node: ast.expr) -> Tree:
        match node:
            case ast.Name(id=name):
                return Literal(_TRUTH[name]) if name in _TRUTH else Name(name)
            case ast.Constant():
                return self._literal(node)
            case ast.BoolOp(op=ast.And(), values=values):
                return Both(tuple(self.read(value) for value in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Either(tuple(self.read(value) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Opposite(self.read(operand))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as number):
                return Literal(-self._number(number))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUM:
                return Sum(self.read(left), _SUM[type(op)], self.read(right))
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self._call(node)
            case _:
                raise _Unknown(node, self._text)

    def _literal(self, node: ast.Constant) -> Literal:
        match node.value:
            case bool():
                raise _Unknown(node, self._text)
            case int() | float():
                return Literal(self._number(node))
            case str() as text:
                return Literal(text)
            case _:
                raise _Unknown(node, self._text)

    def _number(self, node: ast.Constant) -> Decimal:
        # From the text, because a float is not the number that somebody wrote.
        try:
            number = Decimal(ast.get_source_segment(self._text, node) or "")
        except InvalidOperation:
            # Python also writes numbers to other bases, 0x1F; a city writes them as everybody does.
            raise _Unknown(node, self._text) from None
        if isinstance(node.value, bool) or not number.is_finite() or abs(number.adjusted()) > 30:
            raise _Unknown(node, self._text)
        return number

    def _compare(self, node: ast.Compare) -> Tree:
        sides = [node.left, *node.comparators]
        found = [self._pair(left, op, right) for (left, right), op in zip(pairwise(sides), node.ops, strict=True)]
        return found[0] if len(found) == 1 else Both(tuple(found))

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Tree:
        match op:
            case ast.In():
                return Within(self.read(left), self._among(right))
            case ast.NotIn():
                return Opposite(Within(self.read(left), self._among(right)))
            case _ if type(op) in _COMPARE:
                return Compare(self.read(left), _COMPARE[type(op)], self.read(right))
            case _:
                raise _Unknown(right, self._text)

    def _among(self, node: ast.expr) -> tuple[Literal, ...]:
        if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
            raise _Unknown(node, self._text)
        found = [self.read(one) for one in node.elts]
        if not all(isinstance(one, Literal) for one in found):
            raise _Unknown(node, self._text)
        return tuple(one for one in found if isinstance(one, Literal))

    def _call(self, node: ast.Call) -> Tree:
        match node:
            case ast.Call(func=ast.Name(id="known"), args=[part], keywords=[]):
                return Known(self.read(part))
            case ast.Call(func=ast.Name(id="day"), args=[ast.Constant(value=str() as text)], keywords=[]):
                return Literal(date.fromisoformat(text))
            case _:
                raise _Unknown(node, self._text)
