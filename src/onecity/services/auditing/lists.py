"""A file of materials in CSV: which item of which flow asks for what, row by row; what is wrong in it is collected."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from onecity.packs import Fault, Place, in_reading_order
from onecity.packs.faults import short
from onecity.services.approvals.cells import Line, lines_of

COLUMNS: Final = ("flow", "item", "material")
"""What a row must say; other columns are not read."""
MAX_ROWS: Final = 50_000
"""A hundred flows of a city; more is another file."""
_LONGEST: Final = 2_000
"""Signs of the longest cell that is a name."""


class Row(msgspec.Struct, frozen=True):
    """A material that an item of a flow asks for; `line` is where it stands in the file."""

    line: int
    flow: str
    item: str
    material: str


def read_rows(file: str, content: bytes) -> tuple[Sequence[Row], tuple[Fault, ...]]:
    """The rows of a file in their order, or all that is wrong in it. `file` is what faults call it."""
    lines, faults = lines_of(file, content)
    if not lines or faults:
        return (), faults
    places, wrong = _columns(file, lines[0])
    if wrong:
        return (), in_reading_order(wrong)
    top = Place(file, 1, 1)
    if len(lines) == 1:
        return (), (Fault(top, "Below the first line stands no row.", "Write one for each material."),)
    if len(lines) - 1 > MAX_ROWS:
        mend = f"{MAX_ROWS:,} is the most. Is it the right file?"
        return (), (Fault(top, f"The file has {len(lines) - 1:,} rows.", mend),)
    rows, wrong = _rows(lines, places)
    return ((), in_reading_order(wrong)) if wrong else (rows, ())


def _columns(file: str, header: Line) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands, in whatever order, or why it cannot be found."""
    names = [cell.text for cell in header.cells]
    if len(names) == 1 and re.search("[;\t]", names[0]):
        return {}, [Fault(header.place, "These columns are not separated by commas.", "Save the table as CSV.")]
    faults = [
        Fault(cell.place, f"The column `{cell.text}` stands here twice.", "Keep one of the two.")
        for number, cell in enumerate(header.cells)
        if cell.text in COLUMNS and cell.text in names[:number]
    ]
    for name in COLUMNS:
        if name not in names:
            mend = f"The first line names at least {', '.join(COLUMNS)}."
            if near := get_close_matches(name, set(names) - set(COLUMNS), n=1, cutoff=0.75):
                mend = f"Did you mean it where `{short(near[0])}` stands?"
            faults.append(Fault(header.place, f"The column `{name}` is missing.", mend))
    return {name: names.index(name) for name in COLUMNS if name in names}, faults


def _rows(lines: Sequence[Line], places: dict[str, int]) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    for line in lines[1:]:
        if len(line.cells) != len(lines[0].cells):
            what = f"This line has {len(line.cells)} cells for {len(lines[0].cells)} columns."
            faults.append(Fault(line.place, what, "Put a text with a comma in quotes, and leave no cell out."))
            continue
        cells = {name: line.cells[number] for name, number in places.items()}
        before = len(faults)
        for name, cell in cells.items():
            if not cell.text:
                faults.append(Fault(cell.place, f"The cell of `{name}` is empty.", "Fill it in, or remove the line."))
            elif not cell.text.isprintable():
                faults.append(Fault(cell.place, "An invisible character stands in this cell.", "Remove it."))
            elif len(cell.text) > _LONGEST:
                faults.append(
                    Fault(cell.place, f"`{short(cell.text)}` is no name.", f"{_LONGEST:,} signs are the most.")
                )
        if len(faults) == before:
            rows.append(Row(line.place.line, *(cells[name].text for name in COLUMNS)))
    return rows, faults
