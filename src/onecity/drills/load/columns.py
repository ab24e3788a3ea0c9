"""A ledger in columns that no city ever had: the true facts, bytes, leaves, tree and signature, with made-up streets.

Nobody is in it: whoever reports is the report itself, and fields of people are empty.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from onecity.bootstrap.rooms import FACT_TYPES
from onecity.bootstrap.sheets import sheet_in
from onecity.casework import CaseEnded, CaseOpened, CaseReopened, ClockStarted, Rated, StepTaken, Todo
from onecity.casework.facts import Counted
from onecity.governance.facts import Filed, Point, Reported, Source
from onecity.kernel.acting import the_city
from onecity.kernel.clock import Limit
from onecity.kernel.ids import derived_id
from onecity.kernel.instants import day_in
from onecity.ledger import Checkpoint, CheckpointKey, Fact, FactBook, Recorded
from onecity.ledger.columnar import Manifest, PartsWriter, put_in_place
from onecity.ledger.columns import NO_KEYS
from onecity.ledger.tree import Frontier

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST: Final = datetime(2024, 11, 25, tzinfo=UTC)
SPAN: Final = timedelta(days=730)
MATTERS: Final = tuple(f"{main:02}{minor:03}" for main in range(1, 10) for minor in range(1, 9))
AREAS: Final = tuple(f"4101{district:02}{street:03}" for district in range(2, 10) for street in range(1, 16))
_FACTS_A_CASE: Final = 9.1
"""As many facts a case has on average; with it a number of facts becomes a number of cases in the span."""
_PLACES_A_CASE: Final = 0.4
_STRANGE: Final = {"open": 0.1, "void": 0.05, "back": 0.06, "again": 0.04, "late": 0.08}
_CELL_DEGREES: Final = 0.002


class Happened(NamedTuple):
    """A fact on its way to its place in the ledger."""

    at: datetime
    order: int
    stream: UUID
    version: int
    fact: Fact


class Streets:
    """Draws what happens in a city whose places and matters come again."""

    def __init__(self, seed: int, places: int) -> None:
        self._dice = random.Random(seed)
        self._order = count()
        self._places = [
            (113.4 + self._dice.random() * 0.5, 34.6 + self._dice.random() * 0.3, self._dice.choice(AREAS))
            for _ in range(places)
        ]

    def case(self, at: datetime) -> Iterator[Happened]:
        """All that happens to one report and its case."""
        dice = self._dice
        key = UUID(int=dice.getrandbits(128))
        report, case = derived_id(key, now=at, what="report"), derived_id(key, now=at, what="case")
        longitude, latitude, area = dice.choice(self._places)
        point = Point(longitude + dice.gauss(0, 5e-5), latitude + dice.gauss(0, 5e-5))
        cell = f"{area}{int(longitude / _CELL_DEGREES) % 1000:03}{int(latitude / _CELL_DEGREES) % 1000:03}"
        matter = MATTERS[min(int(dice.expovariate(0.1)), len(MATTERS) - 1)]
        told = Reported(
            report, case, "20200922-DJ4BTU8", dice.choice(tuple(Source)), matter, area, cell,
            day_in(ZONE, at) + timedelta(days=5), None, None, None, None,
        )  # fmt: skip
        yield Happened(at, next(self._order), report, 1, told)
        for version, (later, fact) in enumerate(self._course(at, told, report, case, point), 1):
            yield Happened(later, next(self._order), case, version, fact)

    def _course(
        self, at: datetime, told: Reported, report: UUID, case: UUID, point: Point
    ) -> Iterator[tuple[datetime, Fact]]:
        dice = self._dice
        today = day_in(ZONE, at)
        first = Todo("intake", "governance.accept", today)
        yield (
            at,
            CaseOpened(
                told.matter, "a" * 64, "street", "b" * 64, report, report, "city_operations", told.area, today, (first,)
            ),
        )
        if dice.random() < _STRANGE["open"]:
            return
        at += timedelta(minutes=dice.expovariate(1 / 30))
        if dice.random() < _STRANGE["void"]:
            yield at, _step("intake", "void", report, None)
            yield at, CaseEnded("void", good=False)
            return
        yield at, _step("intake", "file", report, "dispatch")
        yield (
            at,
            Filed(f"{told.matter}_a", "c" * 64, told.matter, "a", told.cell, point, "urban_management", urgent=False),
        )
        yield at, ClockStarted(today, Limit(4), Counted(today + timedelta(days=4), provisional=False, pack="d" * 64))
        at += timedelta(minutes=dice.expovariate(1 / 20))
        yield at, _step("dispatch", "send", report, "handle")
        yield from self._ending(at, report)

    def _ending(self, at: datetime, report: UUID) -> Iterator[tuple[datetime, Fact]]:
        dice = self._dice
        at += timedelta(days=dice.uniform(4, 9) if dice.random() < _STRANGE["late"] else dice.uniform(0.1, 3))
        yield at, _step("handle", "done", report, "verify")
        if dice.random() < _STRANGE["back"]:
            at += timedelta(hours=dice.uniform(1, 20))
            yield at, _step("verify", "bad", report, "handle")
            at += timedelta(hours=dice.uniform(1, 20))
            yield at, _step("handle", "done", report, "verify")
        at += timedelta(hours=dice.uniform(1, 20))
        yield at, _step("verify", "good", report, "close")
        at += timedelta(hours=1)
        yield at, _step("close", "close", report, None)
        yield at, CaseEnded("closed", good=True)
        if dice.random() < _STRANGE["again"]:
            at += timedelta(days=dice.uniform(1, 8))
            yield at, CaseReopened((Todo("dispatch", "governance.dispatch", date(2026, 1, 1)),), report, None)
        elif dice.random() < _STRANGE["late"]:
            yield at + timedelta(hours=5), Rated(dice.randint(1, 5), report, None)


def _step(step: str, outcome: str, report: UUID, opens: str | None) -> StepTaken:
    todos = (Todo(opens, f"governance.{opens}", date(2026, 1, 1)),) if opens else ()
    return StepTaken(step, outcome, todos, report, None)


def happened(facts: int, seed: int) -> Iterator[Happened]:
    """So many facts, or the few that begin no case more, in the order of their instants."""
    cases = max(1, round(facts / _FACTS_A_CASE))
    streets, waiting = Streets(seed, max(3, round(cases * _PLACES_A_CASE))), list[Happened]()
    for number in range(cases):
        at = FIRST + SPAN * number / cases
        while waiting and waiting[0].at <= at:
            yield heappop(waiting)
        for one in streets.case(at):
            heappush(waiting, one)
    while waiting:
        yield heappop(waiting)


def synthesised(folder: Path, facts: int, key: CheckpointKey, *, seed: int = 53) -> Manifest:
    """Write an export of about so many facts, as `onecity ledger export` would have, signed by a key."""
    folder.mkdir(parents=True)
    sheet, book, tree, by = sheet_in(ZONE), FactBook(FACT_TYPES, NO_KEYS, b""), Frontier(), the_city()
    writer, last = PartsWriter(folder, sheet.types), FIRST
    for one in happened(facts, seed):
        row = sheet.row(tree.end, book.written(Recorded(one.stream, one.version, one.at, by, one.fact)))
        leaf = row["leaf"]
        assert isinstance(leaf, bytes)
        tree.add(leaf)
        writer.add(row)
        last = one.at
    checkpoint = key.signed(Checkpoint(key.origin, tree.end, tree.root()))
    manifest = Manifest(last + timedelta(days=1), str(ZONE), checkpoint, sheet.types, tuple(writer.close()))
    put_in_place(folder, manifest, key)
    return manifest
