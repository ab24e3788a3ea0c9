"""A million cases as a city has them: most of few agencies and streets, one in eight still open."""

import asyncio
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.casework import CaseEnded, CaseOpened, ClockStarted
from onecity.casework.facts import Counted, Todo
from onecity.drills.load.towns import Somebody, citizens, spread, written
from onecity.kernel.ids import derived_id, receipt_number
from onecity.kernel.instants import day_in
from onecity.ledger import Change, Fact, Sealer
from onecity.machinery.postgres import connect
from onecity.places import STREET
from onecity.services.facts import Applied, Branch
from onecity.services.rules import Current

CASES: Final = 1_000_000
PEOPLE: Final = 150_000
_OPEN: Final = 0.12
_AUTHORS: Final = 4
_AFFAIRS_EACH: Final = 250
_YEARS: Final = 4


def streets(city: City) -> list[str]:
    """The streets of the pack, the busiest first."""
    found = sorted(row.code for row in city.pack.one(STREET).rows)
    random.Random(3).shuffle(found)
    return found


def matters(city: City) -> list[Current]:
    """The items of the pack, the most frequent first."""
    catalogue = city.counter.catalogue
    found = [catalogue.current(name) for name, _ in catalogue.items()]
    return sorted(found, key=lambda one: one.item != "food_business")


class Crowd:
    """Draws applications, as they came over some years."""

    def __init__(self, city: City, people: list[Somebody], dice: random.Random) -> None:
        self._dice, self._people = dice, people
        self._zone = city.counter.office.zone
        self._pack = city.pack.version
        self._matters, self._streets = matters(city), streets(city)

    def affair(self, at: datetime) -> tuple[int, list[Change]]:
        """An application for one item or several; how many cases."""
        dice, day = self._dice, day_in(self._zone, at)
        key = uuid4()
        affair = derived_id(key, now=at, what="affair")
        subject = self._people[spread(len(self._people), dice, share=3 / len(self._people))].person
        chosen = {spread(len(self._matters), dice, share=0.2) for _ in range(dice.choice((1, 1, 2, 4, 6)))}
        area = self._streets[spread(len(self._streets), dice, share=0.03)]
        branches, changes = list[Branch](), list[Change]()
        for number in sorted(chosen):
            matter = self._matters[number]
            case = derived_id(key, now=at, what=f"case {matter.item}")
            branches.append(Branch(matter.item, matter.item_version, case, self._pack))
            changes.append(Change(case, 0, tuple(self._case(matter, affair, subject, area, day))))
        applied = Applied(subject, receipt_number(affair, day), area, tuple(branches), None)
        return len(changes), [Change(affair, 0, (applied,)), *changes]

    def _case(self, matter: Current, affair: UUID, subject: UUID, area: str, day: date) -> Iterator[Fact]:
        dice, steps = self._dice, matter.matter.process.steps
        begins = matter.matter.process.begins[0]
        decided = [name for name, step in steps.items() if step.duty == "services.decide"]
        is_open = dice.random() < _OPEN
        accepted = is_open and bool(decided) and dice.random() < 0.6
        step = decided[0] if accepted else begins
        opens = (Todo(step, steps[step].duty, day),) if is_open else ()
        yield CaseOpened(
            matter=matter.item, matter_version=matter.item_version, process=matter.process,
            process_version=matter.process_version, affair=affair, subject=subject, agency=matter.agency, area=area,
            received=day, opens=opens,
        )  # fmt: skip
        if accepted:
            # Far enough ahead that no job begins to warn somebody while pages are measured.
            due = day_in(self._zone, now()) + timedelta(days=10 + spread(200, dice, share=0.03))
            yield ClockStarted(day, matter.matter.limit, Counted(due, provisional=False, pack=self._pack))
        if not is_open:
            yield CaseEnded("granted")


async def crowd(city: City, *, cases: int = CASES, people: int = PEOPLE) -> list[Somebody]:
    """Write people and their cases, give every fact its position, and let the database take stock."""
    dice = random.Random(7)
    known = await citizens(city, people, dice, at=now() - timedelta(days=365 * _YEARS), signed_in=False)
    drawn, left = Crowd(city, known, dice), cases
    first = now() - timedelta(days=365 * _YEARS)
    span = timedelta(days=365 * _YEARS) / cases

    async def author() -> None:
        nonlocal left
        while left > 0:
            changes: list[Change] = []
            at = first + span * (cases - left)
            for _ in range(_AFFAIRS_EACH):
                number, more = drawn.affair(at)
                left -= number
                changes += more
            await written(city, changes, at)

    await asyncio.gather(*(author() for _ in range(_AUTHORS)))
    await settled(city)
    return known


async def settled(city: City) -> None:
    """Seal what is there and let the database take stock, as it does by itself in a city that grew over years."""
    memory = city.memory
    connection = await connect(memory.database.app)
    sealer = Sealer(connection, memory.book, memory.signer, memory.folder)
    await sealer.prepare()
    while (await sealer.seal()).sealed:
        pass
    await connection.close()
    owner = await connect(memory.database.owner)
    await owner.execute("vacuum analyze")
    await owner.execute("checkpoint")
    await owner.close()
