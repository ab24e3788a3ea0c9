"""What is wrong on the street, over HTTP: from a report to the unit that mends it, and to a case that is closed."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from itertools import count
from typing import Final
from uuid import UUID, uuid4

import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.drills.load.knocking import Line
from onecity.drills.load.towns import AREA, Somebody, Town, citizens, officers, sessions
from onecity.drills.reporters import case_of
from onecity.governance.usecases import Told
from onecity.governance.web.interface import Received, StreetWorkList
from onecity.kernel.acting import Held, Scope
from onecity.kernel.instants import day_in
from onecity.people import on_duty
from onecity.places.cells import Cell

OTHERS: Final = "general_office"
MIDDLE: Final = (113.6651, 34.7466)
"""A point in the middle of the city. Units: degrees."""
CLIENTS: Final = 32
TO_CLOSE: Final = 5
"""Commands from a citizen's report to the closed case; two of them to the dispatch."""
_EACH: Final = 12
REPORTERS: Final = 3_000
"""Each may report sixty times in ten minutes."""
INSPECTORS: Final = 1_500
"""Each may report 120 times in a minute."""
_POINTS: Final = 500
_LONGEST_S: Final = 120.0
_PAUSE_S: Final = 1.0
"""Between two looks of somebody at their list: oftener than people look, and no load by itself."""


class Crew(msgspec.Struct, frozen=True):
    """Who reports, who files, sends and mends; everybody on whom a lot may fall. `places` are points with cells."""

    reporters: Sequence[Somebody]
    inspectors: Sequence[Somebody]
    operators: Sequence[Somebody]
    menders: Sequence[Somebody]
    verifiers: Sequence[Somebody]
    places: Sequence[tuple[float, float, Cell]]
    matter: str
    condition: str


