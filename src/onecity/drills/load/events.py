"""A life event of five items over HTTP, from the submission to the fifth licence."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import msgspec

from onecity.bootstrap.moment import now
from onecity.casework import Moved
from onecity.drills.load.knocking import Line
from onecity.drills.load.towns import AREA, Somebody, Town, citizens, duties, officers
from onecity.services.usecases.applying import Receipt

ANSWERS: Final = {
    "premises_area": "182", "wants_sign": "yes", "drains_to_sewer": "yes", "wants_seal": "yes",
    "shop_name": "拾味小馆", "premises_street": "410105001", "premises_address": "金水区纬二路 58 号",
    "premises_right": "rented", "staff_count": "6", "food_sold": "meals", "water_per_day": "3", "grease_trap": "yes",
    "sign_width": "4", "sign_height": "2", "sign_lit": "no", "seal_kind": "name_only",
}  # fmt: skip
"""A restaurant of 182 m² with a sign, a drain and a seal: five items of three agencies."""

STEPS: Final = (
    (0, "market_supervision", "acceptance", "register"),
    (1, "market_supervision", "acceptance", "accept"),
    (1, "market_supervision", "decision", "grant"),
    (2, "urban_management", "acceptance", "accept"),
    (2, "urban_management", "decision", "grant"),
    (3, "urban_management", "filing", "file"),
    (4, "public_security", "filing", "file"),
)
"""Which of the five cases is moved by whom to which outcome; the first licence opens the second and the last case."""
COMMANDS: Final = 1 + len(STEPS)

CLIENTS: Final = 32
_MOST_EVENTS: Final = 6_000
_EACH: Final = 6
"""Officers of each agency and duty, who share the work."""


class Hall(msgspec.Struct, frozen=True):
    """Who applies, one event each, and who decides: by agency, those who accept and those who decide."""

    applicants: Sequence[Somebody]
    accept: dict[str, list[Somebody]]
    decide: dict[str, list[Somebody]]


async def hall(town: Town) -> Hall:
    """People with sessions for the measurement."""
    dice = random.Random(11)
    agencies = sorted({agency for _, agency, _, _ in STEPS})
    async with town.opened() as city:
        applicants = await citizens(city, _MOST_EVENTS, dice, at=now(), signed_in=True)
        found = {
            duty: {agency: await officers(city, [duties(agency, AREA, duty)] * _EACH, dice) for agency in agencies}
            for duty in ("accept", "decide")
        }
    return Hall(applicants, found["accept"], found["decide"])


async def event(line: Line, people: Hall, number: int) -> None:
    """One restaurant from the submission to its five licences."""
    who, key = people.applicants[number], str(uuid4())
    reply = await line.send("/api/applications", {"event": "open_restaurant", "answers": ANSWERS}, who, key=key)
    assert reply.status == 200, reply.body
    receipt = msgspec.json.decode(reply.body, type=Receipt)
    assert len(receipt.cases) == len(set(receipt.cases)) == 5, "five items, five cases"
    ended = 0
    for place, agency, step, outcome in STEPS:
        team = (people.decide if step == "decision" else people.accept)[agency]
        move = {"step": step, "outcome": outcome, "words": {}}
        path = f"/api/cases/{receipt.cases[place]}/moves"
        reply = await line.send(path, move, team[number % _EACH], key=str(uuid4()))
        assert reply.status == 200, reply.body
        ended += msgspec.json.decode(reply.body, type=Moved).result == "granted"
    assert ended == 5, "every item was granted, and each grant issued its licence"


async def events_in(address: str, people: Hall, *, seconds: float, first: int) -> tuple[int, float]:
    """How many life events came to their end, of many applicants at once, and in how many seconds."""
    numbers = iter(range(first, len(people.applicants)))
    began, done = time.perf_counter(), 0

    async def client() -> None:
        nonlocal done
        line = Line(address)
        while time.perf_counter() - began < seconds and (number := next(numbers, None)) is not None:
            await event(line, people, number)
            done += 1
        await line.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return done, time.perf_counter() - began
