"""An audit as tables in CSV: the figures, every list that they count, and the proposals."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_FIGURE: Final = ("figure", "number", "of", "of_what", "share")
_LINE: Final = ("figure", "position", "id", "name", "name_en", "counts", "item", "details")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""By what a cell begins that a spreadsheet would compute. Names of foreign files may."""
_PROPOSALS: Final = "proposals"


def tables_of(data: Mapping[str, Any]) -> Mapping[str, str]:
    """The files and their contents, from an audit as plain data."""
    figures = [(path, figure) for path, figure in _figures(data, ()) if not path.endswith(_PROPOSALS)]
    proposals = [(path, figure) for path, figure in _figures(data, ()) if path.endswith(_PROPOSALS)]
    rows = [(path, *(figure.get(key) for key in _FIGURE[1:])) for path, figure in figures]
    lines = [
        (path, number, *(line.get(key) for key in _LINE[2:-1]), _details(line))
        for path, figure in figures
        for number, line in enumerate(figure["list"], 1)
    ]
    return {
        "figures.csv": _table(_FIGURE, rows),
        "lists.csv": _table(_LINE, lines),
        "proposals.csv": _table(*_proposals(proposals)),
    }


def _figures(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every number that has a list, by its place in the data."""
    match node:
        case dict():
            figure: dict[str, Any] = dict(node)
            if isinstance(figure.get("list"), list):
                yield ".".join(path), figure
            for key, value in figure.items():
                if key != "list":
                    yield from _figures(value, (*path, str(key)))
        case list():
            for number, value in enumerate(node, 1):
                name = value.get("id") or value.get("flow") if isinstance(value, dict) else None
                yield from _figures(value, (*path, str(name or number)))


def _details(line: Mapping[str, Any]) -> str:
    told = {key: value for key, value in line.items() if key not in _LINE and value not in (None, "", [])}
    return "; ".join(f"{key}={_plain(value)}" for key, value in told.items())


def _proposals(found: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Sequence[str], list[Sequence[object]]]:
    rows = [{"of": path.removesuffix(_PROPOSALS).rstrip("."), **row} for path, one in found for row in one["list"]]
    columns = tuple(dict.fromkeys(key for row in rows for key in row)) or ("of", "id")
    return columns, [[_plain(row.get(key)) for key in columns] for row in rows]


def _plain(value: object) -> object:
    match value:
        case dict():
            return "; ".join(f"{key}={one}" for key, one in value.items())
        case list() | tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return value


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    # The mark in front tells spreadsheets that this is UTF-8.
    return f"\ufeff{text.getvalue()}"


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
