"""The rows as a table in CSV under their national names, and read back from it, also after somebody filled it in."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from onecity.packs import Fault, Place, in_reading_order
from onecity.packs.faults import nearest, short
from onecity.services.approvals.cells import Line, lines_of
from onecity.services.exchange.columns import COLUMNS, ExchangeMaterial, ExchangeRow

_FORMULA: Final = ("=", "+", "-", "@", "'")
"""By what a cell begins that a spreadsheet would compute; it gets the mark that says text, which goes again."""
_TEXT: Final = "'"
_MATERIALS: Final = "materials"
MAX_ROWS: Final = 20_000
"""Ten times the items of a large city; more is another file."""


def table_of(rows: Iterable[ExchangeRow]) -> str:
    """The rows, one to a line. The materials of an item are JSON in one cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name.zh for column in COLUMNS.values())
    writer.writerows([_harmless(row.cell(name)) for name in COLUMNS] for row in rows)
    # The mark in front tells spreadsheets that this is UTF-8.
    return f"\ufeff{text.getvalue()}"


def read_rows(file: str, content: bytes) -> tuple[Sequence[ExchangeRow], tuple[Fault, ...]]:
    """The rows of a table that `table_of` wrote, or what keeps it from being read. `file` is what faults call it."""
    lines, faults = lines_of(file, content)
    if not lines or faults:
        return (), faults
    if len(lines) - 1 > MAX_ROWS:
        what = f"The file has {len(lines) - 1:,} rows."
        return (), (Fault(Place(file, 1, 1), what, f"{MAX_ROWS:,} is the most. Is it the right file?"),)
    names, wrong = _columns(lines[0])
    if wrong:
        return (), in_reading_order(wrong)
    rows = [_row(line, names, wrong) for line in lines[1:]]
    return ((), in_reading_order(wrong)) if wrong else (tuple(row for row in rows if row is not None), ())


def _columns(header: Line) -> tuple[Sequence[str], list[Fault]]:
    """Our names of the columns in their order."""
    known = {column.name.zh: name for name, column in COLUMNS.items()}
    written = [cell.text for cell in header.cells]
    faults = [
        Fault(cell.place, f"The column `{short(cell.text)}` is unknown here.", nearest(cell.text, known))
        for cell in header.cells
        if cell.text not in known
    ]
    faults += [
        Fault(cell.place, f"The column `{cell.text}` stands here twice.", "Keep one of the two.")
        for number, cell in enumerate(header.cells)
        if cell.text in known and cell.text in written[:number]
    ]
    missing = [name for name in known if name not in written]
    if missing and not faults:
        what, mend = f"The column `{missing[0]}` is missing.", "Keep every column, also those that are empty."
        faults.append(Fault(header.place, what, mend))
    return [known.get(name, "") for name in written], faults


def _row(line: Line, names: Sequence[str], faults: list[Fault]) -> ExchangeRow | None:
    """A row; None after a fault was noted."""
    if len(line.cells) != len(names):
        what = f"This line has {len(line.cells)} cells for {len(names)} columns."
        faults.append(Fault(line.place, what, "Put a text with a comma in quotes, and leave no cell out."))
        return None
    cells = dict(zip(names, line.cells, strict=True))
    materials = cells.pop(_MATERIALS)
    try:
        found = _materials(materials.text)
    except msgspec.DecodeError as error:
        what = f"These materials are no list in JSON: {short(str(error))}"
        faults.append(Fault(materials.place, what, "Leave the cell as it was written, or empty it."))
        return None
    texts = {name: cell.text.removeprefix(_TEXT).strip() for name, cell in cells.items()}
    return ExchangeRow(**texts, materials=found)


def _materials(text: str) -> tuple[ExchangeMaterial, ...]:
    """The materials in a cell. Blanks within a text are one blank, as in every cell."""
    found = msgspec.json.decode(text, type=tuple[ExchangeMaterial, ...]) if text else ()
    return tuple(ExchangeMaterial(*(" ".join(part.split()) for part in msgspec.structs.astuple(one))) for one in found)


def _harmless(cell: str) -> str:
    return f"{_TEXT}{cell}" if cell.startswith(_FORMULA) else cell
