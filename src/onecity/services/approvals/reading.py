"""A file of approvals in CSV, read into rows that know what they wait for; what is wrong in it is collected."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from onecity.packs import Fault, Place, in_reading_order
from onecity.packs.faults import short
from onecity.services.approvals.cells import Cell, Line, lines_of
from onecity.services.approvals.model import TYPES, Approval, Fate, Source

MAX_ROWS: Final = 2_000
"""Twenty times what a city asks of construction projects; more is another file."""
MAX_DAYS: Final = 36_500
"""A hundred years; more is a slip of the keys."""

_NEEDED: Final = (
    "id", "stage", "name", "organ", "model_days", "predecessors", "project_types", "base_case_for", "after_kind",
    "after_days", "counts_as_organ_time",
)  # fmt: skip
_OPTIONAL: Final = ("condition", "basis_law", "basis_article", "limit_number", "limit_basis", "after_reform")
_BETWEEN: Final = re.compile(r"[\s,;，；、]+")
"""What may stand between ids or letters in one cell."""
_DAYS: Final = re.compile(r"([0-9]{1,9})(\.0+)?")
"""Whole days. Spreadsheets write 20.0 where a cell of the same column is empty."""


def read_approvals(file: str, content: bytes) -> tuple[Mapping[str, Approval], tuple[Fault, ...]]:
    """The rows of a file by their ids, or all that is wrong in it. `file` is what faults call it."""
    lines, faults = lines_of(file, content)
    if not lines or (faults and faults[0].place < lines[0].place):
        return {}, faults
    reader = _Reader(file, faults)
    if reader.columns(lines[0]):
        reader.rows(lines[1:])
    if reader.faults:
        return {}, in_reading_order(reader.faults)
    return {one.id: one for one in reader.found}, ()


class _Reader:
    """Reads one file row by row and collects what is wrong with it."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        self.found: list[Approval] = []
        self._file = file
        self._columns: dict[str, int] = {}
        self._width = 0
        self._ids: dict[str, Place] = {}
        self._whole = not faults
        """Whether every row could be read: else a predecessor may be one that could not."""
        self._waiting: dict[str, Place] = {}
        """Where the predecessors of each id stand."""

    def fault(self, place: Place, what: str, mend: str) -> None:
        self.faults.append(Fault(place, what, mend))

    def columns(self, header: Line) -> bool:
        """Find the columns by their names, in whatever order; False if one cannot be found."""
        before = len(self.faults)
        names = [cell.text for cell in header.cells]
        if len(names) == 1 and re.search("[;\t]", names[0]):
            self.fault(header.place, "These columns are not separated by commas.", "Save the table as CSV.")
            return False
        for number, cell in enumerate(header.cells):
            if cell.text in (*_NEEDED, *_OPTIONAL):
                if cell.text in self._columns:
                    self.fault(cell.place, f"The column `{cell.text}` stands here twice.", "Keep one of the two.")
                self._columns.setdefault(cell.text, number)
        for name in _NEEDED:
            if name not in self._columns:
                mend = "Add it to the first line, and a cell to each line below."
                if near := get_close_matches(name, set(names) - {*_NEEDED, *_OPTIONAL}, n=1, cutoff=0.75):
                    mend = f"Did you mean it where `{short(near[0])}` stands?"
                self.fault(header.place, f"The column `{name}` is missing.", mend)
        self._width = len(names)
        return len(self.faults) == before

    def rows(self, lines: Sequence[Line]) -> None:
        """Read every row, then look at what they say of each other."""
        if not lines:
            self.fault(Place(self._file, 1, 1), "Below the first line stands no row.", "Write one for each item.")
        if len(lines) > MAX_ROWS:
            what = f"The file has {len(lines):,} rows."
            self.fault(Place(self._file, 1, 1), what, f"{MAX_ROWS:,} is the most. Is it the right file?")
            return
        for line in lines:
            if len(line.cells) != self._width:
                what = f"This line has {len(line.cells)} cells for {self._width} columns."
                self.fault(line.place, what, "Put a text with a comma in quotes, and leave no cell out.")
                self._whole = False
            else:
                self._row({name: line.cells[number] for name, number in self._columns.items()})
        self._check_predecessors()

    def _row(self, cells: Mapping[str, Cell]) -> None:
        id_ = self._id(cells["id"])
        for cell in cells.values():
            if not cell.text.isprintable():
                self.fault(cell.place, "An invisible character stands in this cell.", "Remove it.")
        types, base = (self._letters(cells[name]) for name in ("project_types", "base_case_for"))
        organ_time = self._organ_time(cells["counts_as_organ_time"])
        fate = self._fate(cells["after_kind"])
        counts = organ_time and bool(base)
        days, after = self._days(cells["model_days"]), self._days(cells["after_days"])
        needed = {"name": True, "organ": counts, "model_days": counts, "after_days": counts and fate is Fate.KEEP}
        for name, is_needed in needed.items():
            if is_needed and not cells[name].text:
                self.fault(cells[name].place, f"The cell of `{name}` is empty.", _EMPTY.get(name, "Fill it in."))
        stage = self._stage(cells["stage"])
        if id_ is None:
            return
        self._waiting[id_] = cells["predecessors"].place
        basis = " ".join(filter(None, (_text(cells, "basis_law"), _text(cells, "basis_article"))))
        self.found.append(
            Approval(
                id_, stage, cells["stage"].text, cells["name"].text, cells["organ"].text, days,
                tuple(sorted(set(_parts(cells["predecessors"].text)))), types, base, organ_time, fate, after,
                _source(cells), _text(cells, "condition"), basis, _text(cells, "limit_basis"),
                _text(cells, "after_reform"),
            )
        )  # fmt: skip

    def _id(self, cell: Cell) -> str | None:
        if not cell.text:
            self.fault(cell.place, "The cell of `id` is empty.", "Give the row an id, or remove the line.")
        elif _parts(cell.text) != [cell.text]:
            self.fault(cell.place, f"`{short(cell.text)}` is no id.", "An id has no blank, comma or semicolon in it.")
        elif cell.text in self._ids:
            line = self._ids[cell.text].line
            self.fault(
                cell.place, f"The id `{short(cell.text)}` stands in line {line} already.", "Keep one of the two."
            )
        else:
            self._ids[cell.text] = cell.place
            return cell.text
        return None

    def _stage(self, cell: Cell) -> int:
        if cell.text[:1] in ("1", "2", "3", "4") and not cell.text[1:2].isdigit():
            return int(cell.text[0])
        what = f"`{short(cell.text)}` is no stage." if cell.text else "The cell of `stage` is empty."
        self.fault(cell.place, what, "Begin it with the number of the stage, 1 to 4, like 1立项用地.")
        return 0

    def _letters(self, cell: Cell) -> frozenset[str]:
        found = frozenset(_parts(cell.text.upper()))
        for letter in sorted(found - set(TYPES)):
            mend = f"Known are {', '.join(TYPES)}; write a blank between two of them."
            self.fault(cell.place, f"`{short(letter)}` is no type of project.", mend)
        return found & set(TYPES)

    def _days(self, cell: Cell) -> int | None:
        if not cell.text:
            return None
        written = _DAYS.fullmatch(cell.text)
        if written is not None and int(written[1]) <= MAX_DAYS:
            return int(written[1])
        shown = f"`{short(cell.text)}`"
        if written is not None or re.fullmatch(r"[0-9]{10,}", cell.text):
            self.fault(cell.place, f"{shown} days are more than a hundred years.", "Write the days of one item.")
        elif re.fullmatch(r"[-−][0-9]+(\.[0-9]+)?", cell.text):
            self.fault(cell.place, f"{shown} is less than no day.", "Write 0 or more.")
        elif re.fullmatch(r"[0-9]+\.[0-9]+", cell.text):
            self.fault(cell.place, f"{shown} is no whole number of days.", "Write whole days, like 20.")
        else:
            self.fault(cell.place, f"{shown} is no number.", "Write whole days in digits, like 20.")
        return None

    def _organ_time(self, cell: Cell) -> bool:
        said = re.match(r"(yes|no)\b", cell.text.lower())
        if said is None:
            what = f"`{short(cell.text)}` does not say whether the days are organ time."
            self.fault(cell.place, what, "Begin it with yes or no.")
        return said is not None and said[1] == "yes"

    def _fate(self, cell: Cell) -> Fate:
        if cell.text.lower() in set(Fate):
            return Fate(cell.text.lower())
        what = f"`{short(cell.text)}` is nothing that the reform does with an item."
        self.fault(cell.place, what, "Write keep, merge or drop.")
        return Fate.DROP

    def _check_predecessors(self) -> None:
        """Every predecessor is a row, and no row waits for itself, not even through others."""
        for one in self.found:
            for other in one.predecessors if self._whole else ():
                if other not in self._ids:
                    near = get_close_matches(other, self._ids, n=1, cutoff=0.5)
                    mend = f"Did you mean `{short(near[0])}`?" if near else "Name rows by their ids."
                    self.fault(self._waiting[one.id], f"The predecessor `{short(other)}` is no row of this file.", mend)
        waits = {one.id: {other for other in one.predecessors if other in self._ids} for one in self.found}
        for circle in _circles(waits):
            what, mend = _said(circle)
            self.fault(self._waiting[circle[0]], what, mend)


