"""The cells of a table in CSV, each with the place where it begins."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from onecity.packs import Fault, Place
from onecity.packs.syntax import encoding_fault

MAX_BYTES: Final = 5_000_000
"""A hundred times the largest list of items; a larger file is a mistake or an attack."""

_CELL: Final = re.compile(r'"((?:[^"]|"")*+)"|([^",\r\n]*)')
"""A text in quotes, each quote in it written twice, or a text without any. Source: RFC 4180 section 2."""
_BREAK: Final = re.compile(r"\r\n|\n|\r")


class Cell(msgspec.Struct, frozen=True):
    """What stands in a cell, without the blanks around it; blanks and line breaks within it are one blank."""

    text: str
    place: Place


class Line(msgspec.Struct, frozen=True):
    """A row of the table; with line breaks in its quotes it is longer than a line of the file."""

    cells: Sequence[Cell]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.cells[0].place


def lines_of(file: str, content: bytes) -> tuple[Sequence[Line], tuple[Fault, ...]]:
    """The lines of a table that are not empty, and what is wrong with its quotes. No line at all has always a fault."""
    top = Place(file, 1, 1)
    if len(content) > MAX_BYTES:
        return (), (Fault(top, f"The file has {len(content):,} bytes.", f"{MAX_BYTES:,} is the most."),)
    try:
        # Spreadsheets begin a file with an invisible mark that says nothing.
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return (), (encoding_fault(file, content, error),)
    scanner = _Scanner(file, text)
    scanner.run()
    if not scanner.lines and not scanner.faults:
        return (), (Fault(top, "The file is empty.", "Write the names of the columns in its first line."),)
    return scanner.lines, tuple(scanner.faults)


class _Scanner:
    """Goes once through a text, and knows the line and the column where it is."""

    def __init__(self, file: str, text: str) -> None:
        self.lines: list[Line] = []
        self.faults: list[Fault] = []
        self._file = file
        self._text = text
        self._at = 0
        self._line = 1
        self._line_at = 0

    def run(self) -> None:
        """Read all lines."""
        while self._at < len(self._text):
            cells = self._row()
            if any(cell.text for cell in cells):
                self.lines.append(Line(cells))

    def _place(self) -> Place:
        return Place(self._file, self._line, self._at - self._line_at + 1)

    def _row(self) -> Sequence[Cell]:
        """The cells up to the end of the line; none after a fault was noted."""
        found: list[Cell] = []
        while True:
            place, cell = self._place(), _CELL.match(self._text, self._at)
            assert cell is not None, "the second half of the pattern matches nothing at all, too"
            opens = cell[1] is None and cell[2] == ""
            text = cell[1].replace('""', '"') if cell[1] is not None else cell[2]
            found.append(Cell(" ".join(text.split()), place))
            self._go_to(cell.end())
            if self._text.startswith(",", self._at):
                self._go_to(self._at + 1)
            elif self._at == len(self._text) or _BREAK.match(self._text, self._at):
                self._skip_line()
                return found
            else:
                self._quote_fault(opens=opens)
                return ()

    def _quote_fault(self, *, opens: bool) -> None:
        if opens:
            mend = "Close it; a quote inside a cell in quotes is written twice."
            self.faults.append(Fault(self._place(), "The quote that opens here is never closed.", mend))
            self._at = len(self._text)
        else:
            mend = 'Put all of it in quotes, and write a quote in it as "".'
            self.faults.append(Fault(self._place(), "A cell in quotes must be whole.", mend))
            self._skip_line()

    def _skip_line(self) -> None:
        found = _BREAK.search(self._text, self._at)
        self._go_to(found.end() if found else len(self._text))

    def _go_to(self, at: int) -> None:
        for found in _BREAK.finditer(self._text, self._at, at):
            self._line += 1
            self._line_at = found.end()
        self._at = at
