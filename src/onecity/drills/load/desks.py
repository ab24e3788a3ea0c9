"""What officers and citizens wait for, over a million cases: work lists, searches, pages at fifty a second."""

import gzip
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from onecity.bootstrap.city import City
from onecity.drills.load.crowds import matters, streets
from onecity.drills.load.events import Hall
from onecity.drills.load.knocking import Line, Reply, at_rate, in_turn, percentile
from onecity.drills.load.towns import AREA, Somebody, a_name, duties, officers, spread
from onecity.drills.store import receipts
from onecity.kernel.acting import Held

OFFICERS: Final = 200
QUESTIONS: Final = 600
_PAGES: Final = 1_500
_A_SECOND: Final = 50.0
_WARM: Final = 40

WORDS: Final = (
    "食品", "经营", "营业", "执照", "招牌", "公章", "排水", "契税", "医保", "社保", "消防", "房子", "过户", "接种",
    "市场", "公安", "税务", "供水", "食品经营许可", "开饭店", "出生医学证明", "city", "food", "water",
)  # fmt: skip
"""Most with two signs, as people type them."""

Question = Callable[[Line], Awaitable[Reply]]


class Desks(msgspec.Struct, frozen=True):
    """Officers of all widths of scope, and what can be looked for beside words."""

    officers: Sequence[Somebody]
    numbers: Sequence[str]


async def desks(city: City) -> Desks:
    """Officers as a city has them: most of one street, some of a county or the city, a few heads of everything."""
    dice = random.Random(5)
    numbers = await receipts(city.memory.database.app)
    return Desks(await officers(city, [_held(city, dice) for _ in range(OFFICERS)], dice), numbers)


def _held(city: City, dice: random.Random) -> tuple[Held, ...]:
    known = matters(city)
    agency = known[spread(len(known), dice, share=0.2)].agency
    places = streets(city)
    street = places[spread(len(places), dice, share=0.03)]
    match dice.choices(("street", "county", "city", "everything"), (60, 25, 10, 5))[0]:
        case "street":
            return duties(agency, street, "accept", "decide")
        case "county":
            return duties(agency, street[:6], "accept", "decide")
        case "city":
            return duties(agency, AREA, "accept", "decide", "head")
        case _:
            every = sorted({one.agency for one in known})
            return tuple(held for one in every for held in duties(one, AREA, "accept", "decide", "head"))


async def work_lists(address: str, of: Desks, *, questions: int = QUESTIONS) -> list[float]:
    """Milliseconds of the desk's page, officer after officer."""
    dice = random.Random(6)
    asked: list[Question] = [
        partial(Line.get, path="/desk", who=dice.choice(of.officers)) for _ in range(_WARM + questions)
    ]
    return (await in_turn(address, asked))[_WARM:]


async def searches(address: str, of: Desks, *, questions: int = QUESTIONS) -> list[float]:
    """Milliseconds of the page of a search, officer after officer."""
    dice = random.Random(8)
    asked = [_search(of, dice) for _ in range(_WARM + questions)]
    return (await in_turn(address, asked))[_WARM:]


def _search(of: Desks, dice: random.Random) -> Question:
    name = a_name(dice)
    text = dice.choices(
        (dice.choice(WORDS), f"{dice.choice(WORDS)} {name}", name, dice.choice(of.numbers)), (70, 10, 10, 10)
    )[0]
    return partial(Line.form, path="/desk/find", fields={"q": text}, who=dice.choice(of.officers))


async def pages(address: str, people: Hall, used: int) -> list[float]:
    """Milliseconds of citizens' pages at fifty a second: home, guides, affairs, letters, wallet."""
    dice, line = random.Random(9), Line(address)
    known = [people.applicants[number] for number in range(min(used, 100))]
    affairs: list[tuple[Somebody, str]] = []
    for who in known:
        listed = await line.get("/affairs", who)
        found = re.search(rb'href="(/affairs/[0-9a-f-]{36})"', listed.body)
        assert found is not None, "whoever applied has an affair"
        affairs.append((who, found[1].decode()))
    await line.close()
    questions: list[Question] = []
    for _ in range(_WARM + _PAGES):
        who, affair = dice.choice(affairs)
        path = dice.choice(("/", "/items/food_business", "/life-events/open_restaurant", "/affairs", affair, affair,
                            "/letters", "/wallet"))  # fmt: skip
        questions.append(partial(Line.get, path=path, who=who))
    return (await at_rate(address, questions, each_second=_A_SECOND))[_WARM:]


async def first_load(address: str) -> int:
    """Bytes on the line until the home page stands: the page and everything that it names, as it is sent."""
    line = Line(address)
    home = await line.get("/", compressed=True)
    text = _clear(home)
    total = len(home.head) + len(home.body)
    for path in sorted(set(re.findall(rb'<(?:link|script|img)[^>]+(?:href|src)="(/[^"]+)"', text))):
        part = await line.get(path.decode(), compressed=True)
        assert part.status == 200, path
        total += len(part.head) + len(part.body)
    await line.close()
    return total


def _clear(reply: Reply) -> bytes:
    return gzip.decompress(reply.body) if b"content-encoding: gzip" in reply.head.lower() else reply.body


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 waits do not exceed."""
    return percentile(values, 0.95)


def told(values: Sequence[float]) -> str:
    """How the values lie, for the note of a figure."""
    return f"median {percentile(values, 0.5):.1f} ms, p99 {percentile(values, 0.99):.1f} ms, {len(values)} in all"
