"""A register of parts as a file in CSV, read line by line: each row is an entry, or a fault with its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import BinaryIO, Final

import msgspec

from onecity.governance.parts.model import PartEntry, Standing, county_of, is_part_number, kind_of
from onecity.places import Cells

COLUMNS: Final = ("number", "longitude", "latitude", "agency", "owner", "state")
_NEEDED: Final = COLUMNS[:3]
LONGEST_LINE: Final = 2_000
"""Bytes; a longer line is no part."""
LONGEST_OWNER: Final = 60
_CELL: Final = re.compile(r'"((?:[^"]|"")*)"|([^",]*)')
_DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


class RowFault(msgspec.Struct, frozen=True):
    """What is wrong in a file, where – line and column from 1, in signs – and how to mend it."""

    line: int
    column: int
    what: str
    mend: str


class Checks(msgspec.Struct, frozen=True):
    """What rows are held against: the kinds of the catalogue, whose each is by the rule, the agencies, the ground.

    `source` and `simulated` are those of the whole file.
    """

    kinds: frozenset[str]
    owners: Mapping[str, str]
    agencies: frozenset[str]
    cells: Cells
    source: str
    simulated: bool


class _Wrong(Exception):
    """The first fault of a row; it never leaves this module."""

    def __init__(self, column: int, what: str, mend: str) -> None:
        super().__init__(what)
        self.at = (column, what, mend)


def read_parts(file: BinaryIO, checks: Checks) -> Iterator[PartEntry | RowFault]:
    """Every row of a file in its order, as an entry or as its first fault. A first line that is wrong ends the file."""
    lines = enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1)
    line, head = next(lines, (1, b""))
    try:
        columns = _columns(_cells(_text(head).removeprefix("\ufeff")))
    except _Wrong as wrong:
        yield RowFault(line, *wrong.at)
        return
    seen: dict[str, int] = {}
    for line, raw in lines:
        try:
            entry = _entry(columns, _cells(_text(raw)), checks)
            first = seen.setdefault(entry.number, line)
            if first != line:
                raise _Wrong(1, f"The number {entry.number} stands in line {first} already.", "Keep one of the two.")
            yield entry
        except _Wrong as wrong:
            yield RowFault(line, *wrong.at)
            if len(raw) > LONGEST_LINE:
                return


def _text(raw: bytes) -> str:
    if len(raw) > LONGEST_LINE:
        raise _Wrong(
            1, f"This line has more than {LONGEST_LINE} bytes.", "Write one part in a line; nothing below it was read."
        )
    try:
        text = raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        at = len(raw[: error.start].decode("utf-8")) + 1
        raise _Wrong(at, "This is not UTF-8.", "Save the file as UTF-8.") from error
    if not text:
        raise _Wrong(1, "The line is empty.", "Remove it.")
    return text


def _cells(text: str) -> Sequence[tuple[int, str]]:
    """The cells of a line, each with its column. Source: RFC 4180 section 2, without line breaks inside quotes."""
    found: list[tuple[int, str]] = []
    at = 0
    while True:
        cell = _CELL.match(text, at)
        assert cell is not None, "the second half of the pattern matches nothing at all, too"
        if text[cell.end() : cell.end() + 1] not in ("", ","):
            raise _Wrong(
                at + 1, "The quotes of this cell do not close it.", 'Put all of it in quotes, a quote in it as "".'
            )
        found.append((at + 1, cell[1].replace('""', '"') if cell[1] is not None else cell[2]))
        if cell.end() == len(text):
            return found
        at = cell.end() + 1


def _columns(head: Sequence[tuple[int, str]]) -> Sequence[str]:
    names = [name for _, name in head]
    for number, (column, name) in enumerate(head):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            mend = f"Did you mean `{near[0]}`?" if near else f"Columns are: {', '.join(COLUMNS)}."
            raise _Wrong(column, f"There is no column `{name[:40]}`.", mend)
        if name in names[:number]:
            raise _Wrong(column, f"The column `{name}` stands here twice.", "Keep one of the two.")
    for name in _NEEDED:
        if name not in names:
            raise _Wrong(
                1, f"The column `{name}` is missing.", "Add it to the first line, and a cell to each line below."
            )
    return names


def _entry(columns: Sequence[str], cells: Sequence[tuple[int, str]], checks: Checks) -> PartEntry:
    if len(cells) != len(columns):
        what = f"This line has {len(cells)} cells for {len(columns)} columns."
        raise _Wrong(1, what, "Put a text with a comma in quotes, and leave no cell out.")
    row = dict(zip(columns, cells, strict=True))
    number = _number(row["number"], checks)
    longitude, latitude = _degrees(row["longitude"], 180), _degrees(row["latitude"], 90)
    cell = checks.cells.at(longitude, latitude)
    at = row["longitude"][0]
    if cell is None:
        raise _Wrong(at, "This point does not lie in the city.", "Write degrees in WGS-84, longitude before latitude.")
    if cell.code[:6] != county_of(number):
        what = f"This point lies in the county {cell.code[:6]}, and the number says {county_of(number)}."
        raise _Wrong(at, what, "Mend the point, or the first six digits of the number.")
    owner = row.get("owner", (1, ""))
    if len(owner[1]) > LONGEST_OWNER or owner[1] != owner[1].strip() or not owner[1].isprintable():
        raise _Wrong(owner[0], "This is no name of an owner.", f"At most {LONGEST_OWNER} signs, without blanks around.")
    return PartEntry(
        number, longitude, latitude, cell.code, cell.street, _agency(row, number, checks), owner[1] or None,
        _state(row), checks.source, checks.simulated,
    )  # fmt: skip


def _number(cell: tuple[int, str], checks: Checks) -> str:
    column, number = cell
    if not is_part_number(number):
        mend = "Seventeen digits: six of the county, five of the kind, six that count from 000001."
        raise _Wrong(column, f"`{number[:40]}` is no number of a part.", mend)
    if kind_of(number) not in checks.kinds:
        what = f"The catalogue has no kind of part {kind_of(number)}."
        raise _Wrong(column + 6, what, "Mend digits 7 to 11; kinds stand in governance/parts.csv of the pack.")
    return number


def _degrees(cell: tuple[int, str], most: int) -> float:
    column, text = cell
    value = float(text) if _DEGREES.fullmatch(text) else float("nan")
    if not isfinite(value) or abs(value) > most:
        raise _Wrong(column, f"`{text[:40]}` is no degree.", f"Write a number up to {most} with a point: 113.6651.")
    return value


def _agency(row: Mapping[str, tuple[int, str]], number: str, checks: Checks) -> str:
    column, agency = row.get("agency", (1, ""))
    agency = agency or checks.owners.get(kind_of(number), "")
    if agency not in checks.agencies:
        near = get_close_matches(agency, checks.agencies, n=1)
        mend = f"Did you mean `{near[0]}`?" if near else "Agencies are the files in agencies/ of the pack."
        raise _Wrong(column, f"There is no agency `{agency[:40]}`.", mend)
    return agency


def _state(row: Mapping[str, tuple[int, str]]) -> Standing:
    column, state = row.get("state", (1, ""))
    try:
        return Standing(state or Standing.IN_ORDER)
    except ValueError as error:
        raise _Wrong(column, f"There is no state `{state[:40]}`.", f"States are: {', '.join(Standing)}.") from error
