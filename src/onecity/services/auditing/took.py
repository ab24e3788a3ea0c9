"""How long the cases of each item really took, from a log that `onecity process log` wrote; faults are collected."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import IO, Final, TypeAlias

import msgspec

from onecity.casework.mining import nine_of_ten
from onecity.kernel.clock import Unit
from onecity.packs import Fault, Place

CASE, ITEM, DAYS, UNIT = "case_id", "item", "net_days", "unit"
NEEDED: Final = (CASE, ITEM, DAYS, UNIT)
_DAYS: Final = re.compile("[0-9]{1,5}")
_UNITS: Final = frozenset(unit for unit in Unit if not unit.in_hours)
_WRITE: Final = "Write it with `onecity process log FILE.csv`."
_MOST_FAULTS: Final = 20
"""A file of another kind has as many faults as rows; nobody reads more than some."""


class Took(msgspec.Struct, frozen=True):
    """A case that was decided: how many days it took by its clock, without those that stood still, and their unit."""

    case: str
    days: int
    unit: str


class Times(msgspec.Struct, frozen=True):
    """The cases of an item whose days are of one unit, the quickest first."""

    unit: str
    cases: tuple[Took, ...]

    @property
    def middle(self) -> float:
        """The days in the middle; of two the mean."""
        return float(median(one.days for one in self.cases))

    @property
    def nine_of_ten(self) -> int:
        """The days that nine of ten cases did not exceed."""
        return nine_of_ten([one.days for one in self.cases])


Log: TypeAlias = Mapping[str, Sequence[Times]]
"""The times of each item that a log knows, those of the unit of most cases first."""
NO_LOG: Final[Log] = MappingProxyType({})


def read_times(path: Path) -> tuple[Log, tuple[Fault, ...]]:
    """The times of a log, or what is wrong in it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return _read(str(path), opened)
    except UnicodeDecodeError:
        return {}, (Fault(Place(str(path), 1, 1), "The file is no text in UTF-8.", "Save it as CSV in UTF-8."),)
    except csv.Error as error:
        return {}, (Fault(Place(str(path), 1, 1), f"The file is no CSV: {error}.", _WRITE),)


def _read(file: str, opened: IO[str]) -> tuple[Log, tuple[Fault, ...]]:
    rows = csv.reader(opened, strict=True)
    head = next(rows, [])
    if lost := [name for name in NEEDED if name not in head]:
        return {}, (Fault(Place(file, 1, 1), f"These columns are missing: {', '.join(lost)}.", _WRITE),)
    at = [head.index(name) for name in NEEDED]
    found: defaultdict[tuple[str, str], dict[str, Took]] = defaultdict(dict)
    faults: list[Fault] = []
    for row in rows:
        case, item, days, unit = (row[place] if place < len(row) else "" for place in at)
        if days == "":
            continue
        if not (_DAYS.fullmatch(days) and unit in _UNITS and case and item):
            place = Place(file, rows.line_num, 1)
            faults.append(Fault(place, f"`{days}` `{unit}` are no days of a case of an item.", _WRITE))
            if len(faults) == _MOST_FAULTS:
                break
            continue
        # A case that was opened again ended twice; it took what it took when it ended last.
        found[item, unit][case] = Took(case, int(days), unit)
    if faults:
        return {}, tuple(faults)
    by_item: defaultdict[str, list[Times]] = defaultdict(list)
    for (item, unit), cases in found.items():
        by_item[item].append(Times(unit, tuple(sorted(cases.values(), key=lambda one: (one.days, one.case)))))
    return {item: sorted(times, key=lambda one: (-len(one.cases), one.unit)) for item, times in by_item.items()}, ()
