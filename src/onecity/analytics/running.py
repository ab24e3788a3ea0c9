"""Asks an engine, and gives its answer as rows that can be compared with those of another."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from ibis.expr.types import Table

from onecity.analytics.asking import Asked, Question, facts_of
from onecity.ledger.columnar import Manifest


class Engine(Protocol):
    """Whatever answers an expression with rows."""

    def rows(self, expression: Table) -> Sequence[tuple[Any, ...]]: ...


class Answer(msgspec.Struct, frozen=True):
    """The rows of an answer in their order, and how long it took. Units: seconds."""

    question: str
    rows: list[dict[str, Any]]
    seconds: float


def answered(engine: Engine, manifest: Manifest, question: Question, asked: Asked) -> Answer:
    """What an engine says to a question about an export."""
    expression = question.expression(facts_of(manifest.columns), asked)
    began = time.perf_counter()
    rows = engine.rows(expression)
    took = time.perf_counter() - began
    names = expression.columns
    return Answer(question.name, [_row(names, row) for row in rows], round(took, 3))


def _row(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))
