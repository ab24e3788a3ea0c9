"""Whatever stands in the cells of a row, it is ready or refused with a reason, and what is ready comes back as it was."""

from datetime import date
from functools import cache
from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.services.exchange import COLUMNS, ExchangeRow, code_lists, exchange_of, read_rows, sorted_out, table_of

TEXTS: Final = [name for name in COLUMNS if name != "materials"]
CODED: Final = [name for name, column in COLUMNS.items() if column.codes and not column.by_code]
VALUES: Final = sorted({value for one in code_lists().values() for value in (*one.names, *one.numbers)})


@cache
def ready() -> tuple[ExchangeRow, ...]:
    return exchange_of(shipped(), date(2026, 11, 28)).ready


def rows() -> st.SearchStrategy[ExchangeRow]:
    return st.integers(0, 1_000_000).map(lambda number: ready()[number % len(ready())])


cells: Final = st.one_of(
    st.sampled_from(VALUES), st.text(max_size=30), st.sampled_from(("", "0", "1", "无", "20261128"))
)


@given(row=rows(), changes=st.dictionaries(st.sampled_from(TEXTS), cells, max_size=5), filled=st.booleans())
def test_a_row_is_ready_or_refused_with_a_fault_whose_field_it_has(
    row: ExchangeRow, changes: dict[str, str], *, filled: bool
) -> None:
    changed = msgspec.structs.replace(row, **changes)
    found = sorted_out((changed,), filled=filled)
    assert (*found.ready, *(one.row for one in found.refused)) == (changed,)
    for one in found.refused:
        assert one.faults
        assert all(fault.field in COLUMNS for fault in one.faults)


@given(row=rows(), column=st.sampled_from(CODED), value=st.text(min_size=1, max_size=12))
def test_a_value_that_its_list_does_not_have_is_refused_by_its_field(row: ExchangeRow, column: str, value: str) -> None:
    if set(value.split("^")) <= set(code_lists()[COLUMNS[column].codes].names):
        return
    found = sorted_out((msgspec.structs.replace(row, **{column: value}),))
    assert found.ready == ()
    assert column in {fault.field for fault in found.refused[0].faults}


@given(row=rows(), changes=st.dictionaries(st.sampled_from(TEXTS), st.text(max_size=20), max_size=5))
def test_the_table_gives_back_whatever_was_written_apart_from_blanks(row: ExchangeRow, changes: dict[str, str]) -> None:
    plain = {name: " ".join(text.split()) for name, text in changes.items()}
    changed = msgspec.structs.replace(row, **plain)
    assert read_rows("rows.csv", table_of((changed,)).encode("utf-8")) == ((changed,), ())
