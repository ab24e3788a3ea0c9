"""A million cases of the street: copies of one that went all the way, over years and places, some still open."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID, uuid4

import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.casework import CaseOpened
from onecity.drills.load.crowds import CASES, settled
from onecity.drills.load.streets import Crew
from onecity.drills.load.towns import Answer, spread
from onecity.governance.facts import Filed, Point, Reported
from onecity.governance.rules import report_number
from onecity.kernel.acting import Acting
from onecity.kernel.ids import derived_id
from onecity.kernel.instants import day_in
from onecity.ledger import Change, Decision, Fact, Recorded

_OPEN: Final = 0.12
_AT_ONCE: Final = 250
_AUTHORS: Final = 4
_YEARS: Final = 4


class Part(msgspec.Struct, frozen=True):
    """Facts that one author wrote into the case; the report's own fact stands before those of the first."""

    by: Acting
    version: int
    facts: tuple[Fact, ...]


def parts_of(history: Sequence[Recorded]) -> list[Part]:
    """A history by authors, one after another: a case may not be looked at by whoever mended it."""
    found = list[Part]()
    for by, written in groupby(history, key=lambda one: one.by):
        facts = list(written)
        found.append(Part(by, facts[0].version - 1, tuple(one.fact for one in facts)))
    return found


class Copy(msgspec.Struct, frozen=True):
    """Where and when a copy is: its report and case, its instant, who reported, its place."""

    report: UUID
    case: UUID
    at: datetime
    subject: UUID
    place: int
    parts: int
    """How far it came."""


class Copies:
    """Draws copies of a report and its case."""

    def __init__(self, city: City, people: Crew, told: Reported, history: Sequence[Recorded]) -> None:
        self._city, self._people, self._told = city, people, told
        self.parts = parts_of(history)
        self._dice = random.Random(17)
        self._zone = city.counter.office.zone

    def drawn(self, at: datetime) -> Copy:
        dice, key = self._dice, uuid4()
        report, case = (derived_id(key, now=at, what=what) for what in ("report", "case"))
        who = self._people.reporters[spread(len(self._people.reporters), dice, share=0.002)].person
        is_open = dice.random() < _OPEN
        parts = dice.randint(1, len(self.parts) // 2) if is_open else len(self.parts)
        return Copy(report, case, at, who, dice.randrange(len(self._people.places)), parts)

    def changes(self, copy: Copy, number: int) -> Iterator[Change]:
        """What the author of one part wrote about a copy."""
        part = self.parts[number]
        if number == 0:
            yield Change(copy.report, 0, (self._reported(copy),))
        yield Change(copy.case, part.version, tuple(self._fact(fact, copy) for fact in part.facts))

    def _reported(self, copy: Copy) -> Reported:
        longitude, latitude, cell = self._people.places[copy.place]
        return msgspec.structs.replace(
            self._told, subject=copy.subject, case=copy.case, cell=cell.code, area=cell.street,
            number=report_number(copy.report, day_in(self._zone, copy.at)), point=Point(longitude, latitude),
        )  # fmt: skip

    def _fact(self, fact: Fact, copy: Copy) -> Fact:
        longitude, latitude, cell = self._people.places[copy.place]
        match fact:
            case CaseOpened():
                return msgspec.structs.replace(
                    fact, affair=copy.report, subject=copy.subject, area=cell.street,
                    received=day_in(self._zone, copy.at),
                )  # fmt: skip
            case Filed():
                return msgspec.structs.replace(fact, cell=cell.code, point=Point(longitude, latitude))
            case _:
                return fact


async def crowd_of_problems(city: City, people: Crew, case: UUID, *, cases: int = CASES) -> None:
    """Write copies of a closed case, give every fact its position, and let the database take stock."""
    ledger = city.memory.ledger
    history = await ledger.history(case)
    opened = next(one.fact for one in history if isinstance(one.fact, CaseOpened))
    told = next(one.fact for one in await ledger.history(opened.affair) if isinstance(one.fact, Reported))
    copies, numbers = Copies(city, people, told, history), iter(range(0, cases, _AT_ONCE))
    first = now() - timedelta(days=365 * _YEARS)
    span = timedelta(days=365 * _YEARS) / cases

    async def author() -> None:
        for number in numbers:
            at = first + span * number
            await _written(city, copies, [copies.drawn(at) for _ in range(min(_AT_ONCE, cases - number))])

    await asyncio.gather(*(author() for _ in range(_AUTHORS)))
    await settled(city)


async def _written(city: City, copies: Copies, drawn: Sequence[Copy]) -> None:
    for number, part in enumerate(copies.parts):
        changes = [change for copy in drawn if copy.parts > number for change in copies.changes(copy, number)]
        decision = Decision(tuple(changes), Answer())

        async def decide(decision: Decision = decision) -> Decision:
            return decision

        await city.memory.ledger.record(uuid4(), decide, Answer, by=part.by, now=drawn[0].at)