async def few(town: Town) -> Crew:
    """As many as are needed for some seconds."""
    return await crew(town, reporters=REPORTERS // 10, inspectors=INSPECTORS // 30)


async def crew(town: Town, *, reporters: int = REPORTERS, inspectors: int = INSPECTORS) -> Crew:
    """People with sessions for the measurement."""
    dice = random.Random(13)
    # Lots fall on officers of the foundation too.
    town.founded()
    async with town.opened() as city:
        centre = city.centre
        assert centre is not None, "the city deals with its streets"
        own = centre.street.rules.centre
        matter, condition, lead = plain_condition(city)
        held = {"accept": own, "inspect": own, "handle": lead}
        many = {"inspect": inspectors}
        found = {
            duty: await officers(city, [_held(duty, at)] * many.get(duty, _EACH), dice) for duty, at in held.items()
        }
        await officers(city, [*[_held("verify", own)] * _EACH, *[_held("verify", OTHERS)] * _EACH], dice)
        known = await citizens(city, reporters, dice, at=now(), signed_in=True)
        return Crew(
            known, found["inspect"], found["accept"], found["handle"], await _verifiers(city),
            places(city, dice), matter, condition,
        )  # fmt: skip


def _held(duty: str, agency: str) -> tuple[Held, ...]:
    return (Held(f"governance.{duty}", Scope(agency, AREA)),)


async def _verifiers(city: City) -> list[Somebody]:
    """Everybody on whom a lot may fall, those of the foundation too, with a session."""
    async with city.memory.ledger.readers.acquire() as connection:
        rows = await on_duty(connection, "governance.verify", AREA, _today(city), limit=1_000)
    found = [Somebody(person, "", uuid4().hex) for person in dict(rows)]
    await sessions(city, found)
    return found


def _today(city: City) -> date:
    """The day in the city, whose officers are on duty from it on."""
    return day_in(city.counter.office.zone, now())


def plain_condition(city: City) -> tuple[str, str, str]:
    """A matter, a condition that asks for no photograph of the work, and the one unit that does it.

    What pictures cost is not measured here.
    """
    assert city.centre is not None, "the city deals with its streets"
    street, today = city.centre.street, _today(city)
    own = street.rules.centre
    return next(
        (matter.code, one.id, lead)
        for matter in street.catalogue.holding(today)
        for one in street.filing.of(matter.code, today)
        if "after" not in one.evidence.split()
        and not one.assisting
        and (lead := street.filing.lead(one)) not in (None, own, OTHERS)
    )


def places(city: City, dice: random.Random) -> list[tuple[float, float, Cell]]:
    """Points around the middle of the city, each with the cell in which it lies."""
    assert city.centre is not None, "the city deals with its streets"
    cells, found = city.centre.street.ground.cells, list[tuple[float, float, Cell]]()
    while len(found) < _POINTS:
        longitude, latitude = (round(middle + dice.uniform(-0.05, 0.05), 6) for middle in MIDDLE)
        cell = cells.at(longitude, latitude)
        if cell is not None:
            found.append((longitude, latitude, cell))
    return found


def report_of(people: Crew, number: int) -> tuple[dict[str, object], Somebody]:
    """What the next of many reports, and who."""
    longitude, latitude, _ = people.places[number % len(people.places)]
    sent: dict[str, object] = {
        "words": "路边的东西坏了，走路要绕开", "matter": people.matter,
        "point": {"longitude": longitude, "latitude": latitude},
    }  # fmt: skip
    return sent, people.reporters[number % len(people.reporters)]


async def found_and_sent(line: Line, people: Crew, number: int) -> UUID:
    """One report of an inspector that is with the unit at once; its case."""
    told, _ = report_of(people, number)
    who = people.inspectors[number % len(people.inspectors)]
    sent = told | {"condition": people.condition}
    reply = await line.send("/api/street/patrol/reports", sent, who, key=str(uuid4()))
    assert reply.status == 200, reply.body
    return msgspec.json.decode(reply.body, type=Told).case


async def dispatched(line: Line, people: Crew, number: int) -> UUID:
    """One report of a citizen that an operator files, so that the rule sends it to the unit that mends it; its case."""
    sent, who = report_of(people, number)
    key = uuid4()
    reply = await line.send("/api/reports", sent, who, key=str(key))
    assert reply.status == 200, reply.body
    case = case_of(key, msgspec.json.decode(reply.body, type=Received).report)
    filing = {"condition": people.condition}
    reply = await line.send(f"/api/street/{case}/file", filing, people.operators[number % _EACH], key=str(uuid4()))
    assert reply.status == 200, reply.body
    return case


async def moved(line: Line, case: UUID, who: Somebody, step: str, outcome: str, **more: object) -> None:
    """A move of a case."""
    sent = {"move": {"step": step, "outcome": outcome, **more}}
    reply = await line.send(f"/api/street/{case}/moves", sent, who, key=str(uuid4()))
    assert reply.status == 200, reply.body


async def mended(line: Line, people: Crew, number: int) -> None:
    """One report that is put right, so that a lot is drawn."""
    case = await dispatched(line, people, number)
    await moved(line, case, people.menders[number % _EACH], "handle", "done", words={"done": "修好了"})


Work = Callable[[Line, Crew, int], Awaitable[object]]


async def in_time(
    address: str, people: Crew, work: Work, *, seconds: float, numbers: "count[int]", clients: int = CLIENTS
) -> tuple[int, float]:
    """How often something was done by many clients at once, and in how many seconds."""
    began, done = time.perf_counter(), 0

    async def client() -> None:
        nonlocal done
        line = Line(address)
        while time.perf_counter() - began < seconds:
            await work(line, people, next(numbers))
            done += 1
        await line.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return done, time.perf_counter() - began


class Verifying:
    """Everybody on whom a lot may fall looks at their list and at what it tells, and the centre closes the case."""

    def __init__(self, address: str, people: Crew) -> None:
        self.closed = 0
        self.last = time.perf_counter()
        self.over = asyncio.Event()
        self._told = asyncio.Condition()
        self._address, self._people = address, people

    async def run(self) -> None:
        await asyncio.gather(*(self._one(who) for who in self._people.verifiers))

    async def until(self, closed: int) -> None:
        """Wait until so many cases are closed, and let everybody go."""
        async with asyncio.timeout(_LONGEST_S), self._told:
            await self._told.wait_for(lambda: self.closed >= closed)
        self.over.set()

    async def _one(self, who: Somebody) -> None:
        line = Line(self._address)
        while not self.over.is_set():
            reply = await line.get_json("/api/street", who)
            assert reply.status == 200, reply.body
            work = msgspec.json.decode(reply.body, type=StreetWorkList).work
            for case in [one.case for one in work if one.yours]:
                await self._close(line, case, who)
            await asyncio.sleep(_PAUSE_S)
        await line.close()

    async def _close(self, line: Line, case: UUID, who: Somebody) -> None:
        await moved(line, case, who, "verify", "good")
        operator = self._people.operators[self.closed % _EACH]
        await moved(line, case, operator, "close", "close", words={"answer": "修好了，别的人去看过。"})
        async with self._told:
            self.closed += 1
            self.last = time.perf_counter()
            self._told.notify()


async def closed_in(
    address: str, people: Crew, *, seconds: float, numbers: "count[int]", clients: int = CLIENTS
) -> tuple[int, float]:
    """How many cases went from the report to the end in how many seconds, until the last of them was closed."""
    began, verifying = time.perf_counter(), Verifying(address, people)
    running = asyncio.create_task(verifying.run())
    done, _ = await in_time(address, people, mended, seconds=seconds, numbers=numbers, clients=clients)
    await verifying.until(done)
    await running
    return done, verifying.last - began
