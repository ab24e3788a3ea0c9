"""What a message is about, and who handles a case: how often the model is right, beside what a table of counts says."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

from bench.figures import ROOT
from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.figures import Figure, at_least, at_most, beside, plain
from onecity.governance import default_model
from onecity.governance.routing import (
    Bag,
    Decided,
    Model,
    Threshold,
    bag_of,
    decided,
    decided_of,
    kept,
    learned,
    settled,
)
from onecity.machinery.postgres import Cluster
from onecity.packs import load_pack

WHERE: Final = "ONECITY_TEST_DATA"
"""Names the folder of data that nobody may ship; without it they are looked for beside the checkout."""

_TITLES: Final = Path("messages") / "taidi2020c_titles_train_dev.tsv"
_CASES: Final = Path("requests311") / "pingshan_cases_first8000.csv"
_LINES: Final = 8_000
_SURE: Final = Threshold(0.8)
_LEAST_F1: Final = 88.0
_MOST_ERROR: Final = 5.0
_MOST_LEARNING_S: Final = 20.0
_MOST_ANSWERING_S: Final = 3.0
_BINS: Final = 10
_LEARNT_SHARE: Final = 3 / 4

Row = Mapping[str, str]
Counted = Callable[[Row], Sequence[str]]
"""What a table of counts says of a case: the most frequent first."""

KIND: Final = ("EVENT_TYPE_NAME", "MAIN_TYPE_NAME", "SUB_TYPE_NAME")
PLACE: Final = ("STREET_NAME", "COMMUNITY_NAME")
UNIT: Final = "DISPOSE_UNIT_NAME"
LATE: Final = "overtime"


async def measure_routing(_cluster: Cluster) -> list[Figure]:
    """Titles of messages, cases of a district, phrases of the shipped pack; nothing where the data is absent."""
    folder = Path(os.environ.get(WHERE) or ROOT.parent / "shared" / "data")
    if not (folder / _TITLES).is_file() or not (folder / _CASES).is_file():
        print(f"The messages and cases for this are not here. Name their folder in {WHERE}.", file=sys.stderr)
        return []
    return [*_titles(folder / _TITLES), *_units(folder / _CASES), *_late(folder / _CASES), _phrases()]


def _rows(path: Path, dialect: str) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, dialect=dialect))


# Titles


def _titles(path: Path) -> Iterator[Figure]:
    rows = _rows(path, "excel-tab")
    train, dev = ([row for row in rows if row["split"] == part] for part in ("train", "dev"))
    began = time.perf_counter()
    model = _learned([bag_of(row["title"]) for row in train], [row["label"] for row in train])
    took = time.perf_counter() - began
    again = _learned([bag_of(row["title"]) for row in train], [row["label"] for row in train])
    found, truth = [decided(model, row["title"]) for row in dev], [row["label"] for row in dev]
    sure = [one.label == label for one, label in zip(found, truth, strict=True) if settled(one, _SURE) is one]
    note = f"{len(train):,} titles learnt, {len(dev):,} others asked, {len(model.labels)} labels"
    yield at_least("titles: macro-F1", [100 * _macro_f1(found, truth)], "%", _LEAST_F1, note=note)
    yield plain("titles: told rightly", 100 * _right(found, truth), "%", note=note)
    yield at_most("titles: probability beside truth (ECE, 10 bins)", 100 * _error(found, truth), "%", _MOST_ERROR)
    yield plain(f"titles: decided without a person at {_SURE.least:.0%}", 100 * len(sure) / len(found), "%")
    yield plain("titles: of these told rightly", 100 * mean(sure), "%")
    yield at_most("titles: bytes that differ when learnt twice", float(kept(model) != kept(again)), "files", 0)
    yield at_most(f"titles: {len(train):,} learnt", took, "s", _MOST_LEARNING_S)
    yield at_most(f"titles: {_LINES:,} answered by a command", _answering(rows, model), "s", _MOST_ANSWERING_S)


def _learned(bags: Sequence[Bag], labels: Sequence[str]) -> Model:
    model = learned(bags, labels)
    assert isinstance(model, Model), model
    return model


def _right(found: Sequence[Decided], truth: Sequence[str], among: int = 1) -> float:
    """The share of cases whose label is among the first."""
    firsts = ([ranked.label for ranked in one.ranked[:among]] for one in found)
    return mean(label in first for first, label in zip(firsts, truth, strict=True))


def _macro_f1(found: Sequence[Decided], truth: Sequence[str]) -> float:
    """The mean over labels of the harmonic mean of precision and recall."""
    told = [one.label for one in found]
    both = Counter(label for label, other in zip(truth, told, strict=True) if label == other)
    return mean(2 * both[label] / (truth.count(label) + told.count(label)) for label in set(truth))


def _error(found: Sequence[Decided], truth: Sequence[str]) -> float:
    """The expected calibration error: how far probability and share of right ones lie apart, over bins of one width."""
    bins: defaultdict[int, list[float]] = defaultdict(list)
    for one, label in zip(found, truth, strict=True):
        bins[min(int(one.probability * _BINS), _BINS - 1)].append(one.probability - (one.label == label))
    return sum(abs(sum(apart)) for apart in bins.values()) / len(found)


def _answering(rows: Sequence[Row], model: Model) -> float:
    """Seconds from the start of the command to its end, with a model at hand."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        (folder / "routing").mkdir()
        (folder / "routing" / "model").write_bytes(kept(model))
        with (folder / "asked.tsv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, dialect="excel-tab")
            table.writerow(["title"])
            table.writerows([row["title"]] for row in [*rows, *rows][:_LINES])
        command = ["-m", "onecity", "governance", "route", "--data", name, "--predict", str(folder / "asked.tsv")]
        began = time.perf_counter()
        done = subprocess.run([sys.executable, *command], capture_output=True, check=True)
        took = time.perf_counter() - began
    assert done.stdout.count(b"\n") == _LINES, "one answer for each line"
    return took


# Cases of a district


def _split(path: Path) -> tuple[list[Row], list[Row]]:
    """The cases before a moment, from which is learnt, and those after it."""
    rows = sorted(_rows(path, "excel"), key=lambda row: (row["CREATE_DATE"], int(row["REC_ID"])))
    at = int(len(rows) * _LEARNT_SHARE)
    return rows[:at], rows[at:]


def _units(path: Path) -> Iterator[Figure]:
    """Who handles a case: by its kind on three levels, its street and community."""
    before, after = _split(path)
    model = _learned([_of_place(row) for row in before], [row[UNIT] for row in before])
    found, truth = [decided_of(model, _of_place(row)) for row in after], [row[UNIT] for row in after]
    tables = {"no kind": (), "kind": (KIND[-1],), "kind and street": (KIND[-1], PLACE[0])}
    note = f"{len(before):,} cases learnt, the {len(after):,} after them asked, {len(model.labels)} units"
    for among in (1, 3):
        mine = 100 * _right(found, truth, among)
        for said, keys in tables.items():
            counted = _counted(before, keys)
            other = 100 * mean(row[UNIT] in counted(row)[:among] for row in after)
            name = f"cases: unit among the first {among}" if among > 1 else "cases: unit"
            yield beside(f"{name}, beside counts by {said}", [mine], "%", f"counts by {said}", [other], 1.0, note=note)


def _of_place(row: Row) -> Bag:
    pair = f"{row[KIND[-1]]} {row[PLACE[0]]}"
    return {f"{key} {said}": 1 for key, said in [*((key, row[key]) for key in (*KIND, *PLACE)), ("pair", pair)]}


def _counted(rows: Sequence[Row], keys: Sequence[str]) -> Counted:
    """The most frequent units by some columns, and after them the most frequent of all."""
    counts: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[tuple(row[key] for key in keys)][row[UNIT]] += 1
    of_all = [unit for unit, _ in Counter(row[UNIT] for row in rows).most_common()]

    def told(row: Row) -> Sequence[str]:
        here = counts.get(tuple(row[key] for key in keys), Counter())
        return list(dict.fromkeys([*(unit for unit, _ in here.most_common()), *of_all]))

    return told


def _late(path: Path) -> Iterator[Figure]:
    """Which cases become overdue: by unit, channel and what is wanted, beside the share of the unit and of the kind."""
    before, after = _split(path)
    model = _learned([_of_unit(row) for row in before], [row["STATUS"] for row in before])
    mine = [_chance(decided_of(model, _of_unit(row)), LATE) for row in after]
    late = [row["STATUS"] == LATE for row in after]
    note = f"{sum(late)} of {len(after):,} cases overdue, {sum(row['STATUS'] == LATE for row in before)} before"
    yield plain("cases: overdue, Brier score", _brier(mine, late), "", note=note)
    for said, key in (("unit", UNIT), ("kind", KIND[-1])):
        rates = _rates(before, key)
        other = [rates(row) for row in after]
        peer = f"share by {said}"
        area = [[100 * _area(chances, late)] for chances in (mine, other)]
        yield beside(f"cases: overdue, area beside {peer}", area[0], "%", peer, area[1], 1.0, note=note)
        yield plain(f"cases: overdue, Brier score of the {peer}", _brier(other, late), "", note=note)


def _brier(chances: Sequence[float], late: Sequence[bool]) -> float:
    """The mean square of what lies between chance and truth: 0 where everything was known."""
    return mean((chance - is_late) ** 2 for chance, is_late in zip(chances, late, strict=True))


def _of_unit(row: Row) -> Bag:
    return {f"{key} {row[key]}": 1 for key in (UNIT, "EVENT_SRC_NAME", "EVENT_PROPERTY_NAME")}


def _chance(found: Decided, label: str) -> float:
    return next(one.probability for one in found.ranked if one.label == label)


def _rates(rows: Sequence[Row], key: str) -> Callable[[Row], float]:
    """The share of overdue cases by a column, drawn to that of all as if five more had been seen."""
    cases, late = Counter(row[key] for row in rows), Counter(row[key] for row in rows if row["STATUS"] == LATE)
    of_all = late.total() / cases.total()
    return lambda row: (late[row[key]] + 5 * of_all) / (cases[row[key]] + 5)


def _area(chances: Sequence[float], late: Sequence[bool]) -> float:
    """The area under the curve: how often an overdue case has the higher chance of a pair, ties counting half."""
    order = sorted(zip(chances, late, strict=True))
    below, wins, at = 0, 0.0, 0
    while at < len(order):
        same = [is_late for chance, is_late in order[at:] if chance == order[at][0]]
        wins += sum(same) * (below + (len(same) - sum(same)) / 2)
        below += len(same) - sum(same)
        at += len(same)
    return wins / (sum(late) * (len(late) - sum(late)))


# The shipped pack


def _phrases() -> Figure:
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    began = time.perf_counter()
    model = default_model(pack)
    took = time.perf_counter() - began
    assert isinstance(model, Model), "the shipped pack has phrases"
    note = f"{model.examples:,} phrases, {len(model.labels)} matters, learnt in {took:.1f} s; each told by others"
    return plain("phrases of the pack: matter told rightly", 100 * model.right, "%", note=note)
