"""A city that is measured as people meet it: a server process, people with sessions, and a million cases if wanted."""

import os
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.bootstrap.founding import kept
from onecity.bootstrap.moment import now
from onecity.bootstrap.serve import opened
from onecity.bootstrap.settings import Settings
from onecity.drills.cities import RunningCity
from onecity.drills.proving import room
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.ids import derived_id
from onecity.ledger import Change, Decision
from onecity.machinery.postgres import connect
from onecity.packs import load_pack
from onecity.people import AccountKind, AccountOpened, DutyGiven
from onecity.people.signin import SESSION, csrf_word, hashed

KEPT: Final = "BENCH_TOWN"
"""A folder in this variable keeps the city with its million cases for the next run."""

AREA: Final = "410100"
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂梅兰玉红英华文慧"


class Somebody(msgspec.Struct, frozen=True):
    """A person with a session: its token, and the duties that they hold."""

    person: UUID
    name: str
    token: str
    held: tuple[Held, ...] = ()

    @property
    def csrf(self) -> str:
        return csrf_word(self.token)


class Answer(msgspec.Struct, frozen=True):
    """What a command that only fills answers."""


def a_name(dice: random.Random) -> str:
    """A name as they are spread in a Chinese city: few surnames for most people."""
    surname = _SURNAMES[min(int(dice.expovariate(0.2)), len(_SURNAMES) - 1)]
    return surname + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2))))


async def written(city: City, changes: Sequence[Change], at: datetime) -> None:
    """Write changes as one bulk command."""

    async def decide() -> Decision:
        return Decision(tuple(changes), Answer())

    await city.memory.ledger.record(uuid4(), decide, Answer, by=the_city(), now=at)


async def citizens(city: City, number: int, dice: random.Random, *, at: datetime, signed_in: bool) -> list[Somebody]:
    """Accounts of people, on the roll with a number each; with sessions that run, if wanted."""
    found = [Somebody(derived_id(uuid4(), now=at, what="person"), a_name(dice), uuid4().hex) for _ in range(number)]
    for first in range(0, number, 500):
        opened_ = [
            Change(one.person, 0, (AccountOpened(one.person, AccountKind.CITIZEN, one.name, None, None),))
            for one in found[first : first + 500]
        ]
        await written(city, opened_, at)
    if signed_in:
        await sessions(city, found)
    return found


async def officers(city: City, holdings: Sequence[tuple[Held, ...]], dice: random.Random) -> list[Somebody]:
    """Officers with their duties, signed in."""
    at = now()
    found = [Somebody(derived_id(uuid4(), now=at, what="person"), a_name(dice), uuid4().hex, held) for held in holdings]
    changes = [
        Change(
            one.person, 0,
            (
                AccountOpened(one.person, AccountKind.OFFICER, one.name, None, None, scope=one.held[0].scope),
                *(DutyGiven(held.duty, held.scope, date(2020, 1, 1), None, "measured") for held in one.held),
            ),
        )
        for one in found
    ]  # fmt: skip
    await written(city, changes, at)
    await sessions(city, found)
    return found


async def sessions(city: City, people: Sequence[Somebody]) -> None:
    """Let sessions begin, as the door does after a password."""
    at = now()
    connection = await connect(city.memory.database.app)
    rows = [(hashed(one.token), one.person, at, at, at + SESSION) for one in people]
    await connection.copy_records_to_table(
        "sessions", schema_name="working", records=rows, columns=["token", "person", "started", "seen", "ends"]
    )
    await connection.close()


def duties(agency: str, area: str, *names: str) -> tuple[Held, ...]:
    """Duties of services in one scope."""
    return tuple(Held(f"services.{name}", Scope(agency, area)) for name in names)


class Town:
    """A data folder with a city in it: opened in this process to be filled, or served by one of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.settings = Settings(data=data)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[City]:
        """The city, its database running, without a server."""
        pack, faults = load_pack(shipped_pack(), KINDS)
        assert faults == (), "the shipped pack is good"
        async with opened(self.settings, pack, lambda _: None) as (city, _):
            yield city

    def founded(self) -> None:
        """Let the city found itself, as it does when it is served first: some officers are the foundation's."""
        if not kept(self.data):
            with self.served():
                pass

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the city while a server process answers."""
        city = RunningCity(self.data)
        city.start()
        try:
            yield city.address
        finally:
            city.stop()


@contextmanager
def town(name: str) -> Iterator[Town]:
    """A folder for a city, gone afterwards unless BENCH_TOWN keeps it."""
    keeps = os.environ.get(KEPT)
    if not keeps:
        with room() as folder:
            yield Town(folder / "data")
        return
    folder = Path(keeps) / name
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    yield Town(folder / "data")


def spread(of: int, dice: random.Random, *, share: float = 0.12) -> int:
    """A place in a list of so many, skewed: about `share` of all draws fall on the first."""
    return min(int(dice.expovariate(share)), of - 1)


def later(at: datetime, seconds: float) -> datetime:
    """So many seconds after an instant."""
    return at + timedelta(seconds=seconds)
