"""Which rows can be sent and which are refused: each row is one or the other, and a refused one keeps every fault."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from onecity.packs import Pack
from onecity.services.exchange.checking import faults_of
from onecity.services.exchange.columns import COLUMNS, ExchangeRow
from onecity.services.exchange.deriving import rows_of
from onecity.services.exchange.faults import RowFault, Rule


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that is not sent, with all that is wrong with it."""

    row: ExchangeRow
    faults: tuple[RowFault, ...]


class Exchange(msgspec.Struct, frozen=True):
    """Every row once: those that can be sent, and those that are refused."""

    ready: tuple[ExchangeRow, ...]
    refused: tuple[RefusedRow, ...]

    @property
    def counts(self) -> Mapping[tuple[Rule, str], Sequence[str]]:
        """The ids of the refused rows by what is wrong with them, the most frequent first."""
        found: dict[tuple[Rule, str], dict[str, None]] = {}
        for one in self.refused:
            for fault in one.faults:
                found.setdefault((fault.rule, fault.field), {})[one.row.id] = None
        order = list(COLUMNS)
        ranked = sorted(found, key=lambda of: (-len(found[of]), order.index(of[1]), of[0]))
        return {of: tuple(found[of]) for of in ranked}


def exchange_of(pack: Pack, on: date) -> Exchange:
    """Every item of a pack as it would be sent on a day, or refused."""
    return sorted_out(rows_of(pack, on))


def sorted_out(rows: Iterable[ExchangeRow], *, filled: bool = False) -> Exchange:
    """Rows that are ready, and rows that are not; `filled` asks for what no pack can know as well."""
    every = tuple(rows)
    named = Counter(row.id for row in every)
    ready: list[ExchangeRow] = []
    refused: list[RefusedRow] = []
    for row in every:
        twice = (RowFault("id", row.id, Rule.TWICE),) if row.id and named[row.id] > 1 else ()
        faults = (*twice, *faults_of(row, filled=filled))
        if faults:
            refused.append(RefusedRow(row, faults))
        else:
            ready.append(row)
    return Exchange(tuple(ready), tuple(refused))


def left_open(rows: Iterable[ExchangeRow]) -> Mapping[str, int]:
    """In how many rows somebody must fill in a column that the pack does not know, by the column."""
    found = Counter(field for row in rows for field in {fault.field for fault in faults_of(row, filled=True)})
    return {name: found[name] for name in COLUMNS if found[name]}
