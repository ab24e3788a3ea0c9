"""The stage of a rehearsal: a city that founds itself in a folder of its own, and people who play in it."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.casework import APPLICANT, PROCESS
from onecity.drills.cities import RunningCity
from onecity.drills.load.towns import Somebody, citizens, officers
from onecity.drills.proving import room
from onecity.drills.rehearsing.door import Door
from onecity.drills.rehearsing.playing import Cast, Played, Player
from onecity.drills.rehearsing.scenes import Scene, items_in, on_the_day
from onecity.kernel.acting import Held, Scope
from onecity.kernel.errors import CannotStart
from onecity.kernel.instants import day_in
from onecity.packs import Pack
from onecity.payments.rules import TAKE_CASH
from onecity.places import CITY
from onecity.services import ITEM

_DOORS: Final = 4
"""So many play side by side: one waits for the disk while another is served."""
_OFFICERS: Final = 2

Tell = Callable[[Played], None]


@contextmanager
def founded(pack: Path) -> Iterator[RunningCity]:
    """A city under the pack in a folder; it is gone afterwards, with everybody in it. Raises CannotStart."""
    with room() as folder:
        city = RunningCity(folder / "data", "--pack", str(pack.resolve()))
        try:
            try:
                city.start()
            except AssertionError as failure:
                # What the city said last is the sentence that tells why.
                last = "".join(city.said).strip().rpartition("\n")[2]
                raise CannotStart(f"The city of the rehearsal did not start: {last}") from failure
            yield city
        finally:
            city.clean()


def rehearsed(city: RunningCity, scenes: Sequence[Scene], pack: Pack, tell: Tell) -> list[Played]:
    """Play scenes in a running city under a pack, and tell of each when it is over; all of them in their order."""
    return asyncio.run(_rehearsed(city, scenes, pack, tell))


async def _rehearsed(city: RunningCity, scenes: Sequence[Scene], pack: Pack, tell: Tell) -> list[Played]:
    async with city_at_hand(Settings(data=city.data)) as at_hand:
        cast = await _cast(at_hand, scenes, pack)
    waiting, found = deque(enumerate(scenes)), dict[int, Played]()
    today = day_in(pack.one(CITY).clock_zone(), now())

    async def plays(applicant: Somebody) -> None:
        door = Door(city.address)
        player = Player(door, applicant, cast, pack)
        while waiting:
            number, scene = waiting.popleft()
            found[number] = await player.play(on_the_day(scene, pack, today))
            tell(found[number])
        await door.close()

    await asyncio.gather(*(plays(one) for one in cast.applicants))
    return [found[number] for number in sorted(found)]


async def _cast(city: City, scenes: Sequence[Scene], pack: Pack) -> Cast:
    """People with sessions, and officers for every duty that the processes of the scenes need."""
    dice, area = random.Random(29), pack.one(CITY).area
    items = [pack.all(ITEM)[name].value for name in items_in(scenes)]
    agencies = sorted({item.agency for item in items})
    processes = [pack.all(PROCESS)[name].value for name in sorted({item.process for item in items})]
    steps = [(step, outcome) for one in processes for step in one.steps.values() for outcome in step.outcomes.values()]
    duties = sorted({TAKE_CASH, *(step.duty_of(outcome) for step, outcome in steps)} - {APPLICANT})
    holdings = [tuple(Held(duty, Scope(agency, area)) for agency in agencies) for duty in duties]
    found = await officers(city, [held for held in holdings for _ in range(_OFFICERS)], dice)
    of_duty = zip(*[iter(found)] * _OFFICERS, strict=True)
    return Cast(
        tuple(await citizens(city, min(_DOORS, len(scenes)), dice, at=now(), signed_in=True)),
        dict(zip(duties, of_duty, strict=True)),
        city.pack.one(CITY).simulated,
    )
