"""What a question is: an expression over the facts in columns, and what it is asked with."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

import ibis
import msgspec
from ibis.expr.types import Table

from onecity.ledger import ColumnType

FACTS: Final = "facts"
"""The name under which an engine knows the rows of an export."""

UNSAID: Final = False
"""What a flag counts as where nothing said it."""

_TYPES: Final[Mapping[ColumnType, str]] = {
    ColumnType.TEXT: "string",
    ColumnType.WHOLE: "int64",
    ColumnType.NUMBER: "float64",
    ColumnType.FLAG: "boolean",
    ColumnType.DAY: "date",
    ColumnType.INSTANT: "timestamp('UTC')",
    ColumnType.BYTES: "binary",
}


class Asked(msgspec.Struct, frozen=True):
    """With what a question is asked: as of which instant and day of the city, of how many `days` before.

    A matter counts as come back within `again_days` natural days and `again_metres`; `becomes` are the codes under
    which old matters are filed today.
    """

    at: datetime
    on: date
    days: int
    again_days: int
    again_metres: int
    becomes: Mapping[str, str] = {}


class Question(msgspec.Struct, frozen=True):
    """A question: its name, what it asks, and the expression; its rows are ordered, so two engines can be compared."""

    name: str
    asks: str
    expression: Callable[[Table, Asked], Table]


def facts_of(columns: Mapping[str, ColumnType]) -> Table:
    """The facts of an export as a table without an engine."""
    return ibis.table({name: _TYPES[kind] for name, kind in columns.items()}, name=FACTS)


def known(facts: Table, asked: Asked) -> Table:
    """The facts that were recorded by an instant: what came later had not come."""
    return facts.filter(facts.recorded <= ibis.literal(asked.at, type="timestamp('UTC')"))
