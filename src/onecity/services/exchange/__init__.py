"""The items of a pack as rows of the national exchange of implementation lists (实施清单), and those that are refused.

Every row is checked before anybody sends it: a platform drops what its code lists do not know without telling whose
item is missing then. Who wants the rows asks `exchange_of`; who filled in the table by hand has it read by `read_rows`.
"""

from onecity.services.exchange.codes import CodeList, Sure, code_lists
from onecity.services.exchange.columns import COLUMNS, Column, ExchangeMaterial, ExchangeRow, Wanted
from onecity.services.exchange.faults import RowFault, Rule
from onecity.services.exchange.sorting import Exchange, RefusedRow, exchange_of, left_open, sorted_out
from onecity.services.exchange.tables import read_rows, table_of
from onecity.services.exchange.telling import as_data, counts_of, sentences, source_of

__all__ = [
    "COLUMNS",
    "CodeList",
    "Column",
    "Exchange",
    "ExchangeMaterial",
    "ExchangeRow",
    "RefusedRow",
    "RowFault",
    "Rule",
    "Sure",
    "Wanted",
    "as_data",
    "code_lists",
    "counts_of",
    "exchange_of",
    "left_open",
    "read_rows",
    "sentences",
    "sorted_out",
    "source_of",
    "table_of",
]