_EMPTY: Final[Mapping[str, str]] = {
    "model_days": "The row counts as organ time: write its days, 0 if it takes none.",
    "after_days": "The row is kept: write its days after the reform, 0 if it takes none.",
}


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part]


def _text(cells: Mapping[str, Cell], name: str) -> str:
    return cells[name].text if name in cells else ""


def _source(cells: Mapping[str, Cell]) -> Source:
    if "limit_number" not in cells:
        return Source.UNTOLD
    return Source.LAW if cells["limit_number"].text else Source.EXAMPLE


def _said(circle: Sequence[str]) -> tuple[str, str]:
    """What is wrong with a circle, its members named, and how to mend it."""
    first, *others = (f"`{short(id_)}`" for id_ in circle)
    if not others:
        return f"{first} waits for itself.", "Take it out of its own predecessors."
    pairs = zip(others, (*others[1:], first), strict=True)
    rest = ", ".join(f"{one} for {other}" for one, other in pairs)
    return f"{first} waits for {others[0]}, {rest}: a circle.", "Take one of these predecessors away."


def _circles(waits: Mapping[str, set[str]]) -> Iterator[Sequence[str]]:
    """Circles of waiting, each from its smallest id, until without them nobody waits in a circle."""
    left = {id_: set(others) for id_, others in waits.items()}
    while True:
        free = [id_ for id_, others in left.items() if not others]
        while free:
            for id_ in free:
                del left[id_]
            left = {id_: others & left.keys() for id_, others in left.items()}
            free = [id_ for id_, others in left.items() if not others]
        if not left:
            return
        way = [min(left)]
        while (following := min(left[way[-1]])) not in way:
            way.append(following)
        circle = way[way.index(following) :]
        smallest = circle.index(min(circle))
        yield circle[smallest:] + circle[:smallest]
        left = {id_: others - set(circle) for id_, others in left.items() if id_ not in circle}
