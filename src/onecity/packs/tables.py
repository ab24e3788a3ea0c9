"""The second form of a declaration: a table in CSV, read into the same tree as YAML, so that each cell knows its place.

A city has thousands of villages; one file for each would be absurd, and nobody could compare two years of them.
"""

import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, TypeGuard, TypeVar

import msgspec

from onecity.packs.faults import Fault, Place, nearest, short
from onecity.packs.source import Entry, Node, Scalar
from onecity.packs.source import Mapping as MappingNode
from onecity.packs.source import Sequence as SequenceNode
from onecity.packs.syntax import encoding_fault

R = TypeVar("R", bound=msgspec.Struct)

MAX_TABLE_BYTES: Final = 10_000_000
"""The villages of a whole province; a larger file is a mistake or an attack."""

CELL: Final = re.compile(r'"((?:[^"]|"")*)"|([^",]*)')
"""What can stand between two commas: a text in quotes, each quote in it written twice, or a text without any.

Source: RFC 4180 section 2, without its line breaks inside quotes: a row is a line here, so that a fault has a line.
"""


class Table(msgspec.Struct, Generic[R], frozen=True):
    """A declaration of many rows, one version for all. A kind of tables names the type of its rows in a subclass.

    The columns are the fields of a row; a field of several parts has a column for each: `basis.law`, `basis.article`.
    The first ones, mostly one alone, are the row's id: no two rows share it. An empty cell is absent.
    """

    named_by: ClassVar[int] = 1
    """How many of the first columns are the id of a row."""

    rows: tuple[R, ...]


def is_table(wanted: Any) -> TypeGuard[type[Table[Any]]]:
    """Whether a type of declaration is written as a table."""
    return isinstance(wanted, type) and issubclass(wanted, Table)


def read_table(file: str, content: bytes, wanted: type[Table[Any]]) -> tuple[Node | None, tuple[Fault, ...]]:
    """The tree of one table, or the faults that keep it from being read. `file` is its path inside the pack."""
    top = Place(file, 1, 1)
    if len(content) > MAX_TABLE_BYTES:
        return None, (Fault(top, f"The file has {len(content):,} bytes.", f"{MAX_TABLE_BYTES:,} is the most."),)
    try:
        # Spreadsheets begin a file with an invisible mark that says nothing.
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return None, (encoding_fault(file, content, error),)
    if not text.strip():
        return None, (Fault(top, "The file is empty.", "Write the names of the columns in its first line."),)
    table = _Table(file, wanted)
    header, *lines = text.removesuffix("\n").split("\n")
    columns = table.columns(table.cells(1, header))
    rows = [table.row(columns, table.cells(line, written)) for line, written in enumerate(lines, 2)]
    faults = tuple(table.faults)
    if table.unreadable:
        return None, faults
    found = SequenceNode(tuple(row for row in rows if row is not None), top)
    return MappingNode((Entry("rows", top, found),), top), faults


class _Table:
    """Reads one table line by line and collects what is wrong with it."""

    def __init__(self, file: str, wanted: type[Table[Any]]) -> None:
        self.faults: list[Fault] = []
        self.unreadable = False
        self._file = file
        self._needed = dict(columns_of(row_of(wanted)))
        self._id = tuple(self._needed)[: wanted.named_by]
        self._ids: dict[tuple[str, ...], int] = {}

    def fault(self, place: Place, what: str, mend: str) -> None:
        self.faults.append(Fault(place, what, mend))

    def cells(self, line: int, written: str) -> Sequence[Scalar]:
        """The cells of a line; none after a fault was noted."""
        written = written.removesuffix("\r")
        if not written:
            self.fault(Place(self._file, line, 1), "The line is empty.", "Remove it.")
            return ()
        if '"' not in written:
            return self._bare(line, written)
        found: list[Scalar] = []
        at = 0
        while True:
            cell = CELL.match(written, at)
            assert cell is not None, "the second half of the pattern matches nothing at all, too"
            place, end = Place(self._file, line, at + 1), cell.end()
            if written[end : end + 1] not in ("", ","):
                return self._quote_fault(place, end, opens=end == at)
            text = cell[1].replace('""', '"') if cell[1] is not None else cell[2]
            found.append(Scalar(text, place, quoted=False, null=False))
            if end == len(written):
                return found
            at = end + 1

    def _bare(self, line: int, written: str) -> Sequence[Scalar]:
        """The cells of a line without any quote, which most lines are."""
        found: list[Scalar] = []
        at = 1
        for text in written.split(","):
            found.append(Scalar(text, Place(self._file, line, at), quoted=False, null=False))
            at += len(text) + 1
        return found

    def _quote_fault(self, place: Place, end: int, *, opens: bool) -> Sequence[Scalar]:
        if opens:
            self.fault(place, "The quote that opens here is never closed.", "Close it in the same line.")
        else:
            at = Place(self._file, place.line, end + 1)
            self.fault(at, "A cell in quotes must be whole.", 'Put all of it in quotes, and write a quote in it as "".')
        return ()

    def columns(self, header: Sequence[Scalar]) -> Sequence[str]:
        """The names of the columns in their order."""
        names = [cell.text for cell in header]
        before = len(self.faults)
        if len(header) == 1 and re.search("[;\t]", header[0].text):
            self.fault(header[0].place, "These columns are not separated by commas.", "Save the table as CSV.")
            header = ()
        for number, cell in enumerate(header):
            if cell.text not in self._needed:
                what = f"The column `{short(cell.text)}` is unknown here."
                self.fault(cell.place, what, nearest(cell.text, self._needed))
            elif cell.text in names[:number]:
                self.fault(cell.place, f"The column `{cell.text}` stands here twice.", "Keep one of the two.")
        for name, needed in self._needed.items():
            if needed and name not in names and header:
                mend = "Add it to the first line, and a cell to each line below."
                self.fault(Place(self._file, 1, 1), f"The column `{name}` is missing.", mend)
        self.unreadable = not header or len(self.faults) > before
        return names

    def row(self, columns: Sequence[str], cells: Sequence[Scalar]) -> MappingNode | None:
        """One row; None after a fault of the whole row was noted."""
        if not cells or self.unreadable:
            return None
        if len(cells) != len(columns):
            what = f"This line has {len(cells)} cells for {len(columns)} columns."
            self.fault(cells[0].place, what, "Put a text with a comma in quotes, and leave no cell out.")
            return None
        entries = [
            Entry(name, cell.place, self._looked_at(name, cell))
            for name, cell in zip(columns, cells, strict=True)
            if cell.text or self._needed[name]
        ]
        self._twice(dict(zip(columns, cells, strict=True)))
        return MappingNode(_gathered(entries), cells[0].place)

    def _twice(self, cells: Mapping[str, Scalar]) -> None:
        """Note a fault if another row has the same id."""
        named = [cells[name] for name in self._id if name in cells]
        if not all(cell.text for cell in named):
            return
        first = self._ids.setdefault(tuple(cell.text for cell in named), named[0].place.line)
        if first != named[0].place.line:
            what = " with ".join(f"{name} `{short(cell.text)}`" for name, cell in zip(self._id, named, strict=False))
            self.fault(named[0].place, f"The {what} stands in line {first} already.", "Keep one of the two.")

    def _looked_at(self, column: str, cell: Scalar) -> Scalar:
        """The cell, refused if it cannot be what its column says."""
        before = len(self.faults)
        if not cell.text:
            self.fault(cell.place, f"The cell of `{column}` is empty.", "Fill it in, or remove the line.")
        elif cell.text != cell.text.strip() or not cell.text.isprintable():
            self.fault(cell.place, "Blanks or invisible characters stand in this cell.", "Remove them.")
        return msgspec.structs.replace(cell, refused=True) if len(self.faults) > before else cell


