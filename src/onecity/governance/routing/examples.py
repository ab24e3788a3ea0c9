"""Reading messages from a table whose columns are separated by tabs, as Python's `csv` writes it (excel-tab)."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from onecity.governance.routing.model import Example, NotRouted
from onecity.kernel.refusal import Refused

_BOM: Final = "\ufeff"
_TITLE, _BODY, _LABEL = "title", "body", "label"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_READ: Final = (_TITLE, _BODY, _LABEL)

Row = tuple[int, Sequence[str]]
"""The line on which a row begins, and its fields."""


def examples_of(content: bytes, *, labelled: bool) -> tuple[Example, ...] | Refused:
    """The messages of a table, in its order; Refused at the first line that cannot be read.

    `labelled`: each must have a label, as a person gave it. Without, a column `label` is not read. Columns that nobody
    asks for are not read either. A mark that spreadsheets put before the first line says nothing and is passed over.
    """
    try:
        text = content.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        return Refused(NotRouted.NOT_UTF8, {"line": 1 + content.count(b"\n", 0, error.start)})
    rows = _rows(text)
    if isinstance(rows, Refused):
        return rows
    if not rows:
        return Refused(NotRouted.EMPTY)
    (_, columns), *below = rows
    wrong = _wrong_columns(columns, labelled=labelled)
    if wrong is not None:
        return wrong
    found: list[Example] = []
    for line, fields in below:
        example = _example(line, columns, fields, labelled=labelled)
        if isinstance(example, Refused):
            return example
        found.append(example)
    return tuple(found)


def begins_with_mark(content: bytes) -> bool:
    """Whether a spreadsheet put its invisible mark before the first line."""
    return content.startswith(_BOM.encode())


def _rows(text: str) -> Sequence[Row] | Refused:
    """All rows, but for empty lines at the end."""
    # Line breaks within quotes stay as they are, so the lines are not to be translated on the way.
    reader = csv.reader(io.StringIO(text, newline=""), dialect="excel-tab", strict=True)
    rows: list[Row] = []
    begins = 1
    try:
        for fields in reader:
            rows.append((begins, fields))
            begins = reader.line_num + 1
    except csv.Error as error:
        too_long = "limit" in str(error)
        return Refused(NotRouted.FIELD_TOO_LONG if too_long else NotRouted.QUOTES, {"line": begins})
    while rows and not rows[-1][1]:
        rows.pop()
    return rows


def _wrong_columns(columns: Sequence[str], *, labelled: bool) -> Refused | None:
    for name in _READ:
        if columns.count(name) > 1:
            return Refused(NotRouted.COLUMN_TWICE, {"column": name})
    if _TITLE not in columns:
        return Refused(NotRouted.NO_TITLE)
    if labelled and _LABEL not in columns:
        return Refused(NotRouted.NO_LABEL)
    return None


def _example(line: int, columns: Sequence[str], fields: Sequence[str], *, labelled: bool) -> Example | Refused:
    if not fields:
        return Refused(NotRouted.LINE_EMPTY, {"line": line})
    if len(fields) != len(columns):
        return Refused(NotRouted.FIELDS, {"line": line, "found": len(fields), "columns": len(columns)})
    said = dict(zip(columns, fields, strict=True))
    label = said.get(_LABEL, "") if labelled else ""
    if labelled and not label.strip():
        return Refused(NotRouted.LABEL_EMPTY, {"line": line})
    if _CONTROL.search(label):
        # An answer is a label, a tab and a number on one line: with a tab or a line break in the label it would be two.
        return Refused(NotRouted.LABEL_UNPRINTABLE, {"line": line})
    return Example(line, said[_TITLE], said.get(_BODY, ""), label)