def row_of(wanted: type[Table[Any]]) -> type[msgspec.Struct]:
    """The type of the rows of a table."""
    (rows,) = msgspec.structs.fields(wanted)
    (row, _) = typing.get_args(rows.type)
    return typing.cast(type[msgspec.Struct], row)


def columns_of(row: type[msgspec.Struct], above: str = "", *, needed: bool = True) -> Iterator[tuple[str, bool]]:
    """Each column that a row may have, and whether it must be there."""
    for field in msgspec.structs.fields(row):
        name, required = above + field.encode_name, needed and field.required
        if (part := part_of(field.type)) is not None:
            yield from columns_of(part, f"{name}.", needed=required)
        else:
            yield name, required


def part_of(wanted: Any) -> type[msgspec.Struct] | None:
    """The type of a field that has parts, each with a column of its own; None for any other field."""
    return next((one for one in (wanted, *typing.get_args(wanted)) if _has_parts(one)), None)


def _has_parts(wanted: Any) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _gathered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The cells of a row with those of one field together, as they would stand in YAML."""
    found: dict[str, Entry] = {}
    parts: dict[str, list[Entry]] = {}
    for entry in entries:
        name, dot, rest = entry.key.partition(".")
        found.setdefault(name, entry)
        if dot:
            parts.setdefault(name, []).append(msgspec.structs.replace(entry, key=rest))
    for name, those in parts.items():
        place = those[0].place
        found[name] = Entry(name, place, MappingNode(_gathered(those), place))
    return tuple(found.values())


def appended(content: bytes, rows: Sequence[msgspec.Struct]) -> bytes:
    """A table with rows at its end; a column that it lacks is added, and every other byte stays.

    >>> class Row(msgspec.Struct): id: str; note: str = ""
    >>> appended(b"id\\r\\na\\r\\n", [Row("b", "x, y")])
    b'id,note\\r\\na,\\r\\nb,"x, y"\\r\\n'
    """
    added = [dict(_cells(msgspec.to_builtins(row, str_keys=True))) for row in rows]
    text = content.decode("utf-8")
    ends = "\r\n" if "\r\n" in text else "\n"
    header, *lines = text.removesuffix(ends).split(ends)
    known = [name for name in header.removeprefix("\ufeff").split(",") if name]
    more = [name for name in dict.fromkeys(name for row in added for name in row) if name not in known]
    empty = "," * (len(more) if known else 0)
    whole = [",".join([header, *more] if header else more), *(f"{line}{empty}" for line in lines)]
    whole += [",".join(_quoted(row.get(name, "")) for name in (*known, *more)) for row in added]
    return "".join(f"{line}{ends}" for line in whole).encode()


def _cells(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The cells of a row that say something, each part of a field in a column of its own."""
    for name, part in value.items():
        if isinstance(part, dict):
            yield from _cells(part, f"{above}{name}.")
        elif part not in (None, ""):
            yield above + name, str(part)


def _quoted(text: str) -> str:
    if not any(sign in text for sign in ',"'):
        return text
    return '"' + text.replace('"', '""') + '"'


def size(value: msgspec.Struct) -> int:
    """How many things a declaration declares: a table its rows, any other itself."""
    return len(value.rows) if isinstance(value, Table) else 1
